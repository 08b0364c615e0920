/* net/net.h for the plain profile: HTTP over IPv4, an address by DHCP or a given one. Nobody configures it anew, and there
 * are no streams to wake. */
#include "base/log.h"
#include "hal/clock.h"
#include "hal/eth.h"
#include "lwip/dhcp.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"
#include "net/http_tcp.h"
#include "net/net.h"
#include "net/net_random.h"
#include "net/netif_eth.h"

/* As net.c has them. */
#define LINK_CHECK_MS 500u
#define TX_RETRY_MS   1u

static struct {
    bool open;
    uint64_t now_ms;
    uint64_t link_check_ms;
    netif_eth_t eth;
    struct dhcp dhcp;
    http_tcp_t http;
    http_tcp_slot_t slots[HTTP_CONNECTIONS_MAX];
} net;

uint32_t sys_now(void)
{
    return (uint32_t)net.now_ms;
}

static void set_time(uint64_t now_ms)
{
    net.now_ms = now_ms;
    http_tcp_set_time(&net.http, now_ms);
}

static void address_changed(struct netif *netif)
{
    char text[NET_IPV4_TEXT_BYTES];
    if (ip4_addr_isany(netif_ip4_addr(netif))) {
        log_info("net", "no IPv4 address");
        return;
    }
    log_info("net", "IPv4 address %s", ip4addr_ntoa_r(netif_ip4_addr(netif), text, sizeof text));
}

static void ip4_from(ip4_addr_t *out, const uint8_t bytes[4])
{
    IP4_ADDR(out, bytes[0], bytes[1], bytes[2], bytes[3]);
}

static status_t start_ipv4(const net_config_t *config)
{
    struct netif *netif = &net.eth.netif;
    netif_set_up(netif);
    netif_set_status_callback(netif, address_changed);
    netif_eth_check_link(&net.eth);
    net.link_check_ms = net.now_ms + LINK_CHECK_MS;
    net.eth.ipv4_static = config->ipv4_static;
    if (!config->ipv4_static) {
        dhcp_set_struct(netif, &net.dhcp);
        return dhcp_start(netif) == ERR_OK ? STATUS_OK : STATUS_NO_MEMORY;
    }
    ip4_addr_t address, netmask, gateway;
    ip4_from(&address, config->ipv4_address);
    ip4_from(&netmask, config->ipv4_netmask);
    ip4_from(&gateway, config->ipv4_gateway);
    netif_set_addr(netif, &address, &netmask, &gateway);
    return STATUS_OK;
}

status_t net_init(const net_config_t *config, http_server_t *server)
{
    set_time(hal_clock_ms());
    net_random_init(config->has_secret ? config->secret : NULL, config->mac, net.now_ms);
    lwip_init();
    status_t status = netif_eth_open(&net.eth, config->mac, config->host_name);
    if (status == STATUS_OK) status = start_ipv4(config);
    if (status != STATUS_OK) return status;
    net.http.slots = net.slots;
    net.http.slot_count = HTTP_CONNECTIONS_MAX;
    http_tcp_open(&net.http, server);
    status = http_tcp_listen(&net.http, config->http_port);
    net.open = status == STATUS_OK;
    return status;
}

static uint64_t earlier(uint64_t a_ms, uint64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

/* What was held up by a lack of room, on the wire or in memory. */
static void relieve(void)
{
    if (net.eth.tx_busy) tcp_txnow();
    if (net.eth.rx_starved) http_tcp_shed(&net.http);
    net.eth.tx_busy = net.eth.rx_starved = false;
}

uint64_t net_poll(uint64_t now_ms, bool *frames_came)
{
    *frames_came = false;
    if (!net.open) return UINT64_MAX;
    set_time(now_ms);
    if (now_ms >= net.link_check_ms) {
        net.link_check_ms = now_ms + LINK_CHECK_MS;
        netif_eth_check_link(&net.eth);
    }
    unsigned frames = 0;
    while (frames < NET_FRAMES_PER_POLL && netif_eth_receive(&net.eth)) frames++;
    *frames_came = frames > 0;
    sys_check_timeouts();
    uint64_t deadline_ms = earlier(http_tcp_poll(&net.http), net.link_check_ms);
    bool busy = net.eth.tx_busy;
    if (busy || net.eth.rx_starved) relieve();
    if (frames == NET_FRAMES_PER_POLL && hal_eth_pending() > 0) return now_ms;
    if (busy) return now_ms + TX_RETRY_MS;
    return earlier(deadline_ms, now_ms + sys_timeouts_sleeptime());
}
