/* mpu.h - regions of the memory protection unit. Armv7-M ARM (DDI 0403E), B3.5; the one that Armv6-M may have (DDI 0419E,
 * B3.5) is the same as far as it is used here. For hal/cortex_m, and by cortex_m.h for families.
 */
#ifndef CORTEX_M_MPU_H
#define CORTEX_M_MPU_H

#include <stdint.h>

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

static inline uint32_t mpu_regions(void)
{
    return mmio_read32(MPU_TYPE) >> 8 & 0xffu;
}

static inline void mpu_set_region(uint32_t number, uintptr_t base, uint32_t attributes)
{
    mmio_write32(MPU_RBAR, (uint32_t)base | MPU_RBAR_VALID | number);
    mmio_write32(MPU_RASR, attributes | RASR_ENABLE);
}

#endif
