#include "security/base32.h"

#include <string.h>

/* By arithmetic instead of a table: a table's cache lines would tell something of the secret. The alphabet is
 * 0-9, a-h, j, k, m, n, p-t, v-z: each letter that is left out moves those behind it by one. */
static char digit(unsigned value)
{
    static const uint8_t first_behind_gap[] = { 18, 20, 22, 27 }; /* j, m, p, v */
    unsigned letter = 'a' - 10u + value;
    for (size_t i = 0; i < sizeof first_behind_gap; i++)
        letter += (first_behind_gap[i] - 1u - value) >> 31; /* 1 when value >= the bound */
    unsigned is_number = (value - 10u) >> 31;
    return (char)(is_number * ('0' + value) + (1u - is_number) * letter);
}

void base32_encode(const uint8_t *data, size_t bytes, char *out)
{
    for (size_t i = 0; i + 5 <= bytes; i += 5) {
        uint64_t group = 0;
        for (size_t j = 0; j < 5; j++) group = group << 8 | data[i + j];
        for (unsigned shift = 40; shift > 0; shift -= 5)
            *out++ = digit((unsigned)(group >> (shift - 5)) & 31u);
    }
}

char base32_normalize(char typed)
{
    if (typed >= 'A' && typed <= 'Z') typed = (char)(typed - 'A' + 'a');
    if (typed == 'o') return '0';
    if (typed == 'i' || typed == 'l') return '1';
    if (typed == '\0' || !strchr("0123456789abcdefghjkmnpqrstvwxyz", typed)) return '\0';
    return typed;
}
