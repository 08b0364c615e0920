/* The sum of RFC 1071 over a block of memory, as lwIP asks for it (LWIP_CHKSUM). lwIP's own C goes by 16 bits; figures
 * in docs/decisions/0013. */
#include "net/checksum.h"

#include <string.h>

#include "hal/checksum.h"

#define BLOCK_BYTES 32u

static inline uint64_t add_word(uint64_t sum, const uint8_t *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return sum + word;
}

static uint32_t fold(uint32_t sum)
{
    return (sum >> 16) + (sum & 0xffffu);
}

/* What lies at no word's address is rare and goes by the loop below alone. */
static uint32_t sum_blocks(const uint8_t **at, size_t *left)
{
    if (*left < BLOCK_BYTES || ((uintptr_t)*at & 3u) != 0) return 0;
    size_t blocks = *left / BLOCK_BYTES;
    uint32_t sum = hal_checksum_blocks((const uint32_t *)(const void *)*at, blocks, 0);
    *at += blocks * BLOCK_BYTES;
    *left %= BLOCK_BYTES;
    return sum;
}

uint16_t net_checksum(const void *data, int bytes)
{
    const uint8_t *at = data;
    size_t left = (size_t)bytes;
    uint64_t sum = sum_blocks(&at, &left);
    for (; left >= 4; left -= 4, at += 4) sum = add_word(sum, at);
    if (left > 0) {
        uint8_t rest[4] = { 0 };
        for (size_t i = 0; i < left; i++) rest[i] = at[i];
        sum = add_word(sum, rest);
    }
    uint32_t halves = fold((uint32_t)(sum >> 32)) + fold((uint32_t)sum);
    return (uint16_t)fold(fold(halves));
}
