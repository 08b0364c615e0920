/* mps2.c - bring-up, external vectors, and what this family does not have. */
#include "mps2.h"

#include "cortex_m.h"
#include "hal/clock.h"
#include "hal/entropy.h"

#define IRQ_COUNT 32u /* AN385, table 3-3 */

typedef void (*vector_t)(void);

extern const vector_t mps2_vectors[IRQ_COUNT];

/* All but one interrupt of ours only end a sleep (idle.c). */
__attribute__((section(".vectors.irq"), used)) const vector_t mps2_vectors[IRQ_COUNT] = {
    mps2_console_rx_handler, mps2_console_tx_handler, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
    cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq, cortex_m_unexpected_irq,
};

void mps2_init(void)
{
    cortex_m_clock_init(MPS2_SYSCLK_HZ / 1000u);
    mps2_console_init();
    cortex_m_report_fault();
}

/* The battery-less FPGA board has no real-time clock. */
status_t hal_clock_utc_ms(int64_t *utc_ms)
{
    (void)utc_ms;
    return STATUS_UNSUPPORTED;
}

/* Nor has the subsystem of AN385 a generator of random numbers. */
status_t hal_entropy_read(uint8_t *out, size_t bytes)
{
    (void)out;
    (void)bytes;
    return STATUS_UNSUPPORTED;
}
