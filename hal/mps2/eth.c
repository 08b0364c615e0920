/* eth.c - hal/eth.h on the board's only Ethernet controller. */
#include "hal/eth.h"

#include "hal/drivers/lan9118.h"
#include "mps2.h"

static lan9118_t nic;

status_t hal_eth_open(uint8_t mac[6])
{
    return lan9118_open(&nic, MPS2_ETHERNET, mac);
}
bool hal_eth_link_up(void)
{
    return lan9118_link_up(&nic);
}
size_t hal_eth_pending(void)
{
    return lan9118_pending(&nic);
}
void hal_eth_discard(void)
{
    lan9118_discard(&nic);
}
void hal_eth_read_stats(hal_eth_stats_t *out)
{
    lan9118_read_stats(&nic, out);
}

void hal_eth_receive(const hal_eth_span_t spans[], size_t span_count)
{
    lan9118_receive(&nic, spans, span_count);
}

status_t hal_eth_send(const hal_eth_slice_t slices[], size_t slice_count, size_t bytes)
{
    return lan9118_send(&nic, slices, slice_count, bytes);
}

bool mps2_eth_waiting(void)
{
    return nic.base != 0 && lan9118_rx_waiting(&nic);
}

void mps2_eth_acknowledge(void)
{
    if (nic.base != 0) lan9118_rx_acknowledge(&nic);
}
