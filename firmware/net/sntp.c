#include "net/sntp.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "lwip/apps/sntp.h"
#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/prot/iana.h"
#include "net/net_random.h"
#include "net/net_state.h"
#include "net/sntp_answer.h"

/* ---- Answers ---------------------------------------------------------------------------------------- */

static net_sntp_verdict_t judge(const net_sntp_t *sntp, struct pbuf *p, const ip_addr_t *from, uint16_t port)
{
    uint8_t bytes[NET_SNTP_MESSAGE_BYTES];
    if (!sntp->waiting || port != LWIP_IANA_PORT_SNTP || !ip_addr_eq(from, &sntp->address))
        return NET_SNTP_NOISE;
    if (p->tot_len != sizeof bytes || pbuf_copy_partial(p, bytes, sizeof bytes, 0) != sizeof bytes)
        return NET_SNTP_NOISE;
    return net_sntp_judge(bytes, sizeof bytes, sntp->stamp, net_state.now_ms - sntp->asked_ms);
}

static void receive(void *context, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from, uint16_t port)
{
    net_sntp_t *sntp = context;
    net_sntp_verdict_t verdict = judge(sntp, p, from, port);
    if (verdict == NET_SNTP_NOISE) {
        sntp->refused++;
        pbuf_free(p);
        return;
    }
    sntp->waiting = false;
    sntp->denied = verdict == NET_SNTP_KISS;
    if (verdict == NET_SNTP_KISS)
        pbuf_free(p); /* the poll that follows stops asking */
    else
        sntp->receive(NULL, pcb, p, from, port);
}

void net_sntp_udp_recv(struct udp_pcb *pcb, udp_recv_fn lwip_receive, void *context)
{
    (void)context; /* lwIP has none */
    net_state.sntp.receive = lwip_receive;
    udp_recv(pcb, receive, &net_state.sntp);
}

/* lwIP wants a time stamp for its question. What time it is by our clock is nobody's business. */
void net_sntp_stamp(int32_t *seconds, uint32_t *fraction)
{
    net_sntp_t *sntp = &net_state.sntp;
    sntp->stamp[0] = net_random_u32();
    sntp->stamp[1] = net_random_u32();
    sntp->asked_ms = net_state.now_ms;
    sntp->waiting = true;
    if (sntp->silent < UINT8_MAX) sntp->silent++;
    *seconds = (int32_t)sntp->stamp[0];
    *fraction = sntp->stamp[1];
}

/* lwIP has found no fault in an answer either. */
void net_sntp_take(int32_t seconds, uint32_t fraction)
{
    net_sntp_t *sntp = &net_state.sntp;
    uint64_t now_ms = net_state.now_ms;
    int64_t utc_ms = net_sntp_utc_ms((uint32_t)seconds, fraction) + (int64_t)(now_ms - sntp->asked_ms) / 2;
    bool first = sntp->clock->source != WALL_CLOCK_NETWORK;
    sntp->silent = 0;
    if (!wall_clock_correct(sntp->clock, now_ms, utc_ms)) {
        log_warning("net", "the time server would turn the clock back by %d s: refused",
                    (int)(-sntp->clock->correction_ms / 1000));
    } else if (first) {
        char text[IPADDR_STRLEN_MAX];
        log_info("net", "time from %s", ipaddr_ntoa_r(&sntp->address, text, sizeof text));
    }
}

/* ---- Which server ----------------------------------------------------------------------------------- */

/* lwIP calls it with each lease, also with none. */
void dhcp_set_ntp_servers(uint8_t num_ntp_servers, const ip4_addr_t *ntp_server_addrs)
{
    net_sntp_t *sntp = &net_state.sntp;
    ip_addr_t leased;
    ip_addr_set_zero(&leased);
    if (num_ntp_servers > 0) ip_addr_copy_from_ip4(leased, ntp_server_addrs[0]);
    if (ip_addr_eq(&leased, &sntp->leased)) return;
    sntp->leased = leased;
    if (!sntp->server[0]) sntp->restart = true;
}

static void ask(net_sntp_t *sntp, const ip_addr_t *address)
{
    sntp->address = *address;
    sntp->state = NET_SNTP_ASKING;
    sntp->silent = 0;
    sntp_setserver(0, address);
    sntp_init();
}

static void pause(net_sntp_t *sntp, net_sntp_state_t state, uint64_t ms)
{
    sntp->state = state;
    sntp->until_ms = net_state.now_ms + ms;
}

static void resolved(const char *name, const ip_addr_t *address, void *context)
{
    net_sntp_t *sntp = &net_state.sntp;
    if (sntp->state != NET_SNTP_RESOLVING || (uintptr_t)context != sntp->lookup) return;
    if (address) {
        ask(sntp, address);
        return;
    }
    log_debug("net", "the name of the time server %s is not known", name);
    pause(sntp, NET_SNTP_IDLE, NET_TIME_RETRY_MS);
}

static void resolve(net_sntp_t *sntp)
{
    ip_addr_t address;
    sntp->state = NET_SNTP_RESOLVING;
    sntp->lookup++;
    switch (dns_gethostbyname(sntp->server, &address, resolved, (void *)(uintptr_t)sntp->lookup)) {
    case ERR_OK: ask(sntp, &address); break;
    case ERR_INPROGRESS: break;
    default: pause(sntp, NET_SNTP_IDLE, NET_TIME_RETRY_MS); break;
    }
}

static void stop(net_sntp_t *sntp)
{
    sntp_stop();
    sntp->state = NET_SNTP_IDLE;
    sntp->until_ms = 0;
    sntp->waiting = sntp->denied = false;
}

static void start(net_sntp_t *sntp)
{
    ip_addr_t address;
    if (!sntp->server[0]) {
        if (!ip_addr_isany(&sntp->leased)) ask(sntp, &sntp->leased);
    } else if (ipaddr_aton(sntp->server, &address)) {
        ask(sntp, &address);
    } else {
        resolve(sntp);
    }
}

void net_sntp_server_text(const net_sntp_t *sntp, char *out, size_t bytes)
{
    text_writer_t text = text_writer(out, bytes - 1u);
    if (sntp->state == NET_SNTP_ASKING || sntp->state == NET_SNTP_DENIED) {
        char address[IPADDR_STRLEN_MAX];
        text_string(&text, ipaddr_ntoa_r(&sntp->address, address, sizeof address));
    } else {
        text_string(&text, sntp->server);
    }
    *text.at = '\0';
}

/* ---- Life ------------------------------------------------------------------------------------------- */

static void set_server(net_sntp_t *sntp, const char *server)
{
    text_writer_t text = text_writer(sntp->server, sizeof sntp->server - 1u);
    text_string(&text, server ? server : "");
    *text.at = '\0';
}

void net_sntp_open(net_sntp_t *sntp, struct netif *netif, const net_config_t *config)
{
    if (!config->clock) return;
    sntp->netif = netif;
    sntp->clock = config->clock;
    set_server(sntp, config->time_server);
}

void net_sntp_configure(net_sntp_t *sntp, const char *server)
{
    if (!sntp->netif || strcmp(sntp->server, server ? server : "") == 0) return;
    set_server(sntp, server);
    sntp->restart = true;
}

static bool can_ask(const net_sntp_t *sntp)
{
    return netif_is_link_up(sntp->netif) && !ip4_addr_isany(netif_ip4_addr(sntp->netif));
}

/* The name may mean another address by now. */
static bool lost(const net_sntp_t *sntp)
{
    ip_addr_t address;
    return sntp->server[0] && sntp->silent > NET_TIME_SILENT_MAX && !ipaddr_aton(sntp->server, &address);
}

static void look(net_sntp_t *sntp, uint64_t now_ms)
{
    bool asking = sntp->state == NET_SNTP_ASKING || sntp->state == NET_SNTP_RESOLVING;
    if (sntp->restart || (asking && (!can_ask(sntp) || lost(sntp)))) stop(sntp);
    sntp->restart = false;
    if (sntp->denied) {
        log_warning("net", "the time server asked to be left alone");
        stop(sntp);
        pause(sntp, NET_SNTP_DENIED, NET_TIME_DENIED_MS);
    }
    bool idle = sntp->state == NET_SNTP_IDLE || sntp->state == NET_SNTP_DENIED;
    if (idle && now_ms >= sntp->until_ms && can_ask(sntp)) start(sntp);
}

uint64_t net_sntp_poll(net_sntp_t *sntp, uint64_t now_ms)
{
    if (!sntp->netif) return UINT64_MAX;
    if (sntp->restart || sntp->denied || now_ms >= sntp->check_ms) {
        look(sntp, now_ms);
        sntp->check_ms = now_ms + NET_TIME_CHECK_MS;
    }
    return sntp->check_ms;
}
