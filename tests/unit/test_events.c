/* Who listens is told everything once and in order when it is fast, the newest when it is slow, and what it missed when
 * it was away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/log.h"
#include "events/events.h"

#define SENSOR_COUNT 4u
#define ALL_TYPES    0xfu
#define ALL_SENSORS  UINT32_MAX
#define JUST(type)   ((uint8_t)(1u << (type)))

static const sensor_channel_t channel = { "temperature", "Temperature", SENSOR_TEMPERATURE, UNIT_CELSIUS, 2,
                                          -5500,         12800 };

typedef struct {
    sensor_registry_t sensors;
    wall_clock_t clock;
    history_memory_t memory;
    history_t history;
    log_ring_t log;
    events_t events;
    uint64_t now_ms;
    unsigned seat;
} bench_t;

static void start(bench_t *bench)
{
    bench->now_ms = 1;
    for (size_t i = 0; i < SENSOR_COUNT; i++) {
        sensor_t *sensor = &bench->sensors.sensors[i];
        *sensor = (sensor_t){ .chip = "tmp105", .channel = &channel, .quality = QUALITY_PENDING };
        sensor->config = sensor_config_default(&channel);
        sensor->id[0] = (char)('a' + i);
    }
    bench->sensors.sensor_count = bench->sensors.chip_sensors = SENSOR_COUNT;
    history_init(&bench->history, &bench->memory, &bench->sensors, &bench->clock);
    log_ring_init(&bench->log);
    events_init(&bench->events, &bench->sensors, &bench->history, &bench->log);
}

static int set_up(void **state)
{
    static bench_t bench;
    memset(&bench, 0, sizeof bench);
    start(&bench);
    *state = &bench;
    return 0;
}

static void sample(bench_t *bench, size_t i, bool has_value, int32_t value)
{
    sensor_t *sensor = &bench->sensors.sensors[i];
    sensor->quality = has_value ? QUALITY_OK : QUALITY_ERROR;
    sensor->value = has_value ? value : 0;
    sensor->uptime_ms = bench->now_ms;
    history_add(&bench->history, i, bench->now_ms, has_value, value);
    events_note_sample(&bench->events, i);
}

/* The sensors with the bits set, all at the same moment. */
static void sample_some(bench_t *bench, unsigned which, int32_t value)
{
    bench->now_ms += 1000;
    for (size_t i = 0; i < SENSOR_COUNT; i++) {
        if (which >> i & 1u) sample(bench, i, true, value + (int32_t)i);
    }
}

static unsigned subscribe(bench_t *bench, uint8_t types, uint32_t sensors, const event_position_t *resume)
{
    int seat = events_subscribe(&bench->events, (event_filter_t){ types, sensors }, resume);
    assert_true(seat >= 0);
    return (unsigned)seat;
}

static bool tell(bench_t *bench, unsigned seat, event_t *event)
{
    event_t again;
    if (!events_next(&bench->events, seat, event)) return false;
    assert_true(events_next(&bench->events, seat, &again)); /* until it is told it stays the next */
    assert_int_equal(again.type, event->type);
    assert_int_equal(history_compare(again.position.at, event->position.at), 0);
    events_told(&bench->events, seat, event);
    return true;
}

static unsigned tell_all(bench_t *bench, unsigned seat)
{
    event_t event;
    unsigned count = 0;
    while (tell(bench, seat, &event)) count++;
    return count;
}

static void assert_reading(bench_t *bench, unsigned seat, size_t sensor, int32_t value)
{
    event_t event;
    assert_true(tell(bench, seat, &event));
    assert_int_equal(event.type, EVENT_READING);
    assert_ptr_equal(event.sensor, &bench->sensors.sensors[sensor]);
    assert_true(event.point.has_value);
    assert_int_equal(event.quality, QUALITY_OK);
    assert_int_equal(event.point.value, value);
}

/* ---- Beginning ---------------------------------------------------------------------------------------------- */

static void it_begins_with_what_there_is(void **state)
{
    bench_t *bench = *state;
    unsigned told[EVENT_TYPES] = { 0 };
    event_t event;
    sample_some(bench, 0x3, 100);
    bench->sensors.sensors[1].alert = ALERT_HIGH;
    unsigned seat = subscribe(bench, ALL_TYPES, ALL_SENSORS, NULL);
    while (tell(bench, seat, &event)) told[event.type]++;
    assert_int_equal(told[EVENT_STATUS], 1);
    assert_int_equal(told[EVENT_READING], 2);
    assert_int_equal(told[EVENT_ALERT], 1);
    assert_int_equal(told[EVENT_LOG], 0);
}

static void what_was_not_asked_for_is_not_told(void **state)
{
    bench_t *bench = *state;
    unsigned seat = subscribe(bench, JUST(EVENT_READING), 1u << 2, NULL);
    sample_some(bench, 0xf, 100);
    events_note_alert(&bench->events, 2);
    events_note_status(&bench->events, 5);
    log_ring_add(&bench->log, LOG_INFO, 1, text_view("a"), text_view("b"));
    assert_reading(bench, seat, 2, 102);
    assert_int_equal(tell_all(bench, seat), 0);
    assert_true(events_listened(&bench->events, EVENT_READING));
    assert_false(events_listened(&bench->events, EVENT_LOG));
}

static void places_end_and_come_back(void **state)
{
    bench_t *bench = *state;
    for (unsigned i = 0; i < EVENT_SUBSCRIBERS_MAX; i++) {
        assert_int_equal(subscribe(bench, ALL_TYPES, ALL_SENSORS, NULL), i);
    }
    assert_int_equal(events_subscribe(&bench->events, (event_filter_t){ 0 }, NULL), -1);
    events_unsubscribe(&bench->events, 1);
    assert_int_equal(subscribe(bench, JUST(EVENT_STATUS), 0, NULL), 1);
    assert_int_equal(tell_all(bench, 1), 1); /* nothing is left of who sat there before */
    assert_int_equal(bench->events.used, EVENT_SUBSCRIBERS_MAX);
    assert_int_equal(bench->events.peak, EVENT_SUBSCRIBERS_MAX);
}

/* ---- The present ---------------------------------------------------------------------------------------------- */

static void a_slow_reader_is_told_the_newest_and_the_oldest_of_these_first(void **state)
{
    bench_t *bench = *state;
    unsigned seat = subscribe(bench, JUST(EVENT_READING), ALL_SENSORS, NULL);
    sample_some(bench, 0x3, 100);
    sample_some(bench, 0x1, 200);
    sample_some(bench, 0x1, 300);
    assert_reading(bench, seat, 1, 101);
    assert_reading(bench, seat, 0, 300);
    assert_int_equal(tell_all(bench, seat), 0);
    assert_int_equal(bench->events.coalesced, 2);
}

static void a_failed_sample_is_told_as_such(void **state)
{
    bench_t *bench = *state;
    event_t event;
    unsigned seat = subscribe(bench, JUST(EVENT_READING), ALL_SENSORS, NULL);
    bench->now_ms += 1000;
    sample(bench, 3, false, 0);
    assert_true(tell(bench, seat, &event));
    assert_false(event.point.has_value);
    assert_int_equal(event.quality, QUALITY_ERROR);
}

static void no_type_starves_another(void **state)
{
    bench_t *bench = *state;
    unsigned told[EVENT_TYPES] = { 0 };
    event_t event;
    unsigned seat = subscribe(bench, ALL_TYPES, ALL_SENSORS, NULL);
    for (unsigned i = 0; i < 400; i++) {
        sample_some(bench, 0xf, 100);
        for (size_t sensor = 0; sensor < SENSOR_COUNT; sensor++) events_note_alert(&bench->events, sensor);
        events_note_status(&bench->events, i + 1u);
        log_ring_add(&bench->log, LOG_INFO, i, text_view("a"), text_view("b"));
        assert_true(tell(bench, seat, &event));
        told[event.type]++;
    }
    for (unsigned type = 0; type < EVENT_TYPES; type++) assert_int_equal(told[type], 100);
}

static void the_same_status_is_not_news(void **state)
{
    bench_t *bench = *state;
    events_note_status(&bench->events, 7);
    unsigned seat = subscribe(bench, JUST(EVENT_STATUS), 0, NULL);
    assert_int_equal(tell_all(bench, seat), 1);
    (void)events_take_news(&bench->events);
    events_note_status(&bench->events, 7);
    assert_false(events_have_news(&bench->events));
    assert_int_equal(tell_all(bench, seat), 0);
    events_note_status(&bench->events, 8);
    assert_true(events_take_news(&bench->events));
    assert_false(events_take_news(&bench->events));
    assert_int_equal(tell_all(bench, seat), 1);
}

static void there_is_no_news_when_nobody_listens(void **state)
{
    bench_t *bench = *state;
    sample_some(bench, 0xf, 1);
    events_note_alert(&bench->events, 0);
    log_ring_add(&bench->log, LOG_INFO, 1, text_view("a"), text_view("b"));
    assert_false(events_have_news(&bench->events));
    (void)subscribe(bench, JUST(EVENT_LOG), 0, NULL);
    (void)events_take_news(&bench->events);
    log_ring_add(&bench->log, LOG_INFO, 1, text_view("a"), text_view("b"));
    assert_true(events_have_news(&bench->events));
}

/* ---- Coming back ------------------------------------------------------------------------------------------------ */

static void who_comes_back_is_told_what_it_missed_in_order(void **state)
{
    bench_t *bench = *state;
    event_t event;
    unsigned seat = subscribe(bench, JUST(EVENT_READING), ALL_SENSORS, NULL);
    sample_some(bench, 0xf, 100);
    for (unsigned i = 0; i < 2; i++) assert_true(tell(bench, seat, &event));
    events_unsubscribe(&bench->events, seat);
    sample_some(bench, 0x5, 200);
    sample_some(bench, 0x2, 300);
    seat = subscribe(bench, JUST(EVENT_READING), ALL_SENSORS, &event.position);
    assert_reading(bench, seat, 2, 102); /* of the same moment as what it saw last */
    assert_reading(bench, seat, 3, 103);
    assert_reading(bench, seat, 0, 200);
    sample_some(bench, 0x2, 400); /* while it is told the past */
    assert_reading(bench, seat, 2, 202);
    assert_reading(bench, seat, 1, 301);
    assert_reading(bench, seat, 1, 401);
    assert_int_equal(tell_all(bench, seat), 0);
    sample_some(bench, 0x8, 500);
    assert_reading(bench, seat, 3, 503);
}

static void what_was_missed_before_a_reset_is_told_as_well(void **state)
{
    bench_t *bench = *state;
    event_t event;
    unsigned seat = subscribe(bench, JUST(EVENT_READING), ALL_SENSORS, NULL);
    sample_some(bench, 0x1, 100);
    assert_true(tell(bench, seat, &event));
    sample_some(bench, 0x1, 200);
    start(bench);
    sample_some(bench, 0x1, 300);
    seat = subscribe(bench, JUST(EVENT_READING), ALL_SENSORS, &event.position);
    assert_reading(bench, seat, 0, 200);
    assert_true(tell(bench, seat, &event));
    assert_int_equal(event.point.value, 300);
    assert_int_equal(event.point.at.boot, 2);
    assert_int_equal(tell_all(bench, seat), 0);
}

static void an_id_of_a_start_that_never_was_begins_anew(void **state)
{
    bench_t *bench = *state;
    const event_position_t future = { { 9, 5 }, 0, 0 };
    sample_some(bench, 0x1, 100);
    sample_some(bench, 0x1, 200);
    unsigned seat = subscribe(bench, JUST(EVENT_READING), ALL_SENSORS, &future);
    assert_reading(bench, seat, 0, 200);
    assert_int_equal(tell_all(bench, seat), 0);
}

static void an_id_from_the_future_of_this_start_is_told_the_next_sample(void **state)
{
    bench_t *bench = *state;
    const event_position_t future = { { 1, UINT64_MAX }, 255, UINT32_MAX };
    sample_some(bench, 0x1, 100);
    unsigned seat = subscribe(bench, JUST(EVENT_READING) | JUST(EVENT_LOG), ALL_SENSORS, &future);
    assert_int_equal(tell_all(bench, seat), 0);
    sample_some(bench, 0x1, 200);
    assert_reading(bench, seat, 0, 200);
}

static void all_alerts_are_told_to_who_comes_back(void **state)
{
    bench_t *bench = *state;
    const event_position_t before = { { 1, 1 }, 0, 0 };
    bench->now_ms = 5;
    unsigned seat = subscribe(bench, JUST(EVENT_ALERT), 0x3, &before);
    assert_int_equal(tell_all(bench, seat), 2);
}

static void lines_go_on_behind_the_last_one_of_this_start_only(void **state)
{
    bench_t *bench = *state;
    event_t event;
    for (unsigned i = 0; i < 3; i++) log_ring_add(&bench->log, LOG_INFO, 1, text_view("a"), text_view("b"));
    unsigned seat = subscribe(bench, JUST(EVENT_LOG), 0, NULL);
    assert_int_equal(tell_all(bench, seat), 0);
    log_ring_add(&bench->log, LOG_INFO, 1, text_view("a"), text_view("b"));
    assert_true(tell(bench, seat, &event));
    assert_int_equal(event.line.number, 4);
    log_ring_add(&bench->log, LOG_INFO, 1, text_view("a"), text_view("b"));
    seat = subscribe(bench, JUST(EVENT_LOG), 0, &event.position);
    assert_int_equal(tell_all(bench, seat), 1);
    start(bench);
    for (unsigned i = 0; i < 2; i++) log_ring_add(&bench->log, LOG_INFO, 1, text_view("a"), text_view("b"));
    seat = subscribe(bench, JUST(EVENT_LOG), 0, &event.position);
    assert_int_equal(tell_all(bench, seat), 2);
}

/* ---- Whatever happens ----------------------------------------------------------------------------------------------- */

typedef struct {
    history_moment_t at;
    size_t sensor;
    int32_t value;
} told_t;

static int compare_told(const told_t *a, const told_t *b)
{
    int order = history_compare(a->at, b->at);
    return order ? order : (int)a->sensor - (int)b->sensor;
}

/* Reconnects at random, before everything was told: then what it missed comes from the history. */
static void one_that_is_cut_off_again_and_again_misses_nothing(void **state)
{
    bench_t *bench = *state;
    enum { ROUNDS = 400, MOST = ROUNDS * (int)SENSOR_COUNT };
    static told_t all[MOST], told[MOST];
    size_t all_count = 0, told_count = 0;
    event_t event;
    unsigned seat = subscribe(bench, JUST(EVENT_READING), ALL_SENSORS, NULL);
    event_position_t position = { { 1, 0 }, 0, 0 };
    srand(4711);
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned which = (unsigned)rand() % 16u;
        sample_some(bench, which, rand() % 10000);
        for (size_t i = 0; i < SENSOR_COUNT; i++) {
            if (!(which >> i & 1u)) continue;
            const sensor_t *sensor = &bench->sensors.sensors[i];
            all[all_count++] = (told_t){ history_moment(&bench->history, bench->now_ms), i, sensor->value };
        }
        bool cut = rand() % 2 == 0;
        for (int left = cut ? rand() % 3 : MOST; left > 0 && tell(bench, seat, &event); left--) {
            size_t sensor = (size_t)(event.sensor - bench->sensors.sensors);
            told[told_count++] = (told_t){ event.point.at, sensor, event.point.value };
            position = event.position;
        }
        if (!cut) continue;
        events_unsubscribe(&bench->events, seat);
        seat = subscribe(bench, JUST(EVENT_READING), ALL_SENSORS, told_count > 0 ? &position : NULL);
    }
    while (tell(bench, seat, &event)) {
        size_t sensor = (size_t)(event.sensor - bench->sensors.sensors);
        told[told_count++] = (told_t){ event.point.at, sensor, event.point.value };
    }
    size_t skipped = 0; /* before it was told anything, it was told only the present */
    while (compare_told(&all[skipped], &told[0]) != 0) skipped++;
    assert_true(skipped < 2 * SENSOR_COUNT);
    assert_int_equal(told_count, all_count - skipped);
    for (size_t i = 0; i < told_count; i++) {
        assert_int_equal(compare_told(&all[skipped + i], &told[i]), 0);
        assert_int_equal(all[skipped + i].value, told[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_begins_with_what_there_is, set_up),
        cmocka_unit_test_setup(what_was_not_asked_for_is_not_told, set_up),
        cmocka_unit_test_setup(places_end_and_come_back, set_up),
        cmocka_unit_test_setup(a_slow_reader_is_told_the_newest_and_the_oldest_of_these_first, set_up),
        cmocka_unit_test_setup(a_failed_sample_is_told_as_such, set_up),
        cmocka_unit_test_setup(no_type_starves_another, set_up),
        cmocka_unit_test_setup(the_same_status_is_not_news, set_up),
        cmocka_unit_test_setup(there_is_no_news_when_nobody_listens, set_up),
        cmocka_unit_test_setup(who_comes_back_is_told_what_it_missed_in_order, set_up),
        cmocka_unit_test_setup(what_was_missed_before_a_reset_is_told_as_well, set_up),
        cmocka_unit_test_setup(an_id_of_a_start_that_never_was_begins_anew, set_up),
        cmocka_unit_test_setup(an_id_from_the_future_of_this_start_is_told_the_next_sample, set_up),
        cmocka_unit_test_setup(all_alerts_are_told_to_who_comes_back, set_up),
        cmocka_unit_test_setup(lines_go_on_behind_the_last_one_of_this_start_only, set_up),
        cmocka_unit_test_setup(one_that_is_cut_off_again_and_again_misses_nothing, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
