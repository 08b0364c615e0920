/* client/client_response.h - an answer by HTTP/1.1, as its bytes come (RFC 9112).
 *
 * Sans-I/O: bytes in, the body's bytes out through a function. However the bytes are cut, the same comes out. What the
 * head says is there when the phase is CLIENT_BODY or later.
 *
 * Strict where a lax reader would be a hole: no folded lines, no length that differs from another, no transfer coding
 * but chunked, no content coding. Interim answers (1xx) are passed over.
 *
 * Memory:  client_response_t, the caller's; no allocation.
 * Context: anywhere.
 */
#ifndef CLIENT_CLIENT_RESPONSE_H
#define CLIENT_CLIENT_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/limits.h"

typedef enum {
    CLIENT_HEAD,   /* more of the head is to come */
    CLIENT_BODY,   /* the head is complete, more of the body is to come */
    CLIENT_DONE,   /* all of it was there */
    CLIENT_FAILED, /* it is none, or one that we do not take: see fault */
} client_phase_t;

typedef enum {
    CLIENT_FAULT_NONE,
    CLIENT_FAULT_SYNTAX, /* not HTTP/1.x */
    CLIENT_FAULT_HEAD_SIZE, /* a head of more than CLIENT_HEAD_BYTES_MAX, or more than CLIENT_INTERIM_MAX interim ones */
    CLIENT_FAULT_CODING,    /* a transfer or content coding that was not asked for */
    CLIENT_FAULT_TRUNCATED, /* it ended too early */
} client_fault_t;

/* Takes a piece of the body. */
typedef void (*client_body_t)(void *context, const char *bytes, size_t count);

typedef struct {
    client_phase_t phase;
    client_fault_t fault;
    uint16_t status;                 /* of the final answer, once its head is complete */
    char etag[CLIENT_ETAG_BYTES];    /* with its quotes, as it came; "": none, or a longer one */
    char location[CLIENT_URL_BYTES]; /* "": none */
    bool location_too_long;
    uint32_t retry_after_s; /* 0: none, or a date */
    uint64_t body_bytes;    /* taken so far, without framing */

    /* Of client_response.c. */
    client_body_t take;
    void *context;
    uint8_t state;
    uint8_t interim;
    bool chunked, has_length, line_cut;
    uint16_t line_bytes;
    uint32_t head_bytes, overhead_bytes;
    uint64_t left; /* of the body or the chunk */
    char line[CLIENT_LINE_BYTES];
} client_response_t;

/* take      gets the body of whatever status, with context; nothing of framing */
void client_response_begin(client_response_t *response, client_body_t take, void *context);

/* Takes all that there is, until the answer is done or has failed: what comes behind is not looked at. */
void client_response_feed(client_response_t *response, const char *bytes, size_t count);

/* The peer has ended: the answer is done, if that was its end, or has failed. */
void client_response_end(client_response_t *response);

#endif
