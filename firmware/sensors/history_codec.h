/* sensors/history_codec.h - records of the history as bytes, without loss.
 *
 * Each record is written as its difference from the one before it, which is the state. All differences wrap around, so
 * that any sequence of any values and times comes back as it was.
 *
 *   0vvvvvvv           a sample exactly one interval later, value difference -64..63
 *   10tttvvv           time off by -4..3 ms, value difference -4..3
 *   110ttttt [T] V     time off by -15..15 ms, or 31: T follows; any value difference
 *   1110tttt [T]       a sample that failed; time off by -7..7 ms, or 15: T follows
 *   11110000 B         what follows is B starts later, and its time counts from that start
 *
 *   vvvvvbsm [B] [M] [S] [V] G E
 *                      a minute. m: not the next one, M minutes off; s: not as many samples, S more; b: B starts
 *                      later; the least value differs by -15..15, or 31: V follows. G greatest - least value,
 *                      E sum - samples * least
 *
 * B, T, M, S, V, G and E are LEB128 numbers; T, M, S and V, and the t and v above, are zigzag: 0, -1, 1, -2, ... The
 * interval is the time between the last two samples that was off by more than 127 ms.
 *
 * Internal to firmware/sensors. Context: anywhere.
 */
#ifndef SENSORS_HISTORY_CODEC_H
#define SENSORS_HISTORY_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts count from 1 since the memory was empty; {0,0} is before all. */
typedef struct {
    uint32_t boot;
    uint64_t uptime_ms;
} history_moment_t;

typedef struct {
    history_moment_t at;
    bool has_value; /* false: the sample failed */
    int32_t
        value; /* in 10^-decimals units of the sensor's channel, as it was shown then; 0 without a value */
} history_point_t;

typedef struct {
    history_moment_t at; /* the start of the minute or interval */
    int32_t min, max;
    int64_t sum;      /* of all values */
    uint32_t samples; /* that had a value; 1 or more */
} history_minute_t;

/* The mean value, rounded to nearest, halves away from zero. */
int32_t history_average(const history_minute_t *minute);

/* What the next record is compared with. */
typedef struct {
    history_moment_t at;
    int32_t value;     /* the last one; of minutes the least */
    uint32_t expected; /* milliseconds to the next record; of minutes the number of samples */
} history_state_t;

#define HISTORY_RECORD_BYTES_MAX 48u

/* Writes a record and moves the state to it.
 * out       HISTORY_RECORD_BYTES_MAX bytes
 * returns   how many of them */
size_t history_encode_point(history_state_t *state, const history_point_t *point, uint8_t out[]);
size_t history_encode_minute(history_state_t *state, const history_minute_t *minute, uint8_t out[]);

/* Reads a record and moves the state to it.
 * returns   how many bytes it took; 0 when there is no whole record (point and state are undefined then) */
size_t history_decode_point(history_state_t *state, const uint8_t *data, size_t bytes,
                            history_point_t *point);
size_t history_decode_minute(history_state_t *state, const uint8_t *data, size_t bytes,
                             history_minute_t *minute);

#endif
