/* The sum of RFC 1071 over a block of memory, as lwIP asks for it (LWIP_CHKSUM). lwIP's own C goes by 16 bits; figures
 * in docs/decisions/0013. */
#include "net/checksum.h"

#include <string.h>

#include "hal/checksum.h"

#define IP_HEADER_BYTES 20 /* without options, RFC 791 section 3.1 */

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

/* Up to three bytes, and zeros behind them. */
static uint32_t last_word(const uint8_t *at, size_t left)
{
    union {
        uint8_t bytes[4];
        uint32_t word;
    } rest = { .word = 0 };
    rest.bytes[0] = at[0];
    if (left > 1) rest.bytes[1] = at[1];
    if (left > 2) rest.bytes[2] = at[2];
    return rest.word;
}

/* The header of IPv4 as nearly every packet has it. */
static uint32_t add_ip_header(const uint32_t *at)
{
    uint64_t sum = (uint64_t)at[0] + at[1] + at[2] + at[3] + at[4];
    return add((uint32_t)sum, (uint32_t)(sum >> 32));
}

uint16_t net_checksum(const void *data, int bytes)
{
    if (bytes == IP_HEADER_BYTES && ((uintptr_t)data & 3u) == 0)
        return (uint16_t)fold(fold(add_ip_header(data)));
    const uint8_t *at = data;
    size_t words = (size_t)bytes / 4u;
    size_t left = (size_t)bytes % 4u;
    uint32_t sum =
        ((uintptr_t)at & 3u) == 0 ? hal_checksum_words(data, words, 0) : add_unaligned(at, words, 0);
    if (left > 0) { sum = add(sum, last_word(at + 4u * words, left)); }
    return (uint16_t)fold(fold(sum));
}
