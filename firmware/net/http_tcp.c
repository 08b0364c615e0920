#include "net/http_tcp.h"

#include "base/log.h"
#include "net/http_tcp_closing.h"
#include "net/http_tcp_refusal.h"
#include "net/http_tcp_slot.h"
#include "net/http_tls.h"

/* ---- Admission -------------------------------------------------------------------------------------- */

static http_tcp_slot_t *free_slot(http_tcp_t *tcp)
{
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        if (!tcp->slots[i].pcb) return &tcp->slots[i];
    }
    return NULL;
}

static bool is_lingering(const http_tcp_slot_t *slot)
{
    if (slot->tls && slot->tls->phase == HTTP_TLS_FAILED) return true;
    return http_conn_state(&slot->conn, slot->owner->now_ms) == HTTP_CONN_LINGER;
}

static bool is_idle(const http_tcp_slot_t *slot)
{
    if (slot->pending || (slot->tls && !http_tls_is_idle(slot))) return false;
    return http_conn_state(&slot->conn, slot->owner->now_ms) == HTTP_CONN_IDLE;
}

/* The one that lingers and would have ended first. */
static http_tcp_slot_t *lingering_slot(http_tcp_t *tcp)
{
    http_tcp_slot_t *found = NULL;
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        http_tcp_slot_t *slot = &tcp->slots[i];
        if (!is_lingering(slot)) continue;
        if (!found || http_tcp_slot_deadline_ms(slot) < http_tcp_slot_deadline_ms(found)) found = slot;
    }
    return found;
}

/* The one that has been idle longest. */
static http_tcp_slot_t *idle_slot(http_tcp_t *tcp)
{
    http_tcp_slot_t *found = NULL;
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        http_tcp_slot_t *slot = &tcp->slots[i];
        if (!is_idle(slot)) continue;
        if (!found || http_conn_idle_since_ms(&slot->conn) < http_conn_idle_since_ms(&found->conn))
            found = slot;
    }
    return found;
}

/* The one whose peer has owed an acknowledgement longest, if that is too long. */
static http_tcp_slot_t *stalled_slot(http_tcp_t *tcp)
{
    http_tcp_slot_t *found = NULL;
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        http_tcp_slot_t *slot = &tcp->slots[i];
        if (slot->unacked_since_ms == UINT64_MAX) continue;
        if (tcp->now_ms - slot->unacked_since_ms < HTTP_UNACKED_GRACE_MS) continue;
        if (!found || slot->unacked_since_ms < found->unacked_since_ms) found = slot;
    }
    return found;
}

static http_tcp_slot_t *make_room(http_tcp_t *tcp)
{
    /* A peer that takes nothing goes before those who behave. Idle ones lose nothing; one
     * that lingers may still be bringing its last answer to its peer. */
    http_tcp_slot_t *slot = stalled_slot(tcp);
    if (slot) {
        tcp->evicted++;
        http_tcp_slot_abort(slot);
        return slot;
    }
    slot = idle_slot(tcp);
    if (!slot) slot = lingering_slot(tcp);
    if (!slot) return NULL;
    tcp->evicted++;
    http_tcp_slot_close(slot);
    return slot;
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
    http_tcp_t *tcp = arg;
    if (err != ERR_OK || !pcb)
        return ERR_VAL; /* lwIP has no control block left: the client's SYN comes again */
    http_tcp_slot_t *slot = free_slot(tcp);
    if (!slot) slot = make_room(tcp);
    if (slot) {
        tcp->accepted++;
        http_tcp_slot_open(slot, pcb);
        return ERR_OK;
    }
    tcp->refused++;
    if (!tcp->tls_server && http_tcp_refuse(tcp, pcb)) return ERR_OK;
    tcp_abort(pcb);
    return ERR_ABRT;
}

/* One step a turn.
 * returns   whether there may be another one at once */
static bool work_on_handshakes(http_tcp_t *tcp)
{
    http_tcp_slot_t *slot = tcp->tls_ops->next(tcp);
    if (!slot) return false;
    bool again = tcp->tls_ops->step(slot);
    http_tcp_slot_turn(slot);
    return http_tcp_slot_refill(slot) || again;
}

/* ---- Time and pressure ------------------------------------------------------------------------------ */

static uint64_t act_on_deadlines(http_tcp_t *tcp)
{
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        if (tcp->slots[i].pcb) http_tcp_slot_poll(&tcp->slots[i]);
    }
    uint64_t next_ms = http_tcp_poll_refusals(tcp);
    uint64_t closings_ms = http_tcp_poll_closings(tcp); /* the last: the others may have closed something */
    if (closings_ms < next_ms) next_ms = closings_ms;
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        if (!tcp->slots[i].pcb) continue;
        uint64_t deadline_ms = http_tcp_slot_deadline_ms(&tcp->slots[i]);
        if (deadline_ms < next_ms) next_ms = deadline_ms;
    }
    return next_ms;
}

uint64_t http_tcp_poll(http_tcp_t *tcp)
{
    if (tcp->now_ms >= tcp->deadline_ms) tcp->deadline_ms = act_on_deadlines(tcp);
    /* Behind the deadlines: a handshake that has run out of time makes way for the next one. */
    if (tcp->tls_server && tcp->slots_used > 0 && work_on_handshakes(tcp)) return tcp->now_ms;
    return tcp->deadline_ms;
}

void http_tcp_wake(http_tcp_t *tcp)
{
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        if (tcp->slots[i].pcb) http_tcp_slot_wake(&tcp->slots[i]);
    }
}

void http_tcp_shed(http_tcp_t *tcp)
{
    http_tcp_slot_t *worst = NULL;
    unsigned most = NET_PBUFS_PER_CONNECTION;
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        http_tcp_slot_t *slot = &tcp->slots[i];
        if (!slot->pcb || !slot->pending) continue;
        unsigned held = pbuf_clen(slot->pending);
        if (slot->pcb->refused_data) held += pbuf_clen(slot->pcb->refused_data);
        if (held <= most) continue;
        most = held;
        worst = slot;
    }
    if (!worst) return;
    log_warning("net", "connection reset: it held %u receive buffers", most);
    http_tcp_slot_abort(worst);
}

void http_tcp_open(http_tcp_t *tcp, http_server_t *server)
{
    tcp->server = server;
    tcp->deadline_ms = UINT64_MAX;
    for (unsigned i = 0; i < tcp->slot_count; i++) tcp->slots[i].owner = tcp;
    for (unsigned i = 0; i < HTTP_REFUSALS_MAX; i++) tcp->refusals[i].owner = tcp;
}

status_t http_tcp_listen(http_tcp_t *tcp, uint16_t port)
{
    if (tcp->listener) return STATUS_OK;
    struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);
    if (!pcb) return STATUS_NO_MEMORY;
    if (tcp_bind(pcb, IP_ANY_TYPE, port) != ERR_OK) {
        tcp_abort(pcb);
        return STATUS_INVALID;
    }
    tcp->listener = tcp_listen_with_backlog(pcb, tcp->tls_server ? NET_TLS_BACKLOG : NET_TCP_BACKLOG);
    if (!tcp->listener) {
        tcp_abort(pcb);
        return STATUS_NO_MEMORY;
    }
    tcp_arg(tcp->listener, tcp);
    tcp_accept(tcp->listener, on_accept);
    return STATUS_OK;
}

void http_tcp_stop(http_tcp_t *tcp)
{
    if (!tcp->listener) return;
    (void)tcp_close(tcp->listener); /* of a listener it cannot fail */
    tcp->listener = NULL;
    for (unsigned i = 0; i < tcp->slot_count; i++)
        if (tcp->slots[i].pcb) (void)http_tcp_slot_close(&tcp->slots[i]);
}
