/* What a peer may try to win time, and that it does not get it: each deadline belongs to its phase, and only what
 * the phase is about moves it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/http_conn.h"

#define GET        "GET / HTTP/1.1\r\nHost: d\r\n\r\n"
#define POST(more) "POST / HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n" more "\r\n"
#define OPENED_MS  1000u

static const http_peer_t nobody;

typedef struct {
    http_server_t server;
    http_conn_t conn;
    char output[4096];
    size_t output_bytes;
} bench_t;

static void echo(http_exchange_t *ex, void *app)
{
    (void)app;
    json_text(http_respond_json(ex, 200, "application/json"), http_body(ex));
}

static http_produced_t produce_for_ever(http_exchange_t *ex, void *app, json_writer_t *json,
                                        uint32_t state[4])
{
    (void)ex;
    (void)app;
    if (state[0] == 0) json_array_begin(json);
    json_u32(json, state[0]++);
    return HTTP_MORE;
}

static void endless(http_exchange_t *ex, void *app)
{
    (void)app;
    http_respond_generated(ex, 200, "application/json", produce_for_ever);
}

static const http_route_t routes[] = {
    { .method = HTTP_GET, .pattern = "/endless", .handler = endless },
    { .method = HTTP_GET, .pattern = "/", .handler = echo },
    { .method = HTTP_POST, .pattern = "/", .handler = echo, .body_bytes_max = 64 },
};

static void write_problem(http_exchange_t *ex, unsigned status, const char *detail)
{
    json_string(http_respond_json(ex, status, "application/problem+json"), detail);
}

static bool is_our_host(void *app, text_view_t host)
{
    (void)app;
    (void)host;
    return true;
}

static void open_bench(bench_t *bench)
{
    static const wall_clock_t no_time;
    memset(bench, 0, sizeof *bench);
    bench->server = (http_server_t){
        .router = { routes, sizeof routes / sizeof routes[0], 0 },
        .write_problem = write_problem,
        .is_our_host = is_our_host,
        .clock = &no_time,
    };
    http_conn_open(&bench->conn, &bench->server, &nobody, OPENED_MS);
}

static int set_up(void **state)
{
    static bench_t bench;
    open_bench(&bench);
    *state = &bench;
    return 0;
}

static size_t feed(bench_t *bench, const char *text, uint64_t now_ms)
{
    return http_conn_feed(&bench->conn, (const uint8_t *)text, strlen(text), now_ms);
}

static void take(bench_t *bench, uint64_t now_ms)
{
    const uint8_t *out;
    bench->output_bytes = 0;
    for (size_t n; (n = http_conn_output(&bench->conn, &out)) > 0;) {
        assert_true(bench->output_bytes + n < sizeof bench->output);
        memcpy(bench->output + bench->output_bytes, out, n);
        bench->output_bytes += n;
        http_conn_ack(&bench->conn, n, now_ms);
    }
    bench->output[bench->output_bytes] = '\0';
}

static void assert_deadline(const bench_t *bench, uint64_t wanted_ms)
{
    assert_int_equal(http_conn_deadline_ms(&bench->conn), wanted_ms);
}

static void assert_said(const bench_t *bench, const char *start)
{
    assert_int_equal(strncmp(bench->output, start, strlen(start)), 0);
}

/* ---- Heads ------------------------------------------------------------------------------------------------- */

static void a_byte_a_second_does_not_keep_a_head_open(void **state)
{
    bench_t *bench = *state;
    static const char slow[] = "GET / HTTP/1.1\r\nHost: d\r\nX: ";
    for (uint64_t i = 0; i < 9; i++) {
        http_conn_feed(&bench->conn, (const uint8_t *)slow + i, 1, OPENED_MS + i * 1000);
        assert_deadline(bench, OPENED_MS + HTTP_HEAD_DEADLINE_MS);
    }
}

static void whole_lines_do_not_keep_a_head_open(void **state)
{
    bench_t *bench = *state;
    feed(bench, "GET / HTTP/1.1\r\nHost: d\r\n", OPENED_MS);
    for (uint64_t i = 1; i < 9; i++) feed(bench, "X: y\r\n", OPENED_MS + i * 1000);
    assert_deadline(bench, OPENED_MS + HTTP_HEAD_DEADLINE_MS);
    http_conn_timeout(&bench->conn, OPENED_MS + HTTP_HEAD_DEADLINE_MS);
    take(bench, OPENED_MS + HTTP_HEAD_DEADLINE_MS);
    assert_said(bench, "HTTP/1.1 408 ");
}

static void the_second_head_has_a_time_of_its_own(void **state)
{
    bench_t *bench = *state;
    feed(bench, GET, 2000);
    take(bench, 2000);
    feed(bench, "GE", 20000);
    assert_deadline(bench, 20000 + HTTP_HEAD_DEADLINE_MS);
    feed(bench, "T /", 25000);
    assert_deadline(bench, 20000 + HTTP_HEAD_DEADLINE_MS);
    http_conn_timeout(&bench->conn, 20000 + HTTP_HEAD_DEADLINE_MS);
    take(bench, 30000);
    assert_said(bench, "HTTP/1.1 408 ");
    assert_int_equal(http_conn_state(&bench->conn, 30000), HTTP_CONN_LINGER);
}

static void half_a_head_behind_a_request_has_a_time_too(void **state)
{
    bench_t *bench = *state;
    size_t used = feed(bench, GET "GE", 2000);
    assert_int_equal(used, strlen(GET));
    take(bench, 3000);
    feed(bench, "GE", 3000);
    assert_deadline(bench, 3000 + HTTP_HEAD_DEADLINE_MS);
    assert_int_equal(http_conn_state(&bench->conn, 3000), HTTP_CONN_ACTIVE);
}

static void an_idle_connection_ends_without_a_word(void **state)
{
    bench_t *bench = *state;
    feed(bench, GET, 2000);
    take(bench, 2000);
    http_conn_timeout(&bench->conn, 2000 + HTTP_IDLE_DEADLINE_MS);
    take(bench, 40000);
    assert_int_equal(bench->output_bytes, 0);
    assert_int_equal(http_conn_state(&bench->conn, 40000), HTTP_CONN_CLOSED);
}

static void each_answer_begins_a_new_idle_time(void **state)
{
    bench_t *bench = *state;
    for (uint64_t now_ms = 2000; now_ms < 100000; now_ms += 9000) {
        assert_int_equal(feed(bench, GET, now_ms), strlen(GET));
        take(bench, now_ms + 1);
        assert_deadline(bench, now_ms + 1 + HTTP_IDLE_DEADLINE_MS);
        assert_int_equal(http_conn_idle_since_ms(&bench->conn), now_ms + 1);
    }
}

/* ---- Bodies ------------------------------------------------------------------------------------------------ */

static void a_chunk_a_second_does_not_keep_a_body_open(void **state)
{
    bench_t *bench = *state;
    feed(bench, POST("Transfer-Encoding: chunked\r\n"), 2000);
    for (uint64_t i = 1; i < 15; i++) {
        assert_int_equal(feed(bench, "1\r\nx\r\n", 2000 + i * 1000), 6);
        assert_deadline(bench, 2000 + HTTP_BODY_DEADLINE_MS);
    }
}

static void asking_for_a_body_does_not_keep_it_open_longer(void **state)
{
    bench_t *bench = *state;
    feed(bench, POST("Expect: 100-continue\r\nContent-Length: 4\r\n"), 2000);
    take(bench, 9000);
    assert_string_equal(bench->output, "HTTP/1.1 100 Continue\r\n\r\n");
    assert_deadline(bench, 2000 + HTTP_BODY_DEADLINE_MS);
    http_conn_timeout(&bench->conn, 2000 + HTTP_BODY_DEADLINE_MS);
    take(bench, 2000 + HTTP_BODY_DEADLINE_MS);
    assert_said(bench, "HTTP/1.1 408 ");
    assert_false(bench->server.bodies.taken[0]);
}

static void a_body_that_nobody_wants_has_a_time_too(void **state)
{
    bench_t *bench = *state;
    feed(bench, "GET /none HTTP/1.1\r\nHost: d\r\nContent-Length: 4\r\n\r\nab", 2000);
    assert_deadline(bench, 2000 + HTTP_BODY_DEADLINE_MS);
    http_conn_timeout(&bench->conn, 2000 + HTTP_BODY_DEADLINE_MS);
    take(bench, 20000);
    assert_said(bench, "HTTP/1.1 408 ");
    assert_null(strstr(bench->output, "404"));
}

/* ---- Answers ----------------------------------------------------------------------------------------------- */

static void sending_more_does_not_help_a_peer_that_takes_nothing(void **state)
{
    bench_t *bench = *state;
    feed(bench, GET, 2000);
    for (uint64_t i = 1; i < 15; i++) assert_int_equal(feed(bench, GET, 2000 + i * 1000), 0);
    assert_deadline(bench, 2000 + HTTP_RESPONSE_STALL_MS);
    http_conn_timeout(&bench->conn, 2000 + HTTP_RESPONSE_STALL_MS);
    assert_int_equal(http_conn_state(&bench->conn, 20000), HTTP_CONN_ABORT);
}

static void an_error_that_is_not_taken_ends_in_a_reset_too(void **state)
{
    bench_t *bench = *state;
    feed(bench, "bad\r\n", 2000);
    assert_deadline(bench, 2000 + HTTP_RESPONSE_STALL_MS);
    http_conn_timeout(&bench->conn, 2000 + HTTP_RESPONSE_STALL_MS);
    assert_int_equal(http_conn_state(&bench->conn, 20000), HTTP_CONN_ABORT);
}

static void a_byte_now_and_then_does_not_keep_an_answer_open(void **state)
{
    bench_t *bench = *state;
    const uint8_t *out;
    feed(bench, GET, 2000);
    uint64_t now_ms = 2000;
    while (now_ms < http_conn_deadline_ms(&bench->conn)) {
        assert_true(http_conn_output(&bench->conn, &out) > 1);
        http_conn_ack(&bench->conn, 1, now_ms);
        now_ms += 5000;
    }
    assert_int_equal(now_ms, 2000 + HTTP_ANSWER_DEADLINE_MS + 5000);
    http_conn_timeout(&bench->conn, now_ms);
    assert_int_equal(http_conn_state(&bench->conn, now_ms), HTTP_CONN_ABORT);
}

/* Takes so many bytes each second, for at most an hour.
 * returns   how long it could */
static uint64_t take_steadily(bench_t *bench, size_t bytes)
{
    const uint8_t *out;
    uint64_t now_ms = 2000;
    feed(bench, "GET /endless HTTP/1.1\r\nHost: d\r\n\r\n", now_ms);
    while (now_ms < 3600000 && now_ms < http_conn_deadline_ms(&bench->conn)) {
        for (size_t left = bytes; left > 0;) {
            size_t n = http_conn_output(&bench->conn, &out);
            if (n > left) n = left;
            assert_true(n > 0);
            http_conn_ack(&bench->conn, n, now_ms);
            left -= n;
        }
        now_ms += 1000;
    }
    return now_ms - 2000;
}

static void a_long_answer_lasts_as_long_as_an_honest_line_needs(void **state)
{
    bench_t *bench = *state;
    assert_true(take_steadily(bench, 1024 * 1000 / HTTP_ANSWER_MS_PER_KIB) >= 3590000);
}

static void a_line_at_half_the_speed_has_twice_the_time_and_no_more(void **state)
{
    bench_t *bench = *state;
    uint64_t lasted_ms = take_steadily(bench, 512 * 1000 / HTTP_ANSWER_MS_PER_KIB);
    assert_in_range(lasted_ms, 2 * HTTP_ANSWER_DEADLINE_MS, 2 * HTTP_ANSWER_DEADLINE_MS + 2000);
}

static void each_answer_has_a_time_of_its_own(void **state)
{
    bench_t *bench = *state;
    const uint8_t *out;
    uint64_t now_ms = 2000;
    for (unsigned i = 0; i < 20; i++, now_ms += 10000) {
        assert_int_equal(feed(bench, GET, now_ms), strlen(GET));
        assert_true(http_conn_output(&bench->conn, &out) > 1);
        http_conn_ack(&bench->conn, 1, now_ms + 1);
        assert_deadline(bench, now_ms + 1 + HTTP_RESPONSE_STALL_MS);
        take(bench, now_ms + 2);
    }
}

static void lingering_begins_when_the_last_byte_was_taken(void **state)
{
    bench_t *bench = *state;
    const uint8_t *out;
    feed(bench, "bad\r\n", 2000);
    size_t n = http_conn_output(&bench->conn, &out);
    http_conn_ack(&bench->conn, n - 1, 3000);
    assert_int_equal(http_conn_state(&bench->conn, 3000), HTTP_CONN_ACTIVE);
    http_conn_ack(&bench->conn, 1, 4000);
    assert_int_equal(http_conn_state(&bench->conn, 4000), HTTP_CONN_LINGER);
    assert_deadline(bench, 4000 + HTTP_LINGER_DEADLINE_MS);
    http_conn_peer_closed(&bench->conn);
    assert_int_equal(http_conn_state(&bench->conn, 4000), HTTP_CONN_CLOSED);
}

static void what_is_over_stays_over(void **state)
{
    bench_t *bench = *state;
    http_conn_timeout(&bench->conn, 20000);
    assert_int_equal(http_conn_state(&bench->conn, 20000), HTTP_CONN_CLOSED);
    http_conn_timeout(&bench->conn, 30000);
    assert_int_equal(feed(bench, GET, 30000), 0);
    take(bench, 30000);
    assert_int_equal(bench->output_bytes, 0);
    assert_int_equal(http_conn_state(&bench->conn, 30000), HTTP_CONN_CLOSED);
}

/* ---- Buffers ----------------------------------------------------------------------------------------------- */

static void closing_gives_the_body_buffer_back_whenever_it_comes(void **state)
{
    static const char request[] = POST("Content-Length: 4\r\n") "abcd";
    bench_t *bench = *state;
    for (size_t count = 0; count < sizeof request; count++) {
        open_bench(bench);
        http_conn_feed(&bench->conn, (const uint8_t *)request, count, 2000);
        http_conn_close(&bench->conn);
        for (unsigned i = 0; i < HTTP_BODIES_MAX; i++) assert_false(bench->server.bodies.taken[i]);
    }
}

static void two_servers_share_no_buffers(void **state)
{
    static bench_t others[HTTP_BODIES_MAX + 1];
    bench_t *bench = *state;
    for (unsigned i = 0; i <= HTTP_BODIES_MAX; i++) {
        open_bench(&others[i]);
        feed(&others[i], POST("Content-Length: 4\r\n") "ab", 2000);
    }
    feed(bench, POST("Content-Length: 4\r\n") "abcd", 2000);
    take(bench, 2000);
    assert_said(bench, "HTTP/1.1 200 ");
    for (unsigned i = 0; i <= HTTP_BODIES_MAX; i++) {
        feed(&others[i], "cd", 2000);
        take(&others[i], 2000);
        assert_said(&others[i], "HTTP/1.1 200 ");
        assert_int_equal(others[i].server.bodies.peak, 1);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_byte_a_second_does_not_keep_a_head_open),
        TEST(whole_lines_do_not_keep_a_head_open),
        TEST(the_second_head_has_a_time_of_its_own),
        TEST(half_a_head_behind_a_request_has_a_time_too),
        TEST(an_idle_connection_ends_without_a_word),
        TEST(each_answer_begins_a_new_idle_time),
        TEST(a_chunk_a_second_does_not_keep_a_body_open),
        TEST(asking_for_a_body_does_not_keep_it_open_longer),
        TEST(a_body_that_nobody_wants_has_a_time_too),
        TEST(sending_more_does_not_help_a_peer_that_takes_nothing),
        TEST(an_error_that_is_not_taken_ends_in_a_reset_too),
        TEST(a_byte_now_and_then_does_not_keep_an_answer_open),
        TEST(a_long_answer_lasts_as_long_as_an_honest_line_needs),
        TEST(a_line_at_half_the_speed_has_twice_the_time_and_no_more),
        TEST(each_answer_has_a_time_of_its_own),
        TEST(lingering_begins_when_the_last_byte_was_taken),
        TEST(what_is_over_stays_over),
        TEST(closing_gives_the_body_buffer_back_whenever_it_comes),
        TEST(two_servers_share_no_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
