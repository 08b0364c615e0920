/* Who may: the claim, and the decision for every state of the device, kind of header and scope. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hal/entropy.h"
#include "security/access.h"
#include "security/random.h"

typedef struct {
    random_t random;
    tokens_t tokens;
    claim_t claim;
    limiter_t limiter;
    access_t access;
    status_t save;
    char secrets[SCOPE_ADMIN + 1][TOKEN_SECRET_BYTES];
} device_t;

static status_t save(void *context, const tokens_t *tokens)
{
    const device_t *device = context;
    (void)tokens;
    return device->save;
}

/* read      of the document of tokens: STATUS_NOT_FOUND for a device that was never claimed */
static void start(device_t *device, bool entropy, status_t read)
{
    const random_sources_t sources = { .read_entropy = entropy ? hal_entropy_read : NULL };
    memset(device, 0, sizeof *device);
    assert_int_equal(random_init(&device->random, &sources), entropy ? STATUS_OK : STATUS_UNSUPPORTED);
    tokens_init(&device->tokens, &device->random, save, device);
    (void)tokens_load(&device->tokens, read, NULL);
    claim_init(&device->claim, &device->tokens);
    device->access =
        (access_t){ .tokens = &device->tokens, .claim = &device->claim, .limiter = &device->limiter };
}

static status_t try_code(device_t *device, const char *code)
{
    const token_t *token = NULL;
    status_t status = claim_try(&device->claim, text_view(code), text_view("owner"), TOKEN_TIME_UNKNOWN,
                                device->secrets[SCOPE_ADMIN], &token);
    assert_int_equal(token != NULL, status == STATUS_OK);
    assert_int_equal(strlen(device->secrets[SCOPE_ADMIN]) > 0, status == STATUS_OK);
    return status;
}

/* A code that differs from the right one in its last digit. */
static const char *wrong_code(const device_t *device)
{
    static char code[CLAIM_CODE_BYTES];
    memcpy(code, claim_code(&device->claim), sizeof code);
    code[CLAIM_CODE_BYTES - 2] = code[CLAIM_CODE_BYTES - 2] == '7' ? '8' : '7';
    return code;
}

/* Claimed, with a token of each scope. */
static void start_claimed(device_t *device)
{
    const token_t *token;
    start(device, true, STATUS_NOT_FOUND);
    assert_int_equal(try_code(device, claim_code(&device->claim)), STATUS_OK);
    for (scope_t scope = SCOPE_READ; scope < SCOPE_ADMIN; scope++)
        assert_int_equal(
            tokens_create(&device->tokens, text_view("n"), scope, 0, device->secrets[scope], &token),
            STATUS_OK);
}

static const uint8_t here[16] = { [15] = 1 }, elsewhere[16] = { [15] = 2 };

static access_decision_t ask(device_t *device, scope_t scope, const char *header)
{
    const access_request_t request = {
        .scope = scope, .authorization = text_view(header), .address = here, .secure = true, .now_ms = 1000
    };
    return access_decide(&device->access, &request);
}

static const char *bearer(const char *secret)
{
    static char header[128];
    (void)snprintf(header, sizeof header, "Bearer %s", secret);
    return header;
}

static void assert_goes_on(access_decision_t decision)
{
    assert_int_equal(decision.status, 0);
    assert_null(decision.detail);
    assert_null(decision.challenge);
    assert_int_equal(decision.retry_after_s, 0);
}

static void assert_refused(access_decision_t decision, unsigned status, const char *challenge)
{
    assert_int_equal(decision.status, status);
    assert_non_null(decision.detail);
    assert_null(decision.token);
    assert_int_equal(decision.retry_after_s > 0, status == 429);
    if (challenge)
        assert_string_equal(decision.challenge, challenge);
    else
        assert_null(decision.challenge);
}

static const char plain[] = "Bearer realm=\"jembatan\"";
static const char invalid_token[] = "Bearer realm=\"jembatan\", error=\"invalid_token\"";
static const char invalid_request[] = "Bearer realm=\"jembatan\", error=\"invalid_request\"";

/* ---- The claim ------------------------------------------------------------------------------------------------ */

static void a_setup_code_is_short_and_easy_to_read(void **state)
{
    (void)state;
    char seen[32][CLAIM_CODE_BYTES];
    for (unsigned i = 0; i < 32; i++) {
        device_t device;
        start(&device, true, STATUS_NOT_FOUND);
        assert_int_equal(device.claim.state, CLAIM_UNCLAIMED);
        const char *code = claim_code(&device.claim);
        assert_int_equal(strlen(code), 9);
        assert_int_equal(code[4], '-');
        assert_int_equal(strspn(code, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 4);
        assert_int_equal(strspn(code + 5, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 4);
        memcpy(seen[i], code, sizeof seen[i]);
        for (unsigned j = 0; j < i; j++) assert_string_not_equal(seen[i], seen[j]);
    }
}

static void the_code_makes_one_owner_once(void **state)
{
    (void)state;
    device_t device;
    start(&device, true, STATUS_NOT_FOUND);
    char code[CLAIM_CODE_BYTES];
    memcpy(code, claim_code(&device.claim), sizeof code);
    assert_int_equal(try_code(&device, code), STATUS_OK);
    assert_int_equal(device.claim.state, CLAIM_CLAIMED);
    const token_t *token = tokens_verify(&device.tokens, text_view(device.secrets[SCOPE_ADMIN]), 1);
    assert_non_null(token);
    assert_int_equal(token->scope, SCOPE_ADMIN);
    assert_string_equal(token->name, "owner");
    assert_null(claim_code(&device.claim));
    assert_int_equal(device.claim.code[0], '\0');
    assert_int_equal(try_code(&device, code), STATUS_BUSY);
    assert_null(tokens_next(&device.tokens, tokens_next(&device.tokens, NULL)));
}

static void a_code_may_be_typed_as_people_type(void **state)
{
    (void)state;
    static const char *const shown = "10AB-XY01";
    static const char *const typed[] = { "10AB-XY01", "10abxy01", " 1-0 a b x y 0 1 ", "loAb-xyOI",
                                         "IOab xyoL" };
    for (unsigned i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        device_t device;
        start(&device, true, STATUS_NOT_FOUND);
        memcpy(device.claim.code, shown, CLAIM_CODE_BYTES);
        assert_int_equal(try_code(&device, typed[i]), STATUS_OK);
    }
}

static void a_few_wrong_codes_lock_until_the_next_start(void **state)
{
    (void)state;
    device_t device;
    start(&device, true, STATUS_NOT_FOUND);
    char code[CLAIM_CODE_BYTES];
    memcpy(code, claim_code(&device.claim), sizeof code);
    for (unsigned i = 0; i < CLAIM_TRIES_MAX; i++) {
        assert_int_equal(device.claim.state, CLAIM_UNCLAIMED);
        assert_int_equal(try_code(&device, wrong_code(&device)), STATUS_INVALID);
    }
    assert_int_equal(device.claim.state, CLAIM_LOCKED);
    assert_null(claim_code(&device.claim));
    assert_int_equal(device.claim.code[0], '\0');
    assert_int_equal(try_code(&device, code), STATUS_BUSY);
    assert_null(tokens_next(&device.tokens, NULL));
    start(&device, true, STATUS_NOT_FOUND);
    assert_string_not_equal(claim_code(&device.claim), code);
    assert_int_equal(try_code(&device, claim_code(&device.claim)), STATUS_OK);
}

static void the_last_try_still_counts(void **state)
{
    (void)state;
    device_t device;
    start(&device, true, STATUS_NOT_FOUND);
    for (unsigned i = 1; i < CLAIM_TRIES_MAX; i++) (void)try_code(&device, wrong_code(&device));
    assert_int_equal(try_code(&device, claim_code(&device.claim)), STATUS_OK);
}

static void each_digit_counts(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CLAIM_CODE_BYTES - 1; i++) {
        device_t device;
        char code[CLAIM_CODE_BYTES];
        if (i == 4) continue; /* the hyphen */
        start(&device, true, STATUS_NOT_FOUND);
        memcpy(code, claim_code(&device.claim), sizeof code);
        code[i] = code[i] == '2' ? '3' : '2';
        assert_int_equal(try_code(&device, code), STATUS_INVALID);
        assert_int_equal(device.claim.tries, 1);
    }
}

static void what_cannot_be_a_code_costs_no_try(void **state)
{
    (void)state;
    static const char *const typed[] = {
        "",          "-",          "1234567",
        "123456789", "1234-567u",  "1234_5678",
        "\xff\xfe",  "12345678\n", "                                                        "
    };
    device_t device;
    start(&device, true, STATUS_NOT_FOUND);
    for (unsigned i = 0; i < sizeof typed / sizeof typed[0]; i++)
        assert_int_equal(try_code(&device, typed[i]), STATUS_INVALID);
    const token_t *token = NULL;
    assert_int_equal(claim_try(&device.claim, text_view(claim_code(&device.claim)), text_view(""), 0,
                               device.secrets[SCOPE_ADMIN], &token),
                     STATUS_INVALID);
    assert_int_equal(claim_try(&device.claim,
                               (text_view_t){ "1234\0"
                                              "5678",
                                              9 },
                               text_view("n"), 0, device.secrets[SCOPE_ADMIN], &token),
                     STATUS_INVALID);
    assert_int_equal(device.claim.tries, 0);
    assert_int_equal(device.claim.state, CLAIM_UNCLAIMED);
}

static void a_claim_that_cannot_be_saved_can_be_tried_again(void **state)
{
    (void)state;
    device_t device;
    start(&device, true, STATUS_NOT_FOUND);
    device.save = STATUS_NACK;
    assert_int_equal(try_code(&device, claim_code(&device.claim)), STATUS_NACK);
    assert_int_equal(device.claim.state, CLAIM_UNCLAIMED);
    assert_int_equal(device.claim.tries, 0);
    device.save = STATUS_OK;
    assert_int_equal(try_code(&device, claim_code(&device.claim)), STATUS_OK);
}

static void without_entropy_there_is_no_code(void **state)
{
    (void)state;
    device_t device;
    start(&device, false, STATUS_NOT_FOUND);
    assert_int_equal(device.claim.state, CLAIM_NO_ENTROPY);
    assert_null(claim_code(&device.claim));
    assert_int_equal(try_code(&device, "0000-0000"), STATUS_UNSUPPORTED);
    assert_int_equal(try_code(&device, ""), STATUS_UNSUPPORTED);
}

static void a_device_with_damaged_owners_cannot_be_claimed(void **state)
{
    (void)state;
    static const status_t reads[] = { STATUS_OK, STATUS_BAD_DATA, STATUS_NACK };
    for (unsigned i = 0; i < 3; i++) {
        device_t device;
        start(&device, true, reads[i]);
        assert_int_equal(device.claim.state, CLAIM_DAMAGED);
        assert_null(claim_code(&device.claim));
        assert_int_equal(try_code(&device, "0000-0000"), STATUS_BUSY);
    }
}

/* ---- Devices without an owner to ask ------------------------------------------------------------------------- */

static void before_the_claim_reading_is_open_and_changing_is_not(void **state)
{
    (void)state;
    device_t device;
    start(&device, true, STATUS_NOT_FOUND);
    for (unsigned read_auth = 0; read_auth < 2; read_auth++) {
        device.access.read_auth = read_auth;
        assert_goes_on(ask(&device, SCOPE_NONE, ""));
        assert_goes_on(ask(&device, SCOPE_READ, ""));
        assert_goes_on(ask(&device, SCOPE_READ, bearer("jbt_x")));
        for (scope_t scope = SCOPE_OPERATE; scope <= SCOPE_ADMIN; scope++) {
            access_decision_t decision = ask(&device, scope, "");
            assert_refused(decision, 401, plain);
            assert_non_null(strstr(decision.detail, "claim"));
            assert_refused(ask(&device, scope, bearer("jbt_x")), 401, plain);
        }
    }
    while (device.claim.state == CLAIM_UNCLAIMED) (void)try_code(&device, wrong_code(&device));
    assert_goes_on(ask(&device, SCOPE_READ, ""));
    access_decision_t decision = ask(&device, SCOPE_ADMIN, "");
    assert_refused(decision, 401, plain);
    assert_non_null(strstr(decision.detail, "restart"));
}

static void without_entropy_changing_is_impossible(void **state)
{
    (void)state;
    device_t device;
    start(&device, false, STATUS_NOT_FOUND);
    assert_goes_on(ask(&device, SCOPE_NONE, ""));
    assert_goes_on(ask(&device, SCOPE_READ, ""));
    assert_refused(ask(&device, SCOPE_OPERATE, ""), 503, NULL);
    assert_refused(ask(&device, SCOPE_ADMIN, bearer("jbt_x")), 503, NULL);
}

static void with_damaged_owners_nothing_opens(void **state)
{
    (void)state;
    device_t device;
    start(&device, true, STATUS_BAD_DATA);
    assert_goes_on(ask(&device, SCOPE_NONE, ""));
    assert_goes_on(ask(&device, SCOPE_READ, ""));
    device.access.read_auth = true;
    for (scope_t scope = SCOPE_READ; scope <= SCOPE_ADMIN; scope++) {
        assert_refused(ask(&device, scope, ""), 503, NULL);
        assert_refused(ask(&device, scope, bearer("jbt_x")), 503, NULL);
    }
}

/* A generator that died after the claim: who has a token keeps it. */
static void known_tokens_need_no_entropy(void **state)
{
    (void)state;
    device_t device;
    start_claimed(&device);
    const random_sources_t nothing = { 0 };
    (void)random_init(&device.random, &nothing);
    claim_init(&device.claim, &device.tokens);
    assert_int_equal(device.claim.state, CLAIM_CLAIMED);
    assert_goes_on(ask(&device, SCOPE_ADMIN, bearer(device.secrets[SCOPE_ADMIN])));
}

/* ---- A claimed device ------------------------------------------------------------------------------------------ */

static void every_scope_reaches_what_it_holds(void **state)
{
    (void)state;
    static const char *const insufficient[] = {
        [SCOPE_OPERATE] = "Bearer realm=\"jembatan\", error=\"insufficient_scope\", scope=\"operate\"",
        [SCOPE_ADMIN] = "Bearer realm=\"jembatan\", error=\"insufficient_scope\", scope=\"admin\"",
    };
    device_t device;
    start_claimed(&device);
    device.access.read_auth = true;
    for (scope_t has = SCOPE_READ; has <= SCOPE_ADMIN; has++) {
        for (scope_t needs = SCOPE_READ; needs <= SCOPE_ADMIN; needs++) {
            access_decision_t decision = ask(&device, needs, bearer(device.secrets[has]));
            if (has < needs) {
                assert_refused(decision, 403, insufficient[needs]);
            } else {
                assert_goes_on(decision);
                assert_non_null(decision.token);
                assert_int_equal(decision.token->scope, has);
                assert_int_equal(decision.token->last_used_ms, 1000);
            }
        }
    }
}

static void reading_needs_a_token_only_where_that_is_set(void **state)
{
    (void)state;
    device_t device;
    start_claimed(&device);
    assert_goes_on(ask(&device, SCOPE_NONE, ""));
    assert_goes_on(ask(&device, SCOPE_READ, ""));
    assert_goes_on(ask(&device, SCOPE_READ, bearer("jbt_stale")));
    assert_goes_on(ask(&device, SCOPE_READ, "Bearer"));
    assert_refused(ask(&device, SCOPE_OPERATE, ""), 401, plain);
    device.access.read_auth = true;
    assert_goes_on(ask(&device, SCOPE_NONE, ""));
    assert_refused(ask(&device, SCOPE_READ, ""), 401, plain);
    assert_goes_on(ask(&device, SCOPE_READ, bearer(device.secrets[SCOPE_READ])));
}

static void the_scheme_is_bearer_in_any_case(void **state)
{
    (void)state;
    static const char *const formats[] = { "Bearer %s", "bearer %s", "BEARER %s", "bEaReR   %s" };
    device_t device;
    start_claimed(&device);
    for (unsigned i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        char header[128];
        text_writer_t out = text_writer(header, sizeof header);
        const char *percent = strchr(formats[i], '%');
        text_append(&out, formats[i], (size_t)(percent - formats[i]));
        text_string(&out, device.secrets[SCOPE_ADMIN]);
        text_char(&out, '\0');
        assert_goes_on(ask(&device, SCOPE_ADMIN, header));
    }
}

static void other_schemes_are_no_credentials(void **state)
{
    (void)state;
    static const char *const headers[] = { "",          "Basic dXNlcjpwYXNz", "Bear x",
                                           "Bearerx y", "BearerToken",        " ",
                                           "=" };
    device_t device;
    start_claimed(&device);
    for (unsigned i = 0; i < sizeof headers / sizeof headers[0]; i++)
        assert_refused(ask(&device, SCOPE_ADMIN, headers[i]), 401, plain);
    assert_refused(ask(&device, SCOPE_ADMIN, device.secrets[SCOPE_ADMIN]), 401, plain);
    assert_int_equal(device.limiter.slots[0].full_ms, 0);
}

static void a_malformed_bearer_header_is_a_bad_request(void **state)
{
    (void)state;
    static const char *const headers[] = { "Bearer",       "Bearer ",    "Bearer a b",          "Bearer a,b",
                                           "Bearer =",     "Bearer a=b", "Bearer \"a\"",        "Bearer\tabc",
                                           "Bearer a\xff", "Bearer a\t", "Bearer token=\"abc\"" };
    device_t device;
    start_claimed(&device);
    for (unsigned i = 0; i < sizeof headers / sizeof headers[0]; i++)
        assert_refused(ask(&device, SCOPE_ADMIN, headers[i]), 400, invalid_request);
    const access_request_t with_nul = { .scope = SCOPE_ADMIN,
                                        .authorization = { "Bearer a\0b", 10 },
                                        .address = here,
                                        .secure = true,
                                        .now_ms = 1 };
    assert_refused(access_decide(&device.access, &with_nul), 400, invalid_request);
    assert_int_equal(device.limiter.slots[0].full_ms, 0);
}

static void an_unknown_token_is_told_so(void **state)
{
    (void)state;
    static const char *const tokens[] = {
        "x", "jbt_00000000000000000000000000000000",
        "abc-._~+/09AZ==", "0123456789012345678901234567890123456789012345678901234567890123456789"
    };
    for (unsigned i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        device_t device;
        start_claimed(&device);
        assert_refused(ask(&device, SCOPE_ADMIN, bearer(tokens[i])), 401, invalid_token);
        assert_true(device.limiter.slots[0].full_ms > 0);
    }
}

static void a_revoked_token_is_unknown(void **state)
{
    (void)state;
    device_t device;
    start_claimed(&device);
    access_decision_t decision = ask(&device, SCOPE_OPERATE, bearer(device.secrets[SCOPE_OPERATE]));
    assert_goes_on(decision);
    assert_int_equal(tokens_revoke(&device.tokens, text_view(decision.token->id)), STATUS_OK);
    assert_refused(ask(&device, SCOPE_OPERATE, bearer(device.secrets[SCOPE_OPERATE])), 401, invalid_token);
}

static void guessing_is_slowed_and_the_owner_is_not(void **state)
{
    (void)state;
    device_t device;
    start_claimed(&device);
    for (unsigned i = 0; i < LIMITER_ADDRESS_BURST; i++)
        assert_refused(ask(&device, SCOPE_ADMIN, bearer("jbt_guess")), 401, invalid_token);
    access_decision_t decision = ask(&device, SCOPE_ADMIN, bearer("jbt_guess"));
    assert_refused(decision, 429, NULL);
    assert_int_equal(decision.retry_after_s, LIMITER_ADDRESS_INTERVAL_MS / 1000u);
    /* Also a right one, from there: or else the limit would limit nothing. */
    const char *right = bearer(device.secrets[SCOPE_ADMIN]);
    assert_refused(ask(&device, SCOPE_ADMIN, right), 429, NULL);
    access_request_t request = { .scope = SCOPE_ADMIN,
                                 .authorization = text_view(right),
                                 .address = elsewhere,
                                 .secure = true,
                                 .now_ms = 1000 };
    assert_goes_on(access_decide(&device.access, &request));
    request.address = here;
    request.now_ms = 1000 + 1000u * decision.retry_after_s;
    assert_goes_on(access_decide(&device.access, &request));
}

static void right_tokens_are_not_limited(void **state)
{
    (void)state;
    device_t device;
    start_claimed(&device);
    for (unsigned i = 0; i < 1000; i++) {
        assert_goes_on(ask(&device, SCOPE_READ, bearer(device.secrets[SCOPE_READ])));
        assert_int_equal(ask(&device, SCOPE_ADMIN, bearer(device.secrets[SCOPE_READ])).status, 403);
    }
}

/* ---- Without TLS, and by certificate ---------------------------------------------------------------------- */

static access_decision_t ask_plainly(device_t *device, scope_t scope, const char *header)
{
    const access_request_t request = {
        .scope = scope, .authorization = text_view(header), .address = here, .now_ms = 1000
    };
    return access_decide(&device->access, &request);
}

static void a_token_that_anybody_could_have_heard_is_refused_also_where_none_is_needed(void **state)
{
    (void)state;
    device_t device;
    start_claimed(&device);
    for (scope_t scope = SCOPE_READ; scope <= SCOPE_ADMIN; scope++) {
        assert_refused(ask_plainly(&device, scope, bearer(device.secrets[SCOPE_ADMIN])), 403, NULL);
        assert_refused(ask_plainly(&device, scope, bearer("x")), 403, NULL);
        assert_refused(ask_plainly(&device, scope, "Bearer"), 403, NULL);
    }
    assert_goes_on(ask_plainly(&device, SCOPE_READ, ""));
    assert_goes_on(ask_plainly(&device, SCOPE_READ, "Basic eDp5"));
    assert_goes_on(ask_plainly(&device, SCOPE_NONE, bearer(device.secrets[SCOPE_ADMIN])));
    assert_int_equal(ask_plainly(&device, SCOPE_ADMIN, "").status, 401);
    assert_int_equal(device.limiter.slots[0].full_ms, 0); /* it was not looked at */
}

static void the_setting_takes_tokens_without_tls(void **state)
{
    (void)state;
    device_t device;
    start_claimed(&device);
    device.access.insecure_tokens = true;
    assert_goes_on(ask_plainly(&device, SCOPE_ADMIN, bearer(device.secrets[SCOPE_ADMIN])));
    assert_int_equal(ask_plainly(&device, SCOPE_ADMIN, bearer("x")).status, 401);
}

static access_decision_t ask_certified(device_t *device, scope_t scope, scope_t certified, const char *header)
{
    const access_request_t request = { .scope = scope,
                                       .authorization = text_view(header),
                                       .address = here,
                                       .secure = true,
                                       .certified = certified,
                                       .now_ms = 1000 };
    return access_decide(&device->access, &request);
}

static void a_certificate_reaches_as_far_as_its_scope_and_a_token_from_there(void **state)
{
    (void)state;
    device_t device;
    start_claimed(&device);
    device.access.read_auth = true;
    for (scope_t needed = SCOPE_READ; needed <= SCOPE_ADMIN; needed++) {
        for (scope_t has = SCOPE_NONE; has <= SCOPE_ADMIN; has++) {
            assert_int_equal(ask_certified(&device, needed, has, "").status, has >= needed ? 0 : 401);
            assert_goes_on(ask_certified(&device, needed, has, bearer(device.secrets[SCOPE_ADMIN])));
        }
    }
}

static void a_certificate_makes_nobody_an_owner_of_a_device_that_has_none(void **state)
{
    (void)state;
    device_t device;
    start(&device, true, STATUS_NOT_FOUND);
    assert_int_equal(ask_certified(&device, SCOPE_ADMIN, SCOPE_ADMIN, "").status, 401);
    start(&device, true, STATUS_BAD_DATA);
    assert_int_equal(ask_certified(&device, SCOPE_OPERATE, SCOPE_ADMIN, "").status, 503);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_setup_code_is_short_and_easy_to_read),
        cmocka_unit_test(the_code_makes_one_owner_once),
        cmocka_unit_test(a_code_may_be_typed_as_people_type),
        cmocka_unit_test(a_few_wrong_codes_lock_until_the_next_start),
        cmocka_unit_test(the_last_try_still_counts),
        cmocka_unit_test(each_digit_counts),
        cmocka_unit_test(what_cannot_be_a_code_costs_no_try),
        cmocka_unit_test(a_claim_that_cannot_be_saved_can_be_tried_again),
        cmocka_unit_test(without_entropy_there_is_no_code),
        cmocka_unit_test(a_device_with_damaged_owners_cannot_be_claimed),
        cmocka_unit_test(before_the_claim_reading_is_open_and_changing_is_not),
        cmocka_unit_test(without_entropy_changing_is_impossible),
        cmocka_unit_test(with_damaged_owners_nothing_opens),
        cmocka_unit_test(known_tokens_need_no_entropy),
        cmocka_unit_test(every_scope_reaches_what_it_holds),
        cmocka_unit_test(reading_needs_a_token_only_where_that_is_set),
        cmocka_unit_test(the_scheme_is_bearer_in_any_case),
        cmocka_unit_test(other_schemes_are_no_credentials),
        cmocka_unit_test(a_malformed_bearer_header_is_a_bad_request),
        cmocka_unit_test(an_unknown_token_is_told_so),
        cmocka_unit_test(a_revoked_token_is_unknown),
        cmocka_unit_test(guessing_is_slowed_and_the_owner_is_not),
        cmocka_unit_test(right_tokens_are_not_limited),
        cmocka_unit_test(a_token_that_anybody_could_have_heard_is_refused_also_where_none_is_needed),
        cmocka_unit_test(the_setting_takes_tokens_without_tls),
        cmocka_unit_test(a_certificate_reaches_as_far_as_its_scope_and_a_token_from_there),
        cmocka_unit_test(a_certificate_makes_nobody_an_owner_of_a_device_that_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
