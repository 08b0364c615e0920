#include "base/arena.h"

#include <stdalign.h>

arena_t arena(void *memory, size_t bytes)
{
    return (arena_t){ .memory = memory, .bytes = bytes };
}

void *arena_take(arena_t *arena, size_t bytes)
{
    const size_t unit = alignof(max_align_t);
    /* used is always a multiple of the unit; asking for what is left first keeps the sum from overflowing. */
    size_t left = arena->bytes - arena->used;
    size_t whole = bytes <= left ? (bytes + unit - 1) / unit * unit : 0;
    if (arena->exhausted || bytes > left || whole > left) {
        arena->exhausted = true;
        arena->peak = arena->bytes;
        return NULL;
    }
    void *piece = arena->memory + arena->used;
    arena->used += whole;
    if (arena->used > arena->peak) arena->peak = arena->used;
    return piece;
}

void arena_reset(arena_t *arena)
{
    arena->used = 0;
    arena->exhausted = false;
}
