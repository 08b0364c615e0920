/* stack.c - how deep the stack has ever been, by a pattern that use overwrites. */
#include <stdint.h>

#include "cortex_m.h"
#include "hal/system.h"

#define PAINT 0xa5c3a5c3u

/* What cortex_m_fill may push. */
#define FILL_FRAME_BYTES 32u

/* From the linker script: the guard lies at the limit and is not part of the usable stack. */
extern uint32_t __stack_floor[], __stack_top[];

void cortex_m_stack_paint(void)
{
    uintptr_t sp;
    __asm volatile("mov %0, sp" : "=r"(sp));
    cortex_m_fill((uintptr_t)__stack_floor, sp - FILL_FRAME_BYTES, PAINT);
}

status_t hal_system_stack(size_t *peak_bytes, size_t *size_bytes)
{
    uintptr_t top = (uintptr_t)__stack_top;
    uintptr_t deepest = (uintptr_t)__stack_floor;
    while (deepest < top && *(const volatile uint32_t *)deepest == PAINT) deepest += 4;
    *peak_bytes = top - deepest;
    *size_bytes = top - (uintptr_t)__stack_floor;
    return STATUS_OK;
}
