/* The sum of RFC 1071 over a block of memory, as lwIP asks for it (LWIP_CHKSUM): 32 bits a step, with carries gathered in
 * the upper half of 64. lwIP's own C goes by 16 bits; figures in docs/decisions/0013. */
#include "net/checksum.h"

#include <string.h>

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

uint16_t net_checksum(const void *data, int bytes)
{
    const uint8_t *at = data;
    uint64_t sum = 0;
    for (; bytes >= 32; bytes -= 32, at += 32) {
        sum = add_word(sum, at);
        sum = add_word(sum, at + 4);
        sum = add_word(sum, at + 8);
        sum = add_word(sum, at + 12);
        sum = add_word(sum, at + 16);
        sum = add_word(sum, at + 20);
        sum = add_word(sum, at + 24);
        sum = add_word(sum, at + 28);
    }
    for (; bytes >= 4; bytes -= 4, at += 4) sum = add_word(sum, at);
    uint8_t rest[4] = { 0 };
    for (int i = 0; i < bytes; i++) rest[i] = at[i];
    sum = add_word(sum, rest);
    uint32_t halves = fold((uint32_t)(sum >> 32)) + fold((uint32_t)sum);
    return (uint16_t)fold(fold(halves));
}
