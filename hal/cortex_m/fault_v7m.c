/* fault_v7m.c - what a core says of a fault. Armv7-M ARM, B3.2.15 to B3.2.18. */
#include "cortex_m.h"
#include "hal/mmio.h"

#define CFSR             0xe000ed28u
#define HFSR             0xe000ed2cu
#define MMFAR            0xe000ed34u
#define BFAR             0xe000ed38u
#define CFSR_MMFAR_VALID 0x00000080u
#define CFSR_BFAR_VALID  0x00008000u

#define SHCSR         0xe000ed24u
#define SHCSR_FAULTS  0x00070000u /* MemManage, BusFault and UsageFault have their own vectors */
#define CCR           0xe000ed14u
#define CCR_DIV_0_TRP 0x00000010u

void cortex_m_fault_enable(void)
{
    mmio_write32(SHCSR, mmio_read32(SHCSR) | SHCSR_FAULTS);
    mmio_write32(CCR, mmio_read32(CCR) | CCR_DIV_0_TRP);
}

void cortex_m_fault_status(cortex_m_fault_status_t *out)
{
    out->cfsr = mmio_read32(CFSR);
    out->hfsr = mmio_read32(HFSR);
    out->address = CORTEX_M_UNKNOWN;
    if (out->cfsr & CFSR_MMFAR_VALID) out->address = mmio_read32(MMFAR);
    if (out->cfsr & CFSR_BFAR_VALID) out->address = mmio_read32(BFAR);
}
