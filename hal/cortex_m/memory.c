/* memory.c - memcpy, memset, memmove and memcmp of the C library, for cores that read words at any address (Armv7-M).
 *
 * newlib's own go byte by byte unless both sides are aligned alike, which text that is put together never is. Measured
 * on a Cortex-M3 in the emulator: docs/decisions/0013. Compiled so that the compiler does not find memcpy in memcpy.
 * tests/bench/images/equal.c compares them with a byte by byte loop.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Any address: the compiler may not assume more, and makes one instruction of it. */
typedef struct {
    uint32_t value;
} __attribute__((packed, may_alias)) word_t;

#define WORD  sizeof(word_t)
#define BURST (8 * WORD)
#define GROUP (4 * WORD)

static inline void copy_word(uint8_t *to, const uint8_t *from)
{
    ((word_t *)to)->value = ((const word_t *)from)->value;
}

static inline uint32_t word_at(const uint8_t *at)
{
    return ((const word_t *)at)->value;
}

/* Both at a word's address. Four instructions for 32 bytes; by single words they are eighteen. */
static size_t copy_bursts(uint8_t **to, const uint8_t **from, size_t bytes)
{
    size_t bursts = bytes / BURST;
    __asm volatile("1:  ldmia %[from]!, {r3-r6, r8-r10, r12} \n"
                   "    stmia %[to]!, {r3-r6, r8-r10, r12}   \n"
                   "    subs  %[bursts], %[bursts], #1       \n"
                   "    bne   1b                             \n"
                   : [from] "+r"(*from), [to] "+r"(*to), [bursts] "+r"(bursts)
                   :
                   : "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r12", "cc", "memory");
    return bytes % BURST;
}

/* From a word's address to any: words can be stored anywhere, but only one by one. */
static size_t scatter_bursts(uint8_t **to, const uint8_t **from, size_t bytes)
{
    size_t bursts = bytes / BURST;
    __asm volatile("1:  ldmia %[from]!, {r3, r4, r5, r6} \n"
                   "    str   r3, [%[to]], #4            \n"
                   "    str   r4, [%[to]], #4            \n"
                   "    str   r5, [%[to]], #4            \n"
                   "    str   r6, [%[to]], #4            \n"
                   "    ldmia %[from]!, {r3, r4, r5, r6} \n"
                   "    str   r3, [%[to]], #4            \n"
                   "    str   r4, [%[to]], #4            \n"
                   "    str   r5, [%[to]], #4            \n"
                   "    str   r6, [%[to]], #4            \n"
                   "    subs  %[bursts], %[bursts], #1   \n"
                   "    bne   1b                         \n"
                   : [from] "+r"(*from), [to] "+r"(*to), [bursts] "+r"(bursts)
                   :
                   : "r3", "r4", "r5", "r6", "cc", "memory");
    return bytes % BURST;
}

/* Less than BURST + WORD.
 * words     there is a whole word up to the end, so that the last bytes can be copied as one, some of them twice */
static inline void copy_rest(uint8_t *to, const uint8_t *from, size_t bytes, bool words)
{
    if (bytes >= 4 * WORD) {
        copy_word(to, from);
        copy_word(to + 4, from + 4);
        copy_word(to + 8, from + 8);
        copy_word(to + 12, from + 12);
        bytes -= 4 * WORD, to += 4 * WORD, from += 4 * WORD;
    }
    for (; bytes >= WORD; bytes -= WORD, to += WORD, from += WORD) copy_word(to, from);
    if (bytes == 0) return;
    if (words) {
        copy_word(to + bytes - WORD, from + bytes - WORD);
        return;
    }
    for (; bytes > 0; bytes--) *to++ = *from++;
}

void *memcpy(void *restrict destination, const void *restrict source, size_t bytes)
{
    uint8_t *to = destination;
    const uint8_t *from = source;
    if (bytes >= BURST + WORD) {
        for (; ((uintptr_t)from & 3u) != 0; bytes--) *to++ = *from++;
        bool even = ((uintptr_t)to & 3u) == 0;
        bytes = even ? copy_bursts(&to, &from, bytes) : scatter_bursts(&to, &from, bytes);
    }
    copy_rest(to, from, bytes, (size_t)(to - (uint8_t *)destination) + bytes >= WORD);
    return destination;
}

void *memset(void *destination, int value, size_t bytes)
{
    uint8_t *to = destination;
    if (bytes >= BURST + WORD) {
        for (; ((uintptr_t)to & 3u) != 0; bytes--) *to++ = (uint8_t)value;
        size_t bursts = bytes / BURST;
        register uint32_t word __asm("r3") = (uint8_t)value * 0x01010101u;
        __asm volatile("    mov   r4, r3                   \n"
                       "    mov   r5, r3                   \n"
                       "    mov   r6, r3                   \n"
                       "1:  stmia %[to]!, {r3, r4, r5, r6} \n"
                       "    stmia %[to]!, {r3, r4, r5, r6} \n"
                       "    subs  %[bursts], %[bursts], #1 \n"
                       "    bne   1b                       \n"
                       : [to] "+r"(to), [bursts] "+r"(bursts)
                       : "r"(word)
                       : "r4", "r5", "r6", "cc", "memory");
        bytes %= BURST;
    }
    for (; bytes >= WORD; bytes -= WORD, to += WORD) ((word_t *)to)->value = (uint8_t)value * 0x01010101u;
    for (; bytes > 0; bytes--) *to++ = (uint8_t)value;
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

/* Both at a word's address: past all groups of four words that are the same. Ten instructions for 16 bytes.
 * groups    of bytes; one at least
 * returns   how many are left */
static size_t skip_equal(const uint8_t **a, const uint8_t **b, size_t groups)
{
    __asm volatile("1:  ldmia %[a]!, {r3-r6}             \n"
                   "    ldmia %[b]!, {r8-r10, r12}       \n"
                   "    cmp   r3, r8                     \n"
                   "    ittt  eq                         \n"
                   "    cmpeq r4, r9                     \n"
                   "    cmpeq r5, r10                    \n"
                   "    cmpeq r6, r12                    \n"
                   "    bne   2f                         \n"
                   "    subs  %[groups], %[groups], #1   \n"
                   "    bne   1b                         \n"
                   "    b     3f                         \n"
                   "2:  subs  %[a], %[a], #16            \n"
                   "    subs  %[b], %[b], #16            \n"
                   "3:                                   \n"
                   : [a] "+r"(*a), [b] "+r"(*b), [groups] "+r"(groups)
                   :
                   : "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r12", "cc", "memory");
    return groups;
}

int memcmp(const void *one, const void *other, size_t bytes)
{
    const uint8_t *a = one;
    const uint8_t *b = other;
    if (bytes >= BURST && (((uintptr_t)a | (uintptr_t)b) & 3u) == 0)
        bytes = skip_equal(&a, &b, bytes / GROUP) * GROUP + bytes % GROUP;
    for (; bytes >= WORD && word_at(a) == word_at(b); bytes -= WORD, a += WORD, b += WORD) {}
    for (; bytes > 0; bytes--, a++, b++) {
        if (*a != *b) return *a - *b;
    }
    return 0;
}
