/* Who may do what, for every line of the route table: made from the table itself, so that no route is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "api_bench.h"

static const struct {
    http_method_t method;
    const char *name;
} methods[] = {
    { HTTP_GET, "GET" }, { HTTP_HEAD, "HEAD" },   { HTTP_OPTIONS, "OPTIONS" }, { HTTP_POST, "POST" },
    { HTTP_PUT, "PUT" }, { HTTP_PATCH, "PATCH" }, { HTTP_DELETE, "DELETE" },
};
#define METHODS (sizeof methods / sizeof methods[0])

/* What goes with a request: the token of a scope, none, or one that nobody has. */
enum { WRONG = SCOPE_ADMIN + 1, CREDENTIALS };

/* A path of the pattern that exists, if anything of its kind does. */
static void path_of(const api_bench_t *bench, const char *pattern, char path[96])
{
    char run[ACTION_RUN_ID_BYTES];
    action_run_id(&bench->runs.items[0], run);
    size_t n = 0;
    for (const char *at = pattern; *at;) {
        const char *value = NULL;
        if (strncmp(at, "{id}", 4) == 0)
            value = strstr(pattern, "actuators") ? "led0" : strstr(pattern, "tokens") ? "00000000" : "temp0";
        else if (strncmp(at, "{name}", 6) == 0)
            value = "identify";
        else if (strncmp(at, "{run}", 5) == 0)
            value = run;
        if (!value) {
            path[n++] = *at++;
            continue;
        }
        n += (size_t)snprintf(path + n, 96 - n, "%s", value);
        at = strchr(at, '}') + 1;
    }
    path[n] = '\0';
}

/* The table's line for a method of a pattern, and which methods the pattern has at all. */
static const http_route_t *line_for(const char *pattern, http_method_t method, unsigned *allowed)
{
    const http_route_t *found = NULL;
    *allowed = HTTP_OPTIONS;
    for (size_t i = 0; i < api_route_count; i++) {
        if (strcmp(api_routes[i].pattern, pattern) != 0) continue;
        *allowed |= (unsigned)api_routes[i].method;
        if (api_routes[i].method == HTTP_GET) *allowed |= HTTP_HEAD;
        if (api_routes[i].method == (method == HTTP_HEAD ? HTTP_GET : method)) found = &api_routes[i];
    }
    return found;
}

/* What must come of it: 401, 403, or 0 where access is granted. */
static unsigned refusal(const api_bench_t *bench, scope_t needed, int credentials)
{
    if (needed == SCOPE_NONE) return 0;
    if (needed == SCOPE_READ && !bench->access.read_auth) return 0;
    if (credentials == SCOPE_NONE || credentials == WRONG || bench->claim.state != CLAIM_CLAIMED) return 401;
    return credentials < (int)needed ? 403 : 0;
}

static unsigned changes(const api_bench_t *bench)
{
    unsigned count = bench->device_changes + bench->sensor_changes + bench->actuator_changes;
    return count + bench->actuators.changes + bench->runs.next_id + bench->claim.tries;
}

/* Which wrong token comes does not matter; each is another address's first one, so that none is limited. */
static void request(api_bench_t *bench, const char *method, const char *path, int credentials)
{
    bool has_body = method[0] == 'P'; /* POST, PUT, PATCH */
    memset(&bench->limiter, 0, sizeof bench->limiter);
    (void)api_bench_request(
        bench, method, path, credentials == WRONG ? SCOPE_NONE : (scope_t)credentials,
        credentials == WRONG ? "Authorization: Bearer jbt_00000000000000000000000000000000\r\n" : "",
        has_body ? "{}" : "");
}

static void check(api_bench_t *bench, const char *pattern, size_t m, int credentials)
{
    char path[96];
    unsigned allowed;
    bench->runs.items[1].id = 0; /* what earlier requests began */
    path_of(bench, pattern, path);
    unsigned before = changes(bench);
    request(bench, methods[m].name, path, credentials);
    unsigned status = api_bench_status(bench);
    const http_route_t *route = line_for(pattern, methods[m].method, &allowed);
    unsigned expected = route ? refusal(bench, (scope_t)route->scope, credentials) : 0;
    const char *shown = methods[m].name;
    if (methods[m].method == HTTP_OPTIONS) {
        assert_int_equal(status, 204);
    } else if (!route) {
        if (status != 405) fail_msg("%s %s: %u instead of 405", shown, path, status);
        assert_string_not_equal(api_bench_field(bench, "Allow"), "");
    } else if (expected) {
        if (status != expected)
            fail_msg("%s %s with credentials %d: %u instead of %u", shown, path, credentials, status,
                     expected);
        assert_int_equal(strncmp(api_bench_field(bench, "WWW-Authenticate"), "Bearer realm=\"jembatan\"", 23),
                         0);
        assert_int_equal(changes(bench), before);
    } else if (status == 401 || status == 403 || status == 405 || status == 415 || status >= 500) {
        /* No sample was taken; the bench has no HTTPS. */
        if (!(status == 503 && (strstr(path, "/value") || strstr(path, "/tls") || strstr(path, "/trust"))))
            fail_msg("%s %s with credentials %d: %u", shown, path, credentials, status);
    }
}

static void check_all(api_bench_t *bench)
{
    const action_run_t run = { .action = ACTION_IDENTIFY };
    assert_non_null(action_runs_begin(&bench->runs, &run, 0));
    const char *pattern = "";
    for (size_t i = 0; i < api_route_count; i++) {
        if (strcmp(pattern, api_routes[i].pattern) == 0) continue;
        pattern = api_routes[i].pattern;
        for (size_t m = 0; m < METHODS; m++) {
            for (int credentials = SCOPE_NONE; credentials < CREDENTIALS; credentials++) {
                check(bench, pattern, m, credentials);
            }
        }
    }
}

static void every_method_of_every_route_asks_for_its_scope(void **state)
{
    check_all(*state);
}

static void every_method_of_every_route_asks_for_its_scope_where_reading_needs_a_token(void **state)
{
    api_bench_t *bench = *state;
    bench->access.read_auth = true;
    check_all(bench);
}

static void before_the_claim_reading_is_open_and_changing_is_not(void **state)
{
    check_all(*state);
}

/* A table in which something that changes the device needed less would pass all the above. */
static void whatever_changes_the_device_needs_more_than_reading(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_route_count; i++) {
        const http_route_t *route = &api_routes[i];
        bool is_claim = strcmp(route->pattern, "/api/v1/claim") == 0;
        if (route->method == HTTP_GET || is_claim) continue;
        if (route->scope < SCOPE_OPERATE) fail_msg("%s needs no more than %u", route->pattern, route->scope);
    }
}

static void what_makes_or_ends_owners_needs_the_scope_admin(void **state)
{
    static const char *const patterns[] = { "/api/v1/tokens", "/api/v1/tokens/{id}", "/api/v1/actions/reboot",
                                            "/api/v1/actions/factory-reset" };
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        bool found = false;
        for (size_t r = 0; r < api_route_count; r++) {
            if (strcmp(api_routes[r].pattern, patterns[i]) != 0) continue;
            found = true;
            assert_int_equal(api_routes[r].scope, SCOPE_ADMIN);
        }
        assert_true(found);
    }
}

static void a_refused_request_does_not_say_whether_the_resource_has_such_an_item(void **state)
{
    api_bench_t *bench = *state;
    bench->access.read_auth = true;
    (void)api_bench_get(bench, "/api/v1/sensors/temp0", "");
    assert_int_equal(api_bench_status(bench), 401);
    (void)api_bench_get(bench, "/api/v1/sensors/temp9", "");
    assert_int_equal(api_bench_status(bench), 401);
}

/* ---- Bodies that take their time --------------------------------------------------------------------------- */

static const http_peer_t neighbour = { .address = {
                                           [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 66 } };

/* Sends a request up to all but the last byte of its body. */
static void hold(api_bench_t *bench, http_conn_t *conn, const char *target, const char *secret)
{
    char head[512];
    int n = snprintf(
        head, sizeof head,
        "POST /api/v1/%s HTTP/1.1\r\nHost: 192.0.2.1\r\nContent-Type: application/json\r\n"
        "Authorization: Bearer %s\r\nContent-Length: 31\r\n\r\n{\"name\":\"late\",\"scope\":\"admin\"",
        target, secret);
    assert_true(n > 0 && (size_t)n < sizeof head);
    http_conn_open(conn, &bench->server, &neighbour, bench->uptime_ms);
    assert_int_equal(http_conn_feed(conn, (const uint8_t *)head, (size_t)n, bench->uptime_ms), n);
}

static void a_token_that_is_revoked_while_its_body_comes_has_no_effect(void **state)
{
    static http_conn_t held;
    api_bench_t *bench = *state;
    char secret[TOKEN_SECRET_BYTES];
    const token_t *token;
    const uint8_t *out;
    assert_int_equal(
        tokens_create(&bench->tokens, text_view("lost"), SCOPE_ADMIN, TOKEN_TIME_UNKNOWN, secret, &token),
        STATUS_OK);
    hold(bench, &held, "tokens", secret);
    assert_int_equal(tokens_revoke(&bench->tokens, text_view(token->id)), STATUS_OK);
    assert_int_equal(http_conn_feed(&held, (const uint8_t *)"}", 1, bench->uptime_ms), 1);
    size_t bytes = http_conn_output(&held, &out);
    assert_true(bytes > 12 && memcmp(out, "HTTP/1.1 401", 12) == 0);
    for (token = NULL; (token = tokens_next(&bench->tokens, token));)
        assert_string_not_equal(token->name, "late");
    http_conn_close(&held);
}

static void strangers_cannot_take_all_buffers_for_bodies(void **state)
{
    static http_conn_t held[HTTP_BODIES_MAX];
    api_bench_t *bench = *state;
    for (unsigned i = 0; i < HTTP_BODIES_MAX; i++) hold(bench, &held[i], "claim", "nobody");
    (void)api_bench_request(bench, "POST", "/api/v1/tokens", SCOPE_ADMIN, "",
                            "{\"name\":\"panel\",\"scope\":\"read\"}");
    assert_int_equal(api_bench_status(bench), 201);
    for (unsigned i = 0; i < HTTP_BODIES_MAX; i++) http_conn_close(&held[i]);
}

/* Requests are told apart by a hash that whoever writes one of them can make come out as that of another. */
static void a_key_never_answers_one_action_with_the_run_of_another(void **state)
{
    api_bench_t *bench = *state;
    (void)api_bench_request(bench, "POST", "/api/v1/actions/reboot", SCOPE_ADMIN,
                            "Content-Type: application/json\r\nIdempotency-Key: k\r\n", "");
    assert_int_equal(api_bench_status(bench), 202);
    bench->runs.items[0].action = ACTION_IDENTIFY; /* as if it had come out the same */
    (void)api_bench_request(bench, "POST", "/api/v1/actions/reboot", SCOPE_ADMIN,
                            "Content-Type: application/json\r\nIdempotency-Key: k\r\n", "");
    assert_int_equal(api_bench_status(bench), 422);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_method_of_every_route_asks_for_its_scope, api_bench_set_up_claimed),
        cmocka_unit_test_setup(every_method_of_every_route_asks_for_its_scope_where_reading_needs_a_token,
                               api_bench_set_up_claimed),
        cmocka_unit_test_setup(before_the_claim_reading_is_open_and_changing_is_not, api_bench_set_up),
        cmocka_unit_test(whatever_changes_the_device_needs_more_than_reading),
        cmocka_unit_test(what_makes_or_ends_owners_needs_the_scope_admin),
        cmocka_unit_test_setup(a_refused_request_does_not_say_whether_the_resource_has_such_an_item,
                               api_bench_set_up_claimed),
        cmocka_unit_test_setup(a_token_that_is_revoked_while_its_body_comes_has_no_effect,
                               api_bench_set_up_claimed),
        cmocka_unit_test_setup(strangers_cannot_take_all_buffers_for_bodies, api_bench_set_up_claimed),
        cmocka_unit_test_setup(a_key_never_answers_one_action_with_the_run_of_another,
                               api_bench_set_up_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
