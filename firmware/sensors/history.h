/* sensors/history.h - what the sensors measured: every sample of the last hour, every minute of the last day.
 *
 * Two rings a sensor, in memory of a fixed size that is dealt evenly among the sensors: one of samples, one of the
 * least, mean and greatest value of each minute. Records are packed without loss (sensors/history_codec.h). The memory
 * may be one that keeps its contents over a reset: everything in it is checked at start, what is damaged is dropped
 * block by block, and a reset in the middle of a change loses at most the record that was being added.
 *
 * A moment is a start and a time since that start. It becomes a calendar time when it is asked for, so that setting
 * the clock late, or correcting it, mends all moments of its start.
 *
 * Minutes are those of the uptime (0..60 s, ...), because there may be no clock while they are collected.
 *
 * Memory: history_t and history_memory_t, static; no allocation.
 * Context: main loop only. A reader is valid until the next history_add.
 */
#ifndef SENSORS_HISTORY_H
#define SENSORS_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wall_clock.h"
#include "config/limits.h"
#include "sensors/history_memory.h"
#include "sensors/sensor_registry.h"

/* All of it; only history.c and what stands beside it look inside. */
typedef struct {
    history_memory_t *memory;
    const wall_clock_t *clock;
    uint32_t boot; /* of this start */
    size_t sensor_count;
    history_ring_t samples[SENSORS_MAX];
    history_ring_t minutes[SENSORS_MAX];
    history_minute_t running[SENSORS_MAX]; /* the minute that is being collected; samples 0: none */
    bool failed[SENSORS_MAX];              /* the last record says that there was no value */
    uint8_t share[SENSORS_MAX];            /* of outside sensors: 1 + which of the memory's shares; 0: none */
    bool noted;                            /* the memory has a time of this start, and it is */
    int64_t noted_offset_ms;
    uint32_t dropped_blocks; /* damaged ones, found at start */
} history_t;

/* Takes over what the memory holds, or empties it when it holds none of ours: random contents, another layout, other
 * sensors.
 * memory     whatever it contains; alive and nobody else's from now on
 * registry   initialised; only its table of sensors is read, now
 * clock      borrowed for the life of the history */
void history_init(history_t *history, history_memory_t *memory, const sensor_registry_t *registry,
                  const wall_clock_t *clock);

/* An outside sensor was added to the registry: it goes on with what was recorded of it, if that is still there and it is
 * what it was, before a reset or before it was removed. */
void history_begin_sensor(history_t *history, size_t index, const sensor_t *sensor);

/* It was removed: nothing is read of it any more. Its records stay until another sensor needs their place. */
void history_end_sensor(history_t *history, size_t index);

/* Adds what became of one sample of this start. Ignored when it is not later than the sensor's last one.
 * sensor     its index in the registry
 * value      ignored unless has_value */
void history_add(history_t *history, size_t sensor, uint64_t uptime_ms, bool has_value, int32_t value);

/* The same out of the registry, after a sample was taken or failed. A failure is added when it is the first after a
 * value or a start, and then at most once an interval of the sensor, though its chip is tried more often: one that
 * stays dead does not push out what it measured before any faster than one that works. */
void history_add_sample(history_t *history, size_t index, const sensor_t *sensor);

/* Sees to it that the next start finds nothing: for a reset to factory settings. */
void history_forget(history_t *history);

/* ---- Moments ------------------------------------------------------------------------------------------------- */

/* Less than, equal to or greater than 0 as a is before, at or after b. */
int history_compare(history_moment_t a, history_moment_t b);

/* A moment of this start. */
history_moment_t history_moment(const history_t *history, uint64_t uptime_ms);

/* UTC of a moment. utc_ms is written only when true comes back; false: nobody has told the time during that start, or
 * it is so many starts ago that it is forgotten (HISTORY_BOOTS_MAX). */
bool history_utc_ms(const history_t *history, history_moment_t at, int64_t *utc_ms);

/* The moment of a UTC. A start whose time is not known lies somewhere between its neighbours; {0,0} when it is before
 * all starts whose time is known. */
history_moment_t history_moment_of_utc(const history_t *history, int64_t utc_ms);

/* ---- Reading ------------------------------------------------------------------------------------------------- */

/* Records have numbers, which rise by 1 in each ring; where a damaged block was dropped some are missing. A record
 * keeps its number as long as it is there. */

/* A walk over the records of one ring of one sensor, oldest first. */
typedef struct {
    const history_t *history;
    const history_ring_t *ring;
    const history_minute_t *running; /* still to be told at the end; NULL: of a ring of samples */
    uint32_t sequence;               /* of the block it is in */
    uint32_t offset;                 /* of the next record in the block's data */
    uint32_t number;                 /* of the next record, also of one that is not there yet */
    uint32_t first, last;            /* of what was read last */
    history_state_t state;
    history_moment_t after; /* records up to this are passed over */
    bool held;              /* minute was read, and is to be told again */
    history_minute_t minute;
} history_reader_t;

/* Begins before the first record strictly after a moment; {0,0} is before all. */
history_reader_t history_samples_after(const history_t *history, size_t sensor, history_moment_t after);
history_reader_t history_minutes_after(const history_t *history, size_t sensor, history_moment_t after);

/* Begins before the first record with this number or a higher one. */
history_reader_t history_samples_from(const history_t *history, size_t sensor, uint32_t number);
history_reader_t history_minutes_from(const history_t *history, size_t sensor, uint32_t number);

/* The next record. Its number is reader->first and reader->last then; of an interval they are those of its first and
 * last minute.
 * returns   false when there is none */
bool history_read_sample(history_reader_t *reader, history_point_t *point);
bool history_read_minute(history_reader_t *reader, history_minute_t *minute);

/* Minutes merged into intervals of step_ms, a multiple of 60000, counted from the start of the device.
 * returns   false when there is none */
bool history_read_interval(history_reader_t *reader, uint32_t step_ms, history_minute_t *interval);

/* The first record strictly after a moment, when only one is wanted. */
static inline bool history_next(const history_t *history, size_t sensor, history_moment_t after,
                                history_point_t *point)
{
    history_reader_t reader = history_samples_after(history, sensor, after);
    return history_read_sample(&reader, point);
}

static inline bool history_next_minute(const history_t *history, size_t sensor, history_moment_t after,
                                       history_minute_t *minute)
{
    history_reader_t reader = history_minutes_after(history, sensor, after);
    return history_read_minute(&reader, minute);
}

/* ---- How much there is --------------------------------------------------------------------------------------- */

typedef struct {
    uint32_t samples, minutes; /* records that are kept, of all sensors */
    uint32_t dropped_blocks;   /* damaged ones, dropped at start */
    uint32_t size_bytes;       /* memory for records */
    uint32_t starts;           /* since the memory was empty, this one included */
} history_usage_t;

history_usage_t history_usage(const history_t *history);

#endif
