/* Answers without an end: what a reader gets and when, and that nobody holds a connection longer than it listens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/http_conn.h"

#define GET         "GET /stream HTTP/1.1\r\nHost: d\r\n\r\n"
#define OPENED_MS   1000u
#define PIECE_BYTES (HTTP_OUTPUT_BYTES / 2u - 124u) /* two fit, three do not */

static const http_peer_t nobody;

typedef struct {
    http_server_t server;
    http_conn_t conn;
    char output[8192];
    size_t output_bytes;
    unsigned pieces; /* waiting to be sent */
    unsigned sent;
    unsigned ends;
    uint32_t ended_with;
    bool may_not;
    size_t piece_bytes;
    bool finishes;
} bench_t;

static http_produced_t produce(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    bench_t *bench = app;
    (void)ex;
    if (bench->pieces == 0) return bench->finishes ? HTTP_DONE : HTTP_WAIT;
    for (size_t i = 0; i < bench->piece_bytes; i++) text_char(&json->out, (char)('a' + bench->sent % 26u));
    if (json_overflowed(json)) return HTTP_MORE;
    bench->pieces--;
    bench->sent++;
    state[1]++;
    return HTTP_MORE;
}

static void note_end(void *app, const uint32_t state[4])
{
    bench_t *bench = app;
    bench->ends++;
    bench->ended_with = state[0];
}

static void get_stream(http_exchange_t *ex, void *app)
{
    static const http_stream_t stream = {
        .generator = produce, .end = note_end, .ping = ":\n\n", .scope = 1
    };
    (void)app;
    http_respond_stream(ex, "text/event-stream", &stream, 7);
}

static const http_route_t routes[] = {
    { .method = HTTP_GET, .pattern = "/stream", .handler = get_stream, .scope = 1 },
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

static http_decision_t authorize(void *app, http_exchange_t *ex, uint8_t scope)
{
    const bench_t *bench = app;
    (void)ex;
    assert_int_equal(scope, 1);
    return (http_decision_t){ .status = bench->may_not ? 401 : 0, .detail = "no" };
}

static int set_up(void **state)
{
    static bench_t bench;
    static const wall_clock_t no_time;
    memset(&bench, 0, sizeof bench);
    bench.piece_bytes = PIECE_BYTES;
    bench.server = (http_server_t){
        .router = { routes, sizeof routes / sizeof routes[0], 0 },
        .app = &bench,
        .write_problem = write_problem,
        .is_our_host = is_our_host,
        .authorize = authorize,
        .clock = &no_time,
    };
    http_conn_open(&bench.conn, &bench.server, &nobody, OPENED_MS);
    *state = &bench;
    return 0;
}

static void feed(bench_t *bench, const char *text, uint64_t now_ms)
{
    assert_int_equal(http_conn_feed(&bench->conn, (const uint8_t *)text, strlen(text), now_ms), strlen(text));
}

static const char *take(bench_t *bench, uint64_t now_ms)
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
    return bench->output;
}

static void assert_deadline(const bench_t *bench, uint64_t wanted_ms)
{
    assert_int_equal(http_conn_deadline_ms(&bench->conn), wanted_ms);
}

/* A stream whose head has been taken, and which has nothing to say. */
static void open_stream(bench_t *bench)
{
    feed(bench, GET, 2000);
    take(bench, 2000);
}

static void the_head_goes_out_before_there_is_anything_to_say(void **state)
{
    bench_t *bench = *state;
    feed(bench, GET, 2000);
    assert_string_equal(take(bench, 2000), "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                           "Cache-Control: no-store\r\nConnection: close\r\n"
                                           "Transfer-Encoding: chunked\r\n\r\n");
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_ACTIVE);
    assert_deadline(bench, 2000 + HTTP_STREAM_PING_MS);
    assert_int_equal(bench->ends, 0);
}

static void a_woken_stream_sends_what_there_is_and_waits_again(void **state)
{
    bench_t *bench = *state;
    open_stream(bench);
    bench->pieces = 1;
    bench->piece_bytes = 3;
    assert_true(http_conn_wake(&bench->conn, 5000));
    assert_string_equal(take(bench, 5000), "0003\r\naaa\r\n");
    assert_deadline(bench, 5000 + HTTP_STREAM_PING_MS);
    assert_false(http_conn_wake(&bench->conn, 6000));
    assert_deadline(bench, 5000 + HTTP_STREAM_PING_MS);
}

static void pieces_that_do_not_fit_together_go_one_after_the_other(void **state)
{
    bench_t *bench = *state;
    open_stream(bench);
    bench->pieces = 5;
    http_conn_wake(&bench->conn, 3000);
    take(bench, 3000);
    assert_int_equal(bench->sent, 5);
    assert_int_equal(bench->output_bytes, 5 * PIECE_BYTES + 3 * strlen("0384\r\n\r\n"));
}

static void a_reader_that_takes_nothing_delays_only_itself_until_its_deadline(void **state)
{
    bench_t *bench = *state;
    const uint8_t *out;
    open_stream(bench);
    bench->pieces = 20;
    http_conn_wake(&bench->conn, 3000);
    assert_true(http_conn_output(&bench->conn, &out) > 0);
    assert_int_equal(bench->sent, 2);
    assert_false(http_conn_wake(&bench->conn, 9000));
    assert_int_equal(bench->sent, 2);
    assert_deadline(bench, 3000 + HTTP_RESPONSE_STALL_MS);
    http_conn_timeout(&bench->conn, 3000 + HTTP_RESPONSE_STALL_MS);
    assert_int_equal(http_conn_state(&bench->conn, 20000), HTTP_CONN_ABORT);
    http_conn_close(&bench->conn);
    assert_int_equal(bench->ends, 1);
}

static void silence_is_broken_by_a_ping(void **state)
{
    bench_t *bench = *state;
    open_stream(bench);
    for (uint64_t now_ms = 2000 + HTTP_STREAM_PING_MS; now_ms < 400000; now_ms += HTTP_STREAM_PING_MS) {
        assert_deadline(bench, now_ms);
        http_conn_timeout(&bench->conn, now_ms);
        assert_string_equal(take(bench, now_ms), "0003\r\n:\n\n\r\n");
    }
    assert_int_equal(http_conn_state(&bench->conn, 400000), HTTP_CONN_ACTIVE);
}

static void a_ping_that_is_not_taken_ends_the_connection(void **state)
{
    bench_t *bench = *state;
    open_stream(bench);
    http_conn_timeout(&bench->conn, 17000);
    assert_deadline(bench, 17000 + HTTP_RESPONSE_STALL_MS);
    http_conn_timeout(&bench->conn, 17000 + HTTP_RESPONSE_STALL_MS);
    assert_int_equal(http_conn_state(&bench->conn, 32000), HTTP_CONN_ABORT);
}

static void a_peer_that_goes_is_not_kept(void **state)
{
    bench_t *bench = *state;
    open_stream(bench);
    http_conn_peer_closed(&bench->conn);
    assert_int_equal(http_conn_state(&bench->conn, 3000), HTTP_CONN_CLOSED);
    http_conn_close(&bench->conn);
    assert_int_equal(bench->ends, 1);
    assert_int_equal(bench->ended_with, 7);
}

static void one_that_may_not_read_any_longer_gets_the_end_and_no_more(void **state)
{
    bench_t *bench = *state;
    open_stream(bench);
    bench->pieces = 1;
    bench->may_not = true;
    bench->piece_bytes = 1;
    http_conn_wake(&bench->conn, 3000); /* nobody said that something had changed */
    assert_string_equal(take(bench, 3000), "0001\r\na\r\n");
    bench->pieces = 1;
    bench->server.access_changes++;
    assert_true(http_conn_wake(&bench->conn, 4000));
    assert_string_equal(take(bench, 4000), "0\r\n\r\n");
    assert_int_equal(http_conn_state(&bench->conn, 4000), HTTP_CONN_LINGER);
    assert_int_equal(bench->ends, 1);
    assert_int_equal(bench->sent, 1);
}

static void one_that_may_still_read_goes_on_after_a_change(void **state)
{
    bench_t *bench = *state;
    open_stream(bench);
    bench->server.access_changes++;
    assert_false(http_conn_wake(&bench->conn, 3000));
    assert_int_equal(http_conn_state(&bench->conn, 3000), HTTP_CONN_ACTIVE);
    assert_int_equal(bench->ends, 0);
}

static void head_is_answered_without_a_stream(void **state)
{
    bench_t *bench = *state;
    bench->pieces = 3;
    feed(bench, "HEAD /stream HTTP/1.1\r\nHost: d\r\n\r\n", 2000);
    assert_string_equal(take(bench, 2000), "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                           "Cache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_int_equal(bench->ends, 1);
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_IDLE);
}

static void an_old_client_gets_bare_pieces_and_the_end_of_the_connection(void **state)
{
    bench_t *bench = *state;
    feed(bench, "GET /stream HTTP/1.0\r\n\r\n", 2000);
    assert_non_null(strstr(take(bench, 2000), "Connection: close\r\n\r\n"));
    bench->pieces = 1;
    bench->piece_bytes = 2;
    http_conn_wake(&bench->conn, 3000);
    assert_string_equal(take(bench, 3000), "aa");
    bench->may_not = true;
    bench->server.access_changes++;
    assert_true(http_conn_wake(&bench->conn, 4000));
    assert_string_equal(take(bench, 4000), "");
    assert_int_equal(http_conn_state(&bench->conn, 4000), HTTP_CONN_LINGER);
    assert_int_equal(bench->ends, 1);
}

static void an_answer_whose_last_piece_is_empty_ends_for_old_clients_too(void **state)
{
    bench_t *bench = *state;
    bench->pieces = 3; /* more than one filling */
    bench->finishes = true;
    feed(bench, "GET /stream HTTP/1.0\r\n\r\n", 2000);
    take(bench, 2000);
    assert_int_equal(bench->sent, 3);
    assert_int_equal(http_conn_state(&bench->conn, 2000), HTTP_CONN_LINGER);
}

static void what_comes_behind_a_stream_is_read_and_forgotten(void **state)
{
    bench_t *bench = *state;
    open_stream(bench);
    uint64_t deadline_ms = http_conn_deadline_ms(&bench->conn);
    for (unsigned i = 0; i < 1000; i++) feed(bench, GET, 3000);
    assert_string_equal(take(bench, 3000), "");
    assert_deadline(bench, deadline_ms);
    bench->pieces = 1;
    bench->piece_bytes = 1;
    http_conn_wake(&bench->conn, 4000);
    assert_string_equal(take(bench, 4000), "0001\r\na\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_head_goes_out_before_there_is_anything_to_say, set_up),
        cmocka_unit_test_setup(a_woken_stream_sends_what_there_is_and_waits_again, set_up),
        cmocka_unit_test_setup(pieces_that_do_not_fit_together_go_one_after_the_other, set_up),
        cmocka_unit_test_setup(a_reader_that_takes_nothing_delays_only_itself_until_its_deadline, set_up),
        cmocka_unit_test_setup(silence_is_broken_by_a_ping, set_up),
        cmocka_unit_test_setup(a_ping_that_is_not_taken_ends_the_connection, set_up),
        cmocka_unit_test_setup(a_peer_that_goes_is_not_kept, set_up),
        cmocka_unit_test_setup(one_that_may_not_read_any_longer_gets_the_end_and_no_more, set_up),
        cmocka_unit_test_setup(one_that_may_still_read_goes_on_after_a_change, set_up),
        cmocka_unit_test_setup(head_is_answered_without_a_stream, set_up),
        cmocka_unit_test_setup(an_old_client_gets_bare_pieces_and_the_end_of_the_connection, set_up),
        cmocka_unit_test_setup(an_answer_whose_last_piece_is_empty_ends_for_old_clients_too, set_up),
        cmocka_unit_test_setup(what_comes_behind_a_stream_is_read_and_forgotten, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
