#include "net/http_tcp_refusal.h"

#include "net/http_tcp_closing.h"

static struct tcp_pcb *release(http_tcp_refusal_t *refusal)
{
    struct tcp_pcb *pcb = refusal->pcb;
    tcp_arg(pcb, NULL);
    tcp_recv(pcb, NULL);
    tcp_err(pcb, NULL);
    refusal->pcb = NULL;
    refusal->owner->refusals_used--;
    return pcb;
}

/* returns   ERR_OK, or ERR_ABRT when the control block is gone */
static err_t end(http_tcp_refusal_t *refusal)
{
    http_tcp_t *tcp = refusal->owner;
    return http_tcp_close(tcp, release(refusal), tcp->now_ms + HTTP_LINGER_DEADLINE_MS);
}

static void set_deadline(http_tcp_refusal_t *refusal)
{
    http_tcp_t *tcp = refusal->owner;
    refusal->deadline_ms = tcp->now_ms + HTTP_LINGER_DEADLINE_MS;
    if (refusal->deadline_ms < tcp->deadline_ms) tcp->deadline_ms = refusal->deadline_ms;
}

/* Sends the answer and our FIN; without memory for them it is tried once more at the deadline. */
static void answer(http_tcp_refusal_t *refusal)
{
    text_view_t text = http_refusal();
    if (refusal->answered) return;
    if (tcp_write(refusal->pcb, text.bytes, (u16_t)text.count, 0) != ERR_OK) return;
    refusal->answered = true;
    set_deadline(refusal);
    tcp_shutdown(refusal->pcb, 0, 1);
}

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    http_tcp_refusal_t *refusal = arg;
    LWIP_UNUSED_ARG(err);
    if (p) {
        tcp_recved(pcb, p->tot_len);
        pbuf_free(p);
        answer(refusal);
        return ERR_OK;
    }
    return end(refusal);
}

static void on_error(void *arg, err_t err)
{
    http_tcp_refusal_t *refusal = arg;
    LWIP_UNUSED_ARG(err);
    refusal->pcb = NULL;
    refusal->owner->refusals_used--;
}

bool http_tcp_refuse(http_tcp_t *tcp, struct tcp_pcb *pcb)
{
    for (unsigned i = 0; i < HTTP_REFUSALS_MAX; i++) {
        http_tcp_refusal_t *refusal = &tcp->refusals[i];
        if (refusal->pcb) continue;
        refusal->pcb = pcb;
        refusal->answered = false;
        if (++tcp->refusals_used > tcp->refusals_peak) tcp->refusals_peak = tcp->refusals_used;
        set_deadline(refusal);
        tcp_setprio(pcb, TCP_PRIO_MIN);
        tcp_arg(pcb, refusal);
        tcp_recv(pcb, on_recv);
        tcp_err(pcb, on_error);
        return true;
    }
    return false;
}

/* A client that sent nothing gets its answer now; one that took its answer and does not close is left to lwIP; one that
 * did not even take it is reset. */
static void expire(http_tcp_refusal_t *refusal)
{
    bool was_answered = refusal->answered;
    answer(refusal);
    if (refusal->answered && !was_answered) return;
    if (refusal->answered && refusal->pcb->snd_queuelen == 0)
        end(refusal);
    else
        tcp_abort(release(refusal));
}

uint64_t http_tcp_poll_refusals(http_tcp_t *tcp)
{
    uint64_t next_ms = UINT64_MAX;
    for (unsigned i = 0; i < HTTP_REFUSALS_MAX; i++) {
        http_tcp_refusal_t *refusal = &tcp->refusals[i];
        if (refusal->pcb && tcp->now_ms >= refusal->deadline_ms) expire(refusal);
        if (refusal->pcb && refusal->deadline_ms < next_ms) next_ms = refusal->deadline_ms;
    }
    return next_ms;
}
