/* client/client_url.h - addresses of what the device asks others for: http and https, RFC 3986 and RFC 9110 section 4.2.
 *
 * Context: anywhere. Time: one pass.
 */
#ifndef CLIENT_CLIENT_URL_H
#define CLIENT_CLIENT_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "config/limits.h"

/* Views of the text that was parsed. */
typedef struct {
    bool secure;           /* https */
    uint16_t port;         /* 80 or 443 where the text has none */
    text_view_t host;      /* a name or an address, an IPv6 one without brackets */
    text_view_t authority; /* as the field Host wants it */
    text_view_t target;    /* path and query; may be empty or begin with '?', then a '/' goes before it */
} client_url_t;

/* What is not taken: user information (secrets do not belong into addresses), fragments (nobody would get them), zones of
 * IPv6 addresses, characters that RFC 3986 does not allow, hosts of CLIENT_HOST_BYTES and more, port 0.
 * returns   false: it is none of ours */
bool client_url_parse(text_view_t text, client_url_t *url);

/* What a Location means beside the address that was asked (RFC 3986 section 5.2). A fragment is dropped; a path with
 * dot segments is not taken.
 * resolved  written with a NUL behind
 * returns   false: none of ours, or longer than bytes */
bool client_url_resolve(const client_url_t *base, text_view_t location, char *resolved, size_t bytes);

/* Whether secrets for one may be told to the other: scheme, host and port are the same. */
bool client_url_same_origin(const client_url_t *a, const client_url_t *b);

#endif
