/* Sensors that no chip measures: their places in the registry, and what the history keeps of them while they come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "events/events.h"
#include "sensors/history.h"
#include "sensors/sensor_registry.h"

static const sensor_channel_t celsius = { "t",    "Temperature", SENSOR_TEMPERATURE, UNIT_CELSIUS, 2,
                                          -30000, 30000 };
static const sensor_channel_t coarse = { "t", "Temperature", SENSOR_TEMPERATURE, UNIT_CELSIUS, 0, -300, 300 };

static status_t probe(void *self)
{
    (void)self;
    return STATUS_OK;
}

static status_t fetch(void *self, unsigned step, int32_t values[])
{
    (void)self;
    (void)step;
    values[0] = 2100;
    return STATUS_OK;
}

static const sensor_ops_t ops = {
    .chip = "chip", .channels = &celsius, .channel_count = 1, .fetch_steps = 1, .probe = probe, .fetch = fetch
};

typedef struct {
    wall_clock_t clock;
    sensor_registry_t registry;
    history_t history;
    history_memory_t memory;
    log_ring_t log;
    events_t events;
    unsigned alerts;
} bench_t;

static bench_t bench;

static void start(void)
{
    static const sensor_device_t devices[] = { { "chip0", &ops, NULL } };
    assert_int_equal(sensor_registry_init(&bench.registry, devices, 1, &bench.clock), STATUS_OK);
    history_init(&bench.history, &bench.memory, &bench.registry, &bench.clock);
    log_ring_init(&bench.log);
    events_init(&bench.events, &bench.registry, &bench.history, &bench.log);
}

static int set_up(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    start();
    return 0;
}

static size_t add(const char *id, const sensor_channel_t *channel)
{
    size_t index;
    assert_int_equal(sensor_registry_add(&bench.registry, id, "weather", channel, &index), STATUS_OK);
    history_begin_sensor(&bench.history, index, &bench.registry.sensors[index]);
    return index;
}

static void remove_at(size_t index)
{
    history_end_sensor(&bench.history, index);
    events_note_removed(&bench.events, index);
    sensor_registry_remove(&bench.registry, index);
}

static void put(size_t index, int32_t value, uint64_t now_ms)
{
    sensor_registry_put(&bench.registry, index, QUALITY_OK, value, now_ms);
    history_add_sample(&bench.history, index, &bench.registry.sensors[index]);
}

static unsigned samples_of(size_t index)
{
    history_reader_t reader = history_samples_after(&bench.history, index, (history_moment_t){ 0, 0 });
    history_point_t point;
    unsigned count = 0;
    while (history_read_sample(&reader, &point)) count++;
    return count;
}

/* ---- Places ----------------------------------------------------------------------------------------------------- */

static void they_stand_behind_those_of_chips(void **state)
{
    (void)state;
    assert_int_equal(add("a", &celsius), 1);
    assert_int_equal(add("b", &celsius), 2);
    assert_int_equal(sensor_registry_count(&bench.registry), 3);
    const sensor_t *found = sensor_registry_find(&bench.registry, text_view("b"));
    assert_ptr_equal(found, &bench.registry.sensors[2]);
    assert_null(found->chip);
    assert_string_equal(found->source, "weather");
    (void)sensor_registry_poll(&bench.registry, 1);
    (void)sensor_registry_poll(&bench.registry, 2);
    assert_int_equal(bench.registry.sensors[0].quality, QUALITY_OK);
    assert_int_equal(found->quality, QUALITY_PENDING);
}

static void a_place_stays_until_it_is_removed(void **state)
{
    (void)state;
    size_t a = add("a", &celsius), b = add("b", &celsius);
    remove_at(a);
    assert_null(sensor_registry_find(&bench.registry, text_view("a")));
    assert_ptr_equal(sensor_registry_find(&bench.registry, text_view("b")), &bench.registry.sensors[b]);
    assert_int_equal(sensor_registry_count(&bench.registry), 2);
    assert_true(bench.registry.sensors[a].absent);
    assert_int_equal(add("c", &celsius), a);
    remove_at(b);
    assert_int_equal(bench.registry.sensor_count, a + 1u);
    remove_at(a);
    assert_int_equal(bench.registry.sensor_count, 1);
}

static void ids_are_unique_and_places_bounded(void **state)
{
    char id[SENSOR_ID_BYTES];
    size_t index;
    (void)state;
    add("a", &celsius);
    assert_int_equal(sensor_registry_add(&bench.registry, "a", "w", &celsius, &index), STATUS_BUSY);
    assert_int_equal(sensor_registry_add(&bench.registry, "chip0", "w", &celsius, &index), STATUS_BUSY);
    assert_int_equal(sensor_registry_add(&bench.registry, "A", "w", &celsius, &index), STATUS_INVALID);
    assert_int_equal(sensor_registry_add(&bench.registry, "", "w", &celsius, &index), STATUS_INVALID);
    for (unsigned i = 1; i < OUTSIDE_SENSORS_MAX; i++) {
        (void)snprintf(id, sizeof id, "s%u", i);
        add(id, &celsius);
    }
    assert_int_equal(sensor_registry_add(&bench.registry, "more", "w", &celsius, &index), STATUS_NO_MEMORY);
}

static void tags_tell_them_apart(void **state)
{
    (void)state;
    uint64_t alone = bench.registry.tag;
    size_t a = add("a", &celsius);
    uint64_t fine = bench.registry.sensors[a].tag;
    assert_true(bench.registry.tag != alone);
    remove_at(a);
    assert_true(bench.registry.tag == alone);
    assert_int_equal(add("a", &coarse), a);
    assert_true(bench.registry.sensors[a].tag != fine);
}

static void they_are_judged_and_moved_as_others(void **state)
{
    (void)state;
    size_t a = add("a", &celsius);
    sensor_config_t config = sensor_config_default(&celsius);
    config.interval_ms = 60000;
    config.offset = 50;
    config.max = 2000;
    put(a, 1990, 10);
    assert_int_equal(sensor_registry_configure(&bench.registry, a, &config, 20), STATUS_OK);
    assert_int_equal(bench.registry.sensors[a].value, 2040);
    assert_int_equal(bench.registry.sensors[a].alert, ALERT_HIGH);
    sensor_registry_put(&bench.registry, a, QUALITY_STALE, 0, 30);
    assert_int_equal(bench.registry.sensors[a].quality, QUALITY_STALE);
    assert_int_equal(bench.registry.sensors[a].alert, ALERT_HIGH);
    put(a, 30001, 40);
    assert_int_equal(bench.registry.sensors[a].quality, QUALITY_ERROR);
}

/* ---- History ---------------------------------------------------------------------------------------------------- */

static void what_was_recorded_is_there_when_it_comes_back(void **state)
{
    (void)state;
    size_t a = add("a", &celsius), b = add("b", &celsius);
    put(a, 100, 10);
    put(a, 110, 20);
    put(b, 200, 10);
    remove_at(a);
    assert_int_equal(samples_of(a), 0);
    put(b, 210, 20);
    assert_int_equal(add("a", &celsius), a);
    put(a, 120, 30);
    assert_int_equal(samples_of(a), 3);
    assert_int_equal(samples_of(b), 2);
}

static void another_kind_of_number_is_another_history(void **state)
{
    (void)state;
    size_t a = add("a", &celsius);
    put(a, 100, 10);
    remove_at(a);
    a = add("a", &coarse);
    assert_int_equal(samples_of(a), 0);
    put(a, 1, 20);
    assert_int_equal(samples_of(a), 1);
}

static void it_lasts_over_a_reset_at_whatever_place(void **state)
{
    (void)state;
    size_t a = add("a", &celsius), b = add("b", &celsius);
    put(a, 100, 10);
    put(b, 200, 10);
    put(b, 210, 20);
    start();
    b = add("b", &celsius); /* where a was */
    assert_int_equal(b, a);
    assert_int_equal(samples_of(b), 2);
    put(b, 220, 5);
    assert_int_equal(samples_of(b), 3);
    a = add("a", &celsius);
    assert_int_equal(samples_of(a), 1);
}

static void a_newcomer_takes_the_share_of_one_that_is_gone(void **state)
{
    char id[SENSOR_ID_BYTES];
    size_t index = 0;
    (void)state;
    for (unsigned i = 0; i < 3u * OUTSIDE_SENSORS_MAX; i++) {
        (void)snprintf(id, sizeof id, "s%u", i);
        index = add(id, &celsius);
        assert_int_equal(samples_of(index), 0);
        put(index, (int32_t)i, 10u + i);
        assert_int_equal(samples_of(index), 1);
        remove_at(index);
    }
    assert_int_equal(history_usage(&bench.history).dropped_blocks, 0);
}

static void damage_is_found_as_elsewhere(void **state)
{
    (void)state;
    size_t a = add("a", &celsius);
    for (unsigned i = 1; i < 2000; i++) put(a, (int32_t)(i * 7919u % 1000u), i * 1000u);
    unsigned before = samples_of(a);
    assert_true(before > 100);
    bench.memory.outside_samples[0].data[3] ^= 1u;
    bench.memory.outside[OUTSIDE_SENSORS_MAX - 1u] = 0x1234;
    start();
    a = add("a", &celsius);
    assert_true(samples_of(a) > 0 && samples_of(a) < before);
    assert_int_equal(history_usage(&bench.history).dropped_blocks, 1);
}

/* ---- Events ------------------------------------------------------------------------------------------------------ */

static void who_named_one_that_goes_is_told_nothing_more(void **state)
{
    event_t event;
    (void)state;
    size_t a = add("a", &celsius);
    put(a, 100, 10);
    const event_filter_t one = { 1u << EVENT_READING, (uint32_t)1 << a };
    const event_filter_t all = { 1u << EVENT_READING, UINT32_MAX };
    int named = events_subscribe(&bench.events, one, NULL),
        every = events_subscribe(&bench.events, all, NULL);
    assert_true(events_next(&bench.events, (unsigned)named, &event));
    remove_at(a);
    assert_false(events_has_subject(&bench.events, (unsigned)named));
    assert_true(events_has_subject(&bench.events, (unsigned)every));
    assert_false(events_next(&bench.events, (unsigned)named, &event));
    assert_int_equal(add("b", &celsius), a);
    put(a, 200, 20);
    events_note_sample(&bench.events, a);
    assert_false(events_next(&bench.events, (unsigned)named, &event));
    assert_true(events_next(&bench.events, (unsigned)every, &event));
    assert_string_equal(event.sensor->id, "b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(they_stand_behind_those_of_chips, set_up),
        cmocka_unit_test_setup(a_place_stays_until_it_is_removed, set_up),
        cmocka_unit_test_setup(ids_are_unique_and_places_bounded, set_up),
        cmocka_unit_test_setup(tags_tell_them_apart, set_up),
        cmocka_unit_test_setup(they_are_judged_and_moved_as_others, set_up),
        cmocka_unit_test_setup(what_was_recorded_is_there_when_it_comes_back, set_up),
        cmocka_unit_test_setup(another_kind_of_number_is_another_history, set_up),
        cmocka_unit_test_setup(it_lasts_over_a_reset_at_whatever_place, set_up),
        cmocka_unit_test_setup(a_newcomer_takes_the_share_of_one_that_is_gone, set_up),
        cmocka_unit_test_setup(damage_is_found_as_elsewhere, set_up),
        cmocka_unit_test_setup(who_named_one_that_goes_is_told_nothing_more, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
