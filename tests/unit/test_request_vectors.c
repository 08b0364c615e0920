/* Runs the files of tests/vectors/http; their README says what is in them. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/http_conn.h"
#include "http/http_token.h"
#include "tests/support/http_vector.h"

#ifndef VECTORS_DIR
#define VECTORS_DIR "../vectors"
#endif

#define VECTORS_MAX      1000
#define OUTPUT_BYTES_MAX 40000
#define NOW_MS           1000u

/* ---- A server with a resource for each thing that a vector may ask about ----------------------------------- */

static void get_root(http_exchange_t *ex, void *app)
{
    (void)app;
    json_writer_t *json = http_respond_json(ex, 200, "application/json");
    json_object_begin(json);
    json_key(json, "at");
    json_string(json, "root");
    json_object_end(json);
}

static void get_item(http_exchange_t *ex, void *app)
{
    char q[64];
    (void)app;
    json_writer_t *json = http_respond_json(ex, 200, "application/json");
    json_object_begin(json);
    json_key(json, "id");
    json_text(json, http_path_param(ex, 0));
    json_key(json, "q");
    if (http_query(ex, "q", q, sizeof q))
        json_string(json, q);
    else
        json_null(json);
    json_object_end(json);
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

static void get_tagged(http_exchange_t *ex, void *app)
{
    http_set_etag(ex, 0x0123456789abcdef);
    if (http_client_has_it(ex))
        http_respond_empty(ex, 304);
    else
        get_root(ex, app);
}

static void get_either(http_exchange_t *ex, void *app)
{
    static const char *const offers[] = { "application/json", "text/csv" };
    int chosen = http_negotiate(ex, offers, 2);
    (void)app;
    json_u32(http_respond_json(ex, chosen < 0 ? 406 : 200, chosen < 0 ? "text/plain" : offers[chosen]), 1);
}

static http_produced_t numbers(json_writer_t *json, uint32_t state[4], uint32_t count)
{
    if (state[0] == 0) json_array_begin(json);
    json_u32(json, state[0]++);
    if (state[0] < count) return HTTP_MORE;
    json_array_end(json);
    return HTTP_DONE;
}

static http_produced_t few_numbers(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    (void)ex;
    (void)app;
    return numbers(json, state, 10);
}

static http_produced_t many_numbers(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    (void)ex;
    (void)app;
    return numbers(json, state, 2000);
}

static void get_short(http_exchange_t *ex, void *app)
{
    (void)app;
    http_respond_generated(ex, 200, "application/json", few_numbers);
}

static void get_long(http_exchange_t *ex, void *app)
{
    (void)app;
    http_respond_generated(ex, 200, "application/json", many_numbers);
}

/* A document with a tag: changed only by those who have read it, made only where there is none. */
static void change_document(http_exchange_t *ex, void *app)
{
    const uint64_t tag = 0x0123456789abcdef;
    http_precondition_t precondition = http_if_match(ex, tag, UINT64_MAX);
    http_set_etag(ex, tag);
    if (precondition == HTTP_PRECONDITION_NONE && http_method(ex) == HTTP_PATCH)
        http_respond_empty(ex, 428);
    else if (precondition == HTTP_PRECONDITION_FAILED || http_client_has_it(ex))
        http_respond_empty(ex, 412);
    else
        echo(ex, app);
}

/* Asks for a tag without having one. */
static void get_untagged(http_exchange_t *ex, void *app)
{
    if (http_client_has_it(ex))
        http_respond_empty(ex, 304);
    else
        get_root(ex, app);
}

static void get_too_much(http_exchange_t *ex, void *app)
{
    (void)app;
    http_set_etag(ex, 1);
    http_set_location(ex, "/elsewhere");
    http_set_retry_after(ex, 7);
    json_writer_t *json = http_respond_json(ex, 200, "application/json");
    json_array_begin(json);
    for (unsigned i = 0; i < HTTP_OUTPUT_BYTES; i++) json_u32(json, i);
    json_array_end(json);
}

enum { READER = 1, OPERATOR, OWNER };

static const http_route_t routes[] = {
    { HTTP_GET, "/doc", get_tagged, 0, 0 },
    { HTTP_PUT, "/doc", change_document, 0, 64 },
    { HTTP_PATCH, "/doc", change_document, 0, 64 },
    { HTTP_DELETE, "/doc", echo, 0, 64 },
    { HTTP_GET, "/private", get_root, READER, 0 },
    { HTTP_PUT, "/private", echo, OPERATOR, 64 },
    { HTTP_DELETE, "/private", get_nothing, OWNER, 0 },
    { HTTP_POST, "/press", get_nothing, OPERATOR, 0 },
    { HTTP_GET, "/untagged", get_untagged, 0, 0 },
    { HTTP_GET, "/too-much", get_too_much, 0, 0 },
    { HTTP_GET, "/", get_root, 0, 0 },
    { HTTP_GET, "/item/{id}", get_item, 0, 0 },
    { HTTP_POST, "/echo", echo, 0, 64 },
    { HTTP_PUT, "/echo", echo, 0, 64 },
    { HTTP_PATCH, "/patch", echo, 0, 64 },
    { HTTP_GET, "/nothing", get_nothing, 0, 0 },
    { HTTP_GET, "/tagged", get_tagged, 0, 0 },
    { HTTP_GET, "/either", get_either, 0, 0 },
    { HTTP_GET, "/short", get_short, 0, 0 },
    { HTTP_GET, "/long", get_long, 0, 0 },
};

static void write_problem(http_exchange_t *ex, unsigned status, const char *detail)
{
    json_string(http_respond_json(ex, status, "application/problem+json"), detail);
}

static bool is_our_host(void *app, text_view_t host)
{
    (void)app;
    return text_equal_nocase(host, text_view("d")) || host.bytes[0] == '[';
}

/* Who may: the tokens are the names of those who hold them; some of them stand for what goes wrong. */
static http_decision_t authorize(void *app, http_exchange_t *ex, uint8_t scope)
{
    static const struct {
        const char *token;
        uint8_t scope;
        http_decision_t decision; /* when the scope does not suffice */
    } known[] = {
        { "reader", READER, { 403, 0, "not far enough", "Bearer error=\"insufficient_scope\"" } },
        { "operator", OPERATOR, { 403, 0, "not far enough", "Bearer error=\"insufficient_scope\"" } },
        { "owner", OWNER, { .status = 0 } },
        { "hasty", 0, { 429, 7, "too many tries", NULL } },
        { "early", 0, { 503, 9, "nobody can be asked yet", NULL } },
        { "silent", 0, { 403, 0, NULL, NULL } },
        { "not a token", 0, { 400, 0, "malformed", "Bearer error=\"invalid_request\"" } },
    };
    text_view_t secret = http_field(ex, HTTP_FIELD_AUTHORIZATION);
    text_view_t scheme = http_split(&secret, ' ');
    ++*(unsigned *)app;
    if (!text_equal_nocase(scheme, text_view("Bearer"))) {
        return (http_decision_t){ 401, 0, "a token is needed", "Bearer realm=\"d\"" };
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!text_equal(secret, text_view(known[i].token))) continue;
        return known[i].scope >= scope ? (http_decision_t){ .status = 0 } : known[i].decision;
    }
    return (http_decision_t){ 401, 0, "no such token", "Bearer error=\"invalid_token\"" };
}

/* Careless, as a server may be: what must never be allowed has to be stopped before. */
static bool allows_origin(void *app, text_view_t origin)
{
    (void)app;
    return !text_equal(origin, text_view("http://evil.example"));
}

static const wall_clock_t no_time;
static const http_peer_t nobody;

/* ---- Feeding it -------------------------------------------------------------------------------------------- */

typedef struct {
    http_server_t server;
    unsigned asked; /* how often authorize was */
    http_conn_t conn;
    char output[OUTPUT_BYTES_MAX];
    size_t output_bytes;
} bench_t;

static void dial(bench_t *bench)
{
    bench->asked = 0;
    bench->output_bytes = 0;
    http_conn_open(&bench->conn, &bench->server, &nobody, NOW_MS);
}

static void start(bench_t *bench)
{
    bench->server = (http_server_t){
        .router = { routes, sizeof routes / sizeof routes[0], 0 },
        .app = &bench->asked,
        .write_problem = write_problem,
        .is_our_host = is_our_host,
        .authorize = authorize,
        .allows_origin = allows_origin,
        .clock = &no_time,
    };
    dial(bench);
}

/* Offers input until it is taken or nothing moves, taking output at most step bytes at a time. */
static void feed(bench_t *bench, const char *input, size_t count, size_t step)
{
    for (;;) {
        const uint8_t *out;
        size_t n = http_conn_output(&bench->conn, &out);
        if (n > step) n = step;
        assert_true(bench->output_bytes + n < OUTPUT_BYTES_MAX);
        memcpy(bench->output + bench->output_bytes, out, n);
        bench->output_bytes += n;
        if (n > 0) http_conn_ack(&bench->conn, n, NOW_MS);
        size_t used = http_conn_feed(&bench->conn, (const uint8_t *)input, count, NOW_MS);
        input += used;
        count -= used;
        if (n == 0 && used == 0) break;
    }
}

static void finish(bench_t *bench)
{
    http_conn_close(&bench->conn);
    for (unsigned i = 0; i < HTTP_BODIES_MAX; i++) assert_false(bench->server.bodies.taken[i]);
    bench->output[bench->output_bytes] = '\0';
}

/* ---- Judging it -------------------------------------------------------------------------------------------- */

static const char *find(const char *hay, size_t hay_bytes, const char *needle, size_t needle_bytes)
{
    for (size_t i = 0; i + needle_bytes <= hay_bytes; i++) {
        if (memcmp(hay + i, needle, needle_bytes) == 0) return hay + i;
    }
    return NULL;
}

/* The statuses of all answers and what became of the connection, in the vectors' own words. */
static void describe(const bench_t *bench, char *text, size_t text_bytes)
{
    text_writer_t out = text_writer(text, text_bytes - 1);
    const char *at = bench->output, *end = at + bench->output_bytes;
    while ((at = find(at, (size_t)(end - at), "HTTP/1.1 ", 9)) != NULL) {
        text_append(&out, at + 9, 3);
        text_string(&out, ", ");
        at += 12;
    }
    static const char *const fates[] = {
        [HTTP_CONN_IDLE] = "keep",   [HTTP_CONN_ACTIVE] = "wait", [HTTP_CONN_LINGER] = "close",
        [HTTP_CONN_CLOSED] = "gone", [HTTP_CONN_ABORT] = "reset",
    };
    text_string(&out, fates[http_conn_state(&bench->conn, NOW_MS)]);
    *out.at = '\0';
}

/* "asked: 1" and "buffers: 0". Returns false when it is another rule. */
static bool check_count(const vector_t *vector, const bench_t *bench, const char *rule)
{
    bool asked = strncmp(rule, "asked: ", 7) == 0;
    if (!asked && strncmp(rule, "buffers: ", 9) != 0) return false;
    unsigned long wanted = strtoul(strchr(rule, ' '), NULL, 10);
    unsigned long counted = asked ? bench->asked : bench->server.bodies.peak;
    if (counted != wanted) fail_msg("%s: not so: %s, but %lu", vector->name, rule, counted);
    return true;
}

static void check(const vector_t *vector, const bench_t *bench, const char *rule)
{
    if (check_count(vector, bench, rule)) return;
    char wanted[512];
    size_t count = 0;
    const char *colon = strstr(rule, ": ");
    assert_non_null(colon);
    const char *output = bench->output;
    size_t left = bench->output_bytes;
    bool is_order = strncmp(rule, "order", 5) == 0;
    for (const char *at = colon + 2;;) {
        bool end = *at == '\0' || (is_order && *at == '|');
        if (!end) {
            wanted[count++] = http_vector_unescape(&at);
            continue;
        }
        const char *found = find(output, left, wanted, count);
        bool holds = found != NULL;
        if (strncmp(rule, "lacks", 5) == 0) {
            holds = !holds;
        } else if (strncmp(rule, "ends", 4) == 0) {
            holds = left >= count && memcmp(output + left - count, wanted, count) == 0;
        }
        if (!holds) fail_msg("%s: not so: %s\n%s", vector->name, rule, bench->output);
        if (*at == '\0') break;
        left -= (size_t)(found + count - output);
        output = found + count;
        count = 0;
        at++;
    }
}

static void assert_same(const vector_t *vector, const bench_t *whole, const bench_t *cut, size_t where)
{
    if (whole->output_bytes == cut->output_bytes &&
        memcmp(whole->output, cut->output, whole->output_bytes) == 0) {
        assert_int_equal(whole->asked, cut->asked);
        return;
    }
    fail_msg("%s: cut at %zu it answers\n%s\ninstead of\n%s", vector->name, where, cut->output,
             whole->output);
}

static void a_vector_is_answered_the_same_however_it_is_cut(void **state)
{
    static vector_t vector;
    static bench_t whole, cut;
    char said[1024];
    if (!http_vector_read(&vector, *state)) fail_msg("%s cannot be read", (const char *)*state);

    start(&whole);
    feed(&whole, vector.input, vector.input_bytes, SIZE_MAX);
    describe(&whole, said, sizeof said);
    finish(&whole);
    if (strcmp(said, vector.expected) != 0) {
        fail_msg("%s: wanted %s, got %s\n%s", vector.name, vector.expected, said, whole.output);
    }
    for (unsigned i = 0; i < vector.check_count; i++) check(&vector, &whole, vector.checks[i]);

    static const size_t steps[] = { SIZE_MAX, 1, 7 };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        start(&cut);
        for (size_t at = 0; at < vector.input_bytes; at++) feed(&cut, vector.input + at, 1, steps[i]);
        finish(&cut);
        assert_same(&vector, &whole, &cut, 0);
    }
    /* By a server that may still know its head, whole and cut. */
    start(&cut);
    for (size_t at = 0; at <= vector.input_bytes; at++) {
        feed(&cut, vector.input, vector.input_bytes, SIZE_MAX);
        finish(&cut);
        assert_same(&vector, &whole, &cut, 0);
        dial(&cut);
        feed(&cut, vector.input, at, SIZE_MAX);
        feed(&cut, vector.input + at, vector.input_bytes - at, SIZE_MAX);
        finish(&cut);
        assert_same(&vector, &whole, &cut, at);
        dial(&cut);
    }
    finish(&cut);
    for (size_t at = 0; at <= vector.input_bytes; at++) {
        start(&cut);
        feed(&cut, vector.input, at, SIZE_MAX);
        feed(&cut, vector.input + at, vector.input_bytes - at, SIZE_MAX);
        finish(&cut);
        assert_same(&vector, &whole, &cut, at);
    }
}

/* ---- Collecting them ----------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

int main(void)
{
    static struct CMUnitTest tests[VECTORS_MAX];
    static char paths[VECTORS_MAX][512];
    size_t count = 0;
    DIR *folder = opendir(VECTORS_DIR "/http");
    if (!folder) {
        (void)fprintf(stderr, "no vectors in %s/http\n", VECTORS_DIR);
        return 1;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".http") != 0) continue;
        if (count == VECTORS_MAX) return 1;
        (void)snprintf(paths[count], sizeof paths[count], "%s/http/%.200s", VECTORS_DIR, entry->d_name);
        tests[count] =
            (struct CMUnitTest){ strrchr(paths[count], '/') + 1,
                                 a_vector_is_answered_the_same_however_it_is_cut, NULL, NULL, paths[count] };
        count++;
    }
    (void)closedir(folder);
    qsort(tests, count, sizeof tests[0], by_name);
    if (count < 580) {
        (void)fprintf(stderr, "only %zu vectors in %s/http\n", count, VECTORS_DIR);
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
