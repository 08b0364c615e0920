#include "net/http_tcp_closing.h"

#include "lwip/priv/tcp_priv.h"

/* Whether the peer still owes an acknowledgement. A control block may have been freed, and used again by somebody
 * else, so it is looked at only when it is found in the list and names this place as its owner. */
static bool is_waiting(const http_tcp_closing_t *closing)
{
    for (const struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
        if (pcb != closing->pcb) continue;
        return pcb->callback_arg == closing && (pcb->snd_queuelen > 0 || (pcb->flags & TF_CLOSEPEND));
    }
    return false;
}

/* A place that is free, if need be by resetting the connection whose time is over first. */
static http_tcp_closing_t *take_place(http_tcp_t *tcp)
{
    http_tcp_closing_t *first = &tcp->closings[0];
    for (unsigned i = 0; i < HTTP_CLOSINGS_MAX; i++) {
        http_tcp_closing_t *closing = &tcp->closings[i];
        if (!is_waiting(closing)) return closing;
        if (closing->deadline_ms < first->deadline_ms) first = closing;
    }
    tcp_abort(first->pcb);
    return first;
}

err_t http_tcp_close(http_tcp_t *tcp, struct tcp_pcb *pcb, uint64_t deadline_ms)
{
    http_tcp_closing_t *closing = take_place(tcp);
    closing->pcb = pcb;
    closing->deadline_ms = deadline_ms;
    if (deadline_ms < tcp->deadline_ms) tcp->deadline_ms = deadline_ms;
    tcp_arg(pcb, closing);
    /* A block that only waits for the peer's agreement is the first to go when lwIP has no other left. */
    tcp_setprio(pcb, TCP_PRIO_MIN);
    if (tcp_close(pcb) == ERR_OK) return ERR_OK;
    tcp_abort(pcb);
    return ERR_ABRT;
}

uint64_t http_tcp_poll_closings(http_tcp_t *tcp)
{
    uint64_t next_ms = UINT64_MAX;
    for (unsigned i = 0; i < HTTP_CLOSINGS_MAX; i++) {
        http_tcp_closing_t *closing = &tcp->closings[i];
        if (!is_waiting(closing)) continue;
        if (tcp->now_ms >= closing->deadline_ms)
            tcp_abort(closing->pcb);
        else if (closing->deadline_ms < next_ms)
            next_ms = closing->deadline_ms;
    }
    return next_ms;
}
