/* client/client_link.h - a connection that the device opens: what those who ask others know of it.
 *
 * The network implements it (net/net_out.h). There is one at a time; whoever opens it closes it, whatever became of it.
 *
 * Context: main loop only. Nothing blocks: whoever opened it looks at it again when the network has moved.
 */
#ifndef CLIENT_CLIENT_LINK_H
#define CLIENT_CLIENT_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

typedef enum {
    CLIENT_LINK_CLOSED,
    CLIENT_LINK_OPENING, /* looks the name up, connects, shakes hands */
    CLIENT_LINK_BUSY,    /* the same, and has more to compute: look again at once */
    CLIENT_LINK_OPEN,
    CLIENT_LINK_ENDED,  /* the peer has ended in an orderly way, and all that it sent was taken */
    CLIENT_LINK_FAILED, /* see fault */
} client_link_state_t;

typedef enum {
    CLIENT_LINK_NO_FAULT,
    CLIENT_LINK_NO_NETWORK, /* the device has no address, or no link */
    CLIENT_LINK_NO_NAME,    /* nobody knows the host's address */
    CLIENT_LINK_REFUSED,    /* nobody listens there, or there is no way */
    CLIENT_LINK_RESET,      /* the peer broke off */
    CLIENT_LINK_NO_MEMORY,
    CLIENT_LINK_NO_TLS,      /* this device speaks no TLS as a client */
    CLIENT_LINK_NO_CLOCK,    /* it does not know the time, by which certificates are judged */
    CLIENT_LINK_NO_ANCHOR,   /* it has been told nobody to trust */
    CLIENT_LINK_UNTRUSTED,   /* the server's certificate leads to none of those */
    CLIENT_LINK_WRONG_NAME,  /* it is for another host */
    CLIENT_LINK_NOT_VALID,   /* it is over, or has not begun */
    CLIENT_LINK_UNSUPPORTED, /* it is of another kind, or nothing is spoken by both */
} client_link_fault_t;

/* Where to, and how. Copied. */
typedef struct {
    text_view_t host; /* a name or an address; less than CLIENT_HOST_BYTES */
    uint16_t port;
    bool secure; /* TLS */
} client_link_target_t;

typedef struct {
    void *context;
    /* Begins to open it. What goes wrong is told by state. Only while it is closed. */
    void (*open)(void *context, const client_link_target_t *target);
    /* fault     set when it has failed */
    client_link_state_t (*state)(void *context, client_link_fault_t *fault);
    /* Both return how many bytes they took or gave, perhaps none; only while it is open. */
    size_t (*send)(void *context, const char *bytes, size_t count);
    size_t (*receive)(void *context, char *bytes, size_t count);
    /* At any time. What the peer has not been sent yet is lost. */
    void (*close)(void *context);
} client_link_t;

#endif
