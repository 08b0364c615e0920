/* net/net_out.h - the connection that the device opens itself: client/client_link.h on lwIP's DNS and raw TCP.
 *
 * There is one: those who ask others take turns (sources). Its deadlines are those of who opened it.
 *
 * Context: main loop only, between two calls of net_poll.
 */
#ifndef NET_NET_OUT_H
#define NET_NET_OUT_H

#include "client/client_link.h"
#include "config/limits.h"
#include "lwip/ip_addr.h"
#include "lwip/tcp.h"
#include "tls/tls_outgoing.h"

typedef struct {
    client_link_state_t state;
    client_link_fault_t fault;
    char host[CLIENT_HOST_BYTES];
    uint16_t port;
    uint32_t lookup; /* number of the latest one: an answer to another is late */
    struct tcp_pcb *pcb;
    struct pbuf *pending; /* came in, not taken yet */
    bool peer_closed;

    bool secure, ended;       /* TLS; which has told that nothing more comes */
    tls_outgoing_t *outgoing; /* NULL: no TLS */
    tls_conn_t tls;
} net_out_t;

/* outgoing  borrowed for the life of the firmware; NULL: https is not possible */
void net_out_use_tls(tls_outgoing_t *outgoing);

/* The contract's functions for the one connection. */
client_link_t net_out_link(void);

#endif
