/* http/http_exchange.h - one request and its answer, as an endpoint sees them.
 *
 * An endpoint reads the request, then calls exactly one of the http_respond functions. Header setters come
 * before it. Views that are returned live until the handler returns; a generator that needs them later copies
 * them.
 *
 * Context: inside a handler or a generator.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "http/http_request.h"
#include "http/http_router.h"

/* ---- The request ------------------------------------------------------------------------------------ */

http_method_t http_method(const http_exchange_t *ex);

/* The percent-decoded path. */
text_view_t http_path(const http_exchange_t *ex);

/* What the index-th {name} of the route's pattern matched, percent-decoded. */
text_view_t http_path_param(const http_exchange_t *ex, unsigned index);

/* Whether a query parameter is there, if only to be refused. */
bool http_has_query(const http_exchange_t *ex, const char *name);

/* Finds a query parameter and decodes it (percent and '+').
 * value     the caller's, value_bytes long; NUL-terminated when true comes back
 * returns   false when there is none, when it does not fit, or when its encoding is broken */
bool http_query(const http_exchange_t *ex, const char *name, char *value, size_t value_bytes);

/* The value of a field that may stand once; count 0 when it is absent or empty. */
text_view_t http_field(const http_exchange_t *ex, http_field_name_t name);

/* The host and port by which the client calls us (Host, or an absolute target): one that is ours, in the grammar of
 * RFC 3986 section 3.2; empty when an HTTP/1.0 client names none. Lives as long as the answer, also for a generator. */
text_view_t http_authority(const http_exchange_t *ex);

/* The other end of the connection. */
const http_peer_t *http_peer(const http_exchange_t *ex);

/* Milliseconds since reset, when the request was complete. */
uint64_t http_now_ms(const http_exchange_t *ex);

/* The request's body, NUL behind it; empty when there was none. */
text_view_t http_body(const http_exchange_t *ex);

/* Which of the media types that a resource can give the client likes best (RFC 9110 section 12.5.1). Sets
 * Vary: Accept.
 * offers    media types in lower case without parameters, the server's favourite first
 * returns   an index into offers, or -1 when none is acceptable: answer 406 */
int http_negotiate(http_exchange_t *ex, const char *const offers[], size_t offer_count);

/* Asks the server's authorize for a scope beyond the route's.
 * returns   true when it was refused, and that is answered */
bool http_respond_if_refused(http_exchange_t *ex, uint8_t scope);

/* ---- Headers of the answer: before the http_respond call ---------------------------------------------- */

/* Sets a strong entity tag made of 64 bits. The tag must differ whenever the answer's bytes do. */
void http_set_etag(http_exchange_t *ex, uint64_t tag);

/* True when If-None-Match holds the tag set before, or "*". GET and HEAD have nothing to send then:
 * http_respond_empty(ex, 304); any other method must not go on: 412 (RFC 9110 section 13.1.2). */
bool http_client_has_it(const http_exchange_t *ex);

typedef enum {
    HTTP_PRECONDITION_NONE, /* no If-Match */
    HTTP_PRECONDITION_HOLDS,
    HTTP_PRECONDITION_FAILED, /* answer 412 */
} http_precondition_t;

/* If-Match (RFC 9110 section 13.1.1) against a strong tag. To be asked before If-None-Match (section 13.2.2). What
 * is malformed names no tag.
 * mask      which nibbles of the tag count: UINT64_MAX for all. A resource of which a part changes by itself keeps
 *           that part's digest in the others. */
http_precondition_t http_if_match(const http_exchange_t *ex, uint64_t tag, uint64_t mask);

/* Allow: of a 405 or an OPTIONS answer. */
void http_set_allow(http_exchange_t *ex, uint8_t methods);

/* Retry-After in seconds. */
void http_set_retry_after(http_exchange_t *ex, uint16_t seconds);

/* Location: of a 201, 202 or 3xx. Borrowed until the http_respond call. */
void http_set_location(http_exchange_t *ex, const char *location);

/* Link with rel="next" (RFC 8288): where the following page is.
 * target    a reference without '>'; borrowed until the http_respond call; NULL: none */
void http_set_link_next(http_exchange_t *ex, const char *target);

/* Ends the connection after this answer. */
void http_close_after(http_exchange_t *ex);

/* ---- The answer --------------------------------------------------------------------------------------- */

/* Answers with a JSON body that fits the output buffer whole.
 * media     the Content-Type, a constant
 * returns   the writer for the body; what is written until the handler returns is sent */
json_writer_t *http_respond_json(http_exchange_t *ex, unsigned status, const char *media);

/* Answers without a body: 204, 304, or an empty 200. */
void http_respond_empty(http_exchange_t *ex, unsigned status);

typedef enum {
    HTTP_MORE, /* wrote something and has more: call again */
    HTTP_DONE, /* wrote the last piece */
    HTTP_WAIT, /* wrote nothing and has nothing now: only of a stream's */
} http_produced_t;

/* Writes the next piece of a body of any length. Called whenever there is room; when the piece does not fit,
 * everything it did to json and state is undone and it is called again with an empty buffer, so a piece must
 * fit HTTP_OUTPUT_BYTES less a head (1,400 bytes are safe), and a generator changes nothing but json and state.
 * state     four words for its position, zero at first */
typedef http_produced_t (*http_generator_t)(http_exchange_t *ex, void *app, json_writer_t *json,
                                            uint32_t state[4]);

/* What the state of the next answer's generator begins with, instead of zeros. Before http_respond_generated. */
void http_set_generator_state(http_exchange_t *ex, const uint32_t state[4]);

/* Answers with a body from a generator. When the whole fits the output buffer it goes out with a
 * Content-Length, else chunked (closed by the end of the connection for HTTP/1.0). */
void http_respond_generated(http_exchange_t *ex, unsigned status, const char *media,
                            http_generator_t generator);

/* An answer without an end: pieces are sent as they come, and the connection serves nothing else; what the peer still
 * sends is read and forgotten. It ends with the connection, when the peer closes its direction or takes nothing, or when it may not read it any longer. */
typedef struct {
    /* As any other; after HTTP_WAIT it is called again when the connection is woken (http_conn_wake). A piece that
     * does not fit (json_overflowed) has not been sent: whatever else it changes, it changes only after it looked. */
    http_generator_t generator;

    /* The stream is over: state is the generator's. Called once for each http_respond_stream. */
    void (*end)(void *app, const uint32_t state[4]);

    const char
        *ping;     /* sent when there was nothing for HTTP_STREAM_PING_MS: a constant of at most 16 bytes */
    uint8_t scope; /* what authorize is asked for again when the server's access_changes differs; 0: never */
} http_stream_t;

/* stream    a constant
 * begin     the generator's state[0] */
void http_respond_stream(http_exchange_t *ex, const char *media, const http_stream_t *stream, uint32_t begin);

#endif
