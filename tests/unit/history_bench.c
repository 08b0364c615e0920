#include "history_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static history_bench_t the_bench;

static status_t present(void *self)
{
    return *(status_t *)self;
}

static status_t measure(void *self, unsigned step, int32_t values[])
{
    values[step] = 0;
    return *(status_t *)self;
}

static const sensor_channel_t temperature[] = {
    { "temperature", "Temperature", SENSOR_TEMPERATURE, UNIT_CELSIUS, 2, -5500, 12800 },
};
static const sensor_ops_t ops = { "tmp105", temperature, 1, 0, 1, present, NULL, measure };

uint64_t history_bench_random(history_bench_t *bench)
{
    bench->seed ^= bench->seed << 13;
    bench->seed ^= bench->seed >> 7;
    return bench->seed ^= bench->seed << 17;
}

int history_bench_set_up(void **state)
{
    static const char *const ids[SENSOR_DEVICES_MAX] = { "a", "b", "c", "d", "e", "f", "g", "h" };
    history_bench_t *bench = &the_bench;
    bench->seed = 88172645463325252u;
    bench->put.count = 0;
    bench->clock = (wall_clock_t){ 0 };
    for (size_t i = 0; i < SENSOR_DEVICES_MAX; i++) {
        bench->devices[i] = (sensor_device_t){ ids[i], &ops, &bench->chip };
    }
    if (sensor_registry_init(&bench->registry, bench->devices, SENSOR_DEVICES_MAX, &bench->clock) !=
        STATUS_OK)
        return -1;
    uint8_t *bytes = (uint8_t *)&bench->memory;
    for (size_t i = 0; i < sizeof bench->memory; i++) bytes[i] = (uint8_t)history_bench_random(bench);
    history_bench_restart(bench);
    *state = bench;
    return 0;
}

void history_bench_restart(history_bench_t *bench)
{
    bench->uptime_ms = 0;
    bench->clock.set = false;
    history_init(&bench->history, &bench->memory, &bench->registry, &bench->clock);
}

void history_bench_add(history_bench_t *bench, uint64_t delta_ms, bool has_value, int32_t value)
{
    bench->uptime_ms += delta_ms;
    history_add(&bench->history, 0, bench->uptime_ms, has_value, value);
    assert_true(bench->put.count < BENCH_POINTS_MAX);
    bench->put.points[bench->put.count++] =
        (history_point_t){ { bench->history.boot, bench->uptime_ms }, has_value, has_value ? value : 0 };
}

void history_bench_walk(history_bench_t *bench, size_t samples)
{
    int32_t value = 2144;
    uint64_t jitter = 0;
    for (size_t i = 0; i < samples; i++) {
        uint64_t r = history_bench_random(bench), before = jitter;
        value += (int32_t)(r % 7u) - 3;
        jitter = r >> 8 & 1u;
        history_bench_add(bench, 1000u + jitter - before, (r >> 16) % 50u != 0, value);
    }
}

const point_list_t *history_bench_samples(const history_t *history, size_t sensor)
{
    static point_list_t list;
    history_reader_t reader = history_samples_after(history, sensor, (history_moment_t){ 0, 0 });
    for (list.count = 0; history_read_sample(&reader, &list.points[list.count]);) {
        list.count++;
        assert_true(list.count < BENCH_POINTS_MAX);
    }
    return &list;
}

const minute_list_t *history_bench_minutes(const history_t *history, size_t sensor)
{
    static minute_list_t list;
    history_reader_t reader = history_minutes_after(history, sensor, (history_moment_t){ 0, 0 });
    for (list.count = 0; history_read_minute(&reader, &list.minutes[list.count]);) {
        list.count++;
        assert_true(list.count < BENCH_POINTS_MAX);
    }
    return &list;
}

const minute_list_t *history_bench_expected(const history_bench_t *bench)
{
    static minute_list_t list;
    list.count = 0;
    for (size_t i = 0; i < bench->put.count; i++) {
        const history_point_t *point = &bench->put.points[i];
        if (!point->has_value) continue;
        const history_moment_t start = { point->at.boot, point->at.uptime_ms / 60000u * 60000u };
        history_minute_t *last = &list.minutes[list.count];
        if (list.count == 0 || history_compare(last[-1].at, start) != 0) {
            *last = (history_minute_t){ start, point->value, point->value, point->value, 1 };
            list.count++;
            continue;
        }
        if (point->value < last[-1].min) last[-1].min = point->value;
        if (point->value > last[-1].max) last[-1].max = point->value;
        last[-1].sum += point->value;
        last[-1].samples++;
    }
    return &list;
}

bool history_bench_same(const history_point_t *a, const history_point_t *b)
{
    return history_compare(a->at, b->at) == 0 && a->has_value == b->has_value && a->value == b->value;
}

bool history_bench_same_minute(const history_minute_t *a, const history_minute_t *b)
{
    return history_compare(a->at, b->at) == 0 && a->min == b->min && a->max == b->max && a->sum == b->sum &&
           a->samples == b->samples;
}

void history_bench_check(const history_bench_t *bench, size_t least)
{
    const point_list_t *samples = history_bench_samples(&bench->history, 0);
    assert_true(samples->count >= least && samples->count <= bench->put.count);
    const history_point_t *put = bench->put.points + (bench->put.count - samples->count);
    for (size_t i = 0; i < samples->count; i++) assert_true(history_bench_same(&samples->points[i], &put[i]));

    const minute_list_t *minutes = history_bench_minutes(&bench->history, 0);
    const minute_list_t *expected = history_bench_expected(bench);
    assert_true(minutes->count <= expected->count);
    assert_true(minutes->count >= (expected->count < 1500u ? expected->count : 1500u));
    const history_minute_t *last = expected->minutes + (expected->count - minutes->count);
    for (size_t i = 0; i < minutes->count; i++)
        assert_true(history_bench_same_minute(&minutes->minutes[i], &last[i]));
}

size_t history_bench_check_part(const history_bench_t *bench, const history_t *history)
{
    const point_list_t *samples = history_bench_samples(history, 0);
    size_t at = 0;
    for (size_t i = 0; i < samples->count; i++) {
        while (at < bench->put.count && !history_bench_same(&samples->points[i], &bench->put.points[at]))
            at++;
        assert_true(at < bench->put.count);
        at++;
    }
    return samples->count;
}
