/* base/arena.h - memory that is taken piece by piece and given back all at once.
 *
 * An arena that cannot give what is asked says so from then on (arena_exhausted) and gives nothing more until
 * it is reset: what was built in it is incomplete.
 *
 * Memory: the caller's buffer. Pieces are aligned for any object.
 * Context: main loop only.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    unsigned char *memory;
    size_t bytes;
    size_t used;
    size_t peak; /* most that was ever used, for /status; bytes when it was once exhausted */
    bool exhausted;
} arena_t;

/* memory    aligned like max_align_t, alive as long as the arena */
arena_t arena(void *memory, size_t bytes);

/* Takes bytes, 0 allowed. Not zeroed.
 * returns   NULL when there is no room: see above */
void *arena_take(arena_t *arena, size_t bytes);

/* Gives everything back; the peak stays. */
void arena_reset(arena_t *arena);

static inline bool arena_exhausted(const arena_t *arena)
{
    return arena->exhausted;
}

#endif
