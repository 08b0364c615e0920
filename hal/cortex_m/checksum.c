/* checksum.c - hal/checksum.h with the carry flag, which C does not have: 13 instructions for 32 bytes instead of 27 with
 * 64-bit additions (docs/decisions/0013). hal/sim/sim_checksum.c is the same in C; tests/bench/images/equal.c compares. */
#include "hal/checksum.h"

uint32_t hal_checksum_blocks(const uint32_t *at, size_t blocks, uint32_t sum)
{
    if (blocks == 0) return sum;
    __asm volatile("1:  ldmia %[at]!, {r2, r3, r4, r5}   \n"
                   "    adds  %[sum], %[sum], r2         \n"
                   "    adcs  %[sum], %[sum], r3         \n"
                   "    adcs  %[sum], %[sum], r4         \n"
                   "    adcs  %[sum], %[sum], r5         \n"
                   "    ldmia %[at]!, {r2, r3, r4, r5}   \n"
                   "    adcs  %[sum], %[sum], r2         \n"
                   "    adcs  %[sum], %[sum], r3         \n"
                   "    adcs  %[sum], %[sum], r4         \n"
                   "    adcs  %[sum], %[sum], r5         \n"
                   "    adc   %[sum], %[sum], #0         \n"
                   "    subs  %[blocks], %[blocks], #1   \n"
                   "    bne   1b                         \n"
                   : [at] "+r"(at), [sum] "+r"(sum), [blocks] "+r"(blocks)
                   :
                   : "r2", "r3", "r4", "r5", "cc", "memory");
    return sum;
}
