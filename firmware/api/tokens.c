/* The first owner, and the tokens of programs. */
#include "api/handlers.h"
#include "api/patch.h"
#include "api/problem.h"
#include "base/time_format.h"
#include "base/wipe.h"
#include "security/access.h"

bool api_allows_origin(void *app, text_view_t origin)
{
    const device_settings_t *settings = &((const api_t *)app)->settings->device;
    for (unsigned i = 0; i < settings->cors_origin_count; i++) {
        if (text_equal(origin, text_view(settings->cors_origins[i]))) return true;
    }
    return false;
}

/* ---- What goes out ----------------------------------------------------------------------------------- */

static void write_token(json_writer_t *json, const token_t *token)
{
    json_object_begin(json);
    json_key(json, "id");
    json_string(json, token->id);
    json_key(json, "name");
    json_string(json, token->name);
    json_key(json, "scope");
    json_string(json, scope_name(token->scope));
    json_key(json, "created");
    if (token->created_utc_ms == TOKEN_TIME_UNKNOWN) {
        json_null(json);
    } else {
        json_raw_string_begin(json);
        text_rfc3339(&json->out, token->created_utc_ms);
        json_raw_string_end(json);
    }
}

static void respond_created(http_exchange_t *ex, const token_t *token, const char *secret)
{
    char location[40];
    text_writer_t out = text_writer(location, sizeof location - 1u);
    text_format(&out, "/api/v1/tokens/%s", token->id);
    *out.at = '\0';
    http_set_location(ex, location);
    json_writer_t *json = http_respond_json(ex, 201, api_media_json);
    write_token(json, token);
    json_key(json, "token");
    json_string(json, secret);
    json_object_end(json);
}

static void problem_of(http_exchange_t *ex, status_t status)
{
    switch (status) {
    case STATUS_NO_MEMORY:
        api_write_problem(ex, 409, "there is no room for another token: delete one");
        break;
    case STATUS_UNSUPPORTED:
        api_write_problem(ex, 503, "the device has no random numbers to make a token from");
        break;
    case STATUS_BUSY:
        api_write_problem(ex, 409, "the last token with the scope admin cannot be deleted");
        break;
    case STATUS_NOT_FOUND: api_write_problem(ex, 404, "there is no token of this id"); break;
    default: api_write_problem(ex, 503, "the change could not be saved, so nothing has changed"); break;
    }
}

static int64_t created_utc_ms(const http_exchange_t *ex, const api_t *api)
{
    int64_t utc_ms;
    return wall_clock_utc_ms(api->clock, http_now_ms(ex), &utc_ms) ? utc_ms : TOKEN_TIME_UNKNOWN;
}

/* ---- POST /api/v1/claim ------------------------------------------------------------------------------ */

static void refuse_claim(http_exchange_t *ex, claim_state_t state)
{
    if (state == CLAIM_LOCKED)
        api_write_problem(ex, 403, "too many wrong setup codes: restart the device");
    else if (state == CLAIM_DAMAGED)
        api_write_problem(ex, 503,
                          "the owners are unknown, their record is damaged: reset to factory settings");
    else
        api_write_problem(ex, 409, "the device has an owner already");
}

static void claim_with(http_exchange_t *ex, const api_t *api, const char *code, const char *name)
{
    char secret[TOKEN_SECRET_BYTES];
    const token_t *token;
    status_t status =
        claim_try(api->claim, text_view(code), text_view(name), created_utc_ms(ex, api), secret, &token);
    if (status == STATUS_OK) {
        respond_created(ex, token, secret);
    } else if (status == STATUS_INVALID) {
        api_write_problem(ex, 403,
                          api->claim->state == CLAIM_LOCKED
                              ? "wrong setup code; that was the last try before a restart"
                              : "wrong setup code");
    } else if (status == STATUS_BUSY) {
        refuse_claim(ex, api->claim->state);
    } else {
        problem_of(ex, status);
    }
    wipe(secret, sizeof secret);
}

/* POST /api/v1/claim {"code":"K7QM-3ZXD","name":"my laptop"}
 * 201 {"id":...,"token":"jbt_..."}: the first token, scope admin, shown this once
 * 403 wrong code, or too many of them, or not by HTTPS; 409 it has an owner; 503 no random numbers; 400 413 422 the document */
void api_claim_post(http_exchange_t *ex, void *app)
{
    static const char *const members[] = { "code", "name" };
    const api_t *api = app;
    json_document_t document;
    if (!api_accepts_json(ex)) return;
    if (!access_is_private(api->access, http_peer(ex)->secure)) {
        api_write_problem(ex, 403, "the answer would be a token: claim the device by HTTPS");
        return;
    }
    if (!api_read_document(ex, &document)) return;
    schema_errors_t errors = schema_errors();
    api_only_members(document.root, members, 2, &errors);
    const char *code = api_string_member(document.root, "code"),
               *name = api_string_member(document.root, "name");
    if (!cJSON_GetObjectItemCaseSensitive(document.root, "name")) name = "owner";
    if (!code) schema_cross_error(&errors, "code", "must be the setup code on the console");
    if (!name || !tokens_name_is_valid(text_view(name))) {
        schema_cross_error(&errors, "name", "must be 1 to 32 bytes of text");
    }
    if (errors.count > 0 || !code || !name)
        api_problem_members(ex, 422, "nothing was changed", &errors);
    else
        claim_with(ex, api, code, name);
    json_document_end(&document);
}

/* ---- /api/v1/tokens ---------------------------------------------------------------------------------- */

static http_produced_t list_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const tokens_t *tokens = ((const api_t *)app)->access->tokens;
    (void)ex;
    if (state[0] == 0) {
        json_object_begin(json);
        json_key(json, "tokens");
        json_array_begin(json);
        state[0] = 1;
        return HTTP_MORE;
    }
    for (uint32_t i = state[0] - 1u; i < TOKENS_MAX; i++) {
        if (!tokens->slots[i].id[0]) continue;
        write_token(json, &tokens->slots[i]);
        json_object_end(json);
        state[0] = i + 2u;
        return HTTP_MORE;
    }
    json_array_end(json);
    json_object_end(json);
    return HTTP_DONE;
}

/* GET /api/v1/tokens
 * 200 {"tokens":[{"id","name","scope","created"},...]}: never a secret */
void api_token_list(http_exchange_t *ex, void *app)
{
    (void)app;
    if (api_accepts_json(ex)) http_respond_generated(ex, 200, api_media_json, list_piece);
}

static void create(http_exchange_t *ex, const api_t *api, const char *name, scope_t scope)
{
    char secret[TOKEN_SECRET_BYTES];
    const token_t *token;
    status_t status =
        tokens_create(api->access->tokens, text_view(name), scope, created_utc_ms(ex, api), secret, &token);
    if (status == STATUS_OK)
        respond_created(ex, token, secret);
    else
        problem_of(ex, status);
    wipe(secret, sizeof secret);
}

/* POST /api/v1/tokens {"name":"panel","scope":"read"}
 * 201 {"id":...,"token":"jbt_..."}: shown this once
 * 409 no room; 503 no random numbers, or it could not be saved; 400 413 422 the document */
void api_token_post(http_exchange_t *ex, void *app)
{
    static const char *const members[] = { "name", "scope" };
    const api_t *api = app;
    json_document_t document;
    if (!api_accepts_json(ex) || !api_read_document(ex, &document)) return;
    schema_errors_t errors = schema_errors();
    api_only_members(document.root, members, 2, &errors);
    const char *name = api_string_member(document.root, "name"),
               *scope = api_string_member(document.root, "scope");
    if (!name || !tokens_name_is_valid(text_view(name))) {
        schema_cross_error(&errors, "name", "must be 1 to 32 bytes of text");
    }
    if (!scope || scope_from_name(text_view(scope)) == SCOPE_NONE) {
        schema_cross_error(&errors, "scope", "must be read, operate or admin");
    }
    if (errors.count > 0 || !name || !scope)
        api_problem_members(ex, 422, "nothing was changed", &errors);
    else
        create(ex, api, name, scope_from_name(text_view(scope)));
    json_document_end(&document);
}

/* DELETE /api/v1/tokens/{id}
 * 204 gone; 404 no such token; 409 the last one with scope admin; 503 it could not be saved */
void api_token_delete(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    status_t status = tokens_revoke(api->access->tokens, http_path_param(ex, 0));
    if (status == STATUS_OK)
        http_respond_empty(ex, 204);
    else
        problem_of(ex, status);
}
