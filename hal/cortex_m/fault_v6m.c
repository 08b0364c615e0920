/* fault_v6m.c - Armv6-M has HardFault alone, and no register that says why (DDI 0419E, B1.5.4). */
#include "cortex_m.h"

void cortex_m_fault_enable(void)
{
    /* HardFault is always enabled; a division by zero is the compiler's library's affair. */
}

void cortex_m_fault_status(cortex_m_fault_status_t *out)
{
    out->cfsr = 0;
    out->hfsr = 0;
    out->address = CORTEX_M_UNKNOWN;
}
