/* Whole conversations, put together by chance and cut by chance, against a client that forgives nothing; then the
 * same with one byte wrong. The numbers come from a fixed seed: a failure repeats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/http_conn.h"
#include "http_client.h"

#define INPUT_BYTES_MAX  8192
#define OUTPUT_BYTES_MAX 131072
#define REQUESTS_MAX     6
#define BODY_BYTES_MAX   512
#define NOW_MS           1000u

/* ---- Chance ------------------------------------------------------------------------------------------------ */

static uint32_t chance_state;

/* 0 to below - 1 (xorshift32, Marsaglia 2003) */
static uint32_t chance(uint32_t below)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 17;
    chance_state ^= chance_state << 5;
    return chance_state % below;
}

/* ---- A server whose answers can be foretold ------------------------------------------------------------------ */

#define NUMBER_MAX 1400u

/* Anything that is no number up to NUMBER_MAX is 0. */
static uint32_t number_of(text_view_t text)
{
    uint32_t number = 0;
    for (size_t i = 0; i < text.count; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') return 0;
        number = number * 10u + (uint32_t)(text.bytes[i] - '0');
        if (number > NUMBER_MAX) return 0;
    }
    return number;
}

/* As many x as the path says, in one piece. */
static void get_text(http_exchange_t *ex, void *app)
{
    static char text[NUMBER_MAX];
    (void)app;
    uint32_t count = number_of(http_path_param(ex, 0));
    memset(text, 'x', count);
    json_text(http_respond_json(ex, 200, "application/json"), (text_view_t){ text, count });
}

static http_produced_t count_up(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const uint32_t *count = app;
    (void)ex;
    if (state[1] == 0) {
        json_array_begin(json);
        state[1] = 1;
    }
    if (state[0] < *count) {
        json_u32(json, state[0]++);
        return HTTP_MORE;
    }
    json_array_end(json);
    return HTTP_DONE;
}

/* The numbers from 0 to one less than the path says, as a generator; the path does not outlive the handler, so app
 * keeps the number. */
static void get_count(http_exchange_t *ex, void *app)
{
    uint32_t *count = app;
    *count = number_of(http_path_param(ex, 0));
    http_respond_generated(ex, 200, "application/json", count_up);
}

static void echo(http_exchange_t *ex, void *app)
{
    (void)app;
    json_text(http_respond_json(ex, 200, "application/json"), http_body(ex));
}

static void get_nothing(http_exchange_t *ex, void *app)
{
    (void)app;
    http_respond_empty(ex, 204);
}

static const http_route_t routes[] = {
    { .method = HTTP_GET, .pattern = "/text/{count}", .handler = get_text },
    { .method = HTTP_GET, .pattern = "/count/{count}", .handler = get_count },
    { .method = HTTP_POST, .pattern = "/echo", .handler = echo, .body_bytes_max = BODY_BYTES_MAX },
    { .method = HTTP_GET, .pattern = "/nothing", .handler = get_nothing },
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

typedef struct {
    http_server_t server;
    uint32_t count; /* get_count's */
    http_conn_t conn;
    http_conn_state_t state;
    char output[OUTPUT_BYTES_MAX];
    size_t output_bytes;
} bench_t;

/* Offers input in pieces of at most most_in bytes and takes output in pieces of at most most_out, all of chance
 * length. 0: as much as there is. */
static void converse(bench_t *bench, const char *input, size_t count, uint32_t most_in, uint32_t most_out)
{
    static const wall_clock_t no_time;
    bench->server = (http_server_t){
        .router = { routes, sizeof routes / sizeof routes[0], 0 },
        .app = &bench->count,
        .write_problem = write_problem,
        .is_our_host = is_our_host,
        .clock = &no_time,
    };
    bench->output_bytes = 0;
    http_conn_open(&bench->conn, &bench->server, &nobody, NOW_MS);
    size_t used, sent;
    do {
        const uint8_t *out;
        sent = http_conn_output(&bench->conn, &out);
        if (most_out > 0 && sent > most_out) sent = 1 + chance(most_out);
        assert_true(bench->output_bytes + sent < OUTPUT_BYTES_MAX);
        memcpy(bench->output + bench->output_bytes, out, sent);
        bench->output_bytes += sent;
        if (sent > 0) http_conn_ack(&bench->conn, sent, NOW_MS);
        size_t offered = most_in > 0 && count > most_in ? 1 + chance(most_in) : count;
        used = http_conn_feed(&bench->conn, (const uint8_t *)input, offered, NOW_MS);
        assert_true(used <= offered);
        input += used;
        count -= used;
    } while (sent > 0 || used > 0);
    bench->state = http_conn_state(&bench->conn, NOW_MS);
    http_conn_close(&bench->conn);
    for (unsigned i = 0; i < HTTP_BODIES_MAX; i++) assert_false(bench->server.bodies.taken[i]);
}

/* ---- Conversations ------------------------------------------------------------------------------------------- */

typedef struct {
    unsigned status;
    bool head;
    bool close;
    bool continued; /* 100 comes first */
    char body[CLIENT_BODY_BYTES_MAX];
} expected_t;

typedef struct {
    char input[INPUT_BYTES_MAX];
    size_t input_bytes;
    expected_t expected[REQUESTS_MAX];
    unsigned requests;
} talk_t;

static void say(talk_t *talk, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(talk_t *talk, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n =
        vsnprintf(talk->input + talk->input_bytes, INPUT_BYTES_MAX - talk->input_bytes, format, arguments);
    va_end(arguments);
    assert_true(n >= 0 && (size_t)n < INPUT_BYTES_MAX - talk->input_bytes);
    talk->input_bytes += (size_t)n;
}

static void expect_count(expected_t *expected, uint32_t count)
{
    char *at = expected->body;
    *at++ = '[';
    for (uint32_t i = 0; i < count; i++) at += sprintf(at, i ? ",%u" : "%u", (unsigned)i);
    memcpy(at, "]", 2);
}

static void expect_text(expected_t *expected, char c, size_t count)
{
    expected->body[0] = '"';
    memset(expected->body + 1, c, count);
    memcpy(expected->body + 1 + count, "\"", 2);
}

/* Fields that change nothing, and those that end a head. */
static void say_end_of_head(talk_t *talk, const expected_t *expected)
{
    if (chance(3) == 0) say(talk, "X-Trace: %0*u\r\n", 1 + (int)chance(60), 7u);
    if (chance(4) == 0) say(talk, "accept:\t*/*\t\r\n");
    if (expected->close) say(talk, "Connection: close\r\n");
    say(talk, "\r\n");
}

static void say_post(talk_t *talk, expected_t *expected)
{
    char content[BODY_BYTES_MAX + 1];
    uint32_t count = chance(BODY_BYTES_MAX + 1);
    memset(content, 'b', sizeof content);
    expect_text(expected, 'b', count);
    expected->continued = count > 0 && chance(4) == 0;
    say(talk, "POST /echo HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n%s",
        expected->continued ? "Expect: 100-continue\r\n" : "");
    if (chance(2)) {
        say(talk, "Content-Length: %u\r\n", (unsigned)count);
        say_end_of_head(talk, expected);
        say(talk, "%.*s", (int)count, content);
        return;
    }
    say(talk, "Transfer-Encoding: chunked\r\n");
    if (count == 0) expected->continued = false;
    say_end_of_head(talk, expected);
    while (count > 0) {
        uint32_t chunk = 1 + chance(count);
        say(talk, chance(2) ? "%x\r\n" : "%04X;x=\"y\"\r\n", (unsigned)chunk);
        say(talk, "%.*s\r\n", (int)chunk, content);
        count -= chunk;
    }
    say(talk, chance(2) ? "0\r\n\r\n" : "00\r\nX: y\r\n\r\n");
}

static void say_get(talk_t *talk, expected_t *expected)
{
    const char *method = expected->head ? "HEAD" : "GET";
    uint32_t kind = chance(4), count = chance(NUMBER_MAX);
    if (kind == 0) {
        expect_text(expected, 'x', count);
        say(talk, "%s /text/%u HTTP/1.1\r\nHost: d\r\n", method, (unsigned)count);
    } else if (kind == 1) {
        expect_count(expected, count);
        say(talk, "%s /count/%u HTTP/1.1\r\nHost: d\r\n", method, (unsigned)count);
    } else if (kind == 2) {
        expected->status = 204;
        say(talk, "%s http://d/nothing HTTP/1.1\r\nHost: other\r\n", method);
    } else {
        expected->status = 404;
        (void)strcpy(expected->body, "\"there is no such resource\"");
        say(talk, "%s /gone/%u HTTP/1.1\r\nHost: d\r\n", method, (unsigned)count);
    }
    say_end_of_head(talk, expected);
}

static void make_talk(talk_t *talk)
{
    unsigned wanted = 1 + chance(REQUESTS_MAX);
    talk->input_bytes = talk->requests = 0;
    while (talk->requests < wanted) {
        expected_t *expected = &talk->expected[talk->requests++];
        *expected = (expected_t){ .status = 200, .head = chance(4) == 0, .close = chance(10) == 0 };
        if (!expected->head && chance(3) == 0)
            say_post(talk, expected);
        else
            say_get(talk, expected);
        if (expected->close) break;
        if (chance(4) == 0 && talk->requests < wanted) say(talk, "\r\n");
    }
    if (talk->expected[talk->requests - 1].close) say(talk, "GET /nothing HTTP/1.1\r\nHost: d\r\n\r\n");
}

static void check_talk(const talk_t *talk, const bench_t *bench)
{
    static client_answer_t answer;
    size_t at = 0;
    for (unsigned i = 0; i < talk->requests; i++) {
        const expected_t *expected = &talk->expected[i];
        if (expected->continued) {
            at += client_read(&answer, bench->output + at, bench->output_bytes - at, false);
            assert_int_equal(answer.status, 100);
        }
        at += client_read(&answer, bench->output + at, bench->output_bytes - at, expected->head);
        assert_int_equal(answer.status, expected->status);
        assert_int_equal(answer.close, expected->close);
        assert_false(answer.keep_alive);
        if (!expected->head && expected->status != 204) assert_string_equal(answer.body, expected->body);
        if (expected->head && answer.has_length) assert_int_equal(answer.length, strlen(expected->body));
    }
    assert_int_equal(at, bench->output_bytes);
    bool closed = talk->expected[talk->requests - 1].close;
    assert_int_equal(bench->state, closed ? HTTP_CONN_LINGER : HTTP_CONN_IDLE);
}

static bench_t one, other;

static void every_request_of_a_conversation_gets_its_answer_however_it_is_cut(void **state)
{
    static talk_t talk;
    (void)state;
    chance_state = 20261123;
    for (unsigned i = 0; i < 600; i++) {
        make_talk(&talk);
        converse(&one, talk.input, talk.input_bytes, 0, 0);
        check_talk(&talk, &one);
        for (unsigned cut = 0; cut < 3; cut++) {
            converse(&other, talk.input, talk.input_bytes, 1 + chance(200), 1 + chance(3000));
            check_talk(&talk, &other);
            assert_int_equal(one.output_bytes, other.output_bytes);
            assert_memory_equal(one.output, other.output, one.output_bytes);
        }
    }
}

/* ---- Conversations gone wrong ------------------------------------------------------------------------------- */

/* One byte is changed, doubled or lost. Which status that earns is for the vectors to say; here: the answers are
 * well-formed, ours are no errors, and the cut does not matter. */
static size_t spoil(char *input, size_t count)
{
    static const char likely[] = "\r\n\0\t :;,/%?#\"[]0fF+-\x7f\x80";
    size_t at = chance((uint32_t)count);
    char c = chance(2) ? likely[chance(sizeof likely - 1)] : (char)chance(256);
    switch (chance(3)) {
    case 0: input[at] = c; return count;
    case 1: memmove(input + at, input + at + 1, count - at - 1); return count - 1;
    default:
        memmove(input + at + 1, input + at, count - at);
        input[at] = c;
        return count + 1;
    }
}

static void check_answers(const bench_t *bench)
{
    static client_answer_t answer;
    bool closed = false;
    for (size_t at = 0; at < bench->output_bytes;) {
        assert_false(closed);
        at += client_read(&answer, bench->output + at, bench->output_bytes - at, false);
        closed = answer.close;
        assert_true(answer.status < 500 || answer.status == 501 || answer.status == 505);
        assert_int_equal(answer.has_allow, answer.status == 405);
    }
    assert_int_equal(bench->state == HTTP_CONN_LINGER, closed);
    assert_true(bench->state != HTTP_CONN_ABORT && bench->state != HTTP_CONN_CLOSED);
}

static void a_wrong_byte_never_makes_an_answer_wrong(void **state)
{
    static char input[INPUT_BYTES_MAX + 1];
    (void)state;
    chance_state = 4711;
    static const char requests[] =
        "GET /count/3?a=b%20c HTTP/1.1\r\nHost: d\r\nAccept: a/b;q=0.5, */*\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        "GET http://d/nothing HTTP/1.1\r\nHost: d:80\r\nConnection: keep-alive\r\n\r\n";
    for (unsigned i = 0; i < 20000; i++) {
        size_t count = sizeof requests - 1;
        memcpy(input, requests, count);
        for (uint32_t wrong = 1 + chance(2); wrong > 0; wrong--) count = spoil(input, count);
        converse(&one, input, count, 0, 0);
        check_answers(&one);
        converse(&other, input, count, 1 + chance(20), 1 + chance(100));
        assert_int_equal(one.state, other.state);
        assert_int_equal(one.output_bytes, other.output_bytes);
        assert_memory_equal(one.output, other.output, one.output_bytes);
    }
}

/* ---- Every length ------------------------------------------------------------------------------------------- */

static void ask_for(const char *what, uint32_t count, unsigned minor, expected_t *expected)
{
    static client_answer_t answer;
    char input[128];
    int n = snprintf(input, sizeof input, "GET /%s/%u HTTP/1.%u\r\nHost: d\r\n\r\n", what, (unsigned)count,
                     minor);
    converse(&one, input, (size_t)n, 0, count % 3 ? 0 : 500);
    size_t used = client_read(&answer, one.output, one.output_bytes, false);
    assert_int_equal(used, one.output_bytes);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, expected->body);
    assert_false(answer.chunked && minor == 0);
}

static void a_body_of_any_length_is_framed_whole(void **state)
{
    static expected_t expected;
    (void)state;
    chance_state = 1;
    for (uint32_t count = 0; count <= NUMBER_MAX; count++) {
        expect_text(&expected, 'x', count);
        ask_for("text", count, 1, &expected);
        expect_count(&expected, count);
        ask_for("count", count, 1, &expected);
        ask_for("count", count, 0, &expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_of_a_conversation_gets_its_answer_however_it_is_cut),
        cmocka_unit_test(a_wrong_byte_never_makes_an_answer_wrong),
        cmocka_unit_test(a_body_of_any_length_is_framed_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
