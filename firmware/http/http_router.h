/* http/http_router.h - the table of resources, and finding the line for a request.
 *
 * A pattern is a path whose segments are literal or "{name}", which binds one non-empty segment. Lines with
 * the same pattern stand next to each other, one a method; no two patterns match the same path. HEAD comes with
 * GET and OPTIONS with every resource, so neither stands in the table.
 *
 * Context: main loop only.
 */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include <stddef.h>
#include <stdint.h>

#include "http/http_request.h"

typedef struct http_exchange http_exchange_t;

/* Answers one request: parses its input, asks the domain, writes exactly one answer (http_exchange.h).
 * app       what http_server_t.app points to */
typedef void (*http_handler_t)(http_exchange_t *exchange, void *app);

typedef struct {
    http_method_t method;
    const char *pattern;
    http_handler_t handler;
    uint8_t scope;           /* what the server's authorize is asked for; 0: everybody may */
    uint16_t body_bytes_max; /* 0: the method takes no body here, and one that comes is read and ignored */
} http_route_t;

typedef struct {
    const http_route_t *routes;
    size_t route_count;
    size_t
        latest; /* the first line of the resource that was found last: who asks again finds it at once. 0 to begin with */
} http_router_t;

typedef struct {
    const http_route_t *route; /* NULL: no line for this method, see allowed */
    uint8_t allowed;           /* http_method_t bits of the resource; 0: no such resource */
    uint8_t param_count;
    text_view_t params[HTTP_PATH_PARAMS_MAX]; /* views into path */
} http_match_t;

/* path      percent-decoded, alive as long as the match is used */
http_match_t http_router_find(http_router_t *router, http_method_t method, text_view_t path);

#endif
