/* rp2040.c - bring-up, pins, external vectors, reset, and what this family does not have. */
#include "rp2040.h"

#include "cortex_m.h"
#include "hal/button.h"
#include "hal/clock.h"
#include "hardware/regs/addressmap.h"
#include "hardware/regs/intctrl.h"
#include "hardware/regs/io_bank0.h"
#include "hardware/regs/pads_bank0.h"
#include "hardware/regs/psm.h"
#include "hardware/regs/resets.h"
#include "hardware/regs/sio.h"
#include "hardware/regs/watchdog.h"

#define IRQ_COUNT 26u /* section 2.3.2 */

#define PAD_BYTES  4u
#define CTRL_BYTES 8u

/* Everything but the two oscillators, which the rest runs from. */
#define RESET_DOMAINS (PSM_WDSEL_BITS & ~(PSM_WDSEL_ROSC_BITS | PSM_WDSEL_XOSC_BITS))

typedef void (*vector_t)(void);

extern const vector_t rp2040_vectors[IRQ_COUNT];

/* All but one interrupt of ours only end a sleep (idle.c). */
__attribute__((section(".vectors.irq"), used)) const vector_t rp2040_vectors[IRQ_COUNT] = {
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    rp2040_console_handler,  cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq,
};

_Static_assert(UART0_IRQ == 20, "its place in the table");

void rp2040_unreset(uint32_t blocks)
{
    rp2040_clear(RESETS_BASE + RESETS_RESET_OFFSET, blocks);
    while ((mmio_read32(RESETS_BASE + RESETS_RESET_DONE_OFFSET) & blocks) != blocks) {}
}

void rp2040_pin(unsigned pin, rp2040_function_t function, bool pull_up)
{
    uint32_t pad = PADS_BANK0_GPIO0_IE_BITS | PADS_BANK0_GPIO0_SCHMITT_BITS |
                   1u << PADS_BANK0_GPIO0_DRIVE_LSB | (pull_up ? PADS_BANK0_GPIO0_PUE_BITS : 0u);
    mmio_write32(PADS_BANK0_BASE + PADS_BANK0_GPIO0_OFFSET + PAD_BYTES * pin, pad);
    mmio_write32(IO_BANK0_BASE + IO_BANK0_GPIO0_CTRL_OFFSET + CTRL_BYTES * pin, function);
}

bool rp2040_pin_high(unsigned pin)
{
    return (mmio_read32(SIO_BASE + SIO_GPIO_IN_OFFSET) >> pin & 1u) != 0;
}

/* ---- Start and watchdog (section 4.7) -------------------------------------------------------------------- */

/* It counts down by two each microsecond (erratum RP2040-E1). */
#define WATCHDOG_COUNTS (RP2040_WATCHDOG_MS * 1000u * 2u)
_Static_assert(WATCHDOG_COUNTS <= WATCHDOG_LOAD_BITS, "24 bits");

static void start_watchdog(void)
{
    mmio_write32(PSM_BASE + PSM_WDSEL_OFFSET, RESET_DOMAINS);
    rp2040_watchdog_feed();
    mmio_write32(WATCHDOG_BASE + WATCHDOG_CTRL_OFFSET,
                 WATCHDOG_CTRL_ENABLE_BITS | WATCHDOG_CTRL_PAUSE_DBG0_BITS | WATCHDOG_CTRL_PAUSE_DBG1_BITS |
                     WATCHDOG_CTRL_PAUSE_JTAG_BITS);
}

void rp2040_watchdog_feed(void)
{
    mmio_write32(WATCHDOG_BASE + WATCHDOG_LOAD_OFFSET, WATCHDOG_COUNTS);
}

void rp2040_init(void)
{
    rp2040_unreset(RESETS_RESET_IO_BANK0_BITS | RESETS_RESET_PADS_BANK0_BITS | RESETS_RESET_PLL_SYS_BITS |
                   RESETS_RESET_PLL_USB_BITS);
    rp2040_clocks_init();
    rp2040_unreset(RESETS_RESET_TIMER_BITS);
    start_watchdog();
    cortex_m_clock_init(RP2040_SYSCLK_HZ / 1000u);
    rp2040_console_init();
    rp2040_flash_init();
    cortex_m_report_fault();
}

/* ---- Reset --------------------------------------------------------------------------------------------- */

/* SYSRESETREQ would reset the core alone, and leave peripherals as the last life had them. */
void cortex_m_reset_system(void)
{
    mmio_write32(PSM_BASE + PSM_WDSEL_OFFSET, RESET_DOMAINS);
    rp2040_set(WATCHDOG_BASE + WATCHDOG_CTRL_OFFSET, WATCHDOG_CTRL_TRIGGER_BITS);
}

bool cortex_m_watchdog_barked(void)
{
    return (mmio_read32(WATCHDOG_BASE + WATCHDOG_REASON_OFFSET) & WATCHDOG_REASON_TIMER_BITS) != 0;
}

/* ---- What there is not ----------------------------------------------------------------------------------- */

/* The chip's own calendar forgets with the power. */
status_t hal_clock_utc_ms(int64_t *utc_ms)
{
    (void)utc_ms;
    return STATUS_UNSUPPORTED;
}

/* BOOTSEL is the flash chip's select line: to look at it, flash must be left alone. */
bool hal_button_pressed(void)
{
    return false;
}
