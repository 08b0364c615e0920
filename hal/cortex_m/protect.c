/* protect.c - the MPU as a safety net: a wild write into code, a jump into data and a stack that grows too
 * deep become a fault record and a reset instead of a device that lies. */
#include <stdint.h>

#include "cortex_m.h"
#include "mpu.h"

/* From the linker script; __code_size_log2 and __stack_guard_size_log2 are plain numbers
 * given as addresses. */
extern uint8_t __code_start[], __code_size_log2[], __stack_limit[], __stack_guard_size_log2[];

void cortex_m_protect(void)
{
    cortex_m_fault_enable();
    if (mpu_regions() < 3u) return; /* an FPGA image may leave the MPU out */
    mpu_set_region(0, (uintptr_t)__code_start,
                   RASR_READ_ONLY | RASR_NORMAL | RASR_SIZE((uint32_t)(uintptr_t)__code_size_log2));
    mpu_set_region(1, 0x20000000u, RASR_FULL | RASR_NO_EXECUTE | RASR_NORMAL | RASR_SIZE(29u));
    mpu_set_region(2, (uintptr_t)__stack_limit,
                   RASR_NO_ACCESS | RASR_NO_EXECUTE | RASR_NORMAL |
                       RASR_SIZE((uint32_t)(uintptr_t)__stack_guard_size_log2));
    mmio_write32(MPU_CTRL, MPU_CTRL_ON);
    __asm volatile("dsb\n isb" ::: "memory");
}
