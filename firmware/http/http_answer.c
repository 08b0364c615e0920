#include "http/http_answer.h"

#include "base/log.h"
#include "base/time_format.h"
#include "http/http_status.h"

/* "Connection: keep-alive" + "Transfer-Encoding: chunked" + the empty line + a chunk's size line, at most 63. */
#define FRAMING_BYTES_MAX 64u
/* "Content-Length: 247" or "Transfer-Encoding: chunked" with a chunk's size line, and the empty line: what most answers
 * have, whose head then need not be moved. */
#define FRAMING_BYTES_LENGTH  23u
#define FRAMING_BYTES_CHUNKED 36u
/* Where a head is written: at a word, so that it can be moved to make room for the longest framing. */
#define HEAD_START(framing_bytes) ((FRAMING_BYTES_MAX - (framing_bytes) + 3u) & ~3u)
#define CHUNK_HEAD_BYTES          6u /* four hexadecimal digits and CRLF */
#define CHUNK_TAIL_BYTES          7u /* CRLF, and the last chunk "0\r\n\r\n" */

static void write_date(text_writer_t *out, http_server_t *server, uint64_t now_ms)
{
    int64_t utc_ms;
    if (!wall_clock_utc_ms(server->clock, now_ms, &utc_ms)) return;
    if (utc_ms / 1000 + 1 != server->date.next_second) {
        text_writer_t text = text_writer(server->date.text, sizeof server->date.text);
        text_imf_fixdate(&text, utc_ms);
        server->date.next_second = utc_ms / 1000 + 1;
    }
    text_literal(out, "Date: ");
    text_append(out, server->date.text, sizeof server->date.text);
    text_literal(out, "\r\n");
}

/* What is asked for again and again has the same tag for a while. */
const char *http_answer_tag_digits(http_server_t *server, uint64_t tag)
{
    if (server->etag.tag != tag || server->etag.text[0] == '\0') {
        text_writer_t text = text_writer(server->etag.text, sizeof server->etag.text);
        text_hex(&text, tag, 16);
        server->etag.tag = tag;
    }
    return server->etag.text;
}

static void write_etag(text_writer_t *out, http_server_t *server, uint64_t tag)
{
    text_literal(out, "ETag: \"");
    text_append(out, http_answer_tag_digits(server, tag), sizeof server->etag.text);
    text_literal(out, "\"\r\nCache-Control: no-cache\r\n");
}

static void write_methods(text_writer_t *out, const char *name, uint8_t methods)
{
    static const char *const names[] = { "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE" };
    bool first = true;
    text_string(out, name);
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!((unsigned)methods >> i & 1u)) continue;
        if (!first) text_string(out, ", ");
        text_string(out, names[i]);
        first = false;
    }
    text_literal(out, "\r\n");
}

text_view_t http_answer_media(http_server_t *server, const char *media)
{
    if (server->media.bytes != media) server->media = text_view(media);
    return server->media;
}

static void write_media(text_writer_t *out, http_server_t *server, const char *media)
{
    text_view_t value = http_answer_media(server, media);
    text_literal(out, "Content-Type: ");
    text_append(out, value.bytes, value.count);
    text_literal(out, "\r\n");
}

static void write_fields(text_writer_t *out, http_server_t *server, const http_answer_t *answer,
                         const char *media)
{
    if (media) write_media(out, server, media);
    if (answer->has_etag) write_etag(out, server, answer->etag);
    if (answer->stream) text_string(out, "Cache-Control: no-store\r\n");
    if (answer->allow) write_methods(out, "Allow: ", answer->allow);
    if (answer->challenge) {
        text_string(out, "WWW-Authenticate: ");
        text_string(out, answer->challenge);
        text_literal(out, "\r\n");
    }
    if (answer->retry_after_s) {
        text_string(out, "Retry-After: ");
        text_u32(out, answer->retry_after_s);
        text_literal(out, "\r\n");
    }
    if (answer->location) {
        text_string(out, "Location: ");
        text_string(out, answer->location);
        text_literal(out, "\r\n");
    }
    if (answer->link_next) {
        text_string(out, "Link: <");
        text_string(out, answer->link_next);
        text_string(out, ">; rel=\"next\"\r\n");
    }
}

/* Which header lines of the request decided what the answer is. With CORS that is Origin for everybody: a cache that
 * kept an answer made without it would give it to the page that needs its own name in there. */
static void write_vary(text_writer_t *out, const http_exchange_t *ex)
{
    bool origin = ex->server->allows_origin != NULL;
    if (ex->answer.vary_accept)
        text_string(out, origin ? "Vary: Accept, Origin\r\n" : "Vary: Accept\r\n");
    else if (origin)
        text_literal(out, "Vary: Origin\r\n");
}

/* What could be sent instead (RFC 5789 sections 2.2 and 3.1, RFC 9110 section 15.5.16). */
static void write_accepted(text_writer_t *out, const http_exchange_t *ex, unsigned status)
{
    http_method_t method = ex->request.method;
    bool offers = method == HTTP_OPTIONS && (ex->answer.allow & HTTP_PATCH) && !ex->request.asterisk;
    if (offers || (status == 415 && method == HTTP_PATCH))
        text_string(out, "Accept-Patch: application/merge-patch+json, application/json\r\n");
    else if (status == 415)
        text_string(out, "Accept: application/json\r\n");
}

/* https://fetch.spec.whatwg.org/#http-cors-protocol
 * Access-Control-Allow-Private-Network is not sent: browsers ask the user instead (Local Network Access). */
static void write_cors(text_writer_t *out, const http_exchange_t *ex)
{
    const http_answer_t *answer = &ex->answer;
    text_view_t origin = http_field(ex, HTTP_FIELD_ORIGIN);
    text_string(out, "Access-Control-Allow-Origin: ");
    text_append(out, origin.bytes, origin.count);
    text_literal(out, "\r\n");
    if (answer->preflight && answer->allow) {
        write_methods(out, "Access-Control-Allow-Methods: ", answer->allow);
        text_string(out,
                    "Access-Control-Allow-Headers: Authorization, Content-Type, If-Match, If-None-Match, "
                    "Idempotency-Key, Last-Event-ID\r\nAccess-Control-Max-Age: 600\r\n");
    } else {
        text_string(out, "Access-Control-Expose-Headers: Allow, ETag, Link, Location, Retry-After, "
                         "WWW-Authenticate\r\n");
    }
}

/* Head near the start of output, then the gap for framing, then the body's writer. */
static void start(http_exchange_t *ex, unsigned status, const char *media)
{
    http_conn_t *conn = http_conn_of(ex);
    http_answer_t *answer = &ex->answer;
    size_t framing_bytes = answer->generator ? FRAMING_BYTES_CHUNKED : FRAMING_BYTES_LENGTH;
    size_t head_start = HEAD_START(framing_bytes);
    text_writer_t out =
        text_writer(conn->output + head_start, sizeof conn->output - FRAMING_BYTES_MAX - head_start);
    http_write_status_line(&out, status);
    write_date(&out, ex->server, conn->now_ms);
    write_fields(&out, ex->server, answer, media);
    write_vary(&out, ex);
    write_accepted(&out, ex, status);
    if (answer->cors) write_cors(&out, ex);
    answer->link_next = NULL; /* it may be gone from here on */
    answer->status = (uint16_t)status;
    answer->head_start = (uint8_t)head_start;
    answer->head_bytes = (uint16_t)((size_t)(out.at - conn->output) - head_start);
    answer->body_start = (uint16_t)(head_start + answer->head_bytes + framing_bytes);
    answer->json = json_writer(conn->output + answer->body_start,
                               sizeof conn->output - answer->body_start - CHUNK_TAIL_BYTES);
}

json_writer_t *http_respond_json(http_exchange_t *ex, unsigned status, const char *media)
{
    start(ex, status, media);
    return &ex->answer.json;
}

void http_respond_empty(http_exchange_t *ex, unsigned status)
{
    start(ex, status, NULL);
}

void http_respond_generated(http_exchange_t *ex, unsigned status, const char *media,
                            http_generator_t generator)
{
    ex->answer.generator = generator;
    start(ex, status, media);
}

void http_respond_stream(http_exchange_t *ex, const char *media, const http_stream_t *stream, uint32_t begin)
{
    if (ex->request.method != HTTP_HEAD) ex->close = true;
    ex->answer.stream = stream;
    ex->answer.access_changes = ex->server->access_changes;
    ex->answer.state[0] = begin;
    http_respond_generated(ex, 200, media, stream->generator);
}

typedef enum {
    PRODUCED_ALL,  /* the generator is done */
    PRODUCED_MORE, /* the next piece does not fit */
    PRODUCED_WAIT, /* it has nothing now */
} produced_t;

static produced_t produce(http_exchange_t *ex)
{
    http_answer_t *answer = &ex->answer;
    while (answer->generator) {
        json_writer_t saved = answer->json;
        uint32_t state[4];
        memcpy(state, answer->state, sizeof state);
        http_produced_t produced = answer->generator(ex, ex->server->app, &answer->json, answer->state);
        if (json_overflowed(&answer->json)) {
            answer->json = saved;
            memcpy(answer->state, state, sizeof state);
            return PRODUCED_MORE;
        }
        if (produced == HTTP_WAIT) return PRODUCED_WAIT;
        if (produced == HTTP_DONE) answer->generator = NULL;
    }
    return PRODUCED_ALL;
}

static void choose_framing(http_exchange_t *ex)
{
    http_answer_t *answer = &ex->answer;
    if (answer->status == 204 || answer->status == 304) {
        answer->framing = HTTP_FRAMING_NONE;
    } else if (!answer->generator) {
        answer->framing = HTTP_FRAMING_LENGTH;
    } else if (ex->request.version_minor == 1) {
        answer->framing = HTTP_FRAMING_CHUNKED;
    } else {
        answer->framing = HTTP_FRAMING_CLOSE;
        ex->close = true;
    }
}

/* The end of the head: how long the connection lives, where the body ends. */
static void write_framing(text_writer_t *out, const http_exchange_t *ex, size_t body_bytes)
{
    if (ex->close)
        text_string(out, "Connection: close\r\n");
    else if (ex->request.version_minor == 0)
        text_string(out, "Connection: keep-alive\r\n");
    if (ex->answer.framing == HTTP_FRAMING_LENGTH) {
        text_literal(out, "Content-Length: ");
        text_u32(out, (uint32_t)body_bytes);
        text_literal(out, "\r\n");
    } else if (ex->answer.framing == HTTP_FRAMING_CHUNKED) {
        text_string(out, "Transfer-Encoding: chunked\r\n");
    }
    text_literal(out, "\r\n");
}

static void write_chunk_head(text_writer_t *out, size_t bytes)
{
    text_hex(out, bytes, 4);
    text_literal(out, "\r\n");
}

/* Ends the chunk that stands in output, and the body when the generator is done. */
static void end_chunk(http_conn_t *conn, bool has_chunk)
{
    http_answer_t *answer = &conn->exchange.answer;
    char *at = answer->json.out.at;
    if (has_chunk) {
        memcpy(at, "\r\n", 2);
        at += 2;
    }
    if (!answer->generator) {
        memcpy(at, "0\r\n\r\n", 5);
        at += 5;
    }
    conn->output_end = (uint16_t)(at - conn->output);
}

static void answer_overflow(http_exchange_t *ex)
{
    log_error("http", "an answer does not fit the output buffer");
    ex->answer.generator = NULL;
    http_answer_drop_fields(&ex->answer);
    ex->server->write_problem(ex, 500, "the answer does not fit the server's memory");
}

/* A head that no content follows: its end can stand right behind it. */
static void frame_head(http_conn_t *conn, size_t body_bytes)
{
    http_answer_t *answer = &conn->exchange.answer;
    text_writer_t framing =
        text_writer(conn->output + answer->head_start + answer->head_bytes, FRAMING_BYTES_MAX);
    write_framing(&framing, &conn->exchange, body_bytes);
    conn->output_start = answer->head_start;
    conn->output_end = (uint16_t)(framing.at - conn->output);
    answer->generator = NULL;
    http_answer_end(conn);
}

void http_answer_frame(http_conn_t *conn)
{
    http_exchange_t *ex = &conn->exchange;
    http_answer_t *answer = &ex->answer;
    if (answer->generator)
        (void)produce(ex);
    else if (json_overflowed(&answer->json))
        answer_overflow(ex);

    size_t body_bytes = (size_t)(answer->json.out.at - (conn->output + answer->body_start));
    choose_framing(ex);
    if (ex->request.method == HTTP_HEAD || answer->framing == HTTP_FRAMING_NONE) {
        frame_head(conn, body_bytes);
        return;
    }
    bool chunk = answer->framing == HTTP_FRAMING_CHUNKED && body_bytes > 0;

    char field[FRAMING_BYTES_MAX];
    text_writer_t framing = text_writer(field, sizeof field);
    write_framing(&framing, ex, body_bytes);
    if (chunk) write_chunk_head(&framing, body_bytes);
    size_t framing_bytes = (size_t)(framing.at - field);

    size_t start_at = answer->body_start - framing_bytes - answer->head_bytes;
    if (start_at != answer->head_start)
        memmove(conn->output + start_at, conn->output + answer->head_start, answer->head_bytes);
    memcpy(conn->output + answer->body_start - framing_bytes, field, framing_bytes);
    conn->output_start = (uint16_t)start_at;
    conn->output_end = (uint16_t)(answer->body_start + body_bytes);
    if (answer->framing == HTTP_FRAMING_CHUNKED) end_chunk(conn, chunk);
}

/* A piece that is not the first stands behind the room for a chunk's head. */
static text_writer_t piece_writer(http_conn_t *conn)
{
    return text_writer(conn->output + CHUNK_HEAD_BYTES,
                       sizeof conn->output - CHUNK_HEAD_BYTES - CHUNK_TAIL_BYTES);
}

static void frame_piece(http_conn_t *conn)
{
    const http_answer_t *answer = &conn->exchange.answer;
    size_t bytes = (size_t)(answer->json.out.at - (conn->output + CHUNK_HEAD_BYTES));
    if (answer->framing == HTTP_FRAMING_CHUNKED) {
        text_writer_t head = text_writer(conn->output, CHUNK_HEAD_BYTES);
        write_chunk_head(&head, bytes);
        conn->output_start = (uint16_t)(bytes > 0 ? 0 : CHUNK_HEAD_BYTES);
        end_chunk(conn, bytes > 0);
    } else {
        conn->output_start = CHUNK_HEAD_BYTES;
        conn->output_end = (uint16_t)(CHUNK_HEAD_BYTES + bytes);
    }
}

bool http_answer_refill(http_conn_t *conn)
{
    http_answer_t *answer = &conn->exchange.answer;
    const char *body = conn->output + CHUNK_HEAD_BYTES;
    answer->json.out = piece_writer(conn);
    produced_t produced = produce(&conn->exchange);
    bool wrote = answer->json.out.at != body;
    if (!wrote && produced == PRODUCED_WAIT) return true;
    if (!wrote && produced == PRODUCED_MORE) {
        log_error("http", "a piece of an answer does not fit the output buffer");
        return false;
    }
    frame_piece(conn);
    return true;
}

void http_answer_ping(http_conn_t *conn)
{
    json_writer_t *json = &conn->exchange.answer.json;
    json->out = piece_writer(conn);
    text_string(&json->out, conn->exchange.answer.stream->ping);
    frame_piece(conn);
}

void http_answer_check_stream(http_conn_t *conn)
{
    http_exchange_t *ex = &conn->exchange;
    http_answer_t *answer = &ex->answer;
    uint8_t scope = answer->stream->scope;
    uint32_t changes = ex->server->access_changes;
    if (scope == 0 || !ex->server->authorize || answer->access_changes == changes) return;
    answer->access_changes = changes;
    if (ex->server->authorize(ex->server->app, ex, scope).status == 0) return;
    answer->generator = NULL;
    ex->close = true;
}

void http_answer_end(http_conn_t *conn)
{
    http_answer_t *answer = &conn->exchange.answer;
    if (answer->stream) answer->stream->end(conn->exchange.server->app, answer->state);
    answer->stream = NULL;
}

void http_answer_drop_fields(http_answer_t *answer)
{
    answer->has_etag = false;
    answer->allow = 0;
    answer->retry_after_s = 0;
    answer->challenge = NULL;
    answer->location = NULL;
    answer->link_next = NULL;
}

void http_answer_reset(http_conn_t *conn)
{
    http_answer_t *answer = &conn->exchange.answer;
    answer->status = 0;
    http_answer_drop_fields(answer);
    answer->vary_accept = answer->cors = answer->preflight = false;
    answer->generator = NULL;
    answer->stream = NULL;
    memset(answer->state, 0, sizeof answer->state);
    conn->output_start = conn->output_end = 0;
}
