/* checksum.c - hal/checksum.h with the carry flag, which C does not have: 12 instructions for 32 bytes instead of 27 with
 * 64-bit additions (docs/decisions/0013). hal/sim/sim_checksum.c is the same in C; tests/bench/images/equal.c compares. */
#include "hal/checksum.h"

uint32_t hal_checksum_words(const uint32_t *at, size_t words, uint32_t sum)
{
    const uint32_t *end = at + (words & ~(size_t)7u);
    /* teq leaves the carry alone, so that it goes round with the loop */
    __asm volatile("    cmp   %[at], %[end]              \n"
                   "    beq   2f                         \n"
                   "    adds  %[sum], %[sum], #0         \n"
                   "1:  ldmia %[at]!, {r3, r4, r5, r6}   \n"
                   "    adcs  %[sum], %[sum], r3         \n"
                   "    adcs  %[sum], %[sum], r4         \n"
                   "    adcs  %[sum], %[sum], r5         \n"
                   "    adcs  %[sum], %[sum], r6         \n"
                   "    ldmia %[at]!, {r3, r4, r5, r6}   \n"
                   "    adcs  %[sum], %[sum], r3         \n"
                   "    adcs  %[sum], %[sum], r4         \n"
                   "    adcs  %[sum], %[sum], r5         \n"
                   "    adcs  %[sum], %[sum], r6         \n"
                   "    teq   %[at], %[end]              \n"
                   "    bne   1b                         \n"
                   "    adc   %[sum], %[sum], #0         \n"
                   "2:  tst   %[words], #4               \n"
                   "    beq   3f                         \n"
                   "    ldmia %[at]!, {r3, r4, r5, r6}   \n"
                   "    adds  %[sum], %[sum], r3         \n"
                   "    adcs  %[sum], %[sum], r4         \n"
                   "    adcs  %[sum], %[sum], r5         \n"
                   "    adcs  %[sum], %[sum], r6         \n"
                   "    adc   %[sum], %[sum], #0         \n"
                   "3:  tst   %[words], #2               \n"
                   "    beq   4f                         \n"
                   "    ldmia %[at]!, {r3, r4}           \n"
                   "    adds  %[sum], %[sum], r3         \n"
                   "    adcs  %[sum], %[sum], r4         \n"
                   "    adc   %[sum], %[sum], #0         \n"
                   "4:  tst   %[words], #1               \n"
                   "    beq   5f                         \n"
                   "    ldr   r3, [%[at]], #4            \n"
                   "    adds  %[sum], %[sum], r3         \n"
                   "    adc   %[sum], %[sum], #0         \n"
                   "5:                                   \n"
                   : [at] "+r"(at), [sum] "+r"(sum)
                   : [words] "r"(words), [end] "r"(end)
                   : "r3", "r4", "r5", "r6", "cc", "memory");
    return sum;
}
