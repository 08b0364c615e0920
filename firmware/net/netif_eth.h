/* net/netif_eth.h - lwIP's network interface over hal_eth: frames and the carrier. Private to net.
 *
 * Context: main loop only.
 */
#ifndef NET_NETIF_ETH_H
#define NET_NETIF_ETH_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/status.h"
#include "lwip/netif.h"

typedef struct {
    struct netif netif;
    void *addresses;        /* of whoever gives it some, for lwIP's callbacks */
    bool ipv4_static;       /* has an address of which nobody else tells: announced when a carrier comes */
    bool tx_busy;           /* a frame was refused for lack of room since the last look */
    bool rx_starved;        /* a frame was lost for lack of buffers since the last look */
    uint32_t rx_no_buffers; /* frames lost that way */
} netif_eth_t;

/* Makes the open hal_eth an interface of lwIP, which is not up yet. Called once, after lwip_init.
 * eth         the caller's, alive as long as the firmware
 * host_name   sent with DHCP; alive as long
 * returns     STATUS_OK, STATUS_NO_MEMORY (a pool is too small for the interface) */
status_t netif_eth_open(netif_eth_t *eth, const uint8_t mac[6], const char *host_name);

/* Takes one received frame into the stack.
 * returns   false when there was none */
bool netif_eth_receive(netif_eth_t *eth);

/* Tells the stack about a carrier that came or went. */
void netif_eth_check_link(netif_eth_t *eth);

#endif
