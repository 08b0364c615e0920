/* clock.c - time by SysTick: a 24-bit counter that runs freely, with an interrupt only when it wraps (every
 * 0.67 s at 25 MHz), so that an idle device is not woken to count. */
#include <stdint.h>

#include "cortex_m.h"
#include "hal/clock.h"
#include "hal/mmio.h"

#define SYST_CSR       0xe000e010u
#define SYST_RVR       0xe000e014u
#define SYST_CVR       0xe000e018u
#define SYST_CSR_ON    0x7u /* enable, interrupt, core clock */
#define ICSR           0xe000ed04u
#define ICSR_PENDSTSET 0x04000000u

static struct {
    volatile uint32_t wraps; /* written by the handler only */
    uint32_t cycles_per_ms;
    uint32_t seen;      /* low 32 bits of the cycle count at the last call */
    uint32_t remainder; /* cycles since ms began */
    uint64_t ms;
} tick;

void cortex_m_systick_handler(void)
{
    tick.wraps = tick.wraps + 1u;
}

void cortex_m_clock_init(uint32_t cycles_per_ms)
{
    tick.cycles_per_ms = cycles_per_ms;
    mmio_write32(SYST_RVR, CORTEX_M_TICK_PERIOD - 1u);
    mmio_write32(SYST_CVR, 0);
    mmio_write32(SYST_CSR, SYST_CSR_ON);
}

/* Cycles since start, modulo 2^32. Right also while interrupts are masked and a wrap is pending. */
static uint32_t cycles_now(void)
{
    uint32_t wraps;
    uint32_t cycles;
    uint32_t pending;
    do {
        wraps = tick.wraps;
        cycles = cortex_m_cycles();
        pending = mmio_read32(ICSR) & ICSR_PENDSTSET;
    } while (wraps != tick.wraps);
    if (pending) {
        /* The reading may be of before the wrap; one taken now is not. */
        wraps++;
        cycles = cortex_m_cycles();
    }
    return wraps * CORTEX_M_TICK_PERIOD + cycles;
}

uint64_t hal_clock_ms(void)
{
    uint32_t now = cycles_now();
    uint32_t passed = now - tick.seen;
    /* A counter that stands at zero just before its interrupt is posted reads one period too early: for
     * that moment time stands still rather than going back. */
    if (passed > CORTEX_M_CLOCK_GAP_CYCLES) return tick.ms;
    tick.seen = now;
    passed += tick.remainder;
    if (passed >= tick.cycles_per_ms) {
        uint32_t ms = passed / tick.cycles_per_ms;
        passed -= ms * tick.cycles_per_ms;
        tick.ms += ms;
    }
    tick.remainder = passed;
    return tick.ms;
}
