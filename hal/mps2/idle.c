/* idle.c - hal_system_idle: WFI until a frame or a deadline. CMSDK timer 0 (DDI 0479, section 4.1) is the
 * alarm clock.
 *
 * Neither the Ethernet line nor the timer has a handler. Both are enabled only around WFI, with interrupts
 * masked: a pending one ends WFI all the same, nothing can slip between the last look and the sleep, and a
 * frame that comes while the loop is at work costs no exception.
 */
#include <stdbool.h>
#include <stdint.h>

#include "cortex_m.h"
#include "hal/clock.h"
#include "hal/mmio.h"
#include "hal/system.h"
#include "mps2.h"

#define TIMER_CTRL      (MPS2_TIMER0 + 0x00u)
#define TIMER_RELOAD    (MPS2_TIMER0 + 0x08u)
#define TIMER_INTSTATUS (MPS2_TIMER0 + 0x0cu)
#define TIMER_ON        0x9u /* enable, interrupt */

#define CYCLES_PER_MS (MPS2_SYSCLK_HZ / 1000u)

/* The timer has 32 bits, and the clock wants to be asked now and then. */
#define SLEEP_MS_MAX (CORTEX_M_CLOCK_GAP_CYCLES / 2u / CYCLES_PER_MS)

/* The deadline the timer runs for; 0: it does not run, or for less. Most turns leave the deadline as it was, and then the
 * clock need not be asked nor the timer set. */
static uint64_t alarm_ms;

static bool timer_expired(void)
{
    return (mmio_read32(TIMER_INTSTATUS) & 1u) != 0;
}

static void timer_start(uint32_t cycles)
{
    mmio_write32(TIMER_RELOAD, cycles); /* loads the counter, too */
    mmio_write32(TIMER_CTRL, TIMER_ON);
}

static void timer_stop(void)
{
    alarm_ms = 0;
    mmio_write32(TIMER_CTRL, 0);
    mmio_write32(TIMER_INTSTATUS, 1);
    cortex_m_irq_unpend(MPS2_IRQ_TIMER0);
}

/* returns   false: the deadline has passed */
static bool set_alarm(uint64_t until_ms)
{
    uint64_t now_ms = hal_clock_ms();
    if (now_ms >= until_ms) return false;
    uint64_t left_ms = until_ms - now_ms;
    uint32_t sleep_ms = left_ms < SLEEP_MS_MAX ? (uint32_t)left_ms : SLEEP_MS_MAX;
    timer_stop();
    timer_start(sleep_ms * CYCLES_PER_MS);
    if (sleep_ms == left_ms) alarm_ms = until_ms;
    return true;
}

static void eth_lower(void)
{
    mps2_eth_acknowledge();
    cortex_m_irq_unpend(MPS2_IRQ_ETHERNET);
}

static bool something_happened(void)
{
    return mps2_eth_waiting() || timer_expired() || mps2_console_waiting();
}

void hal_system_idle(uint64_t until_ms)
{
    bool runs_for_it = alarm_ms != 0 && alarm_ms == until_ms;
    if (!runs_for_it && !set_alarm(until_ms)) return;
    uint32_t primask = cortex_m_irq_save();
    eth_lower();
    cortex_m_irq_enable(MPS2_IRQ_TIMER0);
    cortex_m_irq_enable(MPS2_IRQ_ETHERNET);
    while (!something_happened()) {
        cortex_m_wait();
        if (something_happened()) break;
        /* What the console sends and the wrapping tick also end WFI; they are served and sleep goes on. */
        cortex_m_irq_disable(MPS2_IRQ_TIMER0);
        cortex_m_irq_disable(MPS2_IRQ_ETHERNET);
        cortex_m_irq_restore(primask);
        (void)cortex_m_irq_save();
        cortex_m_irq_enable(MPS2_IRQ_TIMER0);
        cortex_m_irq_enable(MPS2_IRQ_ETHERNET);
    }
    cortex_m_irq_disable(MPS2_IRQ_TIMER0);
    cortex_m_irq_disable(MPS2_IRQ_ETHERNET);
    if (timer_expired()) timer_stop();
    cortex_m_irq_restore(primask);
}
