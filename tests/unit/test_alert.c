/* Alerts: where they begin, where they end, and the edges of what a number can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sensors/alert.h"

static const alert_limits_t none = { SENSOR_NO_THRESHOLD, SENSOR_NO_THRESHOLD, 0 };
static const alert_limits_t room = { 1800, 2600, 50 };

static void a_day_in_a_room(void **state)
{
    (void)state;
    static const struct {
        int32_t value;
        sensor_alert_t alert;
    } day[] = {
        { 2100, ALERT_NONE }, { 2600, ALERT_NONE }, { 2601, ALERT_HIGH }, { 2600, ALERT_HIGH },
        { 2551, ALERT_HIGH }, { 2550, ALERT_NONE }, { 2599, ALERT_NONE }, { 2601, ALERT_HIGH },
        { 1799, ALERT_LOW }, /* at once */
        { 1800, ALERT_LOW },  { 1849, ALERT_LOW },  { 1850, ALERT_NONE }, { 1800, ALERT_NONE },
        { 1799, ALERT_LOW },  { 2601, ALERT_HIGH }, { 2550, ALERT_NONE },
    };
    sensor_alert_t alert = ALERT_NONE;
    for (size_t i = 0; i < sizeof day / sizeof day[0]; i++) {
        alert = alert_next(alert, day[i].value, &room);
        assert_int_equal(alert, day[i].alert);
    }
}

/* The definition once more, in other words: an alert holds as long as the value is beyond the place where it
 * ends, and begins beyond its threshold. */
static bool holds(bool was, int64_t beyond, int64_t hysteresis)
{
    return beyond > 0 || (was && beyond > -hysteresis);
}

static void every_combination_of_small_numbers(void **state)
{
    (void)state;
    for (int32_t min = -6; min <= 6; min++) {
        for (int32_t max = min + 1; max <= 7; max++) {
            for (int32_t hysteresis = 0; hysteresis < max - min; hysteresis++) {
                const alert_limits_t limits = { min, max, hysteresis };
                for (int before = ALERT_NONE; before <= ALERT_HIGH; before++) {
                    for (int32_t value = -9; value <= 9; value++) {
                        bool low = holds(before == ALERT_LOW, (int64_t)min - value, hysteresis);
                        bool high = holds(before == ALERT_HIGH, (int64_t)value - max, hysteresis);
                        assert_false(low && high);
                        sensor_alert_t expected = low ? ALERT_LOW : high ? ALERT_HIGH : ALERT_NONE;
                        assert_int_equal(alert_next((sensor_alert_t)before, value, &limits), expected);
                    }
                }
            }
        }
    }
}

static void without_thresholds_there_is_no_alert_and_one_that_was_ends(void **state)
{
    (void)state;
    static const int32_t values[] = { INT32_MIN + 1, -1, 0, 1, INT32_MAX };
    for (int before = ALERT_NONE; before <= ALERT_HIGH; before++) {
        for (size_t i = 0; i < 5; i++) {
            assert_int_equal(alert_next((sensor_alert_t)before, values[i], &none), ALERT_NONE);
        }
    }
}

static void one_threshold_alone_knows_its_side_only(void **state)
{
    (void)state;
    const alert_limits_t frost = { 0, SENSOR_NO_THRESHOLD, 20 };
    assert_int_equal(alert_next(ALERT_NONE, -1, &frost), ALERT_LOW);
    assert_int_equal(alert_next(ALERT_LOW, 19, &frost), ALERT_LOW);
    assert_int_equal(alert_next(ALERT_LOW, 20, &frost), ALERT_NONE);
    assert_int_equal(alert_next(ALERT_NONE, INT32_MAX, &frost), ALERT_NONE);
    assert_int_equal(alert_next(ALERT_HIGH, 5, &frost), ALERT_NONE); /* from thresholds that were */
    const alert_limits_t fire = { SENSOR_NO_THRESHOLD, 100, 20 };
    assert_int_equal(alert_next(ALERT_NONE, 101, &fire), ALERT_HIGH);
    assert_int_equal(alert_next(ALERT_HIGH, 81, &fire), ALERT_HIGH);
    assert_int_equal(alert_next(ALERT_HIGH, 80, &fire), ALERT_NONE);
    assert_int_equal(alert_next(ALERT_NONE, INT32_MIN + 1, &fire), ALERT_NONE);
    assert_int_equal(alert_next(ALERT_LOW, 95, &fire), ALERT_NONE);
}

static void the_largest_numbers_do_not_overflow(void **state)
{
    (void)state;
    const alert_limits_t widest = { INT32_MIN + 1, INT32_MAX, INT32_MAX };
    assert_int_equal(alert_next(ALERT_NONE, INT32_MAX, &widest), ALERT_NONE);
    assert_int_equal(alert_next(ALERT_NONE, INT32_MIN + 1, &widest), ALERT_NONE);
    assert_int_equal(alert_next(ALERT_HIGH, 1, &widest), ALERT_HIGH);
    assert_int_equal(alert_next(ALERT_HIGH, 0, &widest), ALERT_NONE);
    assert_int_equal(alert_next(ALERT_LOW, -1, &widest), ALERT_LOW);
    assert_int_equal(alert_next(ALERT_LOW, 0, &widest), ALERT_NONE);
    const alert_limits_t high_frost = { INT32_MAX, SENSOR_NO_THRESHOLD, INT32_MAX };
    assert_int_equal(alert_next(ALERT_LOW, INT32_MAX, &high_frost),
                     ALERT_LOW); /* never ends: the caller's fault */
    const alert_limits_t low_fire = { SENSOR_NO_THRESHOLD, INT32_MIN + 1, INT32_MAX };
    assert_int_equal(alert_next(ALERT_HIGH, INT32_MIN + 1, &low_fire), ALERT_HIGH);
}

static void alerts_have_names(void **state)
{
    (void)state;
    assert_string_equal(sensor_alert_name(ALERT_NONE), "none");
    assert_string_equal(sensor_alert_name(ALERT_LOW), "low");
    assert_string_equal(sensor_alert_name(ALERT_HIGH), "high");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_in_a_room),
        cmocka_unit_test(every_combination_of_small_numbers),
        cmocka_unit_test(without_thresholds_there_is_no_alert_and_one_that_was_ends),
        cmocka_unit_test(one_threshold_alone_knows_its_side_only),
        cmocka_unit_test(the_largest_numbers_do_not_overflow),
        cmocka_unit_test(alerts_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
