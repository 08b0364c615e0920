/* http/http_answer.h - putting an answer into the output buffer.
 *
 * The body is written first, behind the head and a gap; when its first filling is complete, the framing is known
 * and the head moves up against it. So one pass writes an answer of known length without counting beforehand,
 * and a longer one goes out chunked through the same buffer.
 *
 * Internal to firmware/http. Context: main loop only.
 */
#ifndef HTTP_ANSWER_H
#define HTTP_ANSWER_H

#include "http/http_conn.h"

/* The exchange is the first member of its connection. */
static inline http_conn_t *http_conn_of(http_exchange_t *ex)
{
    return (http_conn_t *)(void *)ex;
}

/* Forgets the previous answer. The output buffer must be empty. */
void http_answer_reset(http_conn_t *conn);

/* Forgets the fields that describe one certain answer: it is going to be another one. */
void http_answer_drop_fields(http_answer_t *answer);

/* A tag as an answer shows it: 16 digits without an end, until the next call. */
const char *http_answer_tag_digits(http_server_t *server, uint64_t tag);

/* The name of a media type, a constant, with its length: most answers have the same. */
text_view_t http_answer_media(http_server_t *server, const char *media);

/* After the handler: frames what it wrote, so that it can be sent. */
void http_answer_frame(http_conn_t *conn);

/* The answer is over: who gave its stream, if it was one, learns it. */
void http_answer_end(http_conn_t *conn);

/* Lets a stream that its reader may not read any longer come to its end. */
void http_answer_check_stream(http_conn_t *conn);

/* Puts a stream's ping into the empty output buffer. */
void http_answer_ping(http_conn_t *conn);

/* Fills the empty output buffer with the next pieces of a generated body.
 * returns   false when the generator cannot go on, but for a stream that waits: our own bug, the connection must end */
bool http_answer_refill(http_conn_t *conn);

#endif
