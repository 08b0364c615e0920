#include "net/http_tcp_slot.h"

#include <string.h>

#include "lwip/priv/tcp_priv.h"
#include "net/http_tcp_closing.h"
#include "net/http_tls.h"

/* Smallest piece worth a segment when the heap is nearly used up. */
#define WRITE_BYTES_MIN 128u

/* tcp_slowtmr ticks of 500 ms between two polls. */
#define POLL_TICKS 1

/* ---- Bytes ------------------------------------------------------------------------------------------ */

/* Queues up to count bytes; when the heap has no room for them, fewer.
 * returns   how many were queued */
static size_t write_some(struct tcp_pcb *pcb, const uint8_t *bytes, size_t count)
{
    size_t part = LWIP_MIN(count, (size_t)tcp_sndbuf(pcb));
    while (part > 0) {
        u8_t flags = TCP_WRITE_FLAG_COPY | (part < count ? TCP_WRITE_FLAG_MORE : 0);
        if (tcp_write(pcb, bytes, (u16_t)part, flags) == ERR_OK) return part;
        part = part > WRITE_BYTES_MIN ? part / 2 : 0;
    }
    return 0;
}

size_t http_tcp_slot_write(http_tcp_slot_t *slot, const uint8_t *bytes, size_t count)
{
    return write_some(slot->pcb, bytes, count);
}

static bool move_output(http_tcp_slot_t *slot)
{
    if (slot->tls) return slot->owner->tls_ops->move_output(slot);
    bool moved = false;
    const uint8_t *bytes;
    size_t count = http_conn_output(&slot->conn, &bytes);
    while (count > 0) {
        size_t sent = write_some(slot->pcb, bytes, count);
        if (sent == 0) break;
        http_conn_ack(&slot->conn, sent, slot->owner->now_ms);
        moved = true;
        count = http_conn_output(&slot->conn, &bytes);
    }
    return moved;
}

static void drop_pending(http_tcp_slot_t *slot)
{
    if (slot->pending) pbuf_free(slot->pending);
    slot->pending = NULL;
}

static bool move_input(http_tcp_slot_t *slot)
{
    /* Behind our close_notify nothing is decrypted any more: http_conn only counts what it drops. */
    if (slot->tls && slot->tls->phase != HTTP_TLS_ENDED) return slot->owner->tls_ops->move_input(slot);
    struct pbuf *first = slot->pending;
    if (first) {
        size_t used = http_conn_feed(&slot->conn, first->payload, first->len, slot->owner->now_ms);
        if (used == 0) return false;
        slot->pending = pbuf_free_header(first, (u16_t)used);
        slot->taken += used;
        return true;
    }
    if (!slot->peer_closed || slot->told_closed) return false;
    slot->told_closed = true;
    http_conn_peer_closed(&slot->conn);
    return true;
}

/* ---- What the peer owes ----------------------------------------------------------------------------- */

/* Bytes that lwIP has taken are watched in spans: what is queued when a span begins must be acknowledged to its last
 * byte before the next one begins. */
static void watch_unacked(http_tcp_slot_t *slot)
{
    const struct tcp_pcb *pcb = slot->pcb;
    if (pcb->snd_queuelen == 0) {
        slot->unacked_since_ms = UINT64_MAX;
    } else if (slot->unacked_since_ms == UINT64_MAX || TCP_SEQ_GEQ(pcb->lastack, slot->unacked_end)) {
        slot->unacked_since_ms = slot->owner->now_ms;
        slot->unacked_end = pcb->snd_lbb;
    }
}

static uint64_t unacked_deadline_ms(const http_tcp_slot_t *slot)
{
    if (slot->unacked_since_ms == UINT64_MAX) return UINT64_MAX;
    return slot->unacked_since_ms + HTTP_UNACKED_DEADLINE_MS;
}

/* Of what is spoken now: HTTP, or what comes in its place. */
static uint64_t talk_deadline_ms(const http_tcp_slot_t *slot)
{
    if (slot->tls && http_tls_rules(slot)) return slot->tls->deadline_ms;
    return http_conn_deadline_ms(&slot->conn);
}

uint64_t http_tcp_slot_deadline_ms(const http_tcp_slot_t *slot)
{
    return LWIP_MIN(talk_deadline_ms(slot), unacked_deadline_ms(slot));
}

/* ---- The end of a connection ------------------------------------------------------------------------ */

/* From here on lwIP does not know the slot any more. */
static struct tcp_pcb *release(http_tcp_slot_t *slot)
{
    struct tcp_pcb *pcb = slot->pcb;
    tcp_arg(pcb, NULL);
    tcp_recv(pcb, NULL);
    tcp_sent(pcb, NULL);
    tcp_err(pcb, NULL);
    tcp_poll(pcb, NULL, 0);
    slot->pcb = NULL;
    slot->owner->slots_used--;
    http_conn_close(&slot->conn);
    if (slot->tls) slot->owner->tls_ops->close(slot);
    return pcb;
}

err_t http_tcp_slot_abort(http_tcp_slot_t *slot)
{
    drop_pending(slot);
    tcp_abort(release(slot));
    return ERR_ABRT;
}

err_t http_tcp_slot_close(http_tcp_slot_t *slot)
{
    http_tcp_t *tcp = slot->owner;
    if (slot->tls)
        (void)slot->owner->tls_ops->end(slot); /* what finds no room is lost, like the peer's patience */
    watch_unacked(slot);
    uint64_t deadline_ms = unacked_deadline_ms(slot);
    if (deadline_ms == UINT64_MAX) deadline_ms = tcp->now_ms + HTTP_UNACKED_DEADLINE_MS; /* for our FIN */
    drop_pending(slot);
    return http_tcp_close(tcp, release(slot), deadline_ms);
}

/* Our FIN goes out behind what is queued; when the heap has no room for it lwIP tries again by itself. */
static void end_our_direction(http_tcp_slot_t *slot)
{
    if (slot->tx_closed) return;
    if (slot->tls && !slot->owner->tls_ops->end(slot)) return; /* again when something was acknowledged */
    slot->tx_closed = true;
    tcp_setprio(slot->pcb, TCP_PRIO_MIN);
    tcp_shutdown(slot->pcb, 0, 1);
}

/* ---- Turns ------------------------------------------------------------------------------------------ */

/* Of a connection that does not speak HTTP, or no more. */
static err_t act_on_tls(http_tcp_slot_t *slot)
{
    if (slot->tls->phase == HTTP_TLS_FAILED) {
        end_our_direction(slot); /* behind the alert */
        return slot->peer_closed ? http_tcp_slot_close(slot) : ERR_OK;
    }
    return slot->peer_closed && !slot->pending ? http_tcp_slot_abort(slot) : ERR_OK;
}

static err_t act_on_state(http_tcp_slot_t *slot)
{
    if (slot->tls && http_tls_rules(slot)) return act_on_tls(slot);
    switch (http_conn_state(&slot->conn, slot->owner->now_ms)) {
    case HTTP_CONN_IDLE:
    case HTTP_CONN_ACTIVE: return ERR_OK;
    case HTTP_CONN_LINGER: end_our_direction(slot); return ERR_OK;
    case HTTP_CONN_CLOSED: return http_tcp_slot_close(slot);
    case HTTP_CONN_ABORT: break;
    }
    return http_tcp_slot_abort(slot);
}

/* Moves what can be moved and acts on the connection's state.
 * returns   ERR_OK, or ERR_ABRT: the control block is gone and a callback must say so to lwIP */
static err_t turn(http_tcp_slot_t *slot)
{
    bool moved;
    do {
        moved = move_output(slot);
        moved |= move_input(slot);
    } while (moved);
    if (slot->taken > 0) tcp_recved(slot->pcb, (u16_t)slot->taken);
    slot->taken = 0;
    err_t result = act_on_state(slot);
    if (slot->pcb) {
        watch_unacked(slot);
        uint64_t deadline_ms = http_tcp_slot_deadline_ms(slot);
        if (deadline_ms < slot->owner->deadline_ms) slot->owner->deadline_ms = deadline_ms;
    }
    return result;
}

/* Nobody else sends what was queued. */
void http_tcp_slot_turn(http_tcp_slot_t *slot)
{
    turn(slot);
    if (slot->pcb) tcp_output(slot->pcb);
}

/* lwIP offers again what did not fit only in a quarter of a second, and a browser's first message takes two frames. */
bool http_tcp_slot_refill(http_tcp_slot_t *slot)
{
    if (!slot->pcb || slot->pending || !slot->pcb->refused_data) return false;
    (void)tcp_process_refused_data(slot->pcb);
    return slot->pcb && slot->pending;
}

void http_tcp_slot_poll(http_tcp_slot_t *slot)
{
    uint64_t now_ms = slot->owner->now_ms;
    if (now_ms < http_tcp_slot_deadline_ms(slot)) return;
    watch_unacked(slot); /* lwIP does not tell of an acknowledgement that is only for our FIN */
    if (now_ms >= unacked_deadline_ms(slot)) {
        http_tcp_slot_abort(slot);
        return;
    }
    if (now_ms < talk_deadline_ms(slot)) return;
    if (slot->tls && http_tls_rules(slot)) {
        http_tcp_slot_abort(slot);
        return;
    }
    http_conn_timeout(&slot->conn, now_ms);
    http_tcp_slot_turn(slot);
}

void http_tcp_slot_wake(http_tcp_slot_t *slot)
{
    if (http_conn_wake(&slot->conn, slot->owner->now_ms)) http_tcp_slot_turn(slot);
}

/* ---- lwIP's callbacks ------------------------------------------------------------------------------- */

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    http_tcp_slot_t *slot = arg;
    LWIP_UNUSED_ARG(pcb);
    LWIP_UNUSED_ARG(err);
    if (!p) {
        slot->peer_closed = true;
        return turn(slot);
    }
    if (!slot->pending) {
        slot->pending = p;
    } else if (pbuf_clen(slot->pending) < NET_PBUFS_PER_CONNECTION) {
        pbuf_cat(slot->pending, p);
    } else {
        /* Many short segments would hold more memory than their window says: lwIP keeps this one, drops what
         * follows it, and offers it again. */
        return ERR_MEM;
    }
    return turn(slot);
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t bytes)
{
    LWIP_UNUSED_ARG(pcb);
    LWIP_UNUSED_ARG(bytes);
    return turn(arg);
}

static err_t on_poll(void *arg, struct tcp_pcb *pcb)
{
    LWIP_UNUSED_ARG(pcb);
    return turn(arg);
}

/* The control block is gone: reset by the peer, given up by retransmission, or closed behind our FIN. */
static void on_error(void *arg, err_t err)
{
    http_tcp_slot_t *slot = arg;
    LWIP_UNUSED_ARG(err);
    drop_pending(slot);
    slot->pcb = NULL;
    slot->owner->slots_used--;
    http_conn_close(&slot->conn);
    if (slot->tls) slot->owner->tls_ops->close(slot);
}

static http_peer_t peer_of(const struct tcp_pcb *pcb)
{
    http_peer_t peer = { .secure = false };
    if (IP_IS_V6(&pcb->remote_ip)) {
        memcpy(peer.address, ip_2_ip6(&pcb->remote_ip)->addr, sizeof peer.address);
    } else {
        uint32_t ipv4 = ip4_addr_get_u32(ip_2_ip4(&pcb->remote_ip));
        peer.address[10] = peer.address[11] = 0xff;
        memcpy(peer.address + 12, &ipv4, sizeof ipv4);
    }
    return peer;
}

void http_tcp_slot_begin_http(http_tcp_slot_t *slot)
{
    http_peer_t peer = peer_of(slot->pcb);
    if (slot->tls) {
        peer.secure = true;
        peer.client_unit = slot->tls->conn.unit;
        peer.client_epoch = slot->tls->conn.clients_epoch;
    }
    http_conn_open(&slot->conn, slot->owner->server, &peer, slot->owner->now_ms);
}

void http_tcp_slot_open(http_tcp_slot_t *slot, struct tcp_pcb *pcb)
{
    http_tcp_t *tcp = slot->owner;
    slot->pcb = pcb;
    slot->pending = NULL;
    slot->peer_closed = false;
    slot->told_closed = false;
    slot->tx_closed = false;
    slot->unacked_since_ms = UINT64_MAX;
    if (++tcp->slots_used > tcp->slots_peak) tcp->slots_peak = tcp->slots_used;
    slot->taken = 0;
    http_tcp_slot_begin_http(
        slot); /* with TLS once more when it is spoken: until then it tells how long nothing came */
    if (slot->tls) slot->owner->tls_ops->open(slot);
    tcp_arg(pcb, slot);
    tcp_recv(pcb, on_recv);
    tcp_sent(pcb, on_sent);
    tcp_err(pcb, on_error);
    tcp_poll(pcb, on_poll, POLL_TICKS);
    /* Answers are handed over whole, so there is nothing that Nagle's algorithm could collect. */
    tcp_nagle_disable(pcb);
    uint64_t deadline_ms = talk_deadline_ms(slot);
    if (deadline_ms < tcp->deadline_ms) tcp->deadline_ms = deadline_ms;
}
