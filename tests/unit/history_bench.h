/* history_bench.h - a history of some sensors, its memory, and a plain array of everything that was ever put in. */
#ifndef HISTORY_BENCH_H
#define HISTORY_BENCH_H

#include "sensors/history.h"

#define BENCH_POINTS_MAX 40000u

typedef struct {
    history_point_t points[BENCH_POINTS_MAX];
    size_t count;
} point_list_t;

typedef struct {
    history_minute_t minutes[BENCH_POINTS_MAX];
    size_t count;
} minute_list_t;

typedef struct {
    status_t chip;
    sensor_device_t devices[SENSOR_DEVICES_MAX];
    sensor_registry_t registry;
    wall_clock_t clock;
    history_t history;
    history_memory_t memory;
    uint64_t uptime_ms;
    uint64_t seed;
    point_list_t put; /* all that was added for sensor 0 */
} history_bench_t;

/* A cmocka set-up: *state is the bench, with SENSOR_DEVICES_MAX sensors and random contents in the memory. */
int history_bench_set_up(void **state);

uint64_t history_bench_random(history_bench_t *bench);

/* Another start on the same memory. */
void history_bench_restart(history_bench_t *bench);

/* Adds a sample of sensor 0, delta_ms after the last one. */
void history_bench_add(history_bench_t *bench, uint64_t delta_ms, bool has_value, int32_t value);

/* Adds samples once a second, a slow walk with some jitter and failures. */
void history_bench_walk(history_bench_t *bench, size_t samples);

/* All that a history says of a sensor. */
const point_list_t *history_bench_samples(const history_t *history, size_t sensor);
const minute_list_t *history_bench_minutes(const history_t *history, size_t sensor);

/* The minutes of all that was put in. */
const minute_list_t *history_bench_expected(const history_bench_t *bench);

bool history_bench_same(const history_point_t *a, const history_point_t *b);
bool history_bench_same_minute(const history_minute_t *a, const history_minute_t *b);

/* Fails unless what is there are the last of what was put in, at least `least` of them. */
void history_bench_check(const history_bench_t *bench, size_t least);

/* Fails unless what is there was put in, in order.
 * returns   how many there are */
size_t history_bench_check_part(const history_bench_t *bench, const history_t *history);

#endif
