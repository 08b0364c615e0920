/* Owners between memory and claim: what could not be saved has not happened, now or after a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app_state.h"
#include "tests/support/ram_storage.h"

static app_t app;
static const board_t board = { .name = "bench" };
static char secret[TOKEN_SECRET_BYTES];

/* A start with what the memory has. */
static void start(void)
{
    static const uint8_t mac[6] = { 0x02, 0x4a, 0, 0xc0, 0xff, 0xee };
    memset(&app, 0, sizeof app);
    app.board = &board;
    app_store_open(&app);
    app_owner_init(&app, mac);
}

static int set_up(void **state)
{
    (void)state;
    ram_erase_all();
    start();
    return 0;
}

static status_t claim(void)
{
    const token_t *token;
    return claim_try(&app.claim, text_view(claim_code(&app.claim)), text_view("owner"), TOKEN_TIME_UNKNOWN,
                     secret, &token);
}

static status_t create(const char *name)
{
    const token_t *token;
    return tokens_create(&app.tokens, text_view(name), SCOPE_READ, TOKEN_TIME_UNKNOWN, secret, &token);
}

static unsigned token_count(void)
{
    unsigned count = 0;
    for (const token_t *token = NULL; (token = tokens_next(&app.tokens, token));) count++;
    return count;
}

static void a_claim_lasts(void **state)
{
    (void)state;
    assert_int_equal(app.claim.state, CLAIM_UNCLAIMED);
    assert_int_equal(claim(), STATUS_OK);
    start();
    assert_int_equal(app.claim.state, CLAIM_CLAIMED);
    assert_non_null(tokens_verify(&app.tokens, text_view(secret), 1));
}

static void a_claim_that_may_not_last_has_not_happened_after_a_restart_either(void **state)
{
    (void)state;
    ram.sync_status = STATUS_TIMEOUT;
    assert_int_equal(claim(), STATUS_TIMEOUT);
    ram.sync_status = STATUS_OK;
    (void)app_owner_poll(&app, 10);
    start();
    assert_int_equal(app.claim.state, CLAIM_UNCLAIMED);
    assert_int_equal(claim(), STATUS_OK);
}

static void a_token_that_may_not_last_has_not_happened_after_a_restart_either(void **state)
{
    (void)state;
    assert_int_equal(claim(), STATUS_OK);
    ram.sync_status = STATUS_TIMEOUT;
    assert_int_equal(create("ghost"), STATUS_TIMEOUT);
    ram.sync_status = STATUS_OK;
    assert_int_equal(token_count(), 1);
    (void)app_owner_poll(&app, 10);
    assert_int_equal(documents_flush(&app.documents, 20), STATUS_OK);
    start();
    assert_int_equal(token_count(), 1);
    assert_int_equal(create("real"), STATUS_OK);
    start();
    assert_int_equal(token_count(), 2);
}

static void a_device_that_was_erased_is_unclaimed_and_has_another_code(void **state)
{
    char before[CLAIM_CODE_BYTES];
    (void)state;
    (void)snprintf(before, sizeof before, "%s", claim_code(&app.claim));
    assert_int_equal(claim(), STATUS_OK);
    assert_int_equal(app_erase(&app), STATUS_OK);
    start();
    assert_int_equal(app.claim.state, CLAIM_UNCLAIMED);
    assert_string_not_equal(claim_code(&app.claim), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_claim_lasts, set_up),
        cmocka_unit_test_setup(a_claim_that_may_not_last_has_not_happened_after_a_restart_either, set_up),
        cmocka_unit_test_setup(a_token_that_may_not_last_has_not_happened_after_a_restart_either, set_up),
        cmocka_unit_test_setup(a_device_that_was_erased_is_unclaimed_and_has_another_code, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
