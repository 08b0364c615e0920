/* http/http_head.h - the grammar of a request head, line by line (RFC 9112 sections 2 to 6).
 *
 * Lines come without their CRLF and hold HTTP_CHAR_TEXT only. What has to be kept is moved into the head
 * buffer; a line that stands in that buffer already lies behind what is kept, so moving never overtakes
 * reading.
 *
 * Internal to firmware/http. Context: main loop only.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "http/http_request.h"

/* What is wrong with a request. status 0: nothing. */
typedef struct {
    uint16_t status;
    bool close;         /* the end of the request cannot be known for sure, or must not be waited for */
    const char *detail; /* one sentence for people, constant */
} http_verdict_t;

#define HTTP_FINE ((http_verdict_t){ 0, false, NULL })

/* Where lines are kept. */
typedef struct {
    char *buffer;   /* HTTP_HEAD_BUFFER_BYTES */
    uint16_t *kept; /* bytes in use */
} http_head_store_t;

http_verdict_t http_head_request_line(http_request_t *request, http_head_store_t store, text_view_t line);

http_verdict_t http_head_field(http_request_t *request, http_head_store_t store, text_view_t line);

/* After the empty line: what the fields mean together (host, framing, persistence, expectation). */
http_verdict_t http_head_complete(http_request_t *request, const char *buffer);

static inline text_view_t http_span_text(const char *buffer, http_span_t span)
{
    return (text_view_t){ buffer + span.start, span.count };
}

/* Goes through the kept fields of one name in their order.
 * from      index to begin at, 0 at first
 * returns   the index of the next one, or request->field_count */
unsigned http_head_next_field(const http_request_t *request, http_field_name_t name, unsigned from);

/* The host of an authority without its port, lower layers' view: "[::1]:80" gives "[::1]". */
text_view_t http_host_of(text_view_t authority);

#endif
