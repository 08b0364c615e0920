/* The floor: nothing that speaks TCP by lwIP on this core and driver can be cheaper. Takes whatever comes as a request
 * and sends the same answer each time. */
#include "answer.h"
#include "bench_server.h"
#include "lwip/tcp.h"

static const char answer[] = BENCH_ANSWER;

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    LWIP_UNUSED_ARG(arg);
    LWIP_UNUSED_ARG(err);
    if (!p) return tcp_close(pcb);
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return tcp_write(pcb, answer, sizeof answer - 1, 0); /* lwIP sends it when we return */
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
    LWIP_UNUSED_ARG(arg);
    if (err != ERR_OK || !pcb) return ERR_VAL;
    tcp_nagle_disable(pcb);
    tcp_recv(pcb, on_recv);
    return ERR_OK;
}

void bench_server_open(void)
{
    struct tcp_pcb *pcb = tcp_new();
    if (!pcb || tcp_bind(pcb, IP_ADDR_ANY, 80) != ERR_OK) return;
    pcb = tcp_listen(pcb);
    if (pcb) tcp_accept(pcb, on_accept);
}
