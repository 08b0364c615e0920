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

static void copy_words(uintptr_t to, uintptr_t end, uintptr_t from)
{
    for (; to < end; to += 4, from += 4) *(uint32_t *)to = *(const uint32_t *)from;
}

/* Two words at a time, eight times a turn: this is most of what a start takes. Volatile, so that it does not
 * become a call of memset, which is slower and whose frame would lie in a stack that is being painted. */
void cortex_m_fill(uintptr_t to, uintptr_t end, uint32_t word)
{
    uint64_t two = (uint64_t)word << 32 | word;
    for (; (to & 7u) != 0 && to < end; to += 4) *(volatile uint32_t *)to = word;
    for (; to + 64u <= end; to += 64) {
        volatile uint64_t *at = (volatile uint64_t *)to;
        at[0] = two;
        at[1] = two;
        at[2] = two;
        at[3] = two;
        at[4] = two;
        at[5] = two;
        at[6] = two;
        at[7] = two;
    }
    for (; to < end; to += 4) *(volatile uint32_t *)to = word;
}

void cortex_m_reset(void)
{
    copy_words((uintptr_t)__data_start, (uintptr_t)__data_end, (uintptr_t)__data_load);
    cortex_m_fill((uintptr_t)__bss_start, (uintptr_t)__bss_end, 0);
    cortex_m_stack_paint();
    cortex_m_protect();
    cortex_m_reset_record_load();
    (void)main();
    for (;;) cortex_m_wait();
}
