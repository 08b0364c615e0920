/* checksum_v6m.c - hal/checksum.h with the carry flag, for Armv6-M: low registers alone, and no addition of a constant with
 * carry. hal/sim/sim_checksum.c is the same in C. */
#include "hal/checksum.h"

#define EIGHT 8u

/* Whatever is written before the last input was read must not share its register with one. */
static const uint32_t *add_eights(const uint32_t *at, size_t eights, uint32_t *total)
{
    const uint32_t zero = 0;
    uint32_t sum = *total;
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
                   "    subs  %[eights], %[eights], #1   \n"
                   "    bne   1b                         \n"
                   : [at] "+&l"(at), [sum] "+&l"(sum), [eights] "+&l"(eights)
                   : [zero] "l"(zero)
                   : "r2", "r3", "r4", "r5", "cc", "memory");
    *total = sum;
    return at;
}

uint32_t hal_checksum_words(const uint32_t *at, size_t words, uint32_t sum)
{
    if (words >= EIGHT) at = add_eights(at, words / EIGHT, &sum);
    for (words %= EIGHT; words > 0; words--) {
        uint32_t word = *at++;
        sum += word;
        sum += sum < word;
    }
    return sum;
}
