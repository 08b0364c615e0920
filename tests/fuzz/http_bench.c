#include "http_bench.h"

#include <string.h>

#define ECHO_BYTES_MAX 64u
#define TAG            0x0123456789abcdefu

/* ---- What resources see -------------------------------------------------------------------------------- */

static void check_view(const bench_t *bench, text_view_t view)
{
    if (view.count == 0) return;
    const char *head = bench->conn.head;
    must(view.bytes >= head && view.bytes + view.count <= head + sizeof bench->conn.head);
}

static void check_request(const http_exchange_t *ex, const bench_t *bench)
{
    text_view_t path = http_path(ex);
    check_view(bench, path);
    must(path.count > 0 && path.bytes[0] == '/' && path.bytes[path.count] == '\0');
    must(memchr(path.bytes, '\0', path.count) == NULL);
    for (unsigned i = 0; i < HTTP_FIELD_COUNT; i++) {
        text_view_t value = http_field(ex, (http_field_name_t)i);
        check_view(bench, value);
        for (size_t at = 0; at < value.count; at++) {
            unsigned char c = (unsigned char)value.bytes[at];
            must((c >= ' ' && c != 0x7f) || c == '\t');
        }
    }
    for (unsigned i = 0; i < HTTP_PATH_PARAMS_MAX; i++) check_view(bench, http_path_param(ex, i));
}

static void check_body(const http_exchange_t *ex, size_t most)
{
    text_view_t body = http_body(ex);
    must(body.count <= most && body.bytes[body.count] == '\0');
    if (most > 0 && !ex->request.chunked) must(body.count == ex->request.content_bytes);
}

/* ---- Resources ----------------------------------------------------------------------------------------- */

static void get_item(http_exchange_t *ex, void *app)
{
    char value[32];
    check_request(ex, app);
    check_body(ex, 0);
    json_writer_t *json = http_respond_json(ex, 200, "application/json");
    json_array_begin(json);
    json_text(json, http_path_param(ex, 0));
    json_text(json, http_path_param(ex, 1));
    if (http_query(ex, "q", value, sizeof value)) json_string(json, value);
    json_array_end(json);
}

static void echo(http_exchange_t *ex, void *app)
{
    check_request(ex, app);
    check_body(ex, ECHO_BYTES_MAX);
    json_text(http_respond_json(ex, 200, "application/json"), http_body(ex));
}

static void take_large(http_exchange_t *ex, void *app)
{
    check_request(ex, app);
    check_body(ex, HTTP_BODY_BYTES_MAX);
    json_u32(http_respond_json(ex, 200, "application/json"), (uint32_t)http_body(ex).count);
}

static void get_tagged(http_exchange_t *ex, void *app)
{
    check_request(ex, app);
    http_set_etag(ex, TAG);
    if (http_client_has_it(ex))
        http_respond_empty(ex, 304);
    else
        json_bool(http_respond_json(ex, 200, "application/json"), true);
}

static void change_document(http_exchange_t *ex, void *app)
{
    static const unsigned statuses[] = { 428, 204, 412 };
    check_request(ex, app);
    check_body(ex, ECHO_BYTES_MAX);
    http_set_etag(ex, TAG);
    http_respond_empty(ex, http_client_has_it(ex) ? 412 : statuses[http_if_match(ex, TAG, UINT64_MAX)]);
}

static void get_either(http_exchange_t *ex, void *app)
{
    static const char *const offers[] = { "application/json", "text/csv" };
    int chosen = http_negotiate(ex, offers, 2);
    check_request(ex, app);
    must(chosen >= -1 && chosen < 2);
    json_u32(http_respond_json(ex, chosen < 0 ? 406 : 200, chosen < 0 ? "text/plain" : offers[chosen]), 1);
}

static http_produced_t numbers(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    uint32_t count = http_path(ex).bytes[1] == 'l' ? 900 : 9;
    (void)app;
    if (state[0] == 0) json_array_begin(json);
    json_u32(json, state[0]++);
    if (state[0] < count) return HTTP_MORE;
    json_array_end(json);
    return HTTP_DONE;
}

static void get_numbers(http_exchange_t *ex, void *app)
{
    check_request(ex, app);
    http_respond_generated(ex, 200, "application/json", numbers);
}

static void get_too_much(http_exchange_t *ex, void *app)
{
    static const char text[HTTP_OUTPUT_BYTES];
    check_request(ex, app);
    json_text(http_respond_json(ex, 200, "application/json"), (text_view_t){ text, sizeof text });
}

/* Its second piece fits nowhere: the connection is reset. */
static http_produced_t impossible(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    static const char text[HTTP_OUTPUT_BYTES];
    (void)ex;
    (void)app;
    if (state[0]++ == 0)
        json_array_begin(json);
    else
        json_text(json, (text_view_t){ text, sizeof text });
    return HTTP_MORE;
}

static void get_impossible(http_exchange_t *ex, void *app)
{
    check_request(ex, app);
    http_respond_generated(ex, 200, "application/json", impossible);
}

static void move(http_exchange_t *ex, void *app)
{
    check_request(ex, app);
    check_body(ex, 0);
    http_set_location(ex, "/item/1");
    http_close_after(ex);
    http_respond_empty(ex, 201);
}

/* Those of the request vectors, so that their seeds find them, and one for each hook. */
static const http_route_t routes[] = {
    { HTTP_GET, "/", get_item, 0, 0 },
    { HTTP_GET, "/item/{id}", get_item, 0, 0 },
    { HTTP_GET, "/item/{id}/{part}", get_item, 0, 0 },
    { HTTP_POST, "/echo", echo, 0, ECHO_BYTES_MAX },
    { HTTP_PUT, "/echo", echo, 0, ECHO_BYTES_MAX },
    { HTTP_PATCH, "/patch", echo, 0, ECHO_BYTES_MAX },
    { HTTP_POST, "/large", take_large, 0, HTTP_BODY_BYTES_MAX },
    { HTTP_GET, "/tagged", get_tagged, 0, 0 },
    { HTTP_GET, "/doc", get_tagged, 0, 0 },
    { HTTP_PUT, "/doc", change_document, 0, ECHO_BYTES_MAX },
    { HTTP_PATCH, "/doc", change_document, 0, ECHO_BYTES_MAX },
    { HTTP_DELETE, "/doc", change_document, 0, ECHO_BYTES_MAX },
    { HTTP_GET, "/either", get_either, 0, 0 },
    { HTTP_GET, "/short", get_numbers, 0, 0 },
    { HTTP_GET, "/long", get_numbers, 0, 0 },
    { HTTP_GET, "/private", get_numbers, 1, 0 },
    { HTTP_PUT, "/private", echo, 2, ECHO_BYTES_MAX },
    { HTTP_POST, "/move", move, 0, 0 },
    { HTTP_GET, "/too-much", get_too_much, 0, 0 },
    { HTTP_GET, "/no", get_impossible, 0, 0 },
};

/* ---- Hooks --------------------------------------------------------------------------------------------- */

static void write_problem(http_exchange_t *ex, unsigned status, const char *detail)
{
    must(status >= 400 && status < 600 && detail != NULL);
    json_string(http_respond_json(ex, status, "application/problem+json"), detail);
}

static bool is_our_host(void *app, text_view_t host)
{
    (void)app;
    return text_equal_nocase(host, text_view("d")) || (host.count > 0 && host.bytes[0] == '[');
}

/* By the first letter of the token: those of the request vectors begin with another each. */
static http_decision_t authorize(void *app, http_exchange_t *ex, uint8_t scope)
{
    const bench_t *bench = app;
    text_view_t who = http_field(ex, HTTP_FIELD_AUTHORIZATION);
    check_request(ex, bench);
    must(scope > 0 && http_method(ex) != HTTP_OPTIONS);
    bool holds = bench->conn.body_slot >= 0;
    must(!holds || bench->conn.phase == HTTP_PHASE_BODY); /* asked again, when the body is there */
    must(bodies_taken(&bench->server) == bench->bodies_held + (holds ? 1u : 0u));
    switch (who.count > strlen("Bearer ") ? who.bytes[strlen("Bearer ")] : '\0') {
    case 'o': return (http_decision_t){ .status = 0 };
    case 'r': return (http_decision_t){ scope > 1 ? 403 : 0, 0, NULL, "Bearer error=\"insufficient_scope\"" };
    case 'h': return (http_decision_t){ 429, UINT16_MAX, "too many tries", NULL };
    case 'e': return (http_decision_t){ 503, 1, "nobody can be asked yet", NULL };
    default: return (http_decision_t){ 401, 0, "a token is needed", "Bearer" };
    }
}

/* Careless: what must never be allowed is stopped before. */
static bool allows_origin(void *app, text_view_t origin)
{
    check_view(app, origin);
    must(origin.count > 0 && origin.count <= HTTP_ORIGIN_BYTES_MAX);
    must(!text_equal(origin, text_view("null")) && !text_equal(origin, text_view("*")));
    return origin.bytes[origin.count - 1] != 'z';
}

void bench_serve(bench_t *bench)
{
    bench->server = (http_server_t){
        .router = { routes, sizeof routes / sizeof routes[0], 0 },
        .app = bench,
        .write_problem = write_problem,
        .is_our_host = is_our_host,
        .authorize = authorize,
        .allows_origin = allows_origin,
        .clock = &bench->clock,
    };
}
