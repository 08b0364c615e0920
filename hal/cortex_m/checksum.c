/* checksum.c - hal/checksum.h with the carry flag, which C does not have: 13 instructions for 32 bytes instead of 27 with
 * 64-bit additions (docs/decisions/0013). hal/sim/sim_checksum.c is the same in C; tests/bench/images/equal.c compares.
 * Only what Armv6-M has, too: low registers, and no addition of a constant with carry. */
#include "hal/checksum.h"

uint32_t hal_checksum_blocks(const uint32_t *at, size_t blocks, uint32_t sum)
{
    const uint32_t zero = 0;
    if (blocks == 0) return sum;
    __asm volatile(".syntax unified                      \n"
                   "1:  ldmia %[at]!, {r2, r3, r4, r5}   \n"
                   "    adds  %[sum], %[sum], r2         \n"
                   "    adcs  %[sum], %[sum], r3         \n"
                   "    adcs  %[sum], %[sum], r4         \n"
                   "    adcs  %[sum], %[sum], r5         \n"
                   "    ldmia %[at]!, {r2, r3, r4, r5}   \n"
                   "    adcs  %[sum], %[sum], r2         \n"
                   "    adcs  %[sum], %[sum], r3         \n"
                   "    adcs  %[sum], %[sum], r4         \n"
                   "    adcs  %[sum], %[sum], r5         \n"
                   "    adcs  %[sum], %[sum], %[zero]    \n"
                   "    subs  %[blocks], %[blocks], #1   \n"
                   "    bne   1b                         \n"
                   : [at] "+&l"(at), [sum] "+&l"(sum), [blocks] "+&l"(blocks)
                   : [zero] "l"(zero)
                   : "r2", "r3", "r4", "r5", "cc", "memory");
    return sum;
}
