/* The sum of RFC 1071 over a block of memory, as lwIP asks for it (LWIP_CHKSUM). lwIP's own C goes by 16 bits; figures
 * in docs/decisions/0013. */
#include "net/checksum.h"

#include <string.h>

#include "hal/checksum.h"

static uint32_t add(uint32_t sum, uint32_t word)
{
    sum += word;
    return sum + (sum < word);
}

static uint32_t fold(uint32_t sum)
{
    return (sum >> 16) + (sum & 0xffffu);
}

/* What does not lie at a word's address is rare. */
static uint32_t add_unaligned(const uint8_t *at, size_t words, uint32_t sum)
{
    for (; words > 0; words--, at += 4) {
        uint32_t word;
        memcpy(&word, at, sizeof word);
        sum = add(sum, word);
    }
    return sum;
}

uint16_t net_checksum(const void *data, int bytes)
{
    const uint8_t *at = data;
    size_t words = (size_t)bytes / 4u;
    size_t left = (size_t)bytes % 4u;
    uint32_t sum =
        ((uintptr_t)at & 3u) == 0 ? hal_checksum_words(data, words, 0) : add_unaligned(at, words, 0);
    if (left > 0) {
        uint8_t rest[4] = { 0 };
        for (size_t i = 0; i < left; i++) rest[i] = at[4u * words + i];
        uint32_t word;
        memcpy(&word, rest, sizeof word);
        sum = add(sum, word);
    }
    return (uint16_t)fold(fold(sum));
}
