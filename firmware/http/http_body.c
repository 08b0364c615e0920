#include "http/http_body.h"

#include "http/http_token.h"

void http_body_begin(http_body_t *body, const http_request_t *request)
{
    *body = (http_body_t){
        .state = (uint8_t)(request->chunked ? HTTP_CHUNK_SIZE : HTTP_BODY_SIZED),
        .left = request->chunked ? 0 : request->content_bytes,
    };
    if (!request->has_content) body->state = HTTP_BODY_COMPLETE;
}

static size_t content_run(http_body_t *body, const char *in, size_t count, text_view_t *content)
{
    size_t n = count < body->left ? count : body->left;
    *content = (text_view_t){ in, n };
    body->left -= (uint32_t)n;
    if (body->left == 0) {
        body->state = (uint8_t)(body->state == HTTP_CHUNK_DATA ? HTTP_CHUNK_DATA_CR : HTTP_BODY_COMPLETE);
    }
    return n;
}

/* Behind a size only an extension may follow (RFC 9112 section 7.1.1): a blank does not start one by itself, or
 * "3 3" would be a size to us and another one to somebody else. */
static bool blank_byte(http_body_t *body, char c)
{
    if (++body->overhead > HTTP_CHUNK_OVERHEAD_BYTES_MAX) return false;
    body->state = (uint8_t)(c == ';' ? HTTP_CHUNK_EXTENSION : HTTP_CHUNK_BLANK);
    return c == ';' || http_char_is(c, HTTP_CHAR_BLANK);
}

static bool size_byte(http_body_t *body, char c)
{
    if (http_char_is(c, HTTP_CHAR_HEX)) {
        if (body->left >> 28) return false; /* another digit would not fit 32 bits */
        /* Zeros in front carry nothing, and there could be any number of them. */
        if (body->left == 0 && ++body->overhead > HTTP_CHUNK_OVERHEAD_BYTES_MAX) return false;
        body->left = body->left << 4 | http_hex_value(c);
        body->digits = true;
        return true;
    }
    if (!body->digits) return false;
    if (c != '\r') return blank_byte(body, c);
    body->state = HTTP_CHUNK_SIZE_LF;
    return true;
}

static void after_size(http_body_t *body)
{
    body->state = (uint8_t)(body->left > 0 ? HTTP_CHUNK_DATA : HTTP_TRAILER_START);
    body->digits = false;
}

/* A byte of an extension or a trailer: bounded together, because they carry nothing for us. */
static bool overhead_byte(http_body_t *body, char c, http_body_state_t after_cr)
{
    if (++body->overhead > HTTP_CHUNK_OVERHEAD_BYTES_MAX) return false;
    if (c == '\r')
        body->state = (uint8_t)after_cr;
    else if (!http_char_is(c, HTTP_CHAR_TEXT))
        return false;
    return true;
}

static bool expect_byte(http_body_t *body, char c, char wanted, http_body_state_t next)
{
    body->state = (uint8_t)next;
    return c == wanted;
}

static bool trailer_start(http_body_t *body, char c)
{
    if (c == '\r') return expect_byte(body, c, '\r', HTTP_TRAILER_END_LF);
    body->state = HTTP_TRAILER_LINE;
    return http_char_is(c, HTTP_CHAR_TOKEN) && overhead_byte(body, c, HTTP_TRAILER_LF);
}

static bool framing_byte(http_body_t *body, char c)
{
    switch ((http_body_state_t)body->state) {
    case HTTP_CHUNK_SIZE: return size_byte(body, c);
    case HTTP_CHUNK_BLANK: return blank_byte(body, c);
    case HTTP_CHUNK_EXTENSION: return overhead_byte(body, c, HTTP_CHUNK_SIZE_LF);
    case HTTP_CHUNK_SIZE_LF: after_size(body); return c == '\n';
    case HTTP_CHUNK_DATA_CR: return expect_byte(body, c, '\r', HTTP_CHUNK_DATA_LF);
    case HTTP_CHUNK_DATA_LF: return expect_byte(body, c, '\n', HTTP_CHUNK_SIZE);
    case HTTP_TRAILER_START: return trailer_start(body, c);
    case HTTP_TRAILER_LINE: return overhead_byte(body, c, HTTP_TRAILER_LF);
    case HTTP_TRAILER_LF: return expect_byte(body, c, '\n', HTTP_TRAILER_START);
    case HTTP_TRAILER_END_LF: return expect_byte(body, c, '\n', HTTP_BODY_COMPLETE);
    case HTTP_BODY_SIZED:
    case HTTP_CHUNK_DATA:
    case HTTP_BODY_COMPLETE: break;
    }
    return false;
}

size_t http_body_step(http_body_t *body, const char *in, size_t count, text_view_t *content,
                      http_verdict_t *verdict)
{
    *verdict = HTTP_FINE;
    *content = (text_view_t){ in, 0 };
    if (body->state == HTTP_BODY_SIZED || body->state == HTTP_CHUNK_DATA) {
        return content_run(body, in, count, content);
    }
    if (!framing_byte(body, *in)) {
        *verdict = (http_verdict_t){ 400, true, "the chunked framing of the body is broken" };
    }
    return 1;
}
