#include <string.h>

#include "base/text.h"
#include "hal/eth.h"
#include "lwip/ip6_addr.h"
#include "lwip/memp.h"
#include "lwip/priv/memp_priv.h"
#include "lwip/stats.h"
#include "net/net.h"
#include "net/net_state.h"

_Static_assert(NET_IPV6_ADDRESSES_MAX == LWIP_IPV6_NUM_ADDRESSES, "net.h and lwipopts.h must agree");

/* ---- Addresses -------------------------------------------------------------------------------------- */

static net_ipv4_mode_t ipv4_mode(net_addresses_t *addresses)
{
    if (addresses->ipv4_text[0] == 0) return NET_IPV4_NONE;
    if (addresses->eth->ipv4_static) return NET_IPV4_STATIC;
    return autoip_supplied_address(&addresses->eth->netif) ? NET_IPV4_LINK_LOCAL : NET_IPV4_DHCP;
}

static void read_ipv4(net_addresses_t *addresses, net_status_t *out)
{
    out->ipv4_mode = ipv4_mode(addresses);
    if (out->ipv4_mode == NET_IPV4_NONE) return;
    memcpy(out->ipv4, addresses->ipv4_text, sizeof out->ipv4);
    ip4addr_ntoa_r(netif_ip4_netmask(&addresses->eth->netif), out->ipv4_netmask, sizeof out->ipv4_netmask);
    if (ip4_addr_isany(netif_ip4_gw(&addresses->eth->netif))) return;
    ip4addr_ntoa_r(netif_ip4_gw(&addresses->eth->netif), out->ipv4_gateway, sizeof out->ipv4_gateway);
}

static void read_ipv6(const netif_eth_t *eth, net_status_t *out)
{
    for (unsigned i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++) {
        if (!ip6_addr_isvalid(netif_ip6_addr_state(&eth->netif, i))) continue;
        ip6_addr_t address = *netif_ip6_addr(&eth->netif, i);
        ip6_addr_clear_zone(&address);
        ip6addr_ntoa_r(&address, out->ipv6[out->ipv6_count], NET_IPV6_TEXT_BYTES);
        for (char *c = out->ipv6[out->ipv6_count]; *c; c++) {
            if (*c >= 'A' && *c <= 'F') *c = (char)(*c - 'A' + 'a'); /* RFC 5952 section 4.3 */
        }
        out->ipv6_count++;
    }
}

void net_read_status(net_status_t *out)
{
    net_state_t *net = &net_state;
    hal_eth_stats_t frames;
    hal_eth_read_stats(&frames);
    memset(out, 0, sizeof *out);
    memcpy(out->mac, net->eth.netif.hwaddr, sizeof out->mac);
    out->link_up = netif_is_link_up(&net->eth.netif);
    read_ipv4(&net->addresses, out);
    read_ipv6(&net->eth, out);
    out->rx_frames = frames.rx_frames;
    out->tx_frames = frames.tx_frames;
    out->rx_dropped = frames.rx_dropped + net->eth.rx_no_buffers;
    out->tx_dropped = frames.tx_dropped;
    out->connections_accepted = net->http.accepted + net->https.accepted;
    out->connections_refused = net->http.refused + net->https.refused;
    out->connections_evicted = net->http.evicted + net->https.evicted;
    net_sntp_server_text(&net->sntp, out->time_server, sizeof out->time_server);
    out->time_refused = net->sntp.refused;
}

/* ---- Pools ------------------------------------------------------------------------------------------ */

static const char *const memp_names[] = {
#define LWIP_MEMPOOL(name, num, size, desc) #name,
#include "lwip/priv/memp_std.h"
};

/* lwIP's responder has one of its own. */
LWIP_MEMPOOL_PROTOTYPE(MDNS_PKTS);

enum {
    POOL_HEAP = MEMP_MAX,
    POOL_MDNS,
    POOL_CONNECTIONS,
    POOL_HTTPS,
    POOL_TLS,
    POOL_REFUSALS,
    POOL_BODIES,
    POOL_COUNT
};

size_t net_pool_count(void)
{
    return POOL_COUNT;
}

static void set_name(net_pool_t *out, const char *name)
{
    text_writer_t text = text_writer(out->name, sizeof out->name - 1);
    for (; *name; name++) text_char(&text, (char)(*name >= 'A' && *name <= 'Z' ? *name - 'A' + 'a' : *name));
}

static void set_usage(net_pool_t *out, const struct stats_mem *stats, uint32_t size)
{
    out->used = stats->used;
    out->peak = stats->max;
    out->size = size;
    out->exhausted = stats->err;
}

static void read_bodies(net_pool_t *out, const http_server_t *server)
{
    set_name(out, "http_body");
    for (unsigned i = 0; i < HTTP_BODIES_MAX; i++) out->used += server->bodies.taken[i];
    out->peak = server->bodies.peak;
    out->size = HTTP_BODIES_MAX;
}

/* Its peak is what a board's RAM must have; what found no room ended its connection. */
static void read_tls_heap(net_pool_t *out, const tls_server_t *tls)
{
    set_name(out, "tls_heap");
    out->size = TLS_HEAP_BYTES;
    out->in_bytes = true;
    if (!tls) return;
    out->used = tls->heap.used;
    out->peak = tls->heap.peak;
    out->exhausted = tls->heap.failures;
}

void net_read_pool(size_t index, net_pool_t *out)
{
    const http_tcp_t *http = &net_state.http;
    memset(out, 0, sizeof *out);
    if (index < MEMP_MAX) {
        set_name(out, memp_names[index]);
        set_usage(out, memp_pools[index]->stats, memp_pools[index]->num);
    } else if (index == POOL_HEAP) {
        set_name(out, "heap");
        set_usage(out, &lwip_stats.mem, MEM_SIZE);
        out->in_bytes = true;
    } else if (index == POOL_MDNS) {
        set_name(out, "mdns_question");
        set_usage(out, memp_MDNS_PKTS.stats, memp_MDNS_PKTS.num);
    } else if (index == POOL_CONNECTIONS) {
        *out = (net_pool_t){ "http_connection",    http->slots_used, http->slots_peak,
                             HTTP_CONNECTIONS_MAX, http->refused,    false };
    } else if (index == POOL_HTTPS) {
        const http_tcp_t *https = &net_state.https;
        *out = (net_pool_t){ "https_connection",    https->slots_used, https->slots_peak,
                             HTTPS_CONNECTIONS_MAX, https->refused,    false };
    } else if (index == POOL_TLS) {
        read_tls_heap(out, net_state.https.tls_server);
    } else if (index == POOL_REFUSALS) {
        *out = (net_pool_t){ "http_refusal", http->refusals_used, http->refusals_peak, HTTP_REFUSALS_MAX, 0,
                             false };
    } else if (http->server) {
        read_bodies(out, http->server);
    }
}
