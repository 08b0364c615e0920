#include "net/net_out.h"

#include <string.h>

#include "lwip/dns.h"
#include "lwip/priv/tcp_priv.h"
#include "net/net_state.h"

/* ---- The end ---------------------------------------------------------------------------------------------- */

static void drop_pending(net_out_t *out)
{
    if (out->pending) pbuf_free(out->pending);
    out->pending = NULL;
}

static void fail(net_out_t *out, client_link_fault_t fault)
{
    out->state = CLIENT_LINK_FAILED;
    out->fault = fault;
}

/* From here on lwIP does not know us any more. */
static struct tcp_pcb *release(net_out_t *out)
{
    struct tcp_pcb *pcb = out->pcb;
    tcp_arg(pcb, NULL);
    tcp_recv(pcb, NULL);
    tcp_err(pcb, NULL);
    out->pcb = NULL;
    return pcb;
}

/* A peer that has ended knows that all has come; another one hears at once that nobody listens any more, and nothing of
 * it stays behind. */
static void close_link(void *context)
{
    net_out_t *out = context;
    bool orderly = out->peer_closed && !out->pending;
    if (out->secure) tls_conn_close(&out->tls);
    drop_pending(out);
    if (out->pcb) {
        struct tcp_pcb *pcb = release(out);
        if (!orderly || tcp_close(pcb) != ERR_OK) tcp_abort(pcb);
    }
    out->lookup++;
    out->state = CLIENT_LINK_CLOSED;
    out->fault = CLIENT_LINK_NO_FAULT;
}

/* ---- lwIP's callbacks -------------------------------------------------------------------------------------- */

static err_t on_connected(void *context, struct tcp_pcb *pcb, err_t error)
{
    net_out_t *out = context;
    LWIP_UNUSED_ARG(pcb);
    LWIP_UNUSED_ARG(error); /* always ERR_OK, says lwIP */
    out->state = out->secure ? CLIENT_LINK_BUSY : CLIENT_LINK_OPEN;
    return ERR_OK;
}

static err_t on_received(void *context, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    net_out_t *out = context;
    LWIP_UNUSED_ARG(pcb);
    LWIP_UNUSED_ARG(error);
    if (!p) {
        out->peer_closed = true;
    } else if (!out->pending) {
        out->pending = p;
    } else if (pbuf_clen(out->pending) < NET_OUT_PBUFS) {
        pbuf_cat(out->pending, p);
    } else {
        return ERR_MEM; /* many short segments would hold more memory than their window says: offered again */
    }
    return ERR_OK;
}

/* The control block is gone. */
static void on_error(void *context, err_t error)
{
    net_out_t *out = context;
    bool opening = out->state == CLIENT_LINK_OPENING && !out->tls.open;
    LWIP_UNUSED_ARG(error);
    out->pcb = NULL;
    drop_pending(out);
    fail(out, opening ? CLIENT_LINK_REFUSED : CLIENT_LINK_RESET);
}

/* ---- Opening ------------------------------------------------------------------------------------------------- */

static void connect_to(net_out_t *out, const ip_addr_t *address)
{
    out->pcb = tcp_new_ip_type(IP_GET_TYPE(address));
    if (!out->pcb) {
        fail(out, CLIENT_LINK_NO_MEMORY);
        return;
    }
    tcp_arg(out->pcb, out);
    tcp_recv(out->pcb, on_received);
    tcp_err(out->pcb, on_error);
    tcp_nagle_disable(out->pcb); /* a request is handed over whole */
    err_t error = tcp_connect(out->pcb, address, out->port, on_connected);
    if (error == ERR_OK) return;
    tcp_abort(release(out));
    fail(out, error == ERR_RTE ? CLIENT_LINK_NO_NETWORK : CLIENT_LINK_NO_MEMORY);
}

static void on_resolved(const char *name, const ip_addr_t *address, void *context)
{
    net_out_t *out = &net_state.out;
    LWIP_UNUSED_ARG(name);
    if ((uintptr_t)context != out->lookup || out->state != CLIENT_LINK_OPENING) return;
    if (address)
        connect_to(out, address);
    else
        fail(out, CLIENT_LINK_NO_NAME);
}

static void resolve(net_out_t *out)
{
    ip_addr_t address;
    if (ipaddr_aton(out->host, &address)) {
        connect_to(out, &address);
        return;
    }
    switch (dns_gethostbyname(out->host, &address, on_resolved, (void *)(uintptr_t)out->lookup)) {
    case ERR_OK: connect_to(out, &address); break;
    case ERR_INPROGRESS: break;
    case ERR_MEM: fail(out, CLIENT_LINK_NO_MEMORY); break;
    default: fail(out, CLIENT_LINK_NO_NAME); break;
    }
}

/* What would come to nothing is not begun. */
static client_link_fault_t obstacle_to_tls(const net_out_t *out)
{
    if (!out->outgoing || !out->outgoing->ready) return CLIENT_LINK_NO_TLS;
    if (!tls_outgoing_knows_time(out->outgoing)) return CLIENT_LINK_NO_CLOCK;
    return tls_outgoing_trusts_anybody(out->outgoing) ? CLIENT_LINK_NO_FAULT : CLIENT_LINK_NO_ANCHOR;
}

static bool is_on_network(const struct netif *netif)
{
    if (!netif_is_link_up(netif)) return false;
    if (!ip4_addr_isany(netif_ip4_addr(netif))) return true;
    for (u8_t i = 1; i < LWIP_IPV6_NUM_ADDRESSES; i++) /* 0 is the link-local one */
        if (ip6_addr_isvalid(netif_ip6_addr_state(netif, i))) return true;
    return false;
}

static void open_link(void *context, const client_link_target_t *target)
{
    net_out_t *out = context;
    out->state = CLIENT_LINK_OPENING;
    out->fault = CLIENT_LINK_NO_FAULT;
    out->peer_closed = out->ended = false;
    out->secure = target->secure;
    out->tls.open = false;
    out->port = target->port;
    out->lookup++;
    text_writer_t host = text_writer(out->host, sizeof out->host - 1u);
    text_append(&host, target->host.bytes, target->host.count);
    *host.at = '\0';
    client_link_fault_t fault = target->secure ? obstacle_to_tls(out) : CLIENT_LINK_NO_FAULT;
    if (fault != CLIENT_LINK_NO_FAULT)
        fail(out, fault);
    else if (!is_on_network(&net_state.eth.netif))
        fail(out, CLIENT_LINK_NO_NETWORK);
    else
        resolve(out);
    net_state.chores_ms = 0; /* timers of lwIP have begun */
}

/* ---- Bytes ---------------------------------------------------------------------------------------------------- */

static size_t send_plain(void *context, const uint8_t *bytes, size_t count)
{
    net_out_t *out = context;
    if (!out->pcb) return 0;
    size_t part = LWIP_MIN(count, (size_t)tcp_sndbuf(out->pcb));
    if (part == 0 || tcp_write(out->pcb, bytes, (u16_t)part, TCP_WRITE_FLAG_COPY) != ERR_OK) return 0;
    (void)tcp_output(out->pcb);
    return part;
}

static size_t receive_plain(void *context, uint8_t *bytes, size_t count)
{
    net_out_t *out = context;
    if (!out->pending) return 0;
    u16_t n = pbuf_copy_partial(out->pending, bytes, (u16_t)LWIP_MIN(count, 0xffffu), 0);
    out->pending = pbuf_free_header(out->pending, n);
    if (out->pcb) tcp_recved(out->pcb, n);
    return n;
}

static bool has_ended(void *context)
{
    const net_out_t *out = context;
    return out->peer_closed && !out->pending;
}

/* ---- TLS --------------------------------------------------------------------------------------------------------- */

static client_link_fault_t fault_of(tls_peer_fault_t fault)
{
    switch (fault) {
    case TLS_PEER_UNTRUSTED: return CLIENT_LINK_UNTRUSTED;
    case TLS_PEER_WRONG_NAME: return CLIENT_LINK_WRONG_NAME;
    case TLS_PEER_NOT_VALID_NOW: return CLIENT_LINK_NOT_VALID;
    case TLS_PEER_UNSUPPORTED: return CLIENT_LINK_UNSUPPORTED;
    case TLS_PEER_BROKE_OFF: break;
    }
    return CLIENT_LINK_RESET;
}

/* One step: an operation on the curve at most. */
static void shake_hands(net_out_t *out)
{
    const tls_io_t io = { out, send_plain, receive_plain, has_ended };
    if (!out->tls.open && tls_outgoing_open(out->outgoing, &out->tls, out->host, &io) != STATUS_OK) {
        fail(out, CLIENT_LINK_NO_MEMORY);
        return;
    }
    bool moved;
    switch (tls_conn_handshake(&out->tls, &moved)) {
    case TLS_DONE: out->state = CLIENT_LINK_OPEN; break;
    case TLS_WAIT: out->state = moved ? CLIENT_LINK_BUSY : CLIENT_LINK_OPENING; break;
    default: fail(out, fault_of(tls_outgoing_fault(&out->tls))); break;
    }
}

static bool shakes_hands(const net_out_t *out)
{
    if (!out->secure || !out->pcb) return false;
    return out->state == CLIENT_LINK_BUSY || (out->state == CLIENT_LINK_OPENING && out->tls.open);
}

void net_out_use_tls(tls_outgoing_t *outgoing)
{
    net_state.out.outgoing = outgoing;
}

/* ---- The contract ------------------------------------------------------------------------------------------------ */

static client_link_state_t state_of(void *context, client_link_fault_t *fault)
{
    net_out_t *out = context;
    /* What lwIP kept while there was no room it offers again only in a quarter of a second. */
    if (out->pcb && !out->pending && out->pcb->refused_data) (void)tcp_process_refused_data(out->pcb);
    if (shakes_hands(out)) shake_hands(out);
    *fault = out->fault;
    bool ended = out->secure ? out->ended : has_ended(out);
    return out->state == CLIENT_LINK_OPEN && ended ? CLIENT_LINK_ENDED : out->state;
}

static size_t send_bytes(void *context, const char *bytes, size_t count)
{
    net_out_t *out = context;
    if (out->state != CLIENT_LINK_OPEN) return 0;
    if (!out->secure) return send_plain(out, (const uint8_t *)bytes, count);
    if (tls_conn_write(&out->tls, (const uint8_t *)bytes, &count) == TLS_FAILED) fail(out, CLIENT_LINK_RESET);
    return count;
}

static size_t receive_bytes(void *context, char *bytes, size_t count)
{
    net_out_t *out = context;
    if (out->state != CLIENT_LINK_OPEN) return 0;
    if (!out->secure) return receive_plain(out, (uint8_t *)bytes, count);
    switch (tls_conn_read(&out->tls, (uint8_t *)bytes, &count)) {
    case TLS_CLOSED: out->ended = true; break;
    case TLS_FAILED: fail(out, CLIENT_LINK_RESET); break;
    default: break;
    }
    return count;
}

client_link_t net_out_link(void)
{
    return (client_link_t){ .context = &net_state.out,
                            .open = open_link,
                            .state = state_of,
                            .send = send_bytes,
                            .receive = receive_bytes,
                            .close = close_link };
}
