/* net/net_addresses.h - how lwIP's network interface gets its addresses: IPv4 by DHCP with a link-local address when
 * nobody answers, or given; IPv6 by router advertisements. Private to net.
 *
 * Context: main loop only.
 */
#ifndef NET_NET_ADDRESSES_H
#define NET_NET_ADDRESSES_H

#include "lwip/autoip.h"
#include "lwip/dhcp.h"
#include "net/net.h"
#include "net/netif_eth.h"

typedef struct {
    netif_eth_t *eth;
    struct dhcp dhcp;
    struct autoip autoip;
    ip4_addr_t address, netmask, gateway; /* only while eth->ipv4_static */
    char ipv4_text[NET_IPV4_TEXT_BYTES];  /* of the address, "" for none */
} net_addresses_t;

/* Brings the interface up; addresses follow in their time. Called once, after netif_eth_open.
 * addresses   the caller's, alive as long as the firmware
 * eth         borrowed as long
 * returns     STATUS_OK, STATUS_NO_MEMORY (a pool is too small for the interface) */
status_t net_addresses_open(net_addresses_t *addresses, netif_eth_t *eth, const net_config_t *config);

/* Another IPv4 address or way to get one; nothing when they are as before.
 * config    as for net_configure */
void net_addresses_configure(net_addresses_t *addresses, const net_config_t *config);

#endif
