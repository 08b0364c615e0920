/* The registry: ids, sampling on a grid, and what a failing chip looks like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sensors/sensor_registry.h"

/* A chip whose every operation can be told what to return. */
typedef struct {
    status_t probe, start, fetch, second_fetch;
    int32_t values[2];
    unsigned probes, starts, fetches, second_steps;
} fake_chip_t;

static status_t fake_probe(void *self)
{
    fake_chip_t *chip = self;
    chip->probes++;
    return chip->probe;
}

static status_t fake_start(void *self)
{
    fake_chip_t *chip = self;
    chip->starts++;
    return chip->start;
}

static status_t fake_fetch(void *self, unsigned step, int32_t values[])
{
    fake_chip_t *chip = self;
    if (step == 0)
        chip->fetches++;
    else
        chip->second_steps++;
    values[step] = chip->values[step];
    return step == 1 ? chip->second_fetch : chip->fetch;
}

static const sensor_channel_t two[] = {
    { "a", "A", SENSOR_TEMPERATURE, UNIT_CELSIUS, 2, -5500, 12800 },
    { "b", "B", SENSOR_TEMPERATURE, UNIT_CELSIUS, 2, -5500, 12800 },
};
static const sensor_ops_t slow_ops = { "slow", two, 2, 30, 2, fake_probe, fake_start, fake_fetch };
static const sensor_ops_t free_running_ops = { "free", two, 1, 0, 1, fake_probe, NULL, fake_fetch };

static wall_clock_t no_time;

static void run_until(sensor_registry_t *registry, uint64_t *now_ms, uint64_t until_ms)
{
    while (*now_ms < until_ms) {
        uint64_t next_ms = sensor_registry_poll(registry, *now_ms);
        *now_ms = next_ms > *now_ms ? next_ms : *now_ms;
        if (next_ms > until_ms) *now_ms = until_ms;
    }
}

static const sensor_t *find(const sensor_registry_t *registry, const char *id)
{
    return sensor_registry_find(registry, text_view(id));
}

static void ids_are_the_devices_or_with_the_channels_key(void **state)
{
    (void)state;
    fake_chip_t one = { 0 }, other = { 0 };
    const sensor_device_t devices[] = { { "temp0", &free_running_ops, &one }, { "mag0", &slow_ops, &other } };
    sensor_registry_t registry;
    assert_int_equal(sensor_registry_init(&registry, devices, 2, &no_time), STATUS_OK);
    assert_int_equal(registry.sensor_count, 3);
    assert_non_null(find(&registry, "temp0"));
    assert_non_null(find(&registry, "mag0_a"));
    assert_non_null(find(&registry, "mag0_b"));
    assert_null(find(&registry, "mag0"));
    assert_null(find(&registry, "temp"));
    assert_null(find(&registry, "temp00"));
}

static void a_table_that_cannot_be_served_is_refused(void **state)
{
    (void)state;
    fake_chip_t chip = { 0 };
    sensor_registry_t registry;
    const sensor_device_t twice[] = { { "t", &free_running_ops, &chip }, { "t", &free_running_ops, &chip } };
    assert_int_equal(sensor_registry_init(&registry, twice, 2, &no_time), STATUS_INVALID);
    const sensor_device_t capital[] = { { "T", &free_running_ops, &chip } };
    assert_int_equal(sensor_registry_init(&registry, capital, 1, &no_time), STATUS_INVALID);
    const sensor_device_t empty[] = { { "", &free_running_ops, &chip } };
    assert_int_equal(sensor_registry_init(&registry, empty, 1, &no_time), STATUS_INVALID);
    const sensor_device_t lengthy[] = { { "a_name_of_more_than_thirty_one_bytes", &free_running_ops,
                                          &chip } };
    assert_int_equal(sensor_registry_init(&registry, lengthy, 1, &no_time), STATUS_INVALID);

    sensor_device_t many[SENSOR_DEVICES_MAX + 1];
    char ids[SENSOR_DEVICES_MAX + 1][2];
    for (size_t i = 0; i <= SENSOR_DEVICES_MAX; i++) {
        ids[i][0] = (char)('a' + i);
        ids[i][1] = '\0';
        many[i] = (sensor_device_t){ ids[i], &free_running_ops, &chip };
    }
    assert_int_equal(sensor_registry_init(&registry, many, SENSOR_DEVICES_MAX + 1, &no_time),
                     STATUS_NO_MEMORY);
    assert_int_equal(sensor_registry_init(&registry, many, SENSOR_DEVICES_MAX, &no_time), STATUS_OK);
}

static void a_chip_is_sampled_on_a_grid_that_does_not_drift(void **state)
{
    (void)state;
    fake_chip_t chip = { .values = { 2150, 2250 } };
    const sensor_device_t devices[] = { { "s", &slow_ops, &chip } };
    sensor_registry_t registry;
    uint64_t now_ms = 5;
    assert_int_equal(sensor_registry_init(&registry, devices, 1, &no_time), STATUS_OK);
    assert_int_equal(find(&registry, "s_a")->quality, QUALITY_PENDING);
    run_until(&registry, &now_ms, 10000);
    assert_int_equal(find(&registry, "s_a")->quality, QUALITY_OK);
    assert_int_equal(find(&registry, "s_a")->value, 2150);
    assert_int_equal(find(&registry, "s_b")->value, 2250);
    assert_int_equal(chip.probes, 1);
    assert_in_range(chip.fetches, 9, 10);
    assert_int_equal(chip.starts, chip.fetches);
}

static void a_chip_that_never_answered_is_missing_and_comes_when_it_does(void **state)
{
    (void)state;
    fake_chip_t chip = { .probe = STATUS_NACK, .values = { 100, 0 } };
    const sensor_device_t devices[] = { { "s", &free_running_ops, &chip } };
    sensor_registry_t registry;
    uint64_t now_ms = 0;
    assert_int_equal(sensor_registry_init(&registry, devices, 1, &no_time), STATUS_OK);
    run_until(&registry, &now_ms, 3500);
    assert_int_equal(find(&registry, "s")->quality, QUALITY_MISSING);
    assert_in_range(chip.probes, 3, 4);
    assert_int_equal(chip.fetches, 0);
    chip.probe = STATUS_OK;
    run_until(&registry, &now_ms, now_ms + SENSOR_RETRY_MS + 1);
    assert_int_equal(find(&registry, "s")->quality, QUALITY_OK);
}

static void a_chip_that_dies_is_an_error_and_is_probed_again_before_it_is_believed(void **state)
{
    (void)state;
    fake_chip_t chip = { .values = { 100, 0 } };
    const sensor_device_t devices[] = { { "s", &free_running_ops, &chip } };
    sensor_registry_t registry;
    uint64_t now_ms = 0;
    assert_int_equal(sensor_registry_init(&registry, devices, 1, &no_time), STATUS_OK);
    run_until(&registry, &now_ms, 1500);
    chip.fetch = chip.probe = STATUS_TIMEOUT;
    run_until(&registry, &now_ms, now_ms + 1500);
    assert_int_equal(find(&registry, "s")->quality, QUALITY_ERROR);
    unsigned probes = chip.probes;
    chip.fetch = chip.probe = STATUS_OK;
    run_until(&registry, &now_ms, now_ms + SENSOR_RETRY_MS + 1);
    assert_int_equal(find(&registry, "s")->quality, QUALITY_OK);
    assert_int_equal(chip.probes, probes + 1);
}

static void a_conversion_that_cannot_be_started_is_an_error(void **state)
{
    (void)state;
    fake_chip_t chip = { .start = STATUS_BUS };
    const sensor_device_t devices[] = { { "s", &slow_ops, &chip } };
    sensor_registry_t registry;
    uint64_t now_ms = 0;
    assert_int_equal(sensor_registry_init(&registry, devices, 1, &no_time), STATUS_OK);
    run_until(&registry, &now_ms, 100);
    assert_int_equal(find(&registry, "s_a")->quality, QUALITY_ERROR);
    assert_int_equal(find(&registry, "s_b")->quality, QUALITY_ERROR);
    assert_int_equal(chip.fetches, 0);
}

static void a_sample_is_read_step_by_step_and_fails_with_any_of_them(void **state)
{
    (void)state;
    fake_chip_t chip = { .values = { 100, 200 }, .second_fetch = STATUS_BUS };
    const sensor_device_t devices[] = { { "s", &slow_ops, &chip } };
    sensor_registry_t registry;
    uint64_t now_ms = 0;
    assert_int_equal(sensor_registry_init(&registry, devices, 1, &no_time), STATUS_OK);
    run_until(&registry, &now_ms, 100);
    assert_int_equal(chip.fetches, 1);
    assert_int_equal(chip.second_steps, 1);
    assert_int_equal(find(&registry, "s_a")->quality, QUALITY_ERROR);
    assert_int_equal(find(&registry, "s_b")->quality, QUALITY_ERROR);
    chip.second_fetch = STATUS_OK;
    run_until(&registry, &now_ms, 1200);
    assert_int_equal(chip.fetches, 2); /* from the first step again */
    assert_int_equal(find(&registry, "s_a")->value, 100);
    assert_int_equal(find(&registry, "s_b")->value, 200);
}

static void a_value_outside_the_chips_range_fails_its_channel_alone(void **state)
{
    (void)state;
    fake_chip_t chip = { .values = { 12801, SENSOR_NO_VALUE } };
    const sensor_device_t devices[] = { { "s", &slow_ops, &chip } };
    sensor_registry_t registry;
    uint64_t now_ms = 0;
    assert_int_equal(sensor_registry_init(&registry, devices, 1, &no_time), STATUS_OK);
    run_until(&registry, &now_ms, 100);
    assert_int_equal(find(&registry, "s_a")->quality, QUALITY_ERROR);
    assert_int_equal(find(&registry, "s_b")->quality, QUALITY_ERROR);
    chip.values[0] = -5500;
    run_until(&registry, &now_ms, 1200);
    assert_int_equal(find(&registry, "s_a")->quality, QUALITY_OK);
    assert_int_equal(find(&registry, "s_b")->quality, QUALITY_ERROR);
}

static void one_poll_does_one_operation_and_a_dead_chip_starves_nobody(void **state)
{
    (void)state;
    fake_chip_t dead = { .probe = STATUS_NACK }, alive = { .values = { 1, 0 } };
    const sensor_device_t devices[] = { { "d", &free_running_ops, &dead },
                                        { "a", &free_running_ops, &alive } };
    sensor_registry_t registry;
    assert_int_equal(sensor_registry_init(&registry, devices, 2, &no_time), STATUS_OK);
    for (unsigned i = 1; i <= 3; i++) {
        (void)sensor_registry_poll(&registry, 0);
        assert_int_equal(dead.probes + alive.probes + alive.fetches, i);
    }
    assert_int_equal(find(&registry, "a")->quality, QUALITY_OK);
}

static void tags_change_with_everything_that_is_shown(void **state)
{
    (void)state;
    fake_chip_t chip = { .values = { 100, 0 } }, other = { .values = { 100, 0 } };
    const sensor_device_t devices[] = { { "s", &free_running_ops, &chip },
                                        { "o", &free_running_ops, &other } };
    sensor_registry_t registry;
    uint64_t now_ms = 0;
    assert_int_equal(sensor_registry_init(&registry, devices, 2, &no_time), STATUS_OK);
    run_until(&registry, &now_ms, 500);
    uint64_t tag = find(&registry, "s")->tag, all = registry.tag;
    assert_true(tag != find(&registry, "o")->tag);
    run_until(&registry, &now_ms, 900);
    assert_true(tag == find(&registry, "s")->tag && all == registry.tag);
    run_until(&registry, &now_ms, 1500);
    assert_true(tag != find(&registry, "s")->tag && all != registry.tag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_the_devices_or_with_the_channels_key),
        cmocka_unit_test(a_table_that_cannot_be_served_is_refused),
        cmocka_unit_test(a_chip_is_sampled_on_a_grid_that_does_not_drift),
        cmocka_unit_test(a_chip_that_never_answered_is_missing_and_comes_when_it_does),
        cmocka_unit_test(a_chip_that_dies_is_an_error_and_is_probed_again_before_it_is_believed),
        cmocka_unit_test(a_conversion_that_cannot_be_started_is_an_error),
        cmocka_unit_test(a_sample_is_read_step_by_step_and_fails_with_any_of_them),
        cmocka_unit_test(a_value_outside_the_chips_range_fails_its_channel_alone),
        cmocka_unit_test(one_poll_does_one_operation_and_a_dead_chip_starves_nobody),
        cmocka_unit_test(tags_change_with_everything_that_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
