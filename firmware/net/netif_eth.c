#include "net/netif_eth.h"

#include <string.h>

#include "base/log.h"
#include "config/limits.h"
#include "hal/eth.h"
#include "lwip/etharp.h"
#include "netif/ethernet.h"

_Static_assert(ETH_PAD_SIZE == HAL_ETH_PAD_BYTES, "lwIP and hal_eth must agree on the padding");

#define MTU_BYTES 1500

/* A segment is a header and what was queued in pieces for it; an echo answer is the chain that was received. */
#define SLICES_MAX (TCP_SND_QUEUELEN + 2)

/* ---- Frames ----------------------------------------------------------------------------------------- */

static err_t send_frame(struct netif *netif, struct pbuf *p)
{
    netif_eth_t *eth = netif->state;
    hal_eth_slice_t slices[SLICES_MAX];
    size_t count = 0;
    /* lwIP leads its frames by the padding, the wire does not know it. */
    size_t padding = ETH_PAD_SIZE;
    const struct pbuf *q = p;
    do {
        if (count == SLICES_MAX) return ERR_BUF;
        slices[count].bytes = (const uint8_t *)q->payload + padding;
        slices[count].count = q->len - padding;
        padding = 0;
        count++;
        q = q->next;
    } while (q);
    switch (hal_eth_send(slices, count, (size_t)p->tot_len - ETH_PAD_SIZE)) {
    case STATUS_OK: return ERR_OK;
    case STATUS_BUSY: eth->tx_busy = true; return ERR_MEM;
    default: return ERR_IF;
    }
}

bool netif_eth_receive(netif_eth_t *eth)
{
    size_t bytes = hal_eth_pending();
    if (bytes == 0) return false;
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)(bytes + ETH_PAD_SIZE), PBUF_POOL);
    if (!p) {
        hal_eth_discard();
        eth->rx_no_buffers++;
        eth->rx_starved = true;
        return true;
    }
    hal_eth_span_t spans[NET_PBUFS_PER_FRAME];
    size_t count = 0;
    for (const struct pbuf *q = p; q; q = q->next) {
        spans[count].bytes = q->payload;
        spans[count].count = (q->len + 3u) & ~3u; /* the buffer behind a last, shorter part is ours as well */
        count++;
    }
    hal_eth_receive(spans, count);
    ethernet_input(p, &eth->netif);
    return true;
}

/* ---- Link ----------------------------------------------------------------------------- */

void netif_eth_check_link(netif_eth_t *eth)
{
    bool up = hal_eth_link_up();
    if (up == (bool)netif_is_link_up(&eth->netif)) return;
    log_info("net", "link %s", up ? "up" : "down");
    if (up)
        netif_set_link_up(&eth->netif);
    else
        netif_set_link_down(&eth->netif);
    if (up && eth->ipv4_static) etharp_gratuitous(&eth->netif);
}

static err_t init_netif(struct netif *netif)
{
    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->mtu = MTU_BYTES;
    netif->hwaddr_len = ETH_HWADDR_LEN;
    netif->flags =
        NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
    netif->output = etharp_output;
    netif->linkoutput = send_frame;
    return ERR_OK;
}

status_t netif_eth_open(netif_eth_t *eth, const uint8_t mac[6], const char *host_name)
{
    struct netif *netif = &eth->netif;
    memcpy(netif->hwaddr, mac, ETH_HWADDR_LEN);
    if (!netif_add_noaddr(netif, eth, init_netif, ethernet_input)) return STATUS_NO_MEMORY;
    netif_set_default(netif);
    netif_set_hostname(netif, host_name);
    return STATUS_OK;
}
