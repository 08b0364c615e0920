/* net/net_state.h - everything the network layer keeps, besides what lwIP has for itself. Private to net.
 *
 * There is one, because lwIP is one and calls back without a context (sys_now).
 */
#ifndef NET_NET_STATE_H
#define NET_NET_STATE_H

#include "net/http_tcp.h"
#include "net/mdns.h"
#include "net/net_addresses.h"
#include "net/net_out.h"
#include "net/sntp.h"

typedef struct {
    bool open; /* net_init succeeded */
    const char *host_name;
    uint64_t now_ms;        /* of the running net_poll; all of lwIP sees this moment */
    uint64_t chores_ms;     /* when what is not about frames is due; 0: at once */
    uint64_t link_check_ms; /* when to look at the carrier again */
    netif_eth_t eth;
    net_addresses_t addresses;
    http_tcp_t http, https;
    http_tcp_slot_t http_slots[HTTP_CONNECTIONS_MAX], https_slots[HTTPS_CONNECTIONS_MAX];
    http_tls_t https_tls[HTTPS_CONNECTIONS_MAX];
    net_mdns_t mdns;
    net_sntp_t sntp;
    net_out_t out;
} net_state_t;

extern net_state_t net_state;

#endif
