#include "net/netif_eth.h"

#include <string.h>

#include "base/log.h"
#include "config/limits.h"
#include "hal/eth.h"
#include "lwip/acd.h"
#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/prot/autoip.h"
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

/* ---- Link and addresses ----------------------------------------------------------------------------- */

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

/* lwIP 2.2.1 leaves two gaps between DHCP and link-local addresses:
 * - a lease that arrives while a link-local address is still being probed would be overwritten by it when the
 *   probing ends;
 * - after a lease is lost, a link-local address that was in use before it would never be taken up again,
 *   because autoip still counts as started. */
static void settle_link_local(netif_eth_t *eth)
{
    const ip4_addr_t *address = netif_ip4_addr(&eth->netif);
    if (ip4_addr_islinklocal(address)) return;
    bool lost = ip4_addr_isany(address) && eth->autoip.state == AUTOIP_STATE_BOUND;
    bool overtaken = !ip4_addr_isany(address) && eth->autoip.state == AUTOIP_STATE_CHECKING;
    if (!lost && !overtaken) return;
    acd_stop(&eth->autoip.acd);
    autoip_stop(&eth->netif);
}

static void address_changed(struct netif *netif)
{
    netif_eth_t *eth = netif->state;
    char text[NET_IPV4_TEXT_BYTES] = "";
    settle_link_local(eth);
    if (!ip4_addr_isany(netif_ip4_addr(netif))) ip4addr_ntoa_r(netif_ip4_addr(netif), text, sizeof text);
    if (strcmp(text, eth->ipv4_text) == 0) return;
    memcpy(eth->ipv4_text, text, sizeof text);
    if (text[0] == 0) {
        log_info("net", "no IPv4 address");
        return;
    }
    log_info("net", "IPv4 address %s", text);
    /* With conflict detection built in, lwIP announces link-local addresses only. */
    if (netif_is_link_up(netif)) etharp_gratuitous(netif);
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
    netif->output_ip6 = ethip6_output;
    netif->linkoutput = send_frame;
    return ERR_OK;
}

static void ip4_from(ip4_addr_t *out, const uint8_t bytes[4])
{
    IP4_ADDR(out, bytes[0], bytes[1], bytes[2], bytes[3]);
}

static status_t start_ipv4(netif_eth_t *eth, const net_config_t *config)
{
    eth->ipv4_static = config->ipv4_static;
    if (config->ipv4_static) {
        ip4_from(&eth->address, config->ipv4_address);
        ip4_from(&eth->netmask, config->ipv4_netmask);
        ip4_from(&eth->gateway, config->ipv4_gateway);
        netif_set_addr(&eth->netif, &eth->address, &eth->netmask, &eth->gateway);
        /* There is no setting for it, and on networks small enough for a static address the gateway knows names. */
        ip_addr_t names = IPADDR4_INIT(ip4_addr_get_u32(&eth->gateway));
        dns_setserver(0, &names);
        dhcp_set_ntp_servers(0, NULL);
        return STATUS_OK;
    }
    return dhcp_start(&eth->netif) == ERR_OK ? STATUS_OK : STATUS_NO_MEMORY;
}

static bool same_ipv4(const netif_eth_t *eth, const net_config_t *config)
{
    if (eth->ipv4_static != config->ipv4_static) return false;
    return !config->ipv4_static || (memcmp(&eth->address, config->ipv4_address, 4) == 0 &&
                                    memcmp(&eth->netmask, config->ipv4_netmask, 4) == 0 &&
                                    memcmp(&eth->gateway, config->ipv4_gateway, 4) == 0);
}

/* lwIP ends the connections of an address that goes. It is taken away first, also from DHCP's hands, so that no
 * late lease or probe puts the old one back. */
void netif_eth_configure(netif_eth_t *eth, const net_config_t *config)
{
    if (same_ipv4(eth, config)) return;
    if (!eth->ipv4_static) {
        dhcp_release_and_stop(&eth->netif);
        autoip_stop(&eth->netif);
    }
    netif_set_addr(&eth->netif, IP4_ADDR_ANY4, IP4_ADDR_ANY4, IP4_ADDR_ANY4);
    if (start_ipv4(eth, config) != STATUS_OK) log_error("net", "no memory for DHCP");
}

status_t netif_eth_open(netif_eth_t *eth, const net_config_t *config)
{
    struct netif *netif = &eth->netif;
    memcpy(netif->hwaddr, config->mac, ETH_HWADDR_LEN);
    if (!netif_add_noaddr(netif, eth, init_netif, ethernet_input)) return STATUS_NO_MEMORY;
    netif_set_default(netif);
    netif_set_hostname(netif, config->host_name);
    netif_set_status_callback(netif, address_changed);
    dhcp_set_struct(netif, &eth->dhcp);
    autoip_set_struct(netif, &eth->autoip);
    netif_set_up(netif);
    netif_create_ip6_linklocal_address(netif, 1);
    netif_set_ip6_autoconfig_enabled(netif, 1);
    netif_eth_check_link(eth);
    return start_ipv4(eth, config);
}
