/* The head that a server remembers: what is asked again is answered the same, and what must be decided anew is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/http_conn.h"

#define NOW_MS 1000u

static const wall_clock_t no_time;
static const http_peer_t nobody;

static struct {
    bool host_is_ours, may_read;
    unsigned asked, answered;
    http_server_t server;
    http_conn_t conn;
    char output[4096];
    size_t output_bytes;
} bench;

static void get_item(http_exchange_t *ex, void *app)
{
    (void)app;
    bench.answered++;
    json_text(http_respond_json(ex, 200, "text/plain"), http_path_param(ex, 0));
}

static void change_item(http_exchange_t *ex, void *app)
{
    (void)app;
    http_respond_empty(ex, 204);
}

static void write_problem(http_exchange_t *ex, unsigned status, const char *detail)
{
    (void)detail;
    http_respond_empty(ex, status);
}

static bool is_our_host(void *app, text_view_t host)
{
    (void)app;
    (void)host;
    return bench.host_is_ours;
}

static http_decision_t authorize(void *app, http_exchange_t *ex, uint8_t scope)
{
    (void)app;
    (void)ex;
    (void)scope;
    bench.asked++;
    return bench.may_read ? (http_decision_t){ 0 } : (http_decision_t){ .status = 403 };
}

static const http_route_t routes[] = {
    { HTTP_GET, "/items/{id}", get_item, 1, 0 },
    { HTTP_PUT, "/items/{id}", change_item, 1, 64 },
};

static int begin(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    bench.host_is_ours = bench.may_read = true;
    bench.server = (http_server_t){
        .router = { routes, sizeof routes / sizeof routes[0], 0 },
        .write_problem = write_problem,
        .is_our_host = is_our_host,
        .authorize = authorize,
        .clock = &no_time,
    };
    http_conn_open(&bench.conn, &bench.server, &nobody, NOW_MS);
    return 0;
}

static void take_output(void)
{
    const uint8_t *out;
    for (size_t n; (n = http_conn_output(&bench.conn, &out)) > 0;) {
        assert_true(bench.output_bytes + n < sizeof bench.output);
        memcpy(bench.output + bench.output_bytes, out, n);
        bench.output_bytes += n;
        http_conn_ack(&bench.conn, n, NOW_MS);
    }
    bench.output[bench.output_bytes] = '\0';
}

/* returns   the answer, until the next one */
static const char *ask(const char *request)
{
    size_t left = strlen(request);
    bench.output_bytes = 0;
    while (left > 0) {
        size_t used = http_conn_feed(&bench.conn, (const uint8_t *)request, left, NOW_MS);
        request += used;
        left -= used;
        take_output();
        if (used == 0) break;
    }
    take_output();
    return bench.output;
}

#define ONE                "GET /items/one HTTP/1.1\r\nHost: d\r\n\r\n"
#define TWO                "GET /items/two HTTP/1.1\r\nHost: d\r\n\r\n"
#define SAYS(answer, what) assert_non_null(strstr(answer, what))

static void the_head_that_came_last_is_known_again(void **state)
{
    (void)state;
    SAYS(ask(ONE), "\r\n\r\n\"one\"");
    assert_int_equal(bench.server.memo.raw_bytes, strlen(ONE));
    SAYS(ask(ONE), "\r\n\r\n\"one\"");
    SAYS(ask(TWO), "\r\n\r\n\"two\"");
    SAYS(ask(ONE), "\r\n\r\n\"one\"");
    assert_int_equal(bench.answered, 4);
    assert_int_equal(bench.asked, 4);
}

static void who_may_ask_is_decided_each_time(void **state)
{
    (void)state;
    SAYS(ask(ONE), " 200 ");
    bench.may_read = false;
    SAYS(ask(ONE), " 403 ");
    assert_int_equal(bench.answered, 1);
    bench.may_read = true;
    SAYS(ask(ONE), " 200 ");
}

static void a_host_that_is_ours_no_longer_is_refused(void **state)
{
    (void)state;
    SAYS(ask(ONE), " 200 ");
    bench.host_is_ours = false;
    bench.server.hosts++;
    SAYS(ask(ONE), " 421 ");
    assert_int_equal(bench.answered, 1);
}

static void a_head_with_a_token_is_not_kept(void **state)
{
    (void)state;
    SAYS(ask("GET /items/one HTTP/1.1\r\nHost: d\r\nAuthorization: Bearer secret\r\n\r\n"), " 200 ");
    assert_int_equal(bench.server.memo.raw_bytes, 0);
}

static void a_request_that_changes_something_is_not_kept(void **state)
{
    (void)state;
    SAYS(ask("PUT /items/one HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\nContent-Length: "
             "2\r\n\r\n{}"),
         " 204 ");
    assert_int_equal(bench.server.memo.raw_bytes, 0);
}

static void a_head_that_came_in_pieces_is_not_kept_and_is_still_known(void **state)
{
    (void)state;
    SAYS(ask(ONE), " 200 ");
    SAYS(ask(TWO), " 200 ");
    bench.output_bytes = 0;
    const char *one = ONE;
    for (size_t i = 0; one[i]; i++) (void)http_conn_feed(&bench.conn, (const uint8_t *)one + i, 1, NOW_MS);
    take_output();
    SAYS(bench.output, "\r\n\r\n\"one\"");
    assert_memory_equal(bench.server.memo.raw, TWO, strlen(TWO));
}

static void the_next_request_of_a_pipeline_begins_behind_it(void **state)
{
    (void)state;
    SAYS(ask(ONE), " 200 ");
    const char *answers = ask(ONE ONE TWO ONE);
    assert_int_equal(bench.answered, 5);
    const char *second = strstr(strstr(answers, "\r\n\r\n\"one\"") + 7, "\r\n\r\n\"one\"");
    assert_non_null(second);
    assert_non_null(strstr(strstr(second, "\r\n\r\n\"two\""), "\r\n\r\n\"one\""));
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_head_that_came_last_is_known_again),
        TEST(who_may_ask_is_decided_each_time),
        TEST(a_host_that_is_ours_no_longer_is_refused),
        TEST(a_head_with_a_token_is_not_kept),
        TEST(a_request_that_changes_something_is_not_kept),
        TEST(a_head_that_came_in_pieces_is_not_kept_and_is_still_known),
        TEST(the_next_request_of_a_pipeline_begins_behind_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
