/* hal/checksum.h in C: the carries gather in the upper half of a wider sum. */
#include "hal/checksum.h"

uint32_t hal_checksum_blocks(const uint32_t *at, size_t blocks, uint32_t sum)
{
    uint64_t wide = sum;
    for (size_t words = 8 * blocks; words > 0; words--) wide += *at++;
    while (wide >> 32) wide = (wide >> 32) + (wide & UINT32_MAX);
    return (uint32_t)wide;
}
