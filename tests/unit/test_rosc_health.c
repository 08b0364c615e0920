/* The health tests of the RP2040's ring oscillator: what must alarm, and what must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hal/rp2040/rosc_health.h"

/* Good enough a source for a test: xorshift64, its top bits. */
static uint64_t noise = 0x9e3779b97f4a7c15u;

static unsigned next(unsigned below)
{
    noise ^= noise << 13;
    noise ^= noise >> 7;
    noise ^= noise << 17;
    return (unsigned)(noise >> 33) % below;
}

static void fair_bits_never_alarm(void **state)
{
    (void)state;
    rosc_health_t health = { 0 };
    for (unsigned i = 0; i < 10000000; i++) assert_true(rosc_health_take(&health, next(2) == 1));
}

/* 0.5 bits of min-entropy in each is what is assumed: one value comes in 71 of 100 cases, and that is still well. */
static void bits_as_lopsided_as_is_assumed_never_alarm(void **state)
{
    (void)state;
    rosc_health_t health = { 0 };
    for (unsigned i = 0; i < 1000000; i++) assert_true(rosc_health_take(&health, next(100) < 70));
}

static void a_stuck_source_alarms_with_the_61st_equal_bit(void **state)
{
    (void)state;
    for (int stuck = 0; stuck <= 1; stuck++) {
        rosc_health_t health = { 0 };
        for (unsigned i = 0; i < 7; i++) assert_true(rosc_health_take(&health, i % 2 == 0));
        (void)rosc_health_take(&health, !stuck);
        for (unsigned i = 1; i < ROSC_REPETITIONS; i++) assert_true(rosc_health_take(&health, stuck));
        assert_false(rosc_health_take(&health, stuck));
    }
}

static void a_source_that_is_stuck_from_the_start_alarms(void **state)
{
    (void)state;
    rosc_health_t health = { 0 };
    for (unsigned i = 1; i < ROSC_REPETITIONS; i++) assert_true(rosc_health_take(&health, true));
    assert_false(rosc_health_take(&health, true));
}

/* The zeros lie as evenly as they can, so that no row of ones is long; the first bit is a one. */
static bool lopsided_window(rosc_health_t *health, unsigned ones)
{
    bool sound = true;
    for (unsigned i = 0, due = 0; i < ROSC_WINDOW; i++) {
        due += ROSC_WINDOW - ones;
        bool zero = due >= ROSC_WINDOW;
        if (zero) due -= ROSC_WINDOW;
        sound = rosc_health_take(health, !zero);
    }
    return sound;
}

static void a_lopsided_window_alarms_from_810_of_1024_on(void **state)
{
    (void)state;
    rosc_health_t health = { 0 };
    assert_true(lopsided_window(&health, ROSC_LOPSIDED - 1u));
    assert_true(lopsided_window(&health, ROSC_LOPSIDED - 1u));
    assert_false(lopsided_window(&health, ROSC_LOPSIDED));
}

static void an_alarm_is_for_good(void **state)
{
    (void)state;
    rosc_health_t health = { 0 };
    for (unsigned i = 0; i < ROSC_REPETITIONS; i++) (void)rosc_health_take(&health, false);
    for (unsigned i = 0; i < 10000; i++) assert_false(rosc_health_take(&health, next(2) == 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fair_bits_never_alarm),
        cmocka_unit_test(bits_as_lopsided_as_is_assumed_never_alarm),
        cmocka_unit_test(a_stuck_source_alarms_with_the_61st_equal_bit),
        cmocka_unit_test(a_source_that_is_stuck_from_the_start_alarms),
        cmocka_unit_test(a_lopsided_window_alarms_from_810_of_1024_on),
        cmocka_unit_test(an_alarm_is_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
