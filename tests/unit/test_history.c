/* The history as its readers see it: rings, minutes, starts and times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "history_bench.h"

static const history_moment_t beginning = { 0, 0 };

static void random_memory_is_an_empty_history_of_the_first_start(void **state)
{
    history_bench_t *bench = *state;
    history_usage_t usage = history_usage(&bench->history);
    assert_int_equal(bench->history.boot, 1);
    assert_int_equal(usage.samples + usage.minutes + usage.dropped_blocks, 0);
    assert_int_equal(usage.starts, 1);
    for (size_t i = 0; i < SENSOR_DEVICES_MAX; i++) {
        assert_int_equal(history_bench_samples(&bench->history, i)->count, 0);
        assert_int_equal(history_bench_minutes(&bench->history, i)->count, 0);
    }
}

static void what_was_added_is_there_and_the_oldest_give_way(void **state)
{
    history_bench_t *bench = *state;
    for (unsigned i = 0; i < 30; i++) {
        history_bench_walk(bench, 997);
        history_bench_check(bench, i < 3 ? bench->put.count : 3600u); /* an hour is kept */
    }
    assert_true(history_bench_samples(&bench->history, 0)->count < bench->put.count);
    assert_int_equal(history_bench_samples(&bench->history, 1)->count, 0);
}

static void anything_that_can_happen_to_a_sensor_is_kept_as_it_was(void **state)
{
    history_bench_t *bench = *state;
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t r = history_bench_random(bench);
        uint64_t delta_ms = 1u + (history_bench_random(bench) >> (30u + r % 34u));
        history_bench_add(bench, delta_ms, r >> 8 & 7u, (int32_t)(uint32_t)(r >> 32) >> (r >> 16 & 31u));
        if (r >> 40 & 255u) continue;
        history_bench_restart(bench);
    }
    const point_list_t *samples = history_bench_samples(&bench->history, 0);
    assert_true(samples->count > 300);
    const history_point_t *put = bench->put.points + (bench->put.count - samples->count);
    for (size_t i = 0; i < samples->count; i++) assert_true(history_bench_same(&samples->points[i], &put[i]));
}

static void a_day_of_minutes_is_kept(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 24u * 3600u / 3u); /* and each added minute stands for its samples */
    int32_t value = 2144;
    for (unsigned i = 0; i < 2000; i++) {
        value += (int32_t)(history_bench_random(bench) % 41u) - 20;
        history_bench_add(bench, 60000, true, value);
    }
    assert_true(history_bench_minutes(&bench->history, 0)->count >= 1440);
}

static void reading_begins_strictly_after_a_moment_or_at_a_number(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 9000);
    history_bench_restart(bench);
    history_bench_walk(bench, 500);
    static point_list_t samples;
    samples = *history_bench_samples(&bench->history, 0);
    uint32_t first = bench->history.samples[0].next_number - (uint32_t)samples.count;
    for (size_t i = 0; i + 1u < samples.count; i += 7) {
        history_moment_t at = samples.points[i].at;
        history_point_t point;
        assert_true(history_next(&bench->history, 0, at, &point));
        assert_true(history_bench_same(&point, &samples.points[i + 1u]));
        at.uptime_ms--;
        assert_true(history_next(&bench->history, 0, at, &point));
        assert_true(history_bench_same(&point, &samples.points[i]));
        history_reader_t reader = history_samples_from(&bench->history, 0, first + (uint32_t)i);
        assert_true(history_read_sample(&reader, &point));
        assert_true(history_bench_same(&point, &samples.points[i]));
        assert_int_equal(reader.number, first + i + 1u);
    }
    history_point_t point;
    assert_false(history_next(&bench->history, 0, samples.points[samples.count - 1u].at, &point));
    history_reader_t none = history_samples_from(&bench->history, 0, first + (uint32_t)samples.count);
    assert_false(history_read_sample(&none, &point));
    history_reader_t gone = history_samples_from(&bench->history, 0, 0);
    assert_true(history_read_sample(&gone, &point));
    assert_true(history_bench_same(&point, &samples.points[0]));
}

static void minutes_are_read_by_number_too_the_running_one_last(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 6000);
    static minute_list_t minutes;
    minutes = *history_bench_minutes(&bench->history, 0);
    assert_int_equal(bench->history.minutes[0].next_number + 1u, minutes.count); /* one is running */
    for (uint32_t i = 0; i < minutes.count; i++) {
        history_minute_t minute;
        history_reader_t reader = history_minutes_from(&bench->history, 0, i);
        assert_true(history_read_minute(&reader, &minute));
        assert_true(history_bench_same_minute(&minute, &minutes.minutes[i]));
        assert_int_equal(reader.number, i + 1u);
        history_moment_t before = minute.at;
        assert_true(before.uptime_ms == 0 || before.uptime_ms-- > 0);
        if (i > 0) assert_true(history_next_minute(&bench->history, 0, before, &minute));
        assert_true(history_bench_same_minute(&minute, &minutes.minutes[i]));
    }
    history_minute_t minute;
    history_reader_t behind = history_minutes_from(&bench->history, 0, (uint32_t)minutes.count);
    assert_false(history_read_minute(&behind, &minute));
}

static void minutes_merge_into_intervals_as_their_samples_would(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 7100);
    history_bench_restart(bench);
    history_bench_walk(bench, 1000);
    static const uint32_t steps_ms[] = { 60000, 120000, 300000, 3600000, 86400000 };
    for (size_t s = 0; s < sizeof steps_ms / sizeof steps_ms[0]; s++) {
        history_reader_t reader = history_minutes_after(&bench->history, 0, beginning);
        history_minute_t interval;
        size_t at = 0;
        while (history_read_interval(&reader, steps_ms[s], &interval)) {
            history_minute_t sum = { .at = interval.at, .min = INT32_MAX, .max = INT32_MIN };
            for (; at < bench->put.count; at++) {
                const history_point_t *point = &bench->put.points[at];
                if (point->at.boot != sum.at.boot || point->at.uptime_ms - sum.at.uptime_ms >= steps_ms[s])
                    break;
                if (!point->has_value) continue;
                if (point->value < sum.min) sum.min = point->value;
                if (point->value > sum.max) sum.max = point->value;
                sum.sum += point->value;
                sum.samples++;
            }
            assert_true(history_bench_same_minute(&interval, &sum));
        }
        assert_int_equal(at, bench->put.count);
    }
}

static void a_minute_goes_on_after_a_reset_had_cut_it(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 90);
    history_bench_restart(bench);
    history_bench_check(bench, 90);
    history_bench_restart(bench); /* a start without samples */
    history_bench_walk(bench, 200);
    history_bench_check(bench, 290);
    assert_int_equal(bench->history.minutes[0].next_number + 1u,
                     history_bench_minutes(&bench->history, 0)->count); /* none was told twice */
    assert_int_equal(bench->history.boot, 3);
}

static void many_restarts_cost_records_and_no_blocks(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 1000);
    for (unsigned i = 0; i < 300; i++) {
        history_bench_restart(bench);
        history_bench_walk(bench, 2);
    }
    history_bench_check(bench, 1600);
}

static void a_moment_that_is_not_later_is_ignored(void **state)
{
    history_bench_t *bench = *state;
    history_add(&bench->history, 0, 1000, true, 1);
    history_add(&bench->history, 0, 1000, true, 2);
    history_add(&bench->history, 0, 999, true, 3);
    const point_list_t *samples = history_bench_samples(&bench->history, 0);
    assert_int_equal(samples->count, 1);
    assert_int_equal(samples->points[0].value, 1);
}

/* ---- Time ------------------------------------------------------------------------------------------------------- */

static void a_clock_that_is_set_late_gives_earlier_moments_their_time(void **state)
{
    history_bench_t *bench = *state;
    int64_t utc_ms;
    history_bench_walk(bench, 10);
    history_moment_t first = bench->put.points[0].at;
    assert_false(history_utc_ms(&bench->history, first, &utc_ms));
    wall_clock_set(&bench->clock, bench->uptime_ms, 1790000000000);
    assert_true(history_utc_ms(&bench->history, first, &utc_ms));
    assert_int_equal(utc_ms, 1790000000000 - (int64_t)bench->uptime_ms + (int64_t)first.uptime_ms);
    wall_clock_set(&bench->clock, bench->uptime_ms, 1790000000250); /* and a correction corrects them */
    assert_true(history_utc_ms(&bench->history, first, &utc_ms));
    assert_int_equal(utc_ms, 1790000000250 - (int64_t)bench->uptime_ms + (int64_t)first.uptime_ms);
}

static void an_earlier_start_keeps_the_last_time_it_had(void **state)
{
    history_bench_t *bench = *state;
    int64_t utc_ms;
    for (unsigned boot = 1; boot <= 3; boot++) {
        history_bench_walk(bench, 5);
        if (boot != 2) {
            wall_clock_set(&bench->clock, bench->uptime_ms, 1790000000000 + boot * 1000000);
            history_bench_walk(bench, 1);
            wall_clock_set(&bench->clock, 0, 1790000000000 + boot * 1000000);
            history_bench_walk(bench, 1);
        }
        history_bench_restart(bench);
    }
    assert_true(history_utc_ms(&bench->history, (history_moment_t){ 1, 7 }, &utc_ms));
    assert_int_equal(utc_ms, 1790001000007);
    assert_false(history_utc_ms(&bench->history, (history_moment_t){ 2, 7 }, &utc_ms));
    assert_true(history_utc_ms(&bench->history, (history_moment_t){ 3, 7 }, &utc_ms));
    assert_int_equal(utc_ms, 1790003000007);
    assert_false(history_utc_ms(&bench->history, (history_moment_t){ 4, 7 }, &utc_ms));

    history_moment_t at = history_moment_of_utc(&bench->history, 1790001500000);
    assert_int_equal(at.boot, 1); /* the unknown start 2 comes after it */
    assert_int_equal(at.uptime_ms, 500000);
    at = history_moment_of_utc(&bench->history, 1790003000000);
    assert_int_equal(at.boot, 3);
    assert_int_equal(at.uptime_ms, 0);
    at = history_moment_of_utc(&bench->history, 1790000999999);
    assert_int_equal(history_compare(at, beginning), 0);
    wall_clock_set(&bench->clock, 0, 1790004000000);
    at = history_moment_of_utc(&bench->history, 1790004000001);
    assert_int_equal(at.boot, 4);
    assert_int_equal(at.uptime_ms, 1);
}

static void times_of_the_last_starts_are_remembered_and_no_others(void **state)
{
    history_bench_t *bench = *state;
    const uint32_t starts = 3 * HISTORY_BOOTS_MAX;
    int64_t utc_ms;
    for (uint32_t boot = 1; boot <= starts; boot++) {
        wall_clock_set(&bench->clock, 0, 1790000000000 + boot * 1000000);
        history_bench_walk(bench, 1);
        history_bench_restart(bench);
    }
    for (uint32_t boot = 1; boot <= starts; boot++) {
        bool known = history_utc_ms(&bench->history, (history_moment_t){ boot, 0 }, &utc_ms);
        assert_int_equal(known, boot + HISTORY_BOOTS_MAX > starts + 1u);
        if (known) assert_int_equal(utc_ms, 1790000000000 + boot * 1000000);
    }
}

/* ---- From the registry --------------------------------------------------------------------------------------------- */

static void a_dead_chip_is_recorded_at_once_and_then_once_an_interval(void **state)
{
    history_bench_t *bench = *state;
    sensor_t sensor = { .quality = QUALITY_OK, .value = 2100, .uptime_ms = 1000 };
    sensor.config.interval_ms = 5000;
    history_add_sample(&bench->history, 0, &sensor);
    sensor.quality = QUALITY_ERROR;
    for (sensor.uptime_ms = 2000; sensor.uptime_ms <= 13000; sensor.uptime_ms += 1000)
        history_add_sample(&bench->history, 0, &sensor);
    sensor.quality = QUALITY_OK;
    history_add_sample(&bench->history, 0, &sensor);
    const point_list_t *samples = history_bench_samples(&bench->history, 0);
    static const uint64_t expected_ms[] = { 1000, 2000, 7000, 12000, 14000 };
    assert_int_equal(samples->count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(samples->points[i].at.uptime_ms, expected_ms[i]);
        assert_int_equal(samples->points[i].has_value, i == 0 || i == 4);
    }
}

static void each_start_records_that_a_chip_is_still_dead(void **state)
{
    history_bench_t *bench = *state;
    sensor_t sensor = { .quality = QUALITY_MISSING, .uptime_ms = 10 };
    sensor.config.interval_ms = 5000;
    history_add_sample(&bench->history, 0, &sensor);
    history_bench_restart(bench);
    history_add_sample(&bench->history, 0, &sensor);
    assert_int_equal(history_bench_samples(&bench->history, 0)->count, 2);
}

static void sensors_do_not_push_each_other_out(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 1000);
    for (uint64_t at_ms = 1; at_ms < 6000000; at_ms += 100)
        history_add(&bench->history, 1, at_ms, true, (int32_t)(history_bench_random(bench) % 1000u));
    history_bench_check(bench, 1000);
}

static void another_table_of_sensors_begins_anew(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 100);
    bench->devices[3].id = "other";
    assert_int_equal(
        sensor_registry_init(&bench->registry, bench->devices, SENSOR_DEVICES_MAX, &bench->clock), STATUS_OK);
    history_bench_restart(bench);
    assert_int_equal(history_bench_samples(&bench->history, 0)->count, 0);
    assert_int_equal(bench->history.boot, 1);
}

static void usage_counts_what_is_there(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 9000);
    history_usage_t usage = history_usage(&bench->history);
    assert_int_equal(usage.samples, history_bench_samples(&bench->history, 0)->count);
    assert_int_equal(usage.minutes + 1u,
                     history_bench_minutes(&bench->history, 0)->count); /* one is running */
    assert_int_equal(usage.size_bytes, HISTORY_SAMPLES_BYTES + HISTORY_MINUTES_BYTES +
                                           HISTORY_OUTSIDE_SAMPLES_BYTES + HISTORY_OUTSIDE_MINUTES_BYTES);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, history_bench_set_up)
    const struct CMUnitTest tests[] = {
        TEST(random_memory_is_an_empty_history_of_the_first_start),
        TEST(what_was_added_is_there_and_the_oldest_give_way),
        TEST(anything_that_can_happen_to_a_sensor_is_kept_as_it_was),
        TEST(a_day_of_minutes_is_kept),
        TEST(reading_begins_strictly_after_a_moment_or_at_a_number),
        TEST(minutes_are_read_by_number_too_the_running_one_last),
        TEST(minutes_merge_into_intervals_as_their_samples_would),
        TEST(a_minute_goes_on_after_a_reset_had_cut_it),
        TEST(many_restarts_cost_records_and_no_blocks),
        TEST(a_moment_that_is_not_later_is_ignored),
        TEST(a_clock_that_is_set_late_gives_earlier_moments_their_time),
        TEST(an_earlier_start_keeps_the_last_time_it_had),
        TEST(times_of_the_last_starts_are_remembered_and_no_others),
        TEST(a_dead_chip_is_recorded_at_once_and_then_once_an_interval),
        TEST(each_start_records_that_a_chip_is_still_dead),
        TEST(sensors_do_not_push_each_other_out),
        TEST(another_table_of_sensors_begins_anew),
        TEST(usage_counts_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
