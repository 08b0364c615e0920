/* hal/checksum.h in C: the carries gather in the upper half of a wider sum. */
#include "hal/checksum.h"

uint32_t hal_checksum_words(const uint32_t *at, size_t words, uint32_t sum)
{
    uint64_t wide = sum;
    for (; words > 0; words--) wide += *at++;
    while (wide >> 32) wide = (wide >> 32) + (wide & UINT32_MAX);
    return (uint32_t)wide;
}
