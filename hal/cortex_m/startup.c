/* startup.c - from reset to main: vectors, .data, .bss, stack paint, memory protection. */
#include <stdint.h>

#include "cortex_m.h"

/* From the linker script; addresses, not objects. */
extern uint32_t __data_load[], __data_start[], __data_end[], __bss_start[], __bss_end[];
extern uint32_t __stack_top[];

extern int main(void);

typedef void (*vector_t)(void);

typedef struct {
    uint32_t *stack;
    vector_t exceptions[15];
} vectors_t;

extern const vectors_t cortex_m_vectors;

__attribute__((section(".vectors.core"), used)) const vectors_t cortex_m_vectors = {
    .stack = __stack_top,
    .exceptions = {
        cortex_m_reset,
        cortex_m_fault_entry, /* NMI: nothing on our boards may raise it */
        cortex_m_fault_entry, /* HardFault */
        cortex_m_fault_entry, /* MemManage */
        cortex_m_fault_entry, /* BusFault */
        cortex_m_fault_entry, /* UsageFault */
        0,
        0,
        0,
        0,
        cortex_m_unexpected_irq, /* SVCall */
        cortex_m_unexpected_irq, /* DebugMonitor */
        0,
        cortex_m_unexpected_irq, /* PendSV */
        cortex_m_systick_handler,
    },
};

void cortex_m_reset(void)
{
    const uint32_t *from = __data_load;
    for (uint32_t *to = __data_start; to < __data_end;) *to++ = *from++;
    for (uint32_t *to = __bss_start; to < __bss_end;) *to++ = 0;
    cortex_m_stack_paint();
    cortex_m_protect();
    cortex_m_reset_record_load();
    (void)main();
    for (;;) cortex_m_wait();
}
