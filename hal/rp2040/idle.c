/* idle.c - hal_system_idle: WFI until a frame or a deadline. Alarm 0 of the timer (section 4.6) is the alarm clock.
 *
 * Neither the alarm nor the Ethernet chip's line has a handler. Both are enabled only around WFI, with interrupts masked:
 * a pending one ends WFI all the same, and nothing can slip between the last look and the sleep.
 */
#include <stdbool.h>
#include <stdint.h>

#include "cortex_m.h"
#include "hal/clock.h"
#include "hal/system.h"
#include "hardware/regs/addressmap.h"
#include "hardware/regs/intctrl.h"
#include "hardware/regs/timer.h"
#include "rp2040.h"

/* The watchdog is fed between two sleeps. */
#define SLEEP_MS_MAX (RP2040_WATCHDOG_MS / 4u)

static void alarm_start(uint32_t us)
{
    mmio_write32(TIMER_BASE + TIMER_INTR_OFFSET, TIMER_INTR_ALARM_0_BITS);
    rp2040_set(TIMER_BASE + TIMER_INTE_OFFSET, TIMER_INTE_ALARM_0_BITS);
    mmio_write32(TIMER_BASE + TIMER_ALARM0_OFFSET, mmio_read32(TIMER_BASE + TIMER_TIMERAWL_OFFSET) + us);
}

static bool alarm_rang(void)
{
    return (mmio_read32(TIMER_BASE + TIMER_INTR_OFFSET) & TIMER_INTR_ALARM_0_BITS) != 0;
}

static void alarm_stop(void)
{
    mmio_write32(TIMER_BASE + TIMER_ARMED_OFFSET, 1u);
    rp2040_clear(TIMER_BASE + TIMER_INTE_OFFSET, TIMER_INTE_ALARM_0_BITS);
    mmio_write32(TIMER_BASE + TIMER_INTR_OFFSET, TIMER_INTR_ALARM_0_BITS);
    cortex_m_irq_unpend(TIMER_IRQ_0);
}

static void wakers(bool on)
{
    if (on) {
        cortex_m_irq_enable(TIMER_IRQ_0);
        cortex_m_irq_enable(IO_IRQ_BANK0);
    } else {
        cortex_m_irq_disable(TIMER_IRQ_0);
        cortex_m_irq_disable(IO_IRQ_BANK0);
    }
}

void hal_system_idle(uint64_t until_ms)
{
    rp2040_watchdog_feed();
    uint64_t now_ms = hal_clock_ms();
    if (now_ms >= until_ms || rp2040_eth_waiting() || rp2040_console_waiting()) return;
    uint64_t left_ms = until_ms - now_ms;
    uint32_t sleep_ms = left_ms < SLEEP_MS_MAX ? (uint32_t)left_ms : SLEEP_MS_MAX;
    uint32_t primask = cortex_m_irq_save();
    alarm_start(sleep_ms * 1000u);
    rp2040_eth_wake(true);
    wakers(true);
    /* What the console sends and the wrapping tick also end WFI; they are served and sleep goes on. */
    while (!alarm_rang() && !rp2040_eth_waiting() && !rp2040_console_waiting()) {
        cortex_m_wait();
        wakers(false);
        cortex_m_irq_restore(primask);
        (void)cortex_m_irq_save();
        wakers(true);
    }
    wakers(false);
    rp2040_eth_wake(false);
    alarm_stop();
    cortex_m_irq_unpend(IO_IRQ_BANK0);
    cortex_m_irq_restore(primask);
}
