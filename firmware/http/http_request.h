/* http/http_request.h - one request as the head parser leaves it.
 *
 * Context: anywhere; plain data.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "config/limits.h"

/* Methods are bits, so that a set of them (Allow) is one word. */
typedef enum {
    HTTP_GET = 1 << 0,
    HTTP_HEAD = 1 << 1,
    HTTP_OPTIONS = 1 << 2,
    HTTP_POST = 1 << 3,
    HTTP_PUT = 1 << 4,
    HTTP_PATCH = 1 << 5,
    HTTP_DELETE = 1 << 6,
} http_method_t;

/* Fields whose values are kept; all others are checked for their grammar and forgotten. */
typedef enum { /* by the length of the name */
               HTTP_FIELD_HOST,
               HTTP_FIELD_ACCEPT,
               HTTP_FIELD_EXPECT,
               HTTP_FIELD_ORIGIN,
               HTTP_FIELD_IF_MATCH,
               HTTP_FIELD_CONNECTION,
               HTTP_FIELD_CONTENT_TYPE,
               HTTP_FIELD_IF_NONE_MATCH,
               HTTP_FIELD_AUTHORIZATION,
               HTTP_FIELD_LAST_EVENT_ID,
               HTTP_FIELD_CONTENT_LENGTH,
               HTTP_FIELD_IDEMPOTENCY_KEY,
               HTTP_FIELD_TRANSFER_ENCODING,
               HTTP_FIELD_ACCESS_CONTROL_REQUEST_METHOD,
               HTTP_FIELD_COUNT
} http_field_name_t;

/* A view into the connection's head buffer. Positions instead of pointers halve its size. */
typedef struct {
    uint16_t start;
    uint16_t count;
} http_span_t;

typedef struct {
    uint8_t name; /* http_field_name_t */
    http_span_t value;
} http_field_t;

/* Who is on the other end: an IPv6 address, or an IPv4 address mapped into one (RFC 4291 section 2.5.5.2). */
typedef struct {
    uint8_t address[16];
    bool secure; /* nobody in between reads or changes what is said (TLS) */
    const char *
        client_unit; /* as the client's certificate says, alive as long as the connection; NULL or "": nothing */
    uint32_t client_epoch; /* of the authority that signed it */
} http_peer_t;

typedef struct {
    http_method_t method;
    uint8_t version_minor;  /* of HTTP/1: 0 or 1 */
    bool keep_alive;        /* the peer allows another request on this connection */
    bool expect_continue;   /* it waits for 100 before it sends the body */
    bool asterisk;          /* OPTIONS *: about the server, not a resource */
    bool chunked;           /* the body is chunked; content_bytes is not known */
    bool has_content;       /* a body follows, possibly an empty chunked one */
    uint32_t content_bytes; /* Content-Length; UINT32_MAX for anything longer */
    http_span_t path;       /* percent-decoded, NUL behind it */
    http_span_t query;      /* still encoded, without '?' */
    http_span_t authority;  /* Host, or the authority of an absolute-form target, which overrides it */
    uint16_t fields_seen;   /* bit n: there is one of http_field_name_t n */
    uint8_t field_count;
    http_field_t fields[HTTP_FIELDS_MAX];
} http_request_t;

#endif
