/* net/mdns.h - the device's name and services on the link: multicast DNS (RFC 6762), DNS-SD (RFC 6763).
 *
 * By lwIP's responder. What it leaves open is done here:
 * - a name that somebody else has gets a number, -2 and so on, for host and services alike;
 * - services that go, with the name or with the device, say so (section 10.1);
 * - messages that claim more records than they can hold are dropped: lwIP would read the same bytes 65535 times;
 * - an answer to one asker that could not be sent is forgotten: lwIP would wait for it for ever, and answer nobody
 *   else by unicast.
 * Known and left: no NSEC records; a question within a second of the last answer is not answered; nothing is said on a
 * link without IPv4 address (there always is a link-local one).
 *
 * Memory: lwIP's heap and its pool of stored questions. Context: main loop only.
 */
#ifndef NET_MDNS_H
#define NET_MDNS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/limits.h"
#include "lwip/netif.h"
#include "lwip/udp.h"
#include "net/net.h"

typedef struct {
    struct netif *netif; /* NULL: not open */
    const net_service_t *services;
    size_t service_count;
    uint16_t service_port;
    udp_recv_fn receive;              /* lwIP's */
    char wanted[NET_HOST_NAME_BYTES]; /* as configured */
    char name[NET_HOST_NAME_BYTES];   /* in effect */
    uint32_t names;                   /* how many were in effect until now, and this one */
    unsigned number;                  /* behind the name, 0 for none */
    bool conflict;                    /* somebody has the name */
    unsigned conflicts;               /* in a row */
    uint64_t conflict_ms;             /* when the latest one was */
    uint64_t rename_ms;               /* when to answer it by another name */
    uint64_t unicast_since_ms;        /* an answer by unicast has been waiting since then; 0: none */
} net_mdns_t;

/* Starts the responder. Called once, after the interface is open.
 * mdns      the caller's, zeroed, alive as long as the firmware; there is one, because lwIP calls back without context
 * config    host_name, services and service_port are looked at
 * returns   STATUS_OK, STATUS_NO_MEMORY (lwipopts.h has too little for it) */
status_t net_mdns_open(net_mdns_t *mdns, struct netif *netif, const net_config_t *config);

/* Takes another host name and other services; nothing when name and port are as before. Where services were announced
 * there must be some again. */
void net_mdns_configure(net_mdns_t *mdns, const net_config_t *config);

/* Values of TXT records have changed. */
void net_mdns_announce(net_mdns_t *mdns);

/* Says that the services are no longer there. */
void net_mdns_farewell(net_mdns_t *mdns);

/* Answers conflicts.
 * returns   when it wants to be called next */
uint64_t net_mdns_poll(net_mdns_t *mdns, uint64_t now_ms);

#endif
