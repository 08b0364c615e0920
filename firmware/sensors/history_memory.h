/* sensors/history_memory.h - how the history lies in its memory: a head, the starts, blocks of records.
 *
 * Nothing in it is trusted when the device starts. Each part has its check sum, and each change ends with the store of
 * one aligned word, or goes to the copy that is not in use: cut off anywhere, it leaves what was there before.
 *
 * Internal to firmware/sensors, but for the type of the memory. Context: main loop only.
 */
#ifndef SENSORS_HISTORY_MEMORY_H
#define SENSORS_HISTORY_MEMORY_H

#include "config/limits.h"
#include "sensors/history_codec.h"

#define HISTORY_BLOCK_HEAD_BYTES 32u
#define HISTORY_BLOCK_DATA_BYTES (HISTORY_BLOCK_BYTES - HISTORY_BLOCK_HEAD_BYTES)

typedef struct {
    uint32_t seal; /* used bytes of data in the low 9 bits, check sum of all that counts above; 0: empty */
    uint32_t sequence; /* rises by 1 from block to block of a ring; block n lies at n % blocks of the ring */
    uint32_t first_number; /* of its first record */
    uint32_t boot, expected;
    int32_t value;
    uint64_t uptime_ms; /* boot, expected, value, uptime_ms: the state before its first record */
    uint8_t data[HISTORY_BLOCK_DATA_BYTES];
} history_block_t;

/* One start and the time it began, twice: a change goes to the older copy. */
typedef struct {
    struct {
        uint32_t boot;
        uint32_t version;  /* 0: the time is not known; rises with every change */
        int64_t offset_ms; /* UTC = uptime + offset */
        uint64_t check;
    } copies[2];
} history_boot_t;

typedef struct {
    uint64_t sensors; /* digest of the layout and of the table of sensors */
    uint64_t check;
    history_boot_t boots[HISTORY_BOOTS_MAX]; /* start n at n % HISTORY_BOOTS_MAX */
    history_block_t samples[HISTORY_SAMPLES_BYTES / HISTORY_BLOCK_BYTES];
    history_block_t minutes[HISTORY_MINUTES_BYTES / HISTORY_BLOCK_BYTES];
    uint64_t
        outside[OUTSIDE_SENSORS_MAX]; /* digest of the sensor that each share of what follows was last of */
    history_block_t outside_samples[HISTORY_OUTSIDE_SAMPLES_BYTES / HISTORY_BLOCK_BYTES];
    history_block_t outside_minutes[HISTORY_OUTSIDE_MINUTES_BYTES / HISTORY_BLOCK_BYTES];
} history_memory_t;

/* The blocks of one sensor, and where the next record goes. */
typedef struct {
    history_block_t *blocks;
    uint32_t block_count;
    uint32_t newest;      /* sequence of the newest block; 0: none yet */
    uint32_t next_number; /* of the next record */
    uint32_t digest;      /* of the newest block's bytes so far */
    history_state_t state;
} history_ring_t;

_Static_assert(sizeof(history_block_t) == HISTORY_BLOCK_BYTES, "blocks lie without gaps");

/* ---- history_ring.c ------------------------------------------------------------------------------------------ */

/* What a ring holds: how to walk over one record.
 * returns   its bytes; 0: there is no whole one */
typedef size_t (*history_step_t)(history_state_t *state, const uint8_t *data, size_t bytes);

/* Takes over the blocks that are whole and empties the others.
 * returns   how many were damaged */
uint32_t history_ring_open(history_ring_t *ring, history_block_t *blocks, uint32_t block_count,
                           history_step_t step);

void history_ring_clear(history_block_t *blocks, uint32_t block_count);

/* Appends one record, in a new block in place of the oldest when the newest is full.
 * before    the state the record was written against; after  the state behind it */
void history_ring_append(history_ring_t *ring, const uint8_t *record, size_t bytes,
                         const history_state_t *after);

/* NULL when that block is not there. */
const history_block_t *history_ring_block(const history_ring_t *ring, uint32_t sequence);

/* The lowest sequence that may be there. */
uint32_t history_ring_oldest(const history_ring_t *ring);

uint32_t history_block_used(const history_block_t *block);
history_state_t history_block_state(const history_block_t *block);

/* ---- history_boots.c ----------------------------------------------------------------------------------------- */

/* The highest start in the table; 0: none. */
uint32_t history_boots_last(const history_boot_t boots[]);

/* known     false: the time of this start is not known; no start loses a time it has */
void history_boots_write(history_boot_t boots[], uint32_t boot, bool known, int64_t offset_ms);

/* returns   false when it is not known */
bool history_boots_offset_ms(const history_boot_t boots[], uint32_t boot, int64_t *offset_ms);

void history_boots_clear(history_boot_t boots[]);

#endif
