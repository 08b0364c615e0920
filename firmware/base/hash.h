/* base/hash.h - a fast mixing hash for entity tags. Not for secrets, not against an adversary.
 *
 * Context: anywhere.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#define HASH_SEED 0xcbf29ce484222325u /* offset basis of FNV-1a, 64 bits */

/* Mixes one word into a hash (FNV-1a's prime, a word at a time, then a shift so that high bits come down). */
static inline uint64_t hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x100000001b3u;
    return hash ^ (hash >> 29);
}

/* Mixes a NUL-terminated string. */
static inline uint64_t hash_string(uint64_t hash, const char *string)
{
    while (*string) hash = hash_word(hash, (unsigned char)*string++);
    return hash;
}

#endif
