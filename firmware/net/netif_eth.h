/* net/netif_eth.h - lwIP's network interface over hal_eth, and how it gets its addresses.
 *
 * Context: main loop only.
 */
#ifndef NET_NETIF_ETH_H
#define NET_NETIF_ETH_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/status.h"
#include "lwip/autoip.h"
#include "lwip/dhcp.h"
#include "lwip/netif.h"
#include "net/net.h"

typedef struct {
    struct netif netif;
    struct dhcp dhcp;
    struct autoip autoip;
    bool ipv4_static;
    ip4_addr_t address, netmask, gateway; /* only when ipv4_static */
    bool tx_busy;                         /* a frame was refused for lack of room since the last look */
    bool rx_starved;                      /* a frame was lost for lack of buffers since the last look */
    uint32_t rx_no_buffers;               /* frames lost that way */
    char ipv4_text[NET_IPV4_TEXT_BYTES];  /* of the address, "" for none */
} netif_eth_t;

/* Brings the interface up on the open hal_eth; addresses follow in their time. Called once, after lwip_init.
 * eth       the caller's, alive as long as the firmware
 * returns   STATUS_OK, STATUS_NO_MEMORY (a pool is too small for the interface) */
status_t netif_eth_open(netif_eth_t *eth, const net_config_t *config);

/* Another IPv4 address or way to get one, and another host name; nothing when they are as before.
 * config    as for net_configure */
void netif_eth_configure(netif_eth_t *eth, const net_config_t *config);

/* Takes one received frame into the stack.
 * returns   false when there was none */
bool netif_eth_receive(netif_eth_t *eth);

/* Tells the stack about a carrier that came or went. */
void netif_eth_check_link(netif_eth_t *eth);

#endif
