/* The least that lwIP needs around it: the product's board, HAL and Ethernet driver, and a loop that sleeps. The address
 * is the board's static one. */
#include <string.h>

#include "bench_server.h"
#include "board.h"
#include "hal/clock.h"
#include "hal/eth.h"
#include "hal/system.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

_Static_assert(ETH_PAD_SIZE == HAL_ETH_PAD_BYTES, "lwIP and hal_eth must agree on the padding");

/* A segment's head and what it refers to; an echo answer is one buffer. */
#define SLICES_MAX 4u

static struct {
    struct netif netif;
    uint32_t now_ms;
    uint32_t random;
} bench;

uint32_t sys_now(void)
{
    return bench.now_ms;
}

/* Ports and first sequence numbers; nobody attacks a bench. */
uint32_t bench_random_u32(void)
{
    bench.random = bench.random * 1664525u + 1013904223u;
    return bench.random;
}

static err_t send_frame(struct netif *netif, struct pbuf *p)
{
    hal_eth_slice_t slices[SLICES_MAX];
    size_t count = 0;
    size_t padding = ETH_PAD_SIZE;
    LWIP_UNUSED_ARG(netif);
    for (const struct pbuf *q = p; q; q = q->next) {
        if (count == SLICES_MAX) return ERR_BUF;
        slices[count++] =
            (hal_eth_slice_t){ (const uint8_t *)q->payload + padding, (size_t)q->len - padding };
        padding = 0;
    }
    return hal_eth_send(slices, count, (size_t)p->tot_len - ETH_PAD_SIZE) == STATUS_OK ? ERR_OK : ERR_MEM;
}

static err_t init_netif(struct netif *netif)
{
    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->mtu = 1500;
    netif->hwaddr_len = ETH_HWADDR_LEN;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
    netif->linkoutput = send_frame;
    return ERR_OK;
}

static bool receive_frame(void)
{
    size_t bytes = hal_eth_pending();
    if (bytes == 0) return false;
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)(bytes + ETH_PAD_SIZE), PBUF_POOL);
    if (!p) {
        hal_eth_discard();
        return true;
    }
    const hal_eth_span_t span = { p->payload, (p->len + 3u) & ~(size_t)3 };
    hal_eth_receive(&span, 1);
    ethernet_input(p, &bench.netif);
    return true;
}

static void open_network(const board_options_t *options)
{
    ip4_addr_t address, netmask, gateway;
    memcpy(&address, options->ipv4_address, sizeof address);
    memcpy(&netmask, options->ipv4_netmask, sizeof netmask);
    memcpy(&gateway, options->ipv4_gateway, sizeof gateway);
    lwip_init();
    if (hal_eth_open(bench.netif.hwaddr) != STATUS_OK) hal_system_panic("no Ethernet");
    netif_add(&bench.netif, &address, &netmask, &gateway, NULL, init_netif, ethernet_input);
    netif_set_default(&bench.netif);
    netif_set_up(&bench.netif);
}

static uint64_t poll(uint64_t now_ms)
{
    bench.now_ms = (uint32_t)now_ms;
    while (receive_frame()) continue;
    sys_check_timeouts();
    return now_ms + sys_timeouts_sleeptime();
}

int main(void)
{
    const board_t *board = board_init();
    if (!board->options.ipv4_static) hal_system_panic("the bench has static addresses");
    open_network(&board->options);
    bench_server_open();
    for (;;) hal_system_idle(poll(hal_clock_ms()));
}
