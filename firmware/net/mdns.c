#include "net/mdns.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "lwip/apps/mdns.h"
#include "lwip/apps/mdns_priv.h"
#include "lwip/prot/dns.h"
#include "lwip/prot/iana.h"
#include "net/mdns_message.h"
#include "net/net_state.h"

#define TXT_ITEM_BYTES_MAX MDNS_LABEL_MAXLEN /* lwIP keeps TXT items as labels */

/* Milliseconds after which an answer by unicast is late: lwIP sends it within 120, or not at all. */
#define UNICAST_LATE_MS 1000u

/* ---- Names ------------------------------------------------------------------------------------------ */

/* lwIP probes for the new name, then announces it. */
static void use_name(net_mdns_t *mdns)
{
    mdns->names++;
    net_mdns_numbered(mdns->name, mdns->wanted, mdns->number);
    (void)mdns_resp_rename_netif(mdns->netif, mdns->name);
    for (size_t i = 0; i < mdns->service_count; i++)
        (void)mdns_resp_rename_service(mdns->netif, (u8_t)i, mdns->name);
}

/* Called in the middle of lwIP's reading: what is to be done is done by the poll that follows. */
static void probed(struct netif *netif, u8_t result, s8_t slot)
{
    (void)netif;
    (void)slot;
    if (result == MDNS_PROBING_CONFLICT) net_state.mdns.conflict = true;
}

static void answer_conflict(net_mdns_t *mdns, uint64_t now_ms)
{
    mdns->conflict = false;
    mdns->conflicts++;
    mdns->conflict_ms = now_ms;
    mdns->rename_ms = 0;
    mdns->number = mdns->number == 0 ? 2 : mdns->number + 1u;
    if (mdns->number > NET_NAME_NUMBER_MAX) mdns->number = 2;
    log_warning("net", "somebody else is %s.local", mdns->name);
    use_name(mdns);
    log_warning("net", "this device is %s.local now", mdns->name);
}

static void plan_answer(net_mdns_t *mdns, uint64_t now_ms)
{
    if (now_ms - mdns->conflict_ms > NET_CONFLICTS_FORGOTTEN_MS) mdns->conflicts = 0;
    mdns->rename_ms = now_ms;
    if (mdns->conflicts >= NET_CONFLICTS_AT_ONCE) mdns->rename_ms += NET_CONFLICT_PAUSE_MS;
}

/* ---- What comes in ---------------------------------------------------------------------------------- */

static void receive(void *context, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from, u16_t port)
{
    const net_mdns_t *mdns = context;
    if (net_mdns_plausible(p))
        mdns->receive(NULL, pcb, p, from, port);
    else
        pbuf_free(p);
}

static void forget_late_answers(net_mdns_t *mdns, uint64_t now_ms)
{
    struct mdns_host *host = netif_mdns_data(mdns->netif);
    if (!host->ipv4.unicast_msg_in_use && !host->ipv6.unicast_msg_in_use) {
        mdns->unicast_since_ms = 0;
    } else if (mdns->unicast_since_ms == 0) {
        mdns->unicast_since_ms = now_ms;
    } else if (now_ms - mdns->unicast_since_ms > UNICAST_LATE_MS) {
        host->ipv4.unicast_msg_in_use = 0;
        host->ipv6.unicast_msg_in_use = 0;
        mdns->unicast_since_ms = 0;
    }
}

/* ---- What goes out ---------------------------------------------------------------------------------- */

static void write_txt(struct mdns_service *lwip_service, void *context)
{
    const net_service_t *service = context;
    for (size_t i = 0; i < service->txt_count; i++) {
        char item[TXT_ITEM_BYTES_MAX];
        text_writer_t out = text_writer(item, sizeof item);
        text_string(&out, service->txt[i].key);
        text_char(&out, '=');
        for (const char *c = service->txt[i].value; *c; c++) text_char(&out, *c);
        (void)mdns_resp_add_service_txtitem(lwip_service, item, (u8_t)(out.at - item));
    }
    /* A record without any string is none (RFC 6763 section 6.1): an empty one stands for it. */
    if (service->txt_count == 0) (void)mdns_resp_add_service_txtitem(lwip_service, "", 0);
}

static void send_farewell(const net_mdns_t *mdns, const ip_addr_t *group)
{
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, MDNS_OUTPUT_PACKET_SIZE, PBUF_RAM);
    if (!p) return;
    text_writer_t out = text_writer(p->payload, p->len);
    net_mdns_write_farewell(&out, mdns->name, mdns->services, mdns->service_count);
    pbuf_realloc(p, (u16_t)(out.at - (char *)p->payload));
    if (!out.overflow) (void)udp_sendto_if(get_mdns_pcb(), p, group, LWIP_IANA_PORT_MDNS, mdns->netif);
    pbuf_free(p);
}

void net_mdns_farewell(net_mdns_t *mdns)
{
    static const ip_addr_t ipv4 = DNS_MQUERY_IPV4_GROUP_INIT;
    static const ip_addr_t ipv6 = DNS_MQUERY_IPV6_GROUP_INIT;
    if (!mdns->netif || netif_mdns_data(mdns->netif)->state < MDNS_STATE_ANNOUNCING) return;
    if (!ip4_addr_isany(netif_ip4_addr(mdns->netif))) send_farewell(mdns, &ipv4);
    send_farewell(mdns, &ipv6);
}

void net_mdns_announce(net_mdns_t *mdns)
{
    if (mdns->netif) mdns_resp_announce(mdns->netif);
}

/* ---- Life ------------------------------------------------------------------------------------------- */

static status_t add_services(net_mdns_t *mdns, struct netif *netif, const net_config_t *config)
{
    mdns->services = config->services;
    mdns->service_count = config->service_count;
    mdns->service_port = config->service_port;
    for (size_t i = 0; i < mdns->service_count; i++) {
        const net_service_t *service = &mdns->services[i];
        if (mdns_resp_add_service(netif, mdns->name, service->type, DNSSD_PROTO_TCP, mdns->service_port,
                                  write_txt, (void *)(uintptr_t)service) != (s8_t)i)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

status_t net_mdns_open(net_mdns_t *mdns, struct netif *netif, const net_config_t *config)
{
    if (config->service_count > NET_SERVICES_MAX) return STATUS_NO_MEMORY;
    net_mdns_numbered(mdns->wanted, config->host_name, 0);
    net_mdns_numbered(mdns->name, config->host_name, 0);
    mdns_resp_init();
    mdns->receive = get_mdns_pcb()->recv;
    udp_recv(get_mdns_pcb(), receive, mdns);
    mdns_resp_register_name_result_cb(probed);
    if (mdns_resp_add_netif(netif, mdns->name) != ERR_OK) return STATUS_NO_MEMORY;
    if (add_services(mdns, netif, config) != STATUS_OK) return STATUS_NO_MEMORY;
    mdns->netif = netif;
    return STATUS_OK;
}

void net_mdns_configure(net_mdns_t *mdns, const net_config_t *config)
{
    bool renamed = strcmp(mdns->wanted, config->host_name) != 0;
    bool moved = mdns->service_port != config->service_port;
    if (!mdns->netif || (!renamed && !moved)) return;
    net_mdns_farewell(mdns);
    if (moved) {
        for (size_t i = 0; i < mdns->service_count; i++) (void)mdns_resp_del_service(mdns->netif, (u8_t)i);
        if (add_services(mdns, mdns->netif, config) != STATUS_OK)
            log_error("net", "no memory to announce all services");
    }
    net_mdns_numbered(mdns->wanted, config->host_name, 0);
    mdns->number = 0;
    mdns->conflict = false;
    mdns->rename_ms = 0;
    use_name(mdns);
}

uint64_t net_mdns_poll(net_mdns_t *mdns, uint64_t now_ms)
{
    if (!mdns->netif) return UINT64_MAX;
    forget_late_answers(mdns, now_ms);
    if (!mdns->conflict) return UINT64_MAX;
    if (mdns->rename_ms == 0) plan_answer(mdns, now_ms);
    if (now_ms < mdns->rename_ms) return mdns->rename_ms;
    answer_conflict(mdns, now_ms);
    return UINT64_MAX;
}
