/* eth.c - hal/eth.h on the board's W5500. */
#include "hal/eth.h"

#include <string.h>

#include "cortex_m.h"
#include "hardware/regs/addressmap.h"
#include "hardware/regs/io_bank0.h"
#include "hardware/regs/sio.h"
#include "rp2040.h"
#include "spi.h"

/* W5500 data sheet, section 5.5.1: RSTn low for 500 us, then 1 ms until its PLL has locked. */
#define RESET_LOW_CYCLES   (RP2040_SYSCLK_HZ / 1000000u * 600u)
#define RESET_AFTER_CYCLES (RP2040_SYSCLK_HZ / 1000u * 2u)

static struct {
    w5500_t *nic;
    unsigned reset_pin, int_pin;
} eth;

void rp2040_eth_use(w5500_t *nic, unsigned reset_pin, unsigned int_pin)
{
    eth.nic = nic;
    eth.reset_pin = reset_pin;
    eth.int_pin = int_pin;
}

static void wait_cycles(uint32_t cycles)
{
    uint32_t start = cortex_m_cycles();
    while (cortex_m_cycles_since(start) < cycles) {}
}

static void pulse_reset(void)
{
    mmio_write32(SIO_BASE + SIO_GPIO_OUT_CLR_OFFSET, 1u << eth.reset_pin);
    mmio_write32(SIO_BASE + SIO_GPIO_OE_SET_OFFSET, 1u << eth.reset_pin);
    rp2040_pin(eth.reset_pin, RP2040_SIO, false);
    wait_cycles(RESET_LOW_CYCLES);
    mmio_write32(SIO_BASE + SIO_GPIO_OUT_SET_OFFSET, 1u << eth.reset_pin);
    wait_cycles(RESET_AFTER_CYCLES);
}

/* Nobody has given this board an address: the flash chip's number makes one of the range that is administered
 * locally. FNV-1a spreads all 64 bits of it over the 46 that are free. */
static void make_address(uint8_t mac[6])
{
    uint8_t id[8];
    rp2040_flash_unique_id(id);
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < sizeof id; i++) hash = (hash ^ id[i]) * 0x100000001b3u;
    for (size_t i = 0; i < 6; i++) mac[i] = (uint8_t)(hash >> 8 * i);
    mac[0] = (uint8_t)((mac[0] & 0xfcu) | 0x02u);
}

status_t hal_eth_open(uint8_t mac[6])
{
    if (!eth.nic) return STATUS_UNSUPPORTED;
    uint8_t made[6];
    make_address(made);
    rp2040_pin(eth.int_pin, RP2040_SIO, true);
    rp2040_spi_start(eth.nic->spi);
    pulse_reset();
    status_t status = w5500_open(eth.nic, made);
    if (status == STATUS_OK) memcpy(mac, made, sizeof made);
    return status;
}

bool hal_eth_link_up(void)
{
    return w5500_link_up(eth.nic);
}

bool rp2040_eth_waiting(void)
{
    return eth.nic && eth.nic->open && (w5500_knows_more(eth.nic) || !rp2040_pin_high(eth.int_pin));
}

/* The line tells for less than a look over the bus would cost. */
size_t hal_eth_pending(void)
{
    return rp2040_eth_waiting() ? w5500_pending(eth.nic) : 0;
}

void hal_eth_receive(const hal_eth_span_t spans[], size_t span_count)
{
    w5500_receive(eth.nic, spans, span_count);
}

void hal_eth_discard(void)
{
    w5500_discard(eth.nic);
}

status_t hal_eth_send(const hal_eth_slice_t slices[], size_t slice_count, size_t bytes)
{
    return w5500_send(eth.nic, slices, slice_count, bytes);
}

void hal_eth_read_stats(hal_eth_stats_t *out)
{
    *out = eth.nic->stats;
}

/* Four bits a pin, eight pins a register (section 2.19.6.1). */
void rp2040_eth_wake(bool enable)
{
    if (!eth.nic) return;
    uintptr_t at = IO_BANK0_BASE + IO_BANK0_PROC0_INTE0_OFFSET + 4u * (eth.int_pin / 8u);
    uint32_t bit = IO_BANK0_PROC0_INTE0_GPIO0_LEVEL_LOW_BITS << 4u * (eth.int_pin % 8u);
    if (enable) {
        rp2040_set(at, bit);
    } else {
        rp2040_clear(at, bit);
    }
}
