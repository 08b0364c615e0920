/* protect.c - the MPU as a safety net: a wild write into code, a jump into data and a stack that grows too
 * deep become a fault record and a reset instead of a device that lies. Armv7-M ARM, B3.5; the MPU that Armv6-M may have
 * (DDI 0419E, B3.5) is the same as far as it is used here. */
#include <stdint.h>

#include "cortex_m.h"
#include "hal/mmio.h"

#define MPU_TYPE        0xe000ed90u
#define MPU_CTRL        0xe000ed94u
#define MPU_RBAR        0xe000ed9cu
#define MPU_RASR        0xe000eda0u
#define MPU_RBAR_VALID  0x00000010u
#define MPU_CTRL_ON     0x00000005u /* enabled; what no region covers keeps the default map */
#define RASR_NO_EXECUTE 0x10000000u
#define RASR_NO_ACCESS  0x00000000u
#define RASR_FULL       0x03000000u
#define RASR_READ_ONLY  0x06000000u
#define RASR_NORMAL     0x00020000u /* C: write-through, as the default map has code */
#define RASR_ENABLE     0x00000001u
#define RASR_SIZE(log2) (((log2)-1u) << 1)

/* From the linker script; __code_size_log2 and __stack_guard_size_log2 are plain numbers
 * given as addresses. */
extern uint8_t __code_start[], __code_size_log2[], __stack_limit[], __stack_guard_size_log2[];

static void set_region(uint32_t number, uintptr_t base, uint32_t attributes)
{
    mmio_write32(MPU_RBAR, (uint32_t)base | MPU_RBAR_VALID | number);
    mmio_write32(MPU_RASR, attributes | RASR_ENABLE);
}

void cortex_m_protect(void)
{
    cortex_m_fault_enable();
    if ((mmio_read32(MPU_TYPE) >> 8 & 0xffu) < 3u) return; /* an FPGA image may leave the MPU out */
    set_region(0, (uintptr_t)__code_start,
               RASR_READ_ONLY | RASR_NORMAL | RASR_SIZE((uint32_t)(uintptr_t)__code_size_log2));
    set_region(1, 0x20000000u, RASR_FULL | RASR_NO_EXECUTE | RASR_NORMAL | RASR_SIZE(29u));
    set_region(2, (uintptr_t)__stack_limit,
               RASR_NO_ACCESS | RASR_NO_EXECUTE | RASR_NORMAL |
                   RASR_SIZE((uint32_t)(uintptr_t)__stack_guard_size_log2));
    mmio_write32(MPU_CTRL, MPU_CTRL_ON);
    __asm volatile("dsb\n isb" ::: "memory");
}

void cortex_m_protect_code_in_ram(uintptr_t base, uint32_t size_log2)
{
    if ((mmio_read32(MPU_TYPE) >> 8 & 0xffu) < 4u) return;
    set_region(3, base, RASR_READ_ONLY | RASR_NORMAL | RASR_SIZE(size_log2));
    __asm volatile("dsb\n isb" ::: "memory");
}
