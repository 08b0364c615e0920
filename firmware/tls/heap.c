#include "tls/heap.h"

#include <string.h>

#define ALIGNMENT 8u
#define IN_USE    1u /* in the lowest bit of size, which is a multiple of 8 */

/* In front of every block. The last one has size 0 and is in use, so that nothing merges with it. */
typedef struct {
    uint32_t size;     /* with this head, and IN_USE */
    uint32_t previous; /* size of the block before, 0: this is the first */
} block_t;

_Static_assert(sizeof(block_t) == ALIGNMENT, "what follows a head is aligned as the head is");

static uint32_t size_of(const block_t *block)
{
    return block->size & ~IN_USE;
}

static block_t *block_at(const heap_t *heap, uint32_t offset)
{
    return (block_t *)(void *)(heap->bytes + offset);
}

static block_t *next_of(block_t *block)
{
    return (block_t *)(void *)((uint8_t *)block + size_of(block));
}

static block_t *previous_of(block_t *block)
{
    return (block_t *)(void *)((uint8_t *)block - block->previous);
}

/* Gives a block its size; the one behind it learns it. */
static void set_size(block_t *block, uint32_t size, uint32_t in_use)
{
    block->size = size | in_use;
    next_of(block)->previous = size;
}

void heap_init(heap_t *heap, void *memory, size_t bytes)
{
    *heap = (heap_t){ .bytes = memory, .size = (uint32_t)bytes & ~(ALIGNMENT - 1u) };
    uint32_t free_bytes = heap->size - (uint32_t)sizeof(block_t);
    *block_at(heap, free_bytes) = (block_t){ IN_USE, 0 };
    block_at(heap, 0)->previous = 0;
    set_size(block_at(heap, 0), free_bytes, 0);
}

/* Leaves the rest of a block free, if another one fits in there. */
static void split(block_t *block, uint32_t size)
{
    uint32_t left = size_of(block) - size;
    if (left < 2u * sizeof(block_t)) {
        size += left;
        left = 0;
    }
    set_size(block, size, IN_USE);
    if (left > 0) set_size(next_of(block), left, 0);
}

void *heap_allocate(heap_t *heap, size_t count, size_t bytes)
{
    if (count == 0 || bytes == 0) return NULL;
    bool refused = heap->fail_at > 0 && --heap->fail_at == 0;
    if (refused || count > heap->size || bytes > heap->size / count) {
        heap->failures++;
        return NULL;
    }
    uint32_t wanted = (uint32_t)(count * bytes + sizeof(block_t) + ALIGNMENT - 1u) & ~(ALIGNMENT - 1u);
    block_t *block = block_at(heap, 0);
    while (size_of(block) > 0 && ((block->size & IN_USE) || size_of(block) < wanted)) block = next_of(block);
    if (size_of(block) == 0) {
        heap->failures++;
        return NULL;
    }
    split(block, wanted);
    heap->blocks++;
    heap->used += size_of(block);
    if (heap->used > heap->peak) heap->peak = heap->used;
    return memset(block + 1, 0, size_of(block) - sizeof(block_t));
}

void heap_free(heap_t *heap, void *memory)
{
    if (!memory) return;
    block_t *block = (block_t *)memory - 1;
    heap->blocks--;
    heap->used -= size_of(block);
    block_t *next = next_of(block);
    uint32_t size = size_of(block);
    if (!(next->size & IN_USE)) size += size_of(next);
    if (block->previous > 0 && !(previous_of(block)->size & IN_USE)) {
        size += block->previous;
        block = previous_of(block);
    }
    set_size(block, size, 0);
}

bool heap_is_sound(const heap_t *heap)
{
    uint32_t offset = 0, previous = 0, used = 0, blocks = 0;
    bool previous_free = false;
    for (;;) {
        if (offset > heap->size - sizeof(block_t)) return false;
        const block_t *block = block_at(heap, offset);
        if (block->previous != previous) return false;
        uint32_t size = size_of(block);
        if (size == 0) break;
        bool is_free = !(block->size & IN_USE);
        if (is_free && previous_free) return false; /* they should have been merged */
        if (!is_free) {
            used += size;
            blocks++;
        }
        previous_free = is_free;
        previous = size;
        offset += size;
    }
    return offset == heap->size - sizeof(block_t) && used == heap->used && blocks == heap->blocks;
}
