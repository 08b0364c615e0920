#include "http/http_memo.h"

#include "http/http_answer.h"
#include "http/http_head.h"

/* The fields of a request behind field_count are of no meaning. */
static size_t request_bytes(const http_request_t *request)
{
    return offsetof(http_request_t, fields) + request->field_count * sizeof request->fields[0];
}

/* Views into one head buffer as views into another one that holds the same. */
static void move_params(http_match_t *match, const char *from, const char *to)
{
    for (unsigned i = 0; i < match->param_count; i++)
        match->params[i].bytes = to + (match->params[i].bytes - from);
}

size_t http_memo_recall(http_conn_t *conn, const char *in, size_t count)
{
    http_exchange_t *ex = &conn->exchange;
    const http_memo_t *memo = &ex->server->memo;
    if (memo->raw_bytes == 0 || count < memo->raw_bytes) return 0;
    if (memcmp(in, memo->raw, memo->raw_bytes) != 0) return 0;
    memcpy(&ex->request, &memo->request, request_bytes(&memo->request));
    memcpy(conn->head, memo->head, memo->kept);
    ex->match = memo->match;
    move_params(&ex->match, memo->head, conn->head);
    ex->host_is_ours = memo->hosts == ex->server->hosts;
    conn->kept = memo->kept;
    conn->head_bytes = memo->raw_bytes;
    conn->request_line_seen = true;
    return memo->raw_bytes;
}

void http_memo_keep(http_conn_t *conn, const char *raw, size_t bytes)
{
    const http_exchange_t *ex = &conn->exchange;
    const http_request_t *request = &ex->request;
    http_memo_t *memo = &ex->server->memo;
    bool reads = request->method == HTTP_GET || request->method == HTTP_HEAD;
    if (!reads || !ex->match.route || request->has_content || conn->blank_line_seen) return;
    if (http_field(ex, HTTP_FIELD_AUTHORIZATION).count > 0) return;
    if (bytes > sizeof memo->raw || conn->kept > sizeof memo->head) return;
    memcpy(memo->raw, raw, bytes);
    memcpy(memo->head, conn->head, conn->kept);
    memcpy(&memo->request, request, request_bytes(request));
    memo->match = ex->match;
    move_params(&memo->match, conn->head, memo->head);
    memo->hosts = ex->server->hosts;
    memo->kept = conn->kept;
    memo->raw_bytes = (uint16_t)bytes;
}
