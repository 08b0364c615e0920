/* http/http_server.h - what all connections of a server share.
 *
 * One struct, filled once by app.c. Two servers (plain and TLS, or two in a test) live side by side.
 * Context: main loop only.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wall_clock.h"
#include "http/http_exchange.h"
#include "http/http_router.h"

/* Whether a request may go on. */
typedef struct {
    uint16_t status;        /* 0: it may; else 400, 401, 403, 429, 503 */
    uint16_t retry_after_s; /* 0: no Retry-After */
    const char *detail;     /* one sentence for people, constant */
    const char *challenge;  /* WWW-Authenticate, constant, at most 100 bytes; NULL: none, not with 401 */
} http_decision_t;

/* One head that was read, and what it meant (http_memo.h). */
typedef struct {
    uint16_t raw_bytes; /* 0: none */
    uint16_t kept;      /* bytes of head in use */
    uint32_t hosts;     /* http_server_t.hosts when the host was found to be ours */
    http_request_t request;
    http_match_t match; /* its views are into head */
    char raw[HTTP_MEMO_BYTES];
    char head[HTTP_MEMO_BYTES];
} http_memo_t;

typedef struct http_server {
    http_router_t router;
    void *app; /* handed to every handler */

    /* Writes the answer for an error that the HTTP core found itself (400, 404, 405 ...). The status is
     * chosen; the writer gives it a body.
     * detail    one constant sentence for people, never NULL */
    void (*write_problem)(http_exchange_t *exchange, unsigned status, const char *detail);

    /* True when a host (without port) of a Host header or an absolute target means this device. Anything
     * else gets 421, which also defeats DNS rebinding. */
    bool (*is_our_host)(void *app, text_view_t host);

    /* Decides from the head alone, before any body is read, and once more when there was one: what it knows may have
     * changed. Not asked for OPTIONS. NULL: everybody may do everything.
     * scope    of the route, never 0 */
    http_decision_t (*authorize)(void *app, http_exchange_t *exchange, uint8_t scope);

    /* True when scripts of a web origin may read our answers (CORS). NULL: none may. An
     * answer depends on Origin as soon as this is set, and says so in Vary.
     * origin   scheme, host and perhaps port, at most HTTP_ORIGIN_BYTES_MAX bytes; never "null" or "*" */
    bool (*allows_origin)(void *app, text_view_t origin);

    /* True when a request for this path that came without TLS is to be repeated with it (308). NULL: none is.
     * path     percent-decoded */
    bool (*wants_tls)(void *app, text_view_t path);

    /* Set with each request that may have changed something, or asked for more than an answer: all but a GET, HEAD or
     * OPTIONS without a token that was answered by what is kept. Cleared by whoever looks what has changed. */
    bool acted;

    uint32_t access_changes; /* counted by whoever changes what authorize decides: streams are asked again */

    const wall_clock_t *clock; /* for Date, which is left out until it is set */

    uint32_t hosts; /* counted by whoever changes what is_our_host says of a host */

    /* State of the core; zero at start. */
    http_memo_t memo;
    struct {
        bool taken[HTTP_BODIES_MAX];
        uint8_t peak;
        char bytes[HTTP_BODIES_MAX][HTTP_BODY_BYTES_MAX + 1]; /* + NUL */
    } bodies;
    struct {
        uint64_t tag; /* the one that text shows, once it shows one */
        char text[16];
    } etag;
    text_view_t media; /* of the last answer: a constant, whose length is counted once */
    struct {
        int64_t next_second; /* after the one that text shows; 0: none yet */
        char text[29];
    } date;
    struct {
        uint32_t requests; /* answered, errors included */
        uint32_t errors_4xx;
        uint32_t errors_5xx;
        struct {
            uint16_t status; /* 0: this entry and all behind it are free */
            uint32_t answers;
        } by_status[HTTP_STATUSES_MAX]; /* in the order in which they were first used */
    } counters;
} http_server_t;

#endif
