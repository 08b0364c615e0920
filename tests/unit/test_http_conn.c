/* What a request vector cannot say: time passing, buffers running out, pieces that do not fit, our own mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"
#include "http/http_conn.h"

typedef struct {
    http_server_t server;
    wall_clock_t clock;
    http_conn_t conn;
    char output[16384];
    size_t output_bytes;
} bench_t;

/* ---- Resources --------------------------------------------------------------------------------------------- */

static void get_root(http_exchange_t *ex, void *app)
{
    (void)app;
    json_string(http_respond_json(ex, 200, "application/json"), "root");
}

static void echo(http_exchange_t *ex, void *app)
{
    (void)app;
    json_text(http_respond_json(ex, 200, "application/json"), http_body(ex));
}

static void too_much(http_exchange_t *ex, void *app)
{
    (void)app;
    json_writer_t *json = http_respond_json(ex, 200, "application/json");
    json_array_begin(json);
    for (unsigned i = 0; i < HTTP_OUTPUT_BYTES; i++) json_u32(json, i);
    json_array_end(json);
}

/* Pieces of 1,500 bytes: each fits an empty buffer and none fits behind another. */
static http_produced_t big_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    char text[1498];
    (void)ex;
    (void)app;
    if (state[0] == 0) json_array_begin(json);
    memset(text, (int)('a' + state[0]), sizeof text);
    json_text(json, (text_view_t){ text, sizeof text });
    if (++state[0] < 3) return HTTP_MORE;
    json_array_end(json);
    return HTTP_DONE;
}

static void get_big(http_exchange_t *ex, void *app)
{
    (void)app;
    http_respond_generated(ex, 200, "application/json", big_piece);
}

static http_produced_t impossible_piece(http_exchange_t *ex, void *app, json_writer_t *json,
                                        uint32_t state[4])
{
    char text[HTTP_OUTPUT_BYTES];
    (void)ex;
    (void)app;
    if (state[0]++ == 0) {
        json_array_begin(json);
        return HTTP_MORE;
    }
    memset(text, 'x', sizeof text);
    json_text(json, (text_view_t){ text, sizeof text });
    return HTTP_DONE;
}

static void get_impossible(http_exchange_t *ex, void *app)
{
    (void)app;
    http_respond_generated(ex, 200, "application/json", impossible_piece);
}

static void move(http_exchange_t *ex, void *app)
{
    (void)app;
    http_set_location(ex, "/elsewhere");
    http_close_after(ex);
    http_respond_empty(ex, http_method(ex) == HTTP_PUT ? 299 : 201);
}

static const http_route_t routes[] = {
    { HTTP_GET, "/", get_root, 0, 0 },         { HTTP_POST, "/echo", echo, 0, 64 },
    { HTTP_GET, "/too-much", too_much, 0, 0 }, { HTTP_GET, "/big", get_big, 0, 0 },
    { HTTP_POST, "/move", move, 0, 0 },        { HTTP_PUT, "/move", move, 0, 0 },
    { HTTP_GET, "/no", get_impossible, 0, 0 }, { HTTP_GET, "/scoped", get_root, 1, 0 },
};

static void write_problem(http_exchange_t *ex, unsigned status, const char *detail)
{
    json_string(http_respond_json(ex, status, "application/problem+json"), detail);
}

static bool is_our_host(void *app, text_view_t host)
{
    (void)app;
    return text_equal(host, text_view("d"));
}

static const http_peer_t nobody;

/* ---- Tools ------------------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    static bench_t bench;
    memset(&bench, 0, sizeof bench);
    bench.server = (http_server_t){
        .router = { routes, sizeof routes / sizeof routes[0], 0 },
        .write_problem = write_problem,
        .is_our_host = is_our_host,
        .clock = &bench.clock,
    };
    http_conn_open(&bench.conn, &bench.server, &nobody, 1000);
    *state = &bench;
    return 0;
}

static void take(bench_t *bench, uint64_t now_ms)
{
    const uint8_t *out;
    for (size_t n; (n = http_conn_output(&bench->conn, &out)) > 0;) {
        assert_true(bench->output_bytes + n < sizeof bench->output);
        memcpy(bench->output + bench->output_bytes, out, n);
        bench->output_bytes += n;
        http_conn_ack(&bench->conn, n, now_ms);
    }
    bench->output[bench->output_bytes] = '\0';
}

static size_t feed(bench_t *bench, const char *text, uint64_t now_ms)
{
    return http_conn_feed(&bench->conn, (const uint8_t *)text, strlen(text), now_ms);
}

#define JSON      "Content-Type: application/json\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\nHost: d\r\n\r\n"

/* ---- Deadlines --------------------------------------------------------------------------------------------- */

static void a_head_that_trickles_is_408_at_its_deadline(void **state)
{
    bench_t *bench = *state;
    uint64_t deadline_ms = http_conn_deadline_ms(&bench->conn);
    assert_int_equal(deadline_ms, 1000 + HTTP_HEAD_DEADLINE_MS);
    feed(bench, "GET / HT", 5000);
    feed(bench, "TP/1.1\r\nHo", 9000);
    assert_int_equal(http_conn_deadline_ms(&bench->conn), deadline_ms);
    http_conn_timeout(&bench->conn, deadline_ms);
    take(bench, deadline_ms);
    assert_non_null(strstr(bench->output, "HTTP/1.1 408 Request Timeout\r\n"));
    assert_non_null(strstr(bench->output, "Connection: close\r\n"));
    assert_int_equal(http_conn_state(&bench->conn, deadline_ms), HTTP_CONN_LINGER);
}

static void a_silent_newcomer_is_closed_without_a_word(void **state)
{
    bench_t *bench = *state;
    http_conn_timeout(&bench->conn, http_conn_deadline_ms(&bench->conn));
    take(bench, 20000);
    assert_int_equal(bench->output_bytes, 0);
    assert_int_equal(http_conn_state(&bench->conn, 20000), HTTP_CONN_CLOSED);
}

static void a_newcomer_counts_as_idle_only_after_its_grace(void **state)
{
    bench_t *bench = *state;
    assert_int_equal(http_conn_state(&bench->conn, 1000 + HTTP_FRESH_GRACE_MS - 1), HTTP_CONN_ACTIVE);
    assert_int_equal(http_conn_state(&bench->conn, 1000 + HTTP_FRESH_GRACE_MS), HTTP_CONN_IDLE);
    feed(bench, "G", 1000 + HTTP_FRESH_GRACE_MS);
    assert_int_equal(http_conn_state(&bench->conn, 1000 + HTTP_FRESH_GRACE_MS), HTTP_CONN_ACTIVE);
}

static void a_body_that_trickles_is_408_at_its_deadline(void **state)
{
    bench_t *bench = *state;
    feed(bench, "POST /echo HTTP/1.1\r\nHost: d\r\n" JSON "Content-Length: 9\r\n\r\nab", 2000);
    assert_int_equal(http_conn_deadline_ms(&bench->conn), 2000 + HTTP_BODY_DEADLINE_MS);
    feed(bench, "c", 9000);
    assert_int_equal(http_conn_deadline_ms(&bench->conn), 2000 + HTTP_BODY_DEADLINE_MS);
    http_conn_timeout(&bench->conn, 2000 + HTTP_BODY_DEADLINE_MS);
    take(bench, 20000);
    assert_non_null(strstr(bench->output, "HTTP/1.1 408 "));
    assert_int_equal(http_conn_state(&bench->conn, 20000), HTTP_CONN_LINGER);
    assert_false(bench->server.bodies.taken[0]);
}

static void a_peer_that_does_not_take_its_answer_is_reset(void **state)
{
    const uint8_t *out;
    bench_t *bench = *state;
    feed(bench, GET("/"), 2000);
    http_conn_output(&bench->conn, &out);
    http_conn_ack(&bench->conn, 1, 5000);
    assert_int_equal(http_conn_deadline_ms(&bench->conn), 5000 + HTTP_RESPONSE_STALL_MS);
    http_conn_timeout(&bench->conn, 5000 + HTTP_RESPONSE_STALL_MS);
    assert_int_equal(http_conn_state(&bench->conn, 30000), HTTP_CONN_ABORT);
}

static void a_peer_that_does_not_take_100_continue_is_reset(void **state)
{
    bench_t *bench = *state;
    feed(bench, "POST /echo HTTP/1.1\r\nHost: d\r\n" JSON "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
         2000);
    http_conn_timeout(&bench->conn, 2000 + HTTP_BODY_DEADLINE_MS);
    assert_int_equal(http_conn_state(&bench->conn, 30000), HTTP_CONN_ABORT);
}

static void an_idle_connection_is_closed_after_its_time(void **state)
{
    bench_t *bench = *state;
    feed(bench, GET("/"), 2000);
    take(bench, 2000);
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_IDLE);
    assert_int_equal(http_conn_idle_since_ms(&bench->conn), 2000);
    assert_int_equal(http_conn_deadline_ms(&bench->conn), 2000 + HTTP_IDLE_DEADLINE_MS);
    feed(bench, "G", 4000);
    assert_int_equal(http_conn_deadline_ms(&bench->conn), 4000 + HTTP_HEAD_DEADLINE_MS);
}

static void lingering_is_bounded_in_time_and_bytes(void **state)
{
    static char flood[HTTP_LINGER_BYTES_MAX + 1];
    bench_t *bench = *state;
    feed(bench, "bad\r\n", 2000);
    take(bench, 2000);
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_LINGER);
    assert_int_equal(http_conn_deadline_ms(&bench->conn), 2000 + HTTP_LINGER_DEADLINE_MS);
    assert_int_equal(http_conn_feed(&bench->conn, (const uint8_t *)flood, 1000, 2500), 1000);
    assert_int_equal(http_conn_deadline_ms(&bench->conn), 2000 + HTTP_LINGER_DEADLINE_MS);
    assert_int_equal(http_conn_feed(&bench->conn, (const uint8_t *)flood, sizeof flood, 2600), sizeof flood);
    assert_int_equal(http_conn_state(&bench->conn, 2600), HTTP_CONN_ABORT);
    http_conn_timeout(&bench->conn, 9000);
    assert_int_equal(http_conn_state(&bench->conn, 9000), HTTP_CONN_ABORT);
}

static void lingering_ends_at_its_deadline(void **state)
{
    bench_t *bench = *state;
    feed(bench, "bad\r\n", 2000);
    take(bench, 2000);
    http_conn_timeout(&bench->conn, 2000 + HTTP_LINGER_DEADLINE_MS);
    assert_int_equal(http_conn_state(&bench->conn, 9000), HTTP_CONN_CLOSED);
}

/* ---- Half-close -------------------------------------------------------------------------------------------- */

static void a_peer_that_closes_its_half_still_gets_its_answer(void **state)
{
    bench_t *bench = *state;
    feed(bench, GET("/"), 2000);
    http_conn_peer_closed(&bench->conn);
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_ACTIVE);
    take(bench, 2000);
    assert_non_null(strstr(bench->output, "\"root\""));
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_CLOSED);
}

static void a_peer_that_closes_within_a_request_gets_nothing(void **state)
{
    bench_t *bench = *state;
    feed(bench, "POST /echo HTTP/1.1\r\nHost: d\r\n" JSON "Content-Length: 9\r\n\r\nab", 2000);
    http_conn_peer_closed(&bench->conn);
    take(bench, 2000);
    assert_int_equal(bench->output_bytes, 0);
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_CLOSED);
    http_conn_close(&bench->conn);
    assert_false(bench->server.bodies.taken[0]);
}

/* ---- Bounds ------------------------------------------------------------------------------------------------ */

static void input_waits_while_an_answer_goes_out(void **state)
{
    bench_t *bench = *state;
    size_t first = strlen(GET("/"));
    assert_int_equal(feed(bench, GET("/") GET("/"), 2000), first);
    assert_int_equal(feed(bench, GET("/"), 2000), 0);
    take(bench, 2000);
    assert_int_equal(feed(bench, GET("/"), 2000), first);
}

static void a_body_that_finds_no_buffer_is_503_and_the_next_try_works(void **state)
{
    static http_conn_t others[HTTP_BODIES_MAX];
    static const char head[] = "POST /echo HTTP/1.1\r\nHost: d\r\n" JSON "Content-Length: 2\r\n\r\n";
    bench_t *bench = *state;
    for (unsigned i = 0; i < HTTP_BODIES_MAX; i++) {
        http_conn_open(&others[i], &bench->server, &nobody, 1000);
        http_conn_feed(&others[i], (const uint8_t *)head, sizeof head - 1, 1000);
    }
    assert_int_equal(bench->server.bodies.peak, HTTP_BODIES_MAX);
    feed(bench, head, 2000);
    feed(bench, "ab", 2000);
    take(bench, 2000);
    assert_non_null(strstr(bench->output, "HTTP/1.1 503 "));
    assert_non_null(strstr(bench->output, "Retry-After: 1\r\n"));
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_IDLE);
    for (unsigned i = 0; i < HTTP_BODIES_MAX; i++) http_conn_close(&others[i]);
    bench->output_bytes = 0;
    feed(bench, head, 3000);
    feed(bench, "ab", 3000);
    take(bench, 3000);
    assert_non_null(strstr(bench->output, "\r\n\r\n\"ab\""));
    assert_int_equal(bench->server.counters.requests, 2);
    assert_int_equal(bench->server.counters.errors_5xx, 1);
}

static void a_piece_that_fits_only_the_empty_buffer_is_undone_and_written_again(void **state)
{
    bench_t *bench = *state;
    feed(bench, GET("/big"), 2000);
    take(bench, 2000);
    assert_non_null(strstr(bench->output, "Transfer-Encoding: chunked\r\n"));
    size_t counts[3] = { 0 };
    for (size_t i = strcspn(bench->output, "["); i < bench->output_bytes; i++) {
        if (bench->output[i] >= 'a' && bench->output[i] <= 'c') counts[bench->output[i] - 'a']++;
    }
    /* The chunks' sizes are hexadecimal digits too: at most four of them each. */
    for (unsigned i = 0; i < 3; i++) assert_in_range(counts[i], 1498, 1498 + 8);
    assert_string_equal(bench->output + bench->output_bytes - 8, "]\r\n0\r\n\r\n");
}

static void drop_line(const char *line, size_t bytes)
{
    (void)line;
    (void)bytes;
}

static uint64_t no_clock(void)
{
    return 0;
}

static void an_answer_that_does_not_fit_is_500_not_half_an_answer(void **state)
{
    bench_t *bench = *state;
    log_init(LOG_ERROR, drop_line, no_clock);
    feed(bench, GET("/too-much"), 2000);
    take(bench, 2000);
    assert_non_null(strstr(bench->output, "HTTP/1.1 500 "));
    assert_null(strstr(bench->output, "HTTP/1.1 200 "));
}

static void a_piece_that_fits_no_buffer_ends_the_connection(void **state)
{
    bench_t *bench = *state;
    log_init(LOG_ERROR, drop_line, no_clock);
    feed(bench, GET("/no"), 2000);
    take(bench, 2000);
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_ABORT);
}

/* ---- Headers of the answer --------------------------------------------------------------------------------- */

static void date_appears_when_the_clock_is_set_and_follows_it(void **state)
{
    bench_t *bench = *state;
    feed(bench, GET("/"), 2000);
    take(bench, 2000);
    assert_null(strstr(bench->output, "Date:"));
    wall_clock_set(&bench->clock, 2000, 951782400000); /* a leap day */
    feed(bench, GET("/"), 2000);
    take(bench, 2000);
    assert_non_null(strstr(bench->output, "Date: Tue, 29 Feb 2000 00:00:00 GMT\r\n"));
    feed(bench, GET("/"), 3999);
    take(bench, 3999);
    assert_non_null(strstr(bench->output, "Date: Tue, 29 Feb 2000 00:00:01 GMT\r\n"));
}

static void a_handler_may_name_a_location_and_end_the_connection(void **state)
{
    bench_t *bench = *state;
    feed(bench, "POST /move HTTP/1.1\r\nHost: d\r\n" JSON "\r\n", 2000);
    take(bench, 2000);
    assert_non_null(strstr(bench->output, "HTTP/1.1 201 Created\r\n"));
    assert_non_null(strstr(bench->output, "Location: /elsewhere\r\n"));
    assert_non_null(strstr(bench->output, "Connection: close\r\nContent-Length: 0\r\n\r\n"));
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_LINGER);
}

static void a_status_without_a_phrase_is_still_a_status_line(void **state)
{
    bench_t *bench = *state;
    feed(bench, "PUT /move HTTP/1.1\r\nHost: d\r\n" JSON "\r\n", 2000);
    take(bench, 2000);
    assert_non_null(strstr(bench->output, "HTTP/1.1 299 \r\n"));
}

/* Vectors have a server with all of it; this one has neither authorize nor allows_origin. */
static void a_server_without_owners_and_origins_says_nothing_of_them(void **state)
{
    bench_t *bench = *state;
    feed(bench, "GET /scoped HTTP/1.1\r\nHost: d\r\nOrigin: http://a\r\n\r\n", 2000);
    take(bench, 2000);
    assert_non_null(strstr(bench->output, "\"root\""));
    assert_null(strstr(bench->output, "Vary:"));
    assert_null(strstr(bench->output, "Access-Control"));
    bench->output_bytes = 0;
    feed(bench,
         "OPTIONS / HTTP/1.1\r\nHost: d\r\nOrigin: http://a\r\nAccess-Control-Request-Method: GET\r\n\r\n",
         2000);
    take(bench, 2000);
    assert_null(strstr(bench->output, "Access-Control"));
}

static void the_refusal_is_a_whole_answer(void **state)
{
    (void)state;
    text_view_t refusal = http_refusal();
    const char *body = strstr(refusal.bytes, "\r\n\r\n") + 4;
    char length[40];
    text_writer_t out = text_writer(length, sizeof length - 1);
    text_format(&out, "Content-Length: %u\r\n", (unsigned)strlen(body));
    *out.at = '\0';
    assert_non_null(strstr(refusal.bytes, length));
    assert_int_equal(refusal.count, strlen(refusal.bytes));
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_head_that_trickles_is_408_at_its_deadline),
        TEST(a_silent_newcomer_is_closed_without_a_word),
        TEST(a_newcomer_counts_as_idle_only_after_its_grace),
        TEST(a_body_that_trickles_is_408_at_its_deadline),
        TEST(a_peer_that_does_not_take_its_answer_is_reset),
        TEST(a_peer_that_does_not_take_100_continue_is_reset),
        TEST(an_idle_connection_is_closed_after_its_time),
        TEST(lingering_is_bounded_in_time_and_bytes),
        TEST(lingering_ends_at_its_deadline),
        TEST(a_peer_that_closes_its_half_still_gets_its_answer),
        TEST(a_peer_that_closes_within_a_request_gets_nothing),
        TEST(input_waits_while_an_answer_goes_out),
        TEST(a_body_that_finds_no_buffer_is_503_and_the_next_try_works),
        TEST(a_piece_that_fits_only_the_empty_buffer_is_undone_and_written_again),
        TEST(an_answer_that_does_not_fit_is_500_not_half_an_answer),
        TEST(a_piece_that_fits_no_buffer_ends_the_connection),
        TEST(date_appears_when_the_clock_is_set_and_follows_it),
        TEST(a_handler_may_name_a_location_and_end_the_connection),
        TEST(a_status_without_a_phrase_is_still_a_status_line),
        TEST(a_server_without_owners_and_origins_says_nothing_of_them),
        TEST(the_refusal_is_a_whole_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
