#include "net/net_addresses.h"

#include <string.h>

#include "base/log.h"
#include "lwip/acd.h"
#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/prot/autoip.h"

/* lwIP 2.2.1 leaves two gaps between DHCP and link-local addresses:
 * - a lease that arrives while a link-local address is still being probed would be overwritten by it when the
 *   probing ends;
 * - after a lease is lost, a link-local address that was in use before it would never be taken up again,
 *   because autoip still counts as started. */
static void settle_link_local(net_addresses_t *addresses)
{
    const ip4_addr_t *address = netif_ip4_addr(&addresses->eth->netif);
    if (ip4_addr_islinklocal(address)) return;
    bool lost = ip4_addr_isany(address) && addresses->autoip.state == AUTOIP_STATE_BOUND;
    bool overtaken = !ip4_addr_isany(address) && addresses->autoip.state == AUTOIP_STATE_CHECKING;
    if (!lost && !overtaken) return;
    acd_stop(&addresses->autoip.acd);
    autoip_stop(&addresses->eth->netif);
}

static void address_changed(struct netif *netif)
{
    net_addresses_t *addresses = ((netif_eth_t *)netif->state)->addresses;
    char text[NET_IPV4_TEXT_BYTES] = "";
    settle_link_local(addresses);
    if (!ip4_addr_isany(netif_ip4_addr(netif))) ip4addr_ntoa_r(netif_ip4_addr(netif), text, sizeof text);
    if (strcmp(text, addresses->ipv4_text) == 0) return;
    memcpy(addresses->ipv4_text, text, sizeof text);
    if (text[0] == 0) {
        log_info("net", "no IPv4 address");
        return;
    }
    log_info("net", "IPv4 address %s", text);
    /* With conflict detection built in, lwIP announces link-local addresses only. */
    if (netif_is_link_up(netif)) etharp_gratuitous(netif);
}

static void ip4_from(ip4_addr_t *out, const uint8_t bytes[4])
{
    IP4_ADDR(out, bytes[0], bytes[1], bytes[2], bytes[3]);
}

static status_t start_ipv4(net_addresses_t *addresses, const net_config_t *config)
{
    addresses->eth->ipv4_static = config->ipv4_static;
    if (config->ipv4_static) {
        ip4_from(&addresses->address, config->ipv4_address);
        ip4_from(&addresses->netmask, config->ipv4_netmask);
        ip4_from(&addresses->gateway, config->ipv4_gateway);
        netif_set_addr(&addresses->eth->netif, &addresses->address, &addresses->netmask, &addresses->gateway);
        /* There is no setting for it, and on networks small enough for a static address the gateway knows names. */
        ip_addr_t names = IPADDR4_INIT(ip4_addr_get_u32(&addresses->gateway));
        dns_setserver(0, &names);
        dhcp_set_ntp_servers(0, NULL);
        return STATUS_OK;
    }
    return dhcp_start(&addresses->eth->netif) == ERR_OK ? STATUS_OK : STATUS_NO_MEMORY;
}

static bool same_ipv4(const net_addresses_t *addresses, const net_config_t *config)
{
    if (addresses->eth->ipv4_static != config->ipv4_static) return false;
    return !config->ipv4_static || (memcmp(&addresses->address, config->ipv4_address, 4) == 0 &&
                                    memcmp(&addresses->netmask, config->ipv4_netmask, 4) == 0 &&
                                    memcmp(&addresses->gateway, config->ipv4_gateway, 4) == 0);
}

/* lwIP ends the connections of an address that goes. It is taken away first, also from DHCP's hands, so that no
 * late lease or probe puts the old one back. */
void net_addresses_configure(net_addresses_t *addresses, const net_config_t *config)
{
    if (same_ipv4(addresses, config)) return;
    if (!addresses->eth->ipv4_static) {
        dhcp_release_and_stop(&addresses->eth->netif);
        autoip_stop(&addresses->eth->netif);
    }
    netif_set_addr(&addresses->eth->netif, IP4_ADDR_ANY4, IP4_ADDR_ANY4, IP4_ADDR_ANY4);
    if (start_ipv4(addresses, config) != STATUS_OK) log_error("net", "no memory for DHCP");
}

status_t net_addresses_open(net_addresses_t *addresses, netif_eth_t *eth, const net_config_t *config)
{
    struct netif *netif = &eth->netif;
    addresses->eth = eth;
    eth->addresses = addresses;
    netif->output_ip6 = ethip6_output;
    netif_set_status_callback(netif, address_changed);
    dhcp_set_struct(netif, &addresses->dhcp);
    autoip_set_struct(netif, &addresses->autoip);
    netif_set_up(netif);
    netif_create_ip6_linklocal_address(netif, 1);
    netif_set_ip6_autoconfig_enabled(netif, 1);
    netif_eth_check_link(eth);
    return start_ipv4(addresses, config);
}
