/* libFuzzer target: one HTTP connection, and whatever may arrive on it.
 *
 * Dictionary: http.dict
 * Input: eight bytes that say how, then what the peer sends.
 *   0      bits: 1 the clock is set; 2 the peer ends its direction behind its last byte; 4 and 8, each: another
 *          connection holds a body buffer
 *   1      time between two steps of the slow run, in units of 50 ms, less one
 *   2..5   bytes that arrive at a time, in turn; 0: all that is left
 *   6..7   bytes of output that are taken at a time, in turn; 0: all there is, and in the slow run none
 *
 * They arrive three times: whole, cut, and cut with time passing. Whole and cut give the same bytes; what comes out
 * is framed right, answer by answer; nothing that was borrowed is kept; the connection always moves and ends. */
#include <stdint.h>
#include <string.h>

#include "http_bench.h"
#include "tests/support/json_oracle.h"
#include "tests/unit/http_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOW_BYTES       8u
#define INPUT_BYTES_MAX 20000u
#define START_MS        1000u
#define CANARY          0xa5

typedef struct {
    bool clock_is_set, peer_ends;
    unsigned bodies_held;
    uint32_t step_ms;
    const uint8_t *arrive, *take;
    const uint8_t *bytes;
    size_t count;
} plan_t;

typedef enum { WHOLE, CUT, SLOW } way_t;

/* ---- Moving bytes -------------------------------------------------------------------------------------- */

static void hold_bodies(bench_t *bench, const http_peer_t *peer)
{
    static const char head[] = "POST /large HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n"
                               "Content-Length: 4096\r\n\r\n";
    http_decision_t (*authorize)(void *, http_exchange_t *, uint8_t) = bench->server.authorize;
    bench->server.authorize = NULL; /* strangers could not hold all */
    for (unsigned i = 0; i < bench->bodies_held; i++) {
        http_conn_open(&bench->others[i], &bench->server, peer, bench->now_ms);
        size_t used =
            http_conn_feed(&bench->others[i], (const uint8_t *)head, sizeof head - 1, bench->now_ms);
        must(used == sizeof head - 1);
    }
    bench->server.authorize = authorize;
    must(bodies_taken(&bench->server) == bench->bodies_held);
}

static void start(bench_t *bench, const plan_t *plan)
{
    static const http_peer_t peer;
    bench_serve(bench);
    memset(bench->server.bodies.bytes, CANARY, sizeof bench->server.bodies.bytes);
    bench->clock = (wall_clock_t){ 0 };
    if (plan->clock_is_set) wall_clock_set(&bench->clock, START_MS, 1767225599000);
    bench->now_ms = START_MS;
    bench->fed = bench->output_bytes = 0;
    bench->answer_count = 0;
    bench->bodies_held = plan->bodies_held;
    hold_bodies(bench, &peer);
    http_conn_open(&bench->conn, &bench->server, &peer, bench->now_ms);
}

static bool ended(const bench_t *bench)
{
    http_conn_state_t state = http_conn_state(&bench->conn, bench->now_ms);
    return state == HTTP_CONN_CLOSED || state == HTTP_CONN_ABORT;
}

static size_t waiting(bench_t *bench)
{
    const uint8_t *out;
    return http_conn_output(&bench->conn, &out);
}

static void check_state(bench_t *bench)
{
    http_conn_state_t state = http_conn_state(&bench->conn, bench->now_ms);
    if (state == HTTP_CONN_IDLE || state == HTTP_CONN_LINGER) {
        must(waiting(bench) == 0 && bodies_taken(&bench->server) == bench->bodies_held);
    }
}

/* Remembers the answer that the last call made, if it made one: at most one, and only into an empty buffer. */
static void note_answer(bench_t *bench, uint32_t requests_before, size_t waiting_before)
{
    uint32_t made = bench->server.counters.requests - requests_before;
    if (made == 0) return;
    must(made == 1 && waiting_before == 0 && waiting(bench) > 0 && bench->answer_count < ANSWERS_MAX);
    bench->answers[bench->answer_count].start = bench->output_bytes;
    bench->answers[bench->answer_count].status = bench->conn.exchange.answer.status;
    bench->answers[bench->answer_count].head = http_method(&bench->conn.exchange) == HTTP_HEAD;
    bench->answer_count++;
}

static size_t take(bench_t *bench, size_t most)
{
    const uint8_t *out;
    size_t n = http_conn_output(&bench->conn, &out);
    must(n <= HTTP_OUTPUT_BYTES);
    if (n > most) n = most;
    if (n == 0 || http_conn_state(&bench->conn, bench->now_ms) == HTTP_CONN_ABORT) return 0;
    must(bench->output_bytes + n <= OUTPUT_BYTES_MAX);
    memcpy(bench->output + bench->output_bytes, out, n);
    bench->output_bytes += n;
    http_conn_ack(&bench->conn, n, bench->now_ms);
    check_state(bench);
    return n;
}

static size_t feed(bench_t *bench, const plan_t *plan, size_t most)
{
    /* At the end of a block, so that the address sanitizer sees a step past it. */
    static uint8_t piece[INPUT_BYTES_MAX];
    size_t n = plan->count - bench->fed;
    if (n > most) n = most;
    if (n == 0) return 0;
    uint8_t *bytes = piece + sizeof piece - n;
    memcpy(bytes, plan->bytes + bench->fed, n);
    uint32_t requests = bench->server.counters.requests;
    size_t before = waiting(bench);
    size_t used = http_conn_feed(&bench->conn, bytes, n, bench->now_ms);
    must(used <= n && (used > 0 || waiting(bench) > 0 || ended(bench)));
    note_answer(bench, requests, before);
    bench->fed += used;
    check_state(bench);
    return used;
}

static void time_out(bench_t *bench)
{
    uint32_t requests = bench->server.counters.requests;
    size_t before = waiting(bench);
    http_conn_timeout(&bench->conn, bench->now_ms);
    note_answer(bench, requests, before);
    must(ended(bench) || http_conn_deadline_ms(&bench->conn) > bench->now_ms);
    check_state(bench);
}

/* All input in and all output out, as far as they go. */
static void run(bench_t *bench, const plan_t *plan, way_t way)
{
    bool peer_has_ended = false;
    start(bench, plan);
    for (unsigned step = 0;; step++) {
        size_t most = way == WHOLE ? 0 : plan->take[step % 2u];
        size_t moved = take(bench, most == 0 && way != SLOW ? SIZE_MAX : most);
        most = way == WHOLE ? 0 : plan->arrive[step % 4u];
        moved += feed(bench, plan, most == 0 ? SIZE_MAX : most);
        if (plan->peer_ends && !peer_has_ended && bench->fed == plan->count) {
            http_conn_peer_closed(&bench->conn);
            peer_has_ended = true;
        }
        if (way == SLOW) {
            bench->now_ms += plan->step_ms;
            if (bench->now_ms >= http_conn_deadline_ms(&bench->conn)) time_out(bench);
            if (!ended(bench) && waiting(bench) > 0) continue;
        }
        if (moved == 0) return;
    }
}

/* Nothing more happens but time: two deadlines are enough for any connection. */
static void wait_for_end(bench_t *bench)
{
    for (unsigned turn = 0; !ended(bench); turn++) {
        must(turn < 3);
        bench->now_ms = http_conn_deadline_ms(&bench->conn);
        time_out(bench);
        while (take(bench, SIZE_MAX) > 0) {}
    }
}

static void finish(bench_t *bench)
{
    http_conn_close(&bench->conn);
    must(bodies_taken(&bench->server) == bench->bodies_held);
    for (unsigned i = 0; i < bench->bodies_held; i++) http_conn_close(&bench->others[i]);
    must(bodies_taken(&bench->server) == 0);
    for (unsigned body = 0; body < HTTP_BODIES_MAX; body++) {
        if (body == bench->bodies_held) continue; /* the one that was ours */
        const char *bytes = bench->server.bodies.bytes[body];
        must((uint8_t)bytes[0] == CANARY && memcmp(bytes, bytes + 1, HTTP_BODY_BYTES_MAX) == 0);
    }
}

/* ---- What came out ------------------------------------------------------------------------------------- */

/* Reads what stands in front of an answer: nothing, or that the peer may go on with this request. */
static void check_between(const bench_t *bench, size_t from, size_t to)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (from == to) return;
    must(to - from == sizeof go_on - 1 && memcmp(bench->output + from, go_on, sizeof go_on - 1) == 0);
}

static void check_output(const bench_t *bench)
{
    static client_answer_t answer;
    bool reset = http_conn_state(&bench->conn, bench->now_ms) == HTTP_CONN_ABORT;
    bool closing = false;
    size_t at = 0;
    for (unsigned i = 0; i < bench->answer_count; i++) {
        bool last = i + 1 == bench->answer_count;
        size_t end = last ? bench->output_bytes : bench->answers[i + 1].start;
        must(!closing);
        check_between(bench, at, bench->answers[i].start);
        at = bench->answers[i].start;
        if (last && reset) return;
        at += client_read(&answer, bench->output + at, end - at, bench->answers[i].head);
        must(answer.status == bench->answers[i].status && answer.status >= 200);
        if (answer.body_bytes > 0)
            must(oracle_is_json((const unsigned char *)answer.body, answer.body_bytes));
        closing = answer.close;
    }
    if (reset) return; /* perhaps in the middle of a 100 */
    check_between(bench, at, bench->output_bytes);
    if (http_conn_state(&bench->conn, bench->now_ms) == HTTP_CONN_LINGER) must(closing);
    if (http_conn_state(&bench->conn, bench->now_ms) == HTTP_CONN_IDLE) must(!closing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bench_t whole, cut;
    if (size < HOW_BYTES || size - HOW_BYTES > INPUT_BYTES_MAX) return 0;
    plan_t plan = {
        .clock_is_set = data[0] & 1u,
        .peer_ends = data[0] & 2u,
        .bodies_held = (data[0] >> 2u & 1u) + (data[0] >> 3u & 1u),
        .step_ms = 50u * (data[1] + 1u),
        .arrive = data + 2,
        .take = data + 6,
        .bytes = data + HOW_BYTES,
        .count = size - HOW_BYTES,
    };
    run(&whole, &plan, WHOLE);
    check_output(&whole);
    run(&cut, &plan, CUT);
    must(http_conn_state(&cut.conn, cut.now_ms) == http_conn_state(&whole.conn, whole.now_ms));
    must(cut.fed == whole.fed && cut.output_bytes == whole.output_bytes);
    must(memcmp(cut.output, whole.output, whole.output_bytes) == 0);
    finish(&whole); /* in the middle of things */
    wait_for_end(&cut);
    check_output(&cut);
    finish(&cut);
    run(&cut, &plan, SLOW);
    wait_for_end(&cut);
    check_output(&cut);
    finish(&cut);
    return 0;
}
