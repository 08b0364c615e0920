#include "http/http_conn.h"

#include "http/http_account.h"
#include "http/http_answer.h"
#include "http/http_bodies.h"
#include "http/http_body.h"
#include "http/http_gate.h"
#include "http/http_head.h"
#include "http/http_memo.h"
#include "http/http_token.h"

static void begin_request(http_conn_t *conn)
{
    http_exchange_t *ex = &conn->exchange;
    /* The fields themselves are behind field_count and need no clearing. */
    memset(&ex->request, 0, offsetof(http_request_t, fields));
    ex->request.version_minor = 1;
    ex->match = (http_match_t){ .route = NULL };
    ex->host_is_ours = false;
    ex->body = (text_view_t){ "", 0 };
    ex->error_status = 0;
    ex->close = false;
    http_answer_reset(conn);
    conn->phase = HTTP_PHASE_HEAD;
    conn->kept = conn->line = conn->head_bytes = 0;
    conn->request_line_seen = conn->blank_line_seen = false;
    conn->body_bytes = 0;
}

void http_conn_open(http_conn_t *conn, http_server_t *server, const http_peer_t *peer, uint64_t now_ms)
{
    conn->exchange.server = server;
    conn->exchange.peer = *peer;
    conn->body_slot = -1;
    conn->peer_closed = conn->answered = false;
    conn->linger_bytes = 0;
    conn->now_ms = conn->idle_since_ms = now_ms;
    conn->deadline_ms = now_ms + HTTP_HEAD_DEADLINE_MS;
    begin_request(conn);
}

void http_conn_close(http_conn_t *conn)
{
    http_bodies_release(conn);
    http_answer_end(conn);
    conn->phase = HTTP_PHASE_CLOSED;
}

/* ---- Answering -------------------------------------------------------------------------------------- */

static void set_error(http_conn_t *conn, http_verdict_t verdict)
{
    http_exchange_t *ex = &conn->exchange;
    ex->error = verdict.detail;
    ex->error_status = verdict.status;
    if (verdict.close) ex->close = true;
}

static bool has_output(const http_conn_t *conn)
{
    return conn->output_start < conn->output_end;
}

/* Progress puts off the stall's deadline; the answer's own moves only as far as its bytes are worth. A stream has no
 * end that it could be late for, but what it sends is taken in time, and it says something now and then. */
static void set_answer_deadline(http_conn_t *conn)
{
    uint64_t stalled_ms = conn->now_ms + HTTP_RESPONSE_STALL_MS;
    if (conn->exchange.answer.stream) {
        conn->deadline_ms = has_output(conn) ? stalled_ms : conn->now_ms + HTTP_STREAM_PING_MS;
        return;
    }
    uint64_t earned_ms = (uint64_t)conn->answer_bytes * HTTP_ANSWER_MS_PER_KIB / 1024u;
    uint64_t end_ms = conn->answer_began_ms + HTTP_ANSWER_DEADLINE_MS + earned_ms;
    conn->deadline_ms = stalled_ms < end_ms ? stalled_ms : end_ms;
}

static void answer(http_conn_t *conn)
{
    http_exchange_t *ex = &conn->exchange;
    conn->phase = HTTP_PHASE_ANSWER;
    conn->answer_began_ms = conn->now_ms;
    conn->answer_bytes = 0;
    if (ex->error_status) {
        http_gate_respond(ex);
    } else if (ex->match.route) {
        ex->match.route->handler(ex, ex->server->app);
    } else { /* OPTIONS: of the resource, or with * of the server */
        http_set_allow(ex, ex->request.asterisk ? UINT8_MAX >> 1 : ex->match.allowed);
        http_respond_empty(ex, 204);
    }
    http_answer_frame(conn);
    set_answer_deadline(conn);
    http_account(ex);
}

static void refuse(http_conn_t *conn, http_verdict_t verdict)
{
    http_answer_drop_fields(&conn->exchange.answer); /* an earlier refusal's do not belong to this one */
    set_error(conn, verdict);
    answer(conn);
}

static void answer_taken(http_conn_t *conn)
{
    http_bodies_release(conn);
    http_answer_end(conn);
    conn->answered = true;
    if (conn->peer_closed) {
        conn->phase = HTTP_PHASE_CLOSED;
    } else if (conn->exchange.close) {
        conn->phase = HTTP_PHASE_LINGER;
        conn->deadline_ms = conn->now_ms + HTTP_LINGER_DEADLINE_MS;
    } else {
        begin_request(conn);
        conn->idle_since_ms = conn->now_ms;
        conn->deadline_ms = conn->now_ms + HTTP_IDLE_DEADLINE_MS;
    }
}

static void go_on(http_conn_t *conn)
{
    if (!http_answer_refill(conn))
        conn->phase = HTTP_PHASE_ABORT;
    else if (!has_output(conn) && !conn->exchange.answer.generator)
        answer_taken(conn); /* its last piece was empty */
    else
        set_answer_deadline(conn);
}

static bool stream_waits(const http_conn_t *conn)
{
    return conn->phase == HTTP_PHASE_ANSWER && conn->exchange.answer.stream && !has_output(conn);
}

bool http_conn_wake(http_conn_t *conn, uint64_t now_ms)
{
    if (!stream_waits(conn)) return false;
    uint64_t deadline_ms = conn->deadline_ms;
    conn->now_ms = now_ms;
    http_answer_check_stream(conn);
    go_on(conn);
    if (!stream_waits(conn)) return true;
    conn->deadline_ms = deadline_ms; /* nothing was said: the ping is due when it was */
    return false;
}

/* ---- From a complete head to a body or an answer ------------------------------------------------------ */

/* What a resource takes is told to those who may send it something. Anybody's body is ignored up to the same bound. */
static uint32_t body_limit(const http_exchange_t *ex, unsigned refused_status)
{
    const http_route_t *route = ex->match.route;
    bool wanted = refused_status == 0 && route && route->body_bytes_max > 0;
    return wanted ? route->body_bytes_max : HTTP_BODY_BYTES_MAX;
}

static const http_verdict_t too_large = { 413, true, "the body is larger than this resource takes" };

/* verdict   of the head by itself */
static void head_read(http_conn_t *conn, http_verdict_t verdict)
{
    http_exchange_t *ex = &conn->exchange;
    if (verdict.status == 0) {
        ex->close = !ex->request.keep_alive;
        verdict = http_gate(ex);
        if (verdict.status == 0 && conn->head_start) http_memo_keep(conn, conn->head_start, conn->head_bytes);
    }
    if (!verdict.close && ex->request.content_bytes > body_limit(ex, verdict.status)) {
        http_answer_drop_fields(&ex->answer);
        verdict = too_large;
    }
    if (verdict.status == 0 && ex->request.has_content && ex->match.route &&
        ex->match.route->body_bytes_max > 0 && !http_bodies_take(conn)) {
        http_set_retry_after(ex, HTTP_RETRY_AFTER_S);
        verdict = (http_verdict_t){ 503, false, "too many requests with a body at the same time" };
    }
    if (verdict.status) {
        /* A client that waits for 100 may or may not send its body after a final status: only closing makes
         * clear what the next bytes are. */
        if (ex->request.expect_continue) verdict.close = true;
        set_error(conn, verdict);
    }
    if (verdict.close || !ex->request.has_content) {
        answer(conn);
        return;
    }
    http_body_begin(&conn->body, &ex->request);
    conn->phase = HTTP_PHASE_BODY;
    conn->deadline_ms = conn->now_ms + HTTP_BODY_DEADLINE_MS;
    if (ex->request.expect_continue) {
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        memcpy(conn->output, go_on, sizeof go_on - 1);
        conn->output_end = sizeof go_on - 1;
    }
}

/* ---- Bytes in: head ---------------------------------------------------------------------------------- */

static void take_line(http_conn_t *conn, text_view_t line)
{
    http_request_t *request = &conn->exchange.request;
    http_head_store_t store = { conn->head, &conn->kept };
    http_verdict_t verdict;
    conn->line = 0;
    conn->head_bytes = (uint16_t)(conn->head_bytes + line.count + 2u);
    if (!conn->request_line_seen) {
        if (line.count == 0 && !conn->blank_line_seen) {
            conn->blank_line_seen = true; /* RFC 9112 section 2.2: left over by old clients after a POST */
            conn->head_bytes = 0;         /* no request has begun with it */
            return;
        }
        conn->request_line_seen = true;
        verdict = http_head_request_line(request, store, line);
    } else if (line.count > 0) {
        verdict = http_head_field(request, store, line);
    } else {
        head_read(conn, http_head_complete(&conn->exchange.request, conn->head));
        return;
    }
    if (verdict.status) refuse(conn, verdict);
}

static void line_too_long(http_conn_t *conn)
{
    if (conn->request_line_seen)
        refuse(conn, (http_verdict_t){ 431, true, "the request head is too large" });
    else
        refuse(conn, (http_verdict_t){ 414, true, "the request line is too long" });
}

static void bad_line_byte(http_conn_t *conn)
{
    refuse(conn, (http_verdict_t){ 400, true, "a line of the request head holds a control character" });
}

/* Takes input up to the end of one line. A line that lies whole in the input is read where it lies; one that
 * came in parts is collected behind what is kept. Every decision depends only on the bytes so far, never on
 * where the input was cut. */
static size_t feed_head(http_conn_t *conn, const char *in, size_t count)
{
    char *line = conn->head + conn->kept;
    if (conn->line > 0 && line[conn->line - 1] == '\r') {
        if (in[0] != '\n')
            bad_line_byte(conn);
        else
            take_line(conn, (text_view_t){ line, conn->line - 1u });
        return 1;
    }

    size_t room = sizeof conn->head - conn->kept;
    size_t head_left = HTTP_HEAD_BYTES_MAX > conn->head_bytes ? HTTP_HEAD_BYTES_MAX - conn->head_bytes : 0;
    if (head_left < room) room = head_left;
    size_t limit = room - conn->line; /* for text and CR */
    size_t n = http_text_span(in, count < limit ? count : limit);
    if (n == limit) {
        line_too_long(conn);
        return n;
    }
    if (n < count && in[n] != '\r') {
        bad_line_byte(conn);
        return n + 1;
    }
    if (n < count) n++; /* CR */
    if (n < count && conn->line == 0 && in[n - 1] == '\r') {
        if (in[n] != '\n')
            bad_line_byte(conn);
        else
            take_line(conn, (text_view_t){ in, n - 1 });
        return n + 1;
    }
    memcpy(line + conn->line, in, n);
    conn->line = (uint16_t)(conn->line + n);
    return n;
}

/* ---- Bytes in: body ---------------------------------------------------------------------------------- */

static void body_complete(http_conn_t *conn)
{
    http_exchange_t *ex = &conn->exchange;
    if (conn->body_slot >= 0) {
        char *body = ex->server->bodies.bytes[conn->body_slot];
        body[conn->body_bytes] = '\0';
        ex->body = (text_view_t){ body, conn->body_bytes };
    }
    http_verdict_t verdict = ex->error_status ? HTTP_FINE : http_gate_access(ex);
    if (verdict.status) set_error(conn, verdict);
    answer(conn);
}

static size_t feed_body(http_conn_t *conn, const char *in, size_t count)
{
    http_exchange_t *ex = &conn->exchange;
    text_view_t content;
    http_verdict_t verdict;
    if (has_output(conn)) return 0; /* 100 Continue goes first */
    size_t n = http_body_step(&conn->body, in, count, &content, &verdict);
    if (verdict.status == 0 && conn->body_bytes + content.count > body_limit(ex, ex->error_status))
        verdict = too_large;
    if (verdict.status) {
        refuse(conn, verdict);
        return n;
    }
    if (content.count > 0 && conn->body_slot >= 0) {
        memcpy(ex->server->bodies.bytes[conn->body_slot] + conn->body_bytes, content.bytes, content.count);
    }
    conn->body_bytes += (uint32_t)content.count;
    if (http_body_complete(&conn->body)) body_complete(conn);
    return n;
}

static bool request_begun(const http_conn_t *conn)
{
    return conn->head_bytes + conn->line > 0;
}

/* The first bytes of a request.
 * returns   those of its whole head, if it is the one that came last; else 0 */
static size_t begin_head(http_conn_t *conn, const char *in, size_t count)
{
    size_t known = http_memo_recall(conn, in, count);
    if (known > 0) {
        head_read(conn, HTTP_FINE);
        return known;
    }
    conn->head_start = in;
    if (conn->answered) conn->deadline_ms = conn->now_ms + HTTP_HEAD_DEADLINE_MS;
    return 0;
}

static size_t feed_linger(http_conn_t *conn, size_t count)
{
    conn->linger_bytes += (uint32_t)count;
    if (conn->linger_bytes > HTTP_LINGER_BYTES_MAX) conn->phase = HTTP_PHASE_ABORT;
    return count;
}

size_t http_conn_feed(http_conn_t *conn, const uint8_t *bytes, size_t count, uint64_t now_ms)
{
    const char *in = (const char *)bytes;
    size_t used = 0;
    conn->now_ms = now_ms;
    while (used < count) {
        size_t taken = 0;
        if (conn->phase == HTTP_PHASE_HEAD) {
            taken = request_begun(conn) ? 0 : begin_head(conn, in + used, count - used);
            if (taken == 0) taken = feed_head(conn, in + used, count - used);
        } else if (conn->phase == HTTP_PHASE_BODY) {
            taken = feed_body(conn, in + used, count - used);
        } else if (conn->phase == HTTP_PHASE_LINGER) {
            taken = feed_linger(conn, count - used);
        } else if (conn->phase == HTTP_PHASE_ANSWER && conn->exchange.answer.stream) {
            taken = count - used; /* nothing will ever answer it, and behind it may be the peer's end */
        }
        if (taken == 0) break;
        used += taken;
    }
    conn->head_start = NULL;
    return used;
}

/* ---- Everything else --------------------------------------------------------------------------------- */

void http_conn_peer_closed(http_conn_t *conn)
{
    conn->peer_closed = true;
    bool finishing = conn->phase == HTTP_PHASE_ANSWER && !conn->exchange.answer.stream;
    if (!finishing && conn->phase != HTTP_PHASE_ABORT) conn->phase = HTTP_PHASE_CLOSED;
}

size_t http_conn_output(http_conn_t *conn, const uint8_t **bytes)
{
    *bytes = (const uint8_t *)conn->output + conn->output_start;
    return (size_t)(conn->output_end - conn->output_start);
}

void http_conn_ack(http_conn_t *conn, size_t count, uint64_t now_ms)
{
    conn->now_ms = now_ms;
    conn->output_start = (uint16_t)(conn->output_start + count);
    if (conn->phase == HTTP_PHASE_ANSWER) {
        conn->answer_bytes += (uint32_t)count;
        set_answer_deadline(conn);
    }
    if (has_output(conn)) return;
    conn->output_start = conn->output_end = 0;
    if (conn->phase != HTTP_PHASE_ANSWER) return;
    if (conn->exchange.answer.generator)
        go_on(conn);
    else
        answer_taken(conn);
}

uint64_t http_conn_deadline_ms(const http_conn_t *conn)
{
    return conn->deadline_ms;
}

void http_conn_timeout(http_conn_t *conn, uint64_t now_ms)
{
    conn->now_ms = now_ms;
    switch ((http_phase_t)conn->phase) {
    case HTTP_PHASE_HEAD:
        if (!request_begun(conn))
            conn->phase = HTTP_PHASE_CLOSED;
        else
            refuse(conn, (http_verdict_t){ 408, true, "the request head did not arrive in time" });
        break;
    case HTTP_PHASE_BODY:
        if (has_output(conn))
            conn->phase = HTTP_PHASE_ABORT;
        else
            refuse(conn, (http_verdict_t){ 408, true, "the request body did not arrive in time" });
        break;
    case HTTP_PHASE_ANSWER:
        if (stream_waits(conn)) {
            http_answer_ping(conn);
            set_answer_deadline(conn);
        } else {
            conn->phase = HTTP_PHASE_ABORT;
        }
        break;
    case HTTP_PHASE_LINGER: conn->phase = HTTP_PHASE_CLOSED; break;
    case HTTP_PHASE_CLOSED:
    case HTTP_PHASE_ABORT: break;
    }
}

http_conn_state_t http_conn_state(const http_conn_t *conn, uint64_t now_ms)
{
    switch ((http_phase_t)conn->phase) {
    case HTTP_PHASE_LINGER: return HTTP_CONN_LINGER;
    case HTTP_PHASE_CLOSED: return HTTP_CONN_CLOSED;
    case HTTP_PHASE_ABORT: return HTTP_CONN_ABORT;
    case HTTP_PHASE_HEAD:
        if (request_begun(conn)) return HTTP_CONN_ACTIVE;
        if (conn->answered || now_ms - conn->idle_since_ms >= HTTP_FRESH_GRACE_MS) return HTTP_CONN_IDLE;
        return HTTP_CONN_ACTIVE;
    case HTTP_PHASE_BODY:
    case HTTP_PHASE_ANSWER: break;
    }
    return HTTP_CONN_ACTIVE;
}

uint64_t http_conn_idle_since_ms(const http_conn_t *conn)
{
    return conn->idle_since_ms;
}
