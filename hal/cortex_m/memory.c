/* memory.c - memcpy, memmove and memcmp of the C library, for cores that read words at any address (Armv7-M).
 *
 * newlib's own go byte by byte unless both sides are aligned alike, which text that is put together never is. Measured
 * on a Cortex-M3 in the emulator: docs/decisions/0013. Compiled so that the compiler does not find memcpy in memcpy.
 * tests/bench/images/equal.c compares them with a byte by byte loop.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Any address: the compiler may not assume more, and makes one instruction of it. */
typedef struct {
    uint32_t value;
} __attribute__((packed, may_alias)) word_t;

#define WORD  sizeof(word_t)
#define BURST (8 * WORD)

static inline void copy_word(uint8_t *to, const uint8_t *from)
{
    ((word_t *)to)->value = ((const word_t *)from)->value;
}

static inline uint32_t word_at(const uint8_t *at)
{
    return ((const word_t *)at)->value;
}

/* Both at a word's address. Six instructions for 32 bytes; by single words they are eighteen. */
static size_t copy_bursts(uint8_t **to, const uint8_t **from, size_t bytes)
{
    size_t bursts = bytes / BURST;
    __asm volatile("1:  ldmia %[from]!, {r3, r4, r5, r6} \n"
                   "    stmia %[to]!, {r3, r4, r5, r6}   \n"
                   "    ldmia %[from]!, {r3, r4, r5, r6} \n"
                   "    stmia %[to]!, {r3, r4, r5, r6}   \n"
                   "    subs  %[bursts], %[bursts], #1   \n"
                   "    bne   1b                         \n"
                   : [from] "+r"(*from), [to] "+r"(*to), [bursts] "+r"(bursts)
                   :
                   : "r3", "r4", "r5", "r6", "cc", "memory");
    return bytes % BURST;
}

void *memcpy(void *restrict destination, const void *restrict source, size_t bytes)
{
    uint8_t *to = destination;
    const uint8_t *from = source;
    if (bytes >= BURST && (((uintptr_t)to | (uintptr_t)from) & 3u) == 0) bytes = copy_bursts(&to, &from, bytes);
    for (; bytes >= BURST; bytes -= BURST, to += BURST, from += BURST) {
        copy_word(to, from);
        copy_word(to + 4, from + 4);
        copy_word(to + 8, from + 8);
        copy_word(to + 12, from + 12);
        copy_word(to + 16, from + 16);
        copy_word(to + 20, from + 20);
        copy_word(to + 24, from + 24);
        copy_word(to + 28, from + 28);
    }
    for (; bytes >= WORD; bytes -= WORD, to += WORD, from += WORD) copy_word(to, from);
    for (; bytes > 0; bytes--) *to++ = *from++;
    return destination;
}

/* Forwards is right whenever the destination is not inside of what is still to be read, which starts anew with each
 * word: a word is read before the one it lies under is written. */
void *memmove(void *destination, const void *source, size_t bytes)
{
    uint8_t *to = destination;
    const uint8_t *from = source;
    if ((uintptr_t)to - (uintptr_t)from >= bytes) { /* behind the source's end, or before its start */
        for (; bytes >= WORD; bytes -= WORD, to += WORD, from += WORD) copy_word(to, from);
        for (; bytes > 0; bytes--) *to++ = *from++;
        return destination;
    }
    for (; bytes >= WORD; bytes -= WORD) copy_word(to + bytes - WORD, from + bytes - WORD);
    for (; bytes > 0; bytes--) to[bytes - 1] = from[bytes - 1];
    return destination;
}

int memcmp(const void *one, const void *other, size_t bytes)
{
    const uint8_t *a = one;
    const uint8_t *b = other;
    for (; bytes >= 4 * WORD; bytes -= 4 * WORD, a += 4 * WORD, b += 4 * WORD) {
        if (word_at(a) != word_at(b) || word_at(a + 4) != word_at(b + 4)) break;
        if (word_at(a + 8) != word_at(b + 8) || word_at(a + 12) != word_at(b + 12)) break;
    }
    for (; bytes >= WORD && word_at(a) == word_at(b); bytes -= WORD, a += WORD, b += WORD) {}
    for (; bytes > 0; bytes--, a++, b++) {
        if (*a != *b) return *a - *b;
    }
    return 0;
}
