/* The actuator registry: what is asked for, what is done, and what a failing chip looks like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_actuators.h"

/* ---- Building ---------------------------------------------------------------------------------------- */

static void actuators_have_the_names_that_the_board_gives(void **state)
{
    actuator_bench_t *bench = *state;
    const actuator_registry_t *registry = &bench->registry;
    assert_int_equal(registry->actuator_count, 3);
    assert_int_equal(actuator_registry_find(registry, text_view("led1")), LED1);
    assert_int_equal(actuator_registry_find(registry, text_view("lamp")), LAMP);
    assert_int_equal(actuator_registry_find(registry, text_view("led")), 3);
    assert_int_equal(actuator_registry_find(registry, text_view("led11")), 3);
    assert_string_equal(actuator_config_default(registry, LED1).name, "LED 1");
    assert_string_equal(actuator_config_default(registry, LAMP).name, "Lamp");
    assert_string_equal(at(bench, LAMP)->config.name, "Lamp");
    assert_string_equal(actuator_kind_name(at(bench, LED0)->ops->kind), "switch");
    assert_string_equal(actuator_kind_name(at(bench, LAMP)->ops->kind), "level");
}

static status_t init_with(const actuator_output_t outputs[], uint8_t count)
{
    static fake_chip_t chip;
    static actuator_registry_t registry;
    const actuator_device_t device = { "d", &fake_switches, &chip, outputs, count };
    return actuator_registry_init(&registry, &device, 1);
}

static void a_table_that_cannot_be_served_is_refused(void **state)
{
    (void)state;
    static const actuator_output_t good[] = { { "a", "A", 0 }, { "b", "B", 1 } };
    static const actuator_output_t same_id[] = { { "a", "A", 0 }, { "a", "B", 1 } };
    static const actuator_output_t same_channel[] = { { "a", "A", 1 }, { "b", "B", 1 } };
    static const actuator_output_t no_channel[] = { { "a", "A", FAKE_CHANNELS } };
    static const actuator_output_t capital[] = { { "A", "A", 0 } };
    static const actuator_output_t empty[] = { { "", "A", 0 } };
    static const actuator_output_t longest[] = { { "a123456789_123456789_123456789_", "A", 0 } };
    static const actuator_output_t too_long[] = { { "a123456789_123456789_123456789_1", "A", 0 } };
    assert_int_equal(init_with(good, 2), STATUS_OK);
    assert_int_equal(init_with(longest, 1), STATUS_OK);
    assert_int_equal(init_with(good, 0), STATUS_INVALID);
    assert_int_equal(init_with(same_id, 2), STATUS_INVALID);
    assert_int_equal(init_with(same_channel, 2), STATUS_INVALID);
    assert_int_equal(init_with(no_channel, 1), STATUS_INVALID);
    assert_int_equal(init_with(capital, 1), STATUS_INVALID);
    assert_int_equal(init_with(empty, 1), STATUS_INVALID);
    assert_int_equal(init_with(too_long, 1), STATUS_INVALID);
    assert_int_equal(init_with(good, ACTUATOR_CHANNELS_MAX + 1), STATUS_NO_MEMORY);
}

static void more_devices_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    static fake_chip_t chip;
    static actuator_registry_t registry;
    char ids[ACTUATOR_DEVICES_MAX + 1u][2] = { { 0 } };
    actuator_output_t outputs[ACTUATOR_DEVICES_MAX + 1u];
    actuator_device_t devices[ACTUATOR_DEVICES_MAX + 1u];
    for (unsigned i = 0; i <= ACTUATOR_DEVICES_MAX; i++) {
        ids[i][0] = (char)('a' + (int)i);
        outputs[i] = (actuator_output_t){ ids[i], "N", 0 };
        devices[i] = (actuator_device_t){ "d", &fake_switches, &chip, &outputs[i], 1 };
    }
    assert_int_equal(actuator_registry_init(&registry, devices, ACTUATOR_DEVICES_MAX), STATUS_OK);
    assert_int_equal(actuator_registry_init(&registry, devices, ACTUATOR_DEVICES_MAX + 1u), STATUS_NO_MEMORY);
}

/* ---- Boot -------------------------------------------------------------------------------------------- */

static void without_settings_everything_is_off_and_no_chip_was_touched_before(void **state)
{
    actuator_bench_t *bench = *state;
    bench->leds.states[0] = 1; /* left on by an earlier life */
    assert_int_equal(fake_operations(&bench->leds) + fake_operations(&bench->lamps), 0);
    for (size_t i = 0; i < 3; i++) assert_int_equal(at(bench, i)->quality, ACTUATOR_PENDING);
    actuator_bench_run(bench, 100);
    for (size_t i = 0; i < 3; i++) expect(bench, i, ACTUATOR_OK, 0);
    assert_int_equal(bench->leds.states[0], 0);
    assert_int_equal(bench->registry.changes, 0);
}

static void the_state_after_boot_is_a_setting(void **state)
{
    static const struct {
        actuator_boot_policy_t boot;
        int32_t last, led, lamp;
    } cases[] = {
        { ACTUATOR_BOOT_OFF, 1, 0, 0 },   { ACTUATOR_BOOT_ON, 0, 1, ACTUATOR_LEVEL_MAX },
        { ACTUATOR_BOOT_LAST, 0, 0, 0 },  { ACTUATOR_BOOT_LAST, 1, 1, 1 },
        { ACTUATOR_BOOT_LAST, 2, 0, 2 },  { ACTUATOR_BOOT_LAST, INT32_MIN, 0, 0 },
        { ACTUATOR_BOOT_LAST, -1, 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(actuator_bench_set_up(state), 0);
        actuator_bench_t *bench = *state;
        const actuator_config_t config = { "Boot", cases[i].boot };
        actuator_registry_boot(&bench->registry, LED1, &config, cases[i].last);
        actuator_registry_boot(&bench->registry, LAMP, &config, cases[i].last);
        assert_int_equal(fake_operations(&bench->leds) + fake_operations(&bench->lamps), 0);
        actuator_bench_run(bench, 100);
        expect(bench, LED0, ACTUATOR_OK, 0);
        expect(bench, LED1, ACTUATOR_OK, cases[i].led);
        expect(bench, LAMP, ACTUATOR_OK, cases[i].lamp);
        assert_int_equal(bench->leds.sets, 2); /* each once: it went through no other state */
        assert_int_equal(bench->leds.states[3], cases[i].led);
        assert_int_equal(bench->registry.changes, 0);
    }
}

/* ---- Asking for states ------------------------------------------------------------------------------- */

static void a_state_is_pending_until_it_was_read_back(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    ask(bench, LED0, 1);
    assert_int_equal(at(bench, LED0)->requested, 1);
    assert_int_equal(at(bench, LED0)->quality, ACTUATOR_PENDING);
    assert_int_equal(at(bench, LED0)->actual, 0);
    unsigned before = fake_operations(&bench->leds);
    uint64_t next_ms = actuator_registry_poll(&bench->registry, bench->now_ms);
    assert_int_equal(bench->leds.states[0], 1);
    assert_int_equal(at(bench, LED0)->quality, ACTUATOR_PENDING); /* set, but nobody has looked */
    assert_true(next_ms <= bench->now_ms);
    (void)actuator_registry_poll(&bench->registry, bench->now_ms);
    assert_int_equal(fake_operations(&bench->leds), before + 2);
    expect(bench, LED0, ACTUATOR_OK, 1);
    expect(bench, LED1, ACTUATOR_OK, 0);
    assert_int_equal(at(bench, LED0)->changed_ms, bench->now_ms);
    assert_int_equal(bench->registry.changes, 1);
}

static void a_state_outside_the_range_changes_nothing(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    uint64_t tag = bench->registry.tag;
    static const int32_t wrong[] = { -1, 2, INT32_MIN, INT32_MAX };
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(actuator_registry_set(&bench->registry, LED0, wrong[i]), STATUS_INVALID);
    }
    assert_int_equal(actuator_registry_set(&bench->registry, LAMP, ACTUATOR_LEVEL_MAX + 1), STATUS_INVALID);
    assert_int_equal(actuator_registry_set(&bench->registry, LAMP, -1), STATUS_INVALID);
    assert_true(tag == bench->registry.tag);
    assert_int_equal(bench->registry.changes, 0);
    expect(bench, LED0, ACTUATOR_OK, 0);
}

static void a_level_has_all_its_steps(void **state)
{
    actuator_bench_t *bench = *state;
    for (int32_t level = 0; level <= ACTUATOR_LEVEL_MAX; level += 125) {
        ask(bench, LAMP, level);
        actuator_bench_run(bench, 10);
        expect(bench, LAMP, ACTUATOR_OK, level);
        assert_int_equal(bench->lamps.states[1], level);
    }
}

static void the_last_wish_counts(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    unsigned sets = bench->lamps.sets;
    for (int32_t level = 1; level <= 500; level++) ask(bench, LAMP, level);
    actuator_bench_run(bench, 10);
    expect(bench, LAMP, ACTUATOR_OK, 500);
    assert_int_equal(bench->lamps.sets, sets + 1);
    ask(bench, LAMP, 10);
    (void)actuator_registry_poll(&bench->registry, bench->now_ms); /* set, not read yet */
    ask(bench, LAMP, 20);
    actuator_bench_run(bench, 10);
    expect(bench, LAMP, ACTUATOR_OK, 20);
}

static void asking_for_what_is_costs_nothing(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    uint64_t tag = bench->registry.tag;
    unsigned before = fake_operations(&bench->leds);
    ask(bench, LED0, 0);
    (void)actuator_registry_poll(&bench->registry, bench->now_ms);
    assert_int_equal(fake_operations(&bench->leds), before);
    assert_int_equal(bench->registry.changes, 0);
    assert_true(tag == bench->registry.tag);
}

/* ---- Tags -------------------------------------------------------------------------------------------- */

static void tags_change_with_everything_that_is_shown_and_with_nothing_else(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    uint64_t led0 = at(bench, LED0)->tag, led1 = at(bench, LED1)->tag, all = bench->registry.tag;
    assert_true(led0 != led1);
    actuator_bench_run(bench, 10 * ACTUATOR_CHECK_MS);
    assert_true(led0 == at(bench, LED0)->tag && all == bench->registry.tag);
    ask(bench, LED0, 1);
    uint64_t asked = at(bench, LED0)->tag;
    assert_true(asked != led0 && all != bench->registry.tag);
    actuator_bench_run(bench, 10);
    uint64_t done = at(bench, LED0)->tag;
    assert_true(done != asked && done != led0);
    const actuator_config_t renamed = { "Renamed", ACTUATOR_BOOT_OFF };
    actuator_registry_configure(&bench->registry, LED0, &renamed);
    uint64_t named = at(bench, LED0)->tag;
    assert_true(named != done);
    const actuator_config_t kept = { "Renamed", ACTUATOR_BOOT_LAST };
    actuator_registry_configure(&bench->registry, LED0, &kept);
    assert_true(named != at(bench, LED0)->tag);
    expect(bench, LED0, ACTUATOR_OK, 1); /* settings do not touch the state */
    bench->leds.bad = 1u << 0;
    uint64_t before = at(bench, LED0)->tag;
    actuator_bench_run(bench, ACTUATOR_CHECK_MS);
    assert_true(before != at(bench, LED0)->tag);
    bench->leds.bad = 0;
    actuator_bench_run(bench, ACTUATOR_CHECK_MS);
    expect(bench, LED0, ACTUATOR_OK, 1);
    assert_true(before != at(bench, LED0)->tag); /* changed_ms is shown too */
    assert_true(led1 == at(bench, LED1)->tag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(actuators_have_the_names_that_the_board_gives, actuator_bench_set_up),
        cmocka_unit_test(a_table_that_cannot_be_served_is_refused),
        cmocka_unit_test(more_devices_than_there_is_room_for_are_refused),
        cmocka_unit_test_setup(without_settings_everything_is_off_and_no_chip_was_touched_before,
                               actuator_bench_set_up),
        cmocka_unit_test_setup(the_state_after_boot_is_a_setting, actuator_bench_set_up),
        cmocka_unit_test_setup(a_state_is_pending_until_it_was_read_back, actuator_bench_set_up),
        cmocka_unit_test_setup(a_state_outside_the_range_changes_nothing, actuator_bench_set_up),
        cmocka_unit_test_setup(a_level_has_all_its_steps, actuator_bench_set_up),
        cmocka_unit_test_setup(the_last_wish_counts, actuator_bench_set_up),
        cmocka_unit_test_setup(asking_for_what_is_costs_nothing, actuator_bench_set_up),
        cmocka_unit_test_setup(tags_change_with_everything_that_is_shown_and_with_nothing_else,
                               actuator_bench_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
