/* hal/checksum.h - the inner loop of the Internet checksum: what a core does best with its carry flag.
 *
 * Context: anywhere, interrupts too.
 */
#ifndef HAL_CHECKSUM_H
#define HAL_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Adds words, each carry out of bit 31 coming in again at bit 0 (RFC 1071 section 2, by 32 bits).
 * at        aligned to 4 bytes
 * sum       to begin with
 * returns   the sum; the order of bytes is memory's */
uint32_t hal_checksum_words(const uint32_t *at, size_t words, uint32_t sum);

#endif
