/* http/http_body.h - taking content out of its framing (RFC 9112 sections 6 and 7).
 *
 * Internal to firmware/http. Context: main loop only.
 */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http/http_conn_struct.h"
#include "http/http_head.h"

void http_body_begin(http_body_t *body, const http_request_t *request);

static inline bool http_body_complete(const http_body_t *body)
{
    return body->state == HTTP_BODY_COMPLETE;
}

/* Takes one step: either a run of content or one byte of framing.
 * in        count > 0 bytes
 * content   set to the content found, a view into in; empty for framing
 * verdict   set to what is wrong, if anything
 * returns   how many bytes were taken, at least 1 when nothing is wrong */
size_t http_body_step(http_body_t *body, const char *in, size_t count, text_view_t *content,
                      http_verdict_t *verdict);

#endif
