#include <string.h>

#include "sensors/history_memory.h"

#define USED_BITS 9u
#define USED_MASK ((1u << USED_BITS) - 1u)

_Static_assert(HISTORY_BLOCK_DATA_BYTES <= USED_MASK, "used bytes fit their bits");
_Static_assert(HISTORY_BLOCK_DATA_BYTES >= HISTORY_RECORD_BYTES_MAX, "any record fits an empty block");

/* FNV-1a, 32 bits. */
static uint32_t digest_bytes(uint32_t digest, const void *bytes, size_t count)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < count; i++) digest = (digest ^ p[i]) * 0x01000193u;
    return digest;
}

static uint32_t digest_head(const history_block_t *block)
{
    size_t start = offsetof(history_block_t, sequence);
    return digest_bytes(0x811c9dc5u, (const uint8_t *)block + start, offsetof(history_block_t, data) - start);
}

static uint32_t make_seal(uint32_t digest, uint32_t used)
{
    return (digest ^ digest >> (32u - USED_BITS)) << USED_BITS | used;
}

/* One store, after all others: what it vouches for is there. */
static void set_seal(history_block_t *block, uint32_t seal)
{
    __asm volatile("" ::: "memory");
    *(volatile uint32_t *)&block->seal = seal;
    __asm volatile("" ::: "memory");
}

uint32_t history_block_used(const history_block_t *block)
{
    return block->seal & USED_MASK;
}

history_state_t history_block_state(const history_block_t *block)
{
    return (history_state_t){ { block->boot, block->uptime_ms }, block->value, block->expected };
}

const history_block_t *history_ring_block(const history_ring_t *ring, uint32_t sequence)
{
    if (ring->block_count == 0) return NULL; /* of a sensor that is gone */
    const history_block_t *block = &ring->blocks[sequence % ring->block_count];
    return block->seal && block->sequence == sequence ? block : NULL;
}

uint32_t history_ring_oldest(const history_ring_t *ring)
{
    return ring->newest > ring->block_count ? ring->newest - ring->block_count + 1u : 1u;
}

/* ---- At start -------------------------------------------------------------------------------------------------- */

void history_ring_clear(history_block_t *blocks, uint32_t block_count)
{
    for (uint32_t i = 0; i < block_count; i++) set_seal(&blocks[i], 0);
}

/* Walks over all records of a block.
 * returns   false when they do not end where the block says */
static bool walk(const history_block_t *block, history_step_t step, history_state_t *state, uint32_t *records)
{
    uint32_t used = history_block_used(block), at = 0;
    *state = history_block_state(block);
    for (*records = 0; at < used; (*records)++) {
        size_t bytes = step(state, block->data + at, used - at);
        if (bytes == 0) return false;
        at += (uint32_t)bytes;
    }
    return true;
}

static bool is_whole(const history_block_t *block, history_step_t step)
{
    uint32_t used = history_block_used(block), records;
    history_state_t state;
    if (used == 0 || used > HISTORY_BLOCK_DATA_BYTES || block->sequence == 0) return false;
    uint32_t digest = digest_bytes(digest_head(block), block->data, used);
    return block->seal == make_seal(digest, used) && walk(block, step, &state, &records);
}

uint32_t history_ring_open(history_ring_t *ring, history_block_t *blocks, uint32_t block_count,
                           history_step_t step)
{
    uint32_t damaged = 0;
    *ring = (history_ring_t){ .blocks = blocks, .block_count = block_count };
    for (uint32_t i = 0; i < block_count; i++) {
        history_block_t *block = &blocks[i];
        if (block->seal == 0) continue;
        if (!is_whole(block, step) || block->sequence % block_count != i) {
            set_seal(block, 0);
            damaged++;
        } else if (block->sequence > ring->newest) {
            ring->newest = block->sequence;
        }
    }
    if (ring->newest) {
        const history_block_t *block = history_ring_block(ring, ring->newest);
        uint32_t records;
        (void)walk(block, step, &ring->state, &records);
        ring->next_number = block->first_number + records;
        ring->digest = digest_bytes(digest_head(block), block->data, history_block_used(block));
    }
    return damaged;
}

/* ---- Appending ------------------------------------------------------------------------------------------------- */

static history_block_t *begin_block(history_ring_t *ring)
{
    history_block_t *block = &ring->blocks[++ring->newest % ring->block_count];
    set_seal(block, 0);
    block->sequence = ring->newest;
    block->first_number = ring->next_number;
    block->boot = ring->state.at.boot;
    block->uptime_ms = ring->state.at.uptime_ms;
    block->value = ring->state.value;
    block->expected = ring->state.expected;
    ring->digest = digest_head(block);
    return block;
}

void history_ring_append(history_ring_t *ring, const uint8_t *record, size_t bytes,
                         const history_state_t *after)
{
    history_block_t *block = &ring->blocks[ring->newest % ring->block_count];
    if (ring->newest == 0 || history_block_used(block) + bytes > HISTORY_BLOCK_DATA_BYTES) {
        block = begin_block(ring);
    }
    uint32_t used = history_block_used(block);
    memcpy(block->data + used, record, bytes);
    ring->digest = digest_bytes(ring->digest, record, bytes);
    set_seal(block, make_seal(ring->digest, used + (uint32_t)bytes));
    ring->state = *after;
    ring->next_number++;
}
