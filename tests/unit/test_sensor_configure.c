/* What may be set about a sensor, and from when on it counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sensors/sensor_registry.h"

/* A chip with two channels that needs no conversion and never fails, unless it is told to. */
typedef struct {
    status_t status;
    int32_t values[2];
    unsigned samples;
} fake_chip_t;

static status_t fake_probe(void *self)
{
    return ((const fake_chip_t *)self)->status;
}

static status_t fake_fetch(void *self, unsigned step, int32_t values[])
{
    fake_chip_t *chip = self;
    values[step] = chip->values[step];
    if (step == 1) chip->samples++;
    return chip->status;
}

static const sensor_channel_t channels[] = {
    { "a", "A", SENSOR_TEMPERATURE, UNIT_CELSIUS, 2, -INT32_MAX, INT32_MAX },
    { "b", "B", SENSOR_TEMPERATURE, UNIT_CELSIUS, 2, -5500, 12800 },
};
static const sensor_ops_t ops = {
    .chip = "fake",
    .channels = channels,
    .channel_count = 2,
    .fetch_steps = 2,
    .probe = fake_probe,
    .fetch = fake_fetch,
};

enum { A, B, OTHER_A, OTHER_B };

typedef struct {
    fake_chip_t chips[2];
    sensor_device_t devices[2];
    wall_clock_t clock;
    sensor_registry_t registry;
    uint64_t now_ms;
    unsigned alerts;          /* how often the hook was called */
    const sensor_t *alarming; /* by whom, at last */
} bench_t;

static void run_for(bench_t *bench, uint64_t ms)
{
    uint64_t until_ms = bench->now_ms + ms;
    for (unsigned i = 0; i < 1000000; i++) {
        uint64_t next_ms = sensor_registry_poll(&bench->registry, bench->now_ms);
        if (next_ms > until_ms) break;
        if (next_ms > bench->now_ms) bench->now_ms = next_ms;
    }
    bench->now_ms = until_ms;
}

/* Both chips sampled once, half an interval ago. */
static int set_up(void **state)
{
    static bench_t bench;
    bench = (bench_t){ .chips = { { .values = { 2000, 2100 } }, { .values = { 2200, 2300 } } } };
    for (unsigned i = 0; i < 2; i++) {
        bench.devices[i] = (sensor_device_t){ i ? "other" : "chip", &ops, &bench.chips[i] };
    }
    *state = &bench;
    if (sensor_registry_init(&bench.registry, bench.devices, 2, &bench.clock) != STATUS_OK) return -1;
    run_for(&bench, 500);
    return 0;
}

static const sensor_t *at(const bench_t *bench, size_t index)
{
    return &bench->registry.sensors[index];
}

static void configure(bench_t *bench, size_t index, sensor_config_t config)
{
    assert_int_equal(sensor_registry_configure(&bench->registry, index, &config, bench->now_ms), STATUS_OK);
}

static sensor_config_t plain(void)
{
    return sensor_config_default(&channels[0]);
}

static void a_sensor_begins_with_its_channels_name_and_no_thresholds(void **state)
{
    bench_t *bench = *state;
    const sensor_config_t *config = &at(bench, B)->config;
    assert_string_equal(config->name, "B");
    assert_int_equal(config->interval_ms, SENSOR_INTERVAL_MS_DEFAULT);
    assert_int_equal(config->offset, 0);
    assert_int_equal(config->min, SENSOR_NO_THRESHOLD);
    assert_int_equal(config->max, SENSOR_NO_THRESHOLD);
    assert_int_equal(at(bench, B)->alert, ALERT_NONE);
}

static void a_configuration_that_makes_no_sense_changes_nothing(void **state)
{
    bench_t *bench = *state;
    sensor_config_t wrong[8];
    for (size_t i = 0; i < 8; i++) {
        wrong[i] = plain();
        wrong[i].name = "Wrong";
    }
    wrong[0].interval_ms = SENSOR_INTERVAL_MS_MIN - 1u;
    wrong[1].interval_ms = SENSOR_INTERVAL_MS_MAX + 1u;
    wrong[2].interval_ms = 0;
    wrong[3].hysteresis = -1;
    wrong[4].min = wrong[4].max = 5;
    wrong[5].min = 6, wrong[5].max = 5;
    wrong[6].min = 0, wrong[6].max = 10, wrong[6].hysteresis = 10;
    wrong[7].min = -INT32_MAX, wrong[7].max = -INT32_MAX, wrong[7].hysteresis = 0;
    uint64_t tag = bench->registry.tag;
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(sensor_registry_configure(&bench->registry, A, &wrong[i], bench->now_ms),
                         STATUS_INVALID);
        assert_string_equal(at(bench, A)->config.name, "A");
    }
    assert_true(tag == bench->registry.tag);
    sensor_config_t widest = plain();
    widest.min = -INT32_MAX, widest.max = INT32_MAX, widest.hysteresis = INT32_MAX;
    configure(bench, A, widest);
}

static void an_interval_counts_from_the_moment_it_is_set(void **state)
{
    bench_t *bench = *state;
    sensor_config_t config = plain();
    assert_int_equal(bench->chips[0].samples, 1);
    config.interval_ms = 100;
    configure(bench, B, config); /* a chip keeps the pace of its most impatient channel */
    run_for(bench, 99);
    assert_int_equal(bench->chips[0].samples, 1);
    run_for(bench, 1);
    assert_int_equal(bench->chips[0].samples, 2);
    run_for(bench, 1000);
    assert_int_equal(bench->chips[0].samples, 12);
    config.interval_ms = SENSOR_INTERVAL_MS_MAX;
    configure(bench, B, config); /* A still wants one a second */
    run_for(bench, 999);
    assert_int_equal(bench->chips[0].samples, 12);
    run_for(bench, 1);
    assert_int_equal(bench->chips[0].samples, 13);
    configure(bench, A, config);
    run_for(bench, SENSOR_INTERVAL_MS_MAX - 1);
    assert_int_equal(bench->chips[0].samples, 13);
    config.interval_ms = 200; /* does not wait for the end of the hour */
    run_for(bench, 1);
    configure(bench, A, config);
    run_for(bench, 200);
    assert_int_equal(bench->chips[0].samples, 15);
    assert_in_range(bench->chips[1].samples, 3600, 3610); /* the other chip kept its own */
}

static void another_setting_does_not_move_the_sampling(void **state)
{
    bench_t *bench = *state;
    for (unsigned i = 0; i < 40; i++) { /* a client that patches all the time must not stop it */
        sensor_config_t config = plain();
        config.offset = (int32_t)i;
        configure(bench, A, config);
        run_for(bench, 100);
    }
    assert_in_range(bench->chips[0].samples, 5, 6);
}

static void a_configuration_before_the_first_sample_does_not_delay_it(void **state)
{
    bench_t *bench = *state;
    assert_int_equal(sensor_registry_init(&bench->registry, bench->devices, 2, &bench->clock), STATUS_OK);
    sensor_config_t config = plain();
    config.interval_ms = SENSOR_INTERVAL_MS_MAX;
    config.offset = 50;
    configure(bench, A, config);
    configure(bench, B, config);
    assert_int_equal(at(bench, A)->quality, QUALITY_PENDING);
    (void)sensor_registry_poll(&bench->registry, bench->now_ms); /* probed, and due */
    config.interval_ms = SENSOR_INTERVAL_MS_MAX - 1u;
    configure(bench, A, config);
    run_for(bench, 1);
    assert_int_equal(at(bench, A)->quality, QUALITY_OK);
    assert_int_equal(at(bench, A)->value, 2050);
}

static void an_offset_moves_the_value_at_once_and_from_then_on(void **state)
{
    bench_t *bench = *state;
    sensor_config_t config = plain();
    uint64_t sampled_ms = at(bench, A)->uptime_ms;
    config.offset = -250;
    configure(bench, A, config);
    assert_int_equal(at(bench, A)->value, 1750);
    assert_int_equal(at(bench, A)->uptime_ms, sampled_ms); /* it is the same sample */
    assert_int_equal(at(bench, B)->value, 2100);
    run_for(bench, 1000);
    assert_int_equal(at(bench, A)->value, 1750);
    config.offset = 10;
    configure(bench, A, config);
    assert_int_equal(at(bench, A)->value, 2010);
}

static void a_sum_that_is_no_number_is_an_error_not_a_clamp(void **state)
{
    bench_t *bench = *state;
    sensor_config_t config = plain();
    static const struct {
        int32_t measured, offset, sum;
    } sums[] = {
        { 1, INT32_MAX - 1, INT32_MAX },
        { -1, -(INT32_MAX - 1), -INT32_MAX },
        { 1, INT32_MAX, SENSOR_NO_VALUE },
        { -1, -INT32_MAX, SENSOR_NO_VALUE }, /* INT32_MIN is not a value */
        { -INT32_MAX, -INT32_MAX, SENSOR_NO_VALUE },
        { INT32_MAX, INT32_MAX, SENSOR_NO_VALUE },
        { -INT32_MAX, INT32_MAX, 0 },
    };
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        bool valid = sums[i].sum != SENSOR_NO_VALUE;
        config.offset = 0;
        configure(bench, A, config);
        bench->chips[0].values[0] = sums[i].measured;
        run_for(bench, 1000);
        assert_int_equal(at(bench, A)->value, sums[i].measured);
        config.offset = sums[i].offset;
        configure(bench, A, config);
        for (unsigned round = 0; round < 2; round++) { /* the sample that was, and the next one */
            assert_int_equal(at(bench, A)->quality, valid ? QUALITY_OK : QUALITY_ERROR);
            assert_int_equal(at(bench, A)->value, valid ? sums[i].sum : 0);
            assert_int_equal(at(bench, B)->quality, QUALITY_OK);
            run_for(bench, 1000);
        }
    }
}

static void the_chips_range_is_of_what_it_measures_not_of_the_sum(void **state)
{
    bench_t *bench = *state;
    sensor_config_t config = plain();
    config.offset = 20000;
    configure(bench, B, config);
    run_for(bench, 1000);
    assert_int_equal(at(bench, B)->value, 22100); /* more than the chip could measure */
    bench->chips[0].values[1] = 12801;
    run_for(bench, 1000);
    assert_int_equal(at(bench, B)->quality, QUALITY_ERROR);
}

static void note_alert(void *context, const sensor_t *sensor)
{
    bench_t *bench = context;
    bench->alerts++;
    bench->alarming = sensor;
}

static void thresholds_judge_the_value_with_its_offset_and_tell_once(void **state)
{
    bench_t *bench = *state;
    sensor_registry_on_alert(&bench->registry, note_alert, bench);
    sensor_config_t config = plain();
    config.max = 2500, config.min = 1500, config.hysteresis = 100;
    configure(bench, A, config);
    configure(bench, OTHER_A, config);
    assert_int_equal(bench->alerts, 0);
    bench->chips[0].values[0] = 2501;
    run_for(bench, 3000);
    assert_int_equal(at(bench, A)->alert, ALERT_HIGH);
    assert_int_equal(bench->alerts, 1);
    assert_ptr_equal(bench->alarming, at(bench, A));
    assert_int_equal(at(bench, OTHER_A)->alert, ALERT_NONE);
    bench->chips[0].values[0] = 2401;
    run_for(bench, 1000);
    assert_int_equal(at(bench, A)->alert, ALERT_HIGH);
    bench->chips[0].values[0] = 2400;
    run_for(bench, 1000);
    assert_int_equal(at(bench, A)->alert, ALERT_NONE);
    assert_int_equal(bench->alerts, 2);
    config.offset = -901; /* 1499 */
    configure(bench, A, config);
    assert_int_equal(at(bench, A)->alert, ALERT_LOW);
    assert_int_equal(bench->alerts, 3);
    sensor_registry_on_alert(&bench->registry, NULL, NULL);
    config.min = SENSOR_NO_THRESHOLD;
    configure(bench, A, config);
    assert_int_equal(at(bench, A)->alert, ALERT_NONE);
    assert_int_equal(bench->alerts, 3);
}

static void a_sensor_without_a_value_keeps_its_alert(void **state)
{
    bench_t *bench = *state;
    sensor_config_t config = plain();
    config.max = 1000;
    configure(bench, A, config);
    assert_int_equal(at(bench, A)->alert, ALERT_HIGH); /* the value that there was is judged at once */
    bench->chips[0].status = STATUS_NACK;
    run_for(bench, 5000);
    assert_int_equal(at(bench, A)->quality, QUALITY_ERROR);
    assert_int_equal(at(bench, A)->alert, ALERT_HIGH);
    config.max = 3000; /* there is nothing to judge by it yet */
    configure(bench, A, config);
    assert_int_equal(at(bench, A)->alert, ALERT_HIGH);
    bench->chips[0].status = STATUS_OK;
    run_for(bench, 2000);
    assert_int_equal(at(bench, A)->quality, QUALITY_OK);
    assert_int_equal(at(bench, A)->alert, ALERT_NONE);
}

static void the_tag_covers_every_setting(void **state)
{
    bench_t *bench = *state;
    sensor_config_t config = plain();
    uint64_t tags[8] = { at(bench, A)->tag }, other = at(bench, B)->tag, all = bench->registry.tag;
    for (unsigned i = 1; i < 8; i++) {
        switch (i) {
        case 1: config.name = "Cellar"; break;
        case 2: config.interval_ms = 1001; break;
        case 3: config.min = -100; break;
        case 4: config.max = 3000; break;
        case 5: config.hysteresis = 1; break;
        case 6: config.offset = 1; break;
        default: config.max = 1999; break; /* and so the alert */
        }
        configure(bench, A, config);
        tags[i] = at(bench, A)->tag;
        assert_true(all != bench->registry.tag);
        all = bench->registry.tag;
        for (unsigned j = 0; j < i; j++) assert_true(tags[i] != tags[j]);
    }
    assert_true(other == at(bench, B)->tag);
    configure(bench, A, config);
    assert_true(tags[7] == at(bench, A)->tag && all == bench->registry.tag);
}

typedef struct {
    unsigned taken[4], failed[4];
    int32_t last[4];
} told_t;

static void note_sample(void *context, size_t index, const sensor_t *sensor)
{
    told_t *told = context;
    if (sensor->quality == QUALITY_OK)
        told->taken[index]++;
    else
        told->failed[index]++;
    told->last[index] = sensor->value;
}

static void each_sample_is_told_once_and_a_moved_value_is_none(void **state)
{
    bench_t *bench = *state;
    told_t told = { .taken = { 0 } };
    sensor_registry_on_sample(&bench->registry, note_sample, &told);
    bench->chips[0].values[1] = 999999; /* this channel fails alone */
    run_for(bench, 1000);
    assert_int_equal(told.taken[A], 1);
    assert_int_equal(told.taken[B], 0);
    assert_int_equal(told.failed[B], 1);
    assert_int_equal(told.taken[OTHER_A] + told.taken[OTHER_B], 2);
    sensor_config_t config = plain();
    config.offset = 50;
    configure(bench, A, config);
    assert_int_equal(told.taken[A], 1);
    assert_int_equal(at(bench, A)->value, 2050);
    run_for(bench, 1000);
    assert_int_equal(told.taken[A], 2);
    assert_int_equal(told.last[A], 2050);
    bench->chips[0].status = STATUS_NACK;
    run_for(bench, 3000);
    assert_int_equal(told.failed[A], 3); /* each look for it */
    sensor_registry_on_sample(&bench->registry, NULL, NULL);
    run_for(bench, 1000);
    assert_int_equal(told.failed[A], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_sensor_begins_with_its_channels_name_and_no_thresholds, set_up),
        cmocka_unit_test_setup(a_configuration_that_makes_no_sense_changes_nothing, set_up),
        cmocka_unit_test_setup(an_interval_counts_from_the_moment_it_is_set, set_up),
        cmocka_unit_test_setup(another_setting_does_not_move_the_sampling, set_up),
        cmocka_unit_test_setup(a_configuration_before_the_first_sample_does_not_delay_it, set_up),
        cmocka_unit_test_setup(an_offset_moves_the_value_at_once_and_from_then_on, set_up),
        cmocka_unit_test_setup(a_sum_that_is_no_number_is_an_error_not_a_clamp, set_up),
        cmocka_unit_test_setup(the_chips_range_is_of_what_it_measures_not_of_the_sum, set_up),
        cmocka_unit_test_setup(thresholds_judge_the_value_with_its_offset_and_tell_once, set_up),
        cmocka_unit_test_setup(a_sensor_without_a_value_keeps_its_alert, set_up),
        cmocka_unit_test_setup(the_tag_covers_every_setting, set_up),
        cmocka_unit_test_setup(each_sample_is_told_once_and_a_moved_value_is_none, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
