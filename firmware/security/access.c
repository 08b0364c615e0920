#include "security/access.h"

#define BEARER "Bearer realm=\"jembatan\""

static const access_decision_t go_on = { 0 };

static access_decision_t refuse(uint16_t status, const char *challenge, const char *detail)
{
    return (access_decision_t){ .status = status, .challenge = challenge, .detail = detail };
}

/* ---- The device ------------------------------------------------------------------------------------------ */

/* Decides for a device whose owner cannot be asked. */
static access_decision_t decide_without_owner(const access_t *access, scope_t scope)
{
    claim_state_t state = access->claim->state;
    bool reading = scope == SCOPE_READ;
    if (state == CLAIM_DAMAGED) {
        if (reading && !access->read_auth) return go_on;
        return refuse(503, NULL,
                      "the list of owners is damaged: reset this device to factory settings at its console");
    }
    if (reading) return go_on;
    if (state == CLAIM_NO_ENTROPY)
        return refuse(503, NULL,
                      "this device has no source of randomness, so it cannot make a token for an owner");
    if (state == CLAIM_LOCKED)
        return refuse(401, BEARER,
                      "nobody owns this device, and there were too many wrong setup codes: restart it");
    return refuse(401, BEARER,
                  "nobody owns this device: claim it first, with the setup code from its console");
}

/* ---- The header ------------------------------------------------------------------------------------------ */

typedef enum { NO_CREDENTIALS, MALFORMED, BEARER_TOKEN } credentials_t;

/* token68 of RFC 9110 section 11.2, which is b64token of RFC 6750 section 2.1. */
static bool is_token68(text_view_t text)
{
    size_t end = text.count;
    while (end > 0 && text.bytes[end - 1] == '=') end--;
    if (end == 0) return false;
    for (size_t i = 0; i < end; i++) {
        char c = text.bytes[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool other = c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
        if (!letter && !other && (c < '0' || c > '9')) return false;
    }
    return true;
}

static credentials_t read_credentials(text_view_t header, text_view_t *token)
{
    size_t at = 0;
    while (at < header.count && header.bytes[at] != ' ' && header.bytes[at] != '\t') at++;
    if (!text_equal_nocase((text_view_t){ header.bytes, at }, text_view("Bearer"))) return NO_CREDENTIALS;
    while (at < header.count && header.bytes[at] == ' ') at++;
    *token = (text_view_t){ header.bytes + at, header.count - at };
    return is_token68(*token) ? BEARER_TOKEN : MALFORMED;
}

/* ---- The token ------------------------------------------------------------------------------------------- */

static access_decision_t insufficient(scope_t needed)
{
    static const char *const challenges[] = {
        [SCOPE_READ] = BEARER ", error=\"insufficient_scope\", scope=\"read\"",
        [SCOPE_OPERATE] = BEARER ", error=\"insufficient_scope\", scope=\"operate\"",
        [SCOPE_ADMIN] = BEARER ", error=\"insufficient_scope\", scope=\"admin\"",
    };
    return refuse(403, challenges[needed], "the token's scope does not reach as far as this");
}

static access_decision_t decide_by_token(const access_t *access, const access_request_t *request)
{
    text_view_t secret;
    credentials_t credentials = read_credentials(request->authorization, &secret);
    if (credentials == NO_CREDENTIALS)
        return refuse(401, BEARER, "a token is needed: Authorization: Bearer TOKEN");
    if (credentials == MALFORMED)
        return refuse(400, BEARER ", error=\"invalid_request\"", "Authorization must be: Bearer TOKEN");

    uint16_t wait_s = limiter_check(access->limiter, request->address, request->now_ms);
    if (wait_s > 0) {
        access_decision_t later = refuse(429, NULL, "too many wrong tokens came from this address");
        later.retry_after_s = wait_s;
        return later;
    }
    const token_t *token = tokens_verify(access->tokens, secret, request->now_ms);
    if (!token) {
        limiter_failed(access->limiter, request->address, request->now_ms);
        return refuse(401, BEARER ", error=\"invalid_token\"", "this device does not know the token");
    }
    if (token->scope < request->scope) return insufficient(request->scope);
    return (access_decision_t){ .token = token };
}

/* ---- The decision ---------------------------------------------------------------------------------------- */

bool access_is_private(const access_t *access, bool secure)
{
    return secure || access->insecure_tokens;
}

static bool gives_itself_away(const access_t *access, const access_request_t *request)
{
    text_view_t token;
    return !access_is_private(access, request->secure) &&
           read_credentials(request->authorization, &token) != NO_CREDENTIALS;
}

access_decision_t access_decide(const access_t *access, const access_request_t *request)
{
    if (request->scope == SCOPE_NONE) return go_on;
    if (access->claim->state != CLAIM_CLAIMED) return decide_without_owner(access, request->scope);
    if (gives_itself_away(access, request))
        return refuse(403, NULL, "tokens are taken by HTTPS only; revoke this one, it could be overheard");
    if (request->scope == SCOPE_READ && !access->read_auth) return go_on;
    if (request->certified >= request->scope) return go_on;
    return decide_by_token(access, request);
}
