#include "net/net.h"

#include <string.h>

#include "base/log.h"
#include "hal/clock.h"
#include "hal/eth.h"
#include "lwip/init.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"
#include "net/http_tls.h"
#include "net/net_random.h"
#include "net/net_state.h"

/* How often the carrier is looked at: asking a PHY takes longer than answering a request, and nobody replugs a
 * cable faster. */
#define LINK_CHECK_MS 500u

/* A frame that found no room in the chip's queue is offered again after this. */
#define TX_RETRY_MS 1u

net_state_t net_state;

uint32_t sys_now(void)
{
    return (uint32_t)net_state.now_ms;
}

static void set_time(net_state_t *net, uint64_t now_ms)
{
    net->now_ms = now_ms;
    http_tcp_set_time(&net->http, now_ms);
    http_tcp_set_time(&net->https, now_ms);
}

static status_t listen(net_state_t *net, const net_config_t *config)
{
    status_t status = STATUS_OK;
    if (config->http_port)
        status = http_tcp_listen(&net->http, config->http_port);
    else
        http_tcp_stop(&net->http);
    if (status == STATUS_OK && config->tls) status = http_tcp_listen(&net->https, config->https_port);
    return status;
}

static void open_servers(net_state_t *net, const net_config_t *config, http_server_t *server)
{
    net->http.slots = net->http_slots;
    net->http.slot_count = HTTP_CONNECTIONS_MAX;
    http_tcp_open(&net->http, server);
    net->https.tls_server = config->tls;
    net->https.tls_ops = &http_tls_ops;
    net->https.slots = net->https_slots;
    net->https.slot_count = HTTPS_CONNECTIONS_MAX;
    for (unsigned i = 0; i < HTTPS_CONNECTIONS_MAX; i++) net->https_slots[i].tls = &net->https_tls[i];
    http_tcp_open(&net->https, server);
}

status_t net_init(const net_config_t *config, http_server_t *server)
{
    net_state_t *net = &net_state;
    net->host_name = config->host_name;
    set_time(net, hal_clock_ms());
    net_random_init(config->has_secret ? config->secret : NULL, config->mac, net->now_ms);
    lwip_init();
    status_t status = netif_eth_open(&net->eth, config->mac, config->host_name);
    if (status == STATUS_OK) status = net_addresses_open(&net->addresses, &net->eth, config);
    if (status != STATUS_OK) return status;
    open_servers(net, config, server);
    status = listen(net, config);
    if (status == STATUS_OK && config->service_count > 0)
        status = net_mdns_open(&net->mdns, &net->eth.netif, config);
    net_sntp_open(&net->sntp, &net->eth.netif, config);
    net->open = status == STATUS_OK;
    return status;
}

void net_configure(const net_config_t *config)
{
    net_state.chores_ms = 0;
    net_state.host_name = config->host_name;
    net_addresses_configure(&net_state.addresses, config);
    if (listen(&net_state, config) != STATUS_OK) log_error("net", "nobody can listen: no memory");
    net_mdns_configure(&net_state.mdns, config);
    net_sntp_configure(&net_state.sntp, config->time_server);
}

void net_announce(void)
{
    net_state.chores_ms = 0;
    net_mdns_announce(&net_state.mdns);
}

void net_farewell(void)
{
    net_mdns_farewell(&net_state.mdns);
}

uint32_t net_host_name_version(void)
{
    return net_state.mdns.names;
}

const char *net_host_name(void)
{
    return net_state.mdns.netif ? net_state.mdns.name : net_state.host_name;
}

void net_wake_streams(uint64_t now_ms)
{
    if (!net_state.open) return;
    set_time(&net_state, now_ms);
    net_state.chores_ms = 0;
    http_tcp_wake(&net_state.http);
    http_tcp_wake(&net_state.https);
}

static uint64_t earlier(uint64_t a_ms, uint64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

/* What was held up by a lack of room, on the wire or in memory. */
static void relieve(net_state_t *net)
{
    if (net->eth.tx_busy) {
        net->eth.tx_busy = false;
        tcp_txnow();
    }
    if (net->eth.rx_starved) {
        net->eth.rx_starved = false;
        http_tcp_shed(&net->http);
        http_tcp_shed(&net->https);
    }
}

/* What has a time of its own.
 * returns   when that is next */
static uint64_t do_chores(net_state_t *net)
{
    uint64_t now_ms = net->now_ms;
    if (now_ms >= net->link_check_ms) {
        net->link_check_ms = now_ms + LINK_CHECK_MS;
        netif_eth_check_link(&net->eth);
    }
    sys_check_timeouts();
    uint64_t next_ms = earlier(http_tcp_poll(&net->http), http_tcp_poll(&net->https));
    next_ms = earlier(next_ms, net_mdns_poll(&net->mdns, now_ms));
    next_ms = earlier(next_ms, net_sntp_poll(&net->sntp, now_ms));
    next_ms = earlier(next_ms, net->link_check_ms);
    return earlier(next_ms, now_ms + sys_timeouts_sleeptime());
}

/* Frames move deadlines of connections, bring work to handshakes, and start timers of lwIP; what is told of names and time
 * can wait for those. */
static uint64_t after_frames(net_state_t *net)
{
    uint64_t next_ms = earlier(net->chores_ms, net->http.deadline_ms);
    if (net->https.slots_used > 0) next_ms = earlier(next_ms, http_tcp_poll(&net->https));
    return earlier(next_ms, net->now_ms + sys_timeouts_sleeptime());
}

uint64_t net_poll(uint64_t now_ms, bool *frames_came)
{
    net_state_t *net = &net_state;
    *frames_came = false;
    if (!net->open) return UINT64_MAX;
    set_time(net, now_ms);
    unsigned frames = 0;
    while (frames < NET_FRAMES_PER_POLL && netif_eth_receive(&net->eth)) frames++;
    *frames_came = frames > 0;
    if (now_ms >= net->chores_ms)
        net->chores_ms = do_chores(net);
    else if (frames > 0)
        net->chores_ms = after_frames(net);
    if (net->eth.tx_busy || net->eth.rx_starved) relieve(net);
    if (frames == NET_FRAMES_PER_POLL && hal_eth_pending() > 0) return now_ms;
    return net->eth.tx_busy ? now_ms + TX_RETRY_MS : net->chores_ms;
}
