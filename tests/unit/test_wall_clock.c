/* The wall clock: set once, corrected for ever, never read going back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/wall_clock.h"
#include "config/limits.h"

#define NOON 1795352400000 /* some noon, UTC */

static int64_t read_at(const wall_clock_t *clock, uint64_t uptime_ms)
{
    int64_t utc_ms = -1;
    assert_true(wall_clock_utc_ms(clock, uptime_ms, &utc_ms));
    return utc_ms;
}

static wall_clock_t noon_at(uint64_t uptime_ms)
{
    wall_clock_t clock = { 0 };
    assert_true(wall_clock_correct(&clock, uptime_ms, NOON));
    return clock;
}

static void there_is_no_time_before_it_is_set(void **state)
{
    (void)state;
    const wall_clock_t clock = { 0 };
    int64_t utc_ms = 42;
    assert_false(wall_clock_utc_ms(&clock, 1000, &utc_ms));
    assert_int_equal(utc_ms, 42);
    assert_int_equal(clock.source, WALL_CLOCK_UNSET);
}

static void the_first_word_of_a_server_is_taken_at_once(void **state)
{
    (void)state;
    wall_clock_t clock = noon_at(5000);
    assert_true(read_at(&clock, 5000) == NOON);
    assert_true(read_at(&clock, 0) == NOON - 5000);
    assert_int_equal(clock.source, WALL_CLOCK_NETWORK);
    assert_int_equal(clock.synced_ms, 5000);
    assert_int_equal(clock.correction_ms, 0);
}

static void the_clock_of_the_board_counts_as_a_first_word(void **state)
{
    (void)state;
    wall_clock_t clock = { 0 };
    wall_clock_set(&clock, 1000, NOON);
    assert_int_equal(clock.source, WALL_CLOCK_BOARD);
    assert_false(wall_clock_correct(&clock, 2000, NOON - 3600000));
    assert_int_equal(clock.source, WALL_CLOCK_BOARD);
    assert_true(wall_clock_correct(&clock, 3000, NOON + 2007));
    assert_int_equal(clock.source, WALL_CLOCK_NETWORK);
    assert_int_equal(clock.correction_ms, 7);
}

static void it_jumps_forward(void **state)
{
    (void)state;
    wall_clock_t clock = noon_at(0);
    assert_true(wall_clock_correct(&clock, 1000, NOON + 86400000));
    assert_true(read_at(&clock, 1000) == NOON + 86400000);
    assert_int_equal(clock.correction_ms, 86399000);
    assert_int_equal(wall_clock_slewing_ms(&clock, 1000), 0);
}

static void it_goes_back_by_running_at_half_speed(void **state)
{
    (void)state;
    wall_clock_t clock = noon_at(0);
    assert_true(wall_clock_correct(&clock, 10000, NOON + 10000 - 3000));
    assert_int_equal(clock.correction_ms, -3000);
    assert_true(read_at(&clock, 10000) == NOON + 10000);
    assert_true(read_at(&clock, 12000) == NOON + 11000);
    assert_int_equal(wall_clock_slewing_ms(&clock, 12000), 2000);
    assert_true(read_at(&clock, 16000) == NOON + 13000);
    assert_int_equal(wall_clock_slewing_ms(&clock, 16000), 0);
    assert_true(read_at(&clock, 17000) == NOON + 14000);
    assert_true(read_at(&clock, 9000) == NOON + 9000); /* what it said of the past, it still says */
}

static void a_correction_that_is_being_slewed_is_no_news(void **state)
{
    (void)state;
    wall_clock_t clock = noon_at(0);
    assert_true(wall_clock_correct(&clock, 10000, NOON + 10000 - 3000));
    assert_true(wall_clock_correct(&clock, 12000, NOON + 12000 - 3000));
    assert_int_equal(clock.correction_ms, 0);
    assert_true(read_at(&clock, 16000) == NOON + 13000);
}

static void more_than_the_bound_is_refused_and_counted(void **state)
{
    (void)state;
    wall_clock_t clock = noon_at(0);
    assert_true(wall_clock_correct(&clock, 0, NOON - (int64_t)CLOCK_SLEW_MS_MAX));
    assert_int_equal(clock.refused, 0);
    /* Still fast by the bound: one more millisecond is too much. */
    assert_false(wall_clock_correct(&clock, 0, NOON - (int64_t)CLOCK_SLEW_MS_MAX - 1));
    assert_false(wall_clock_correct(&clock, 0, NOON - 3600000));
    assert_int_equal(clock.refused, 2);
    assert_int_equal(clock.correction_ms, -3600000 + (int64_t)CLOCK_SLEW_MS_MAX);
    assert_true(read_at(&clock, 0) == NOON);
    assert_true(read_at(&clock, 2u * CLOCK_SLEW_MS_MAX) == NOON + (int64_t)CLOCK_SLEW_MS_MAX);
    assert_int_equal(clock.synced_ms, 0);
}

/* ---- Any corrections at any time ---------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13; /* xorshift32 */
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* A step of -limit..limit, small ones being more frequent. */
static int64_t some(uint32_t *seed, uint32_t limit)
{
    uint32_t range = 1u + (limit >> next_random(seed) % 16u);
    int64_t step = next_random(seed) % (range + 1u);
    return next_random(seed) % 2u ? step : -step;
}

static void later_moments_never_get_earlier_times_whatever_the_servers_say(void **state)
{
    (void)state;
    unsigned refused = 0, slewed = 0;
    for (uint32_t run = 1; run <= 500; run++) {
        uint32_t seed = run * 2654435761u;
        wall_clock_t clock = noon_at(1000);
        uint64_t now_ms = 1000;
        int64_t seen_ms = NOON;
        for (unsigned step = 0; step < 400; step++) {
            now_ms += next_random(&seed) % 20000u;
            if (next_random(&seed) % 3u == 0) {
                (void)wall_clock_correct(&clock, now_ms,
                                         seen_ms + some(&seed, 2u * CLOCK_SLEW_MS_MAX + 100000u));
            }
            int64_t read_ms = read_at(&clock, now_ms);
            assert_true(read_ms >= seen_ms);
            seen_ms = read_ms;
            slewed += wall_clock_slewing_ms(&clock, now_ms) > 0;
            assert_true(wall_clock_slewing_ms(&clock, now_ms) <= CLOCK_SLEW_MS_MAX);
        }
        refused += clock.refused;
        /* And once left alone it is where the last server that was believed wanted it. */
        assert_true(read_at(&clock, now_ms + 2u * CLOCK_SLEW_MS_MAX) ==
                    clock.offset_ms + (int64_t)(now_ms + 2u * CLOCK_SLEW_MS_MAX));
    }
    assert_true(refused > 1000 && slewed > 1000);
}

/* Who asks for the time of samples asks for moments that are past when a correction comes. */
static void moments_since_slewing_began_keep_their_order_over_corrections(void **state)
{
    (void)state;
    unsigned steps = 0;
    for (uint32_t run = 1; run <= 500; run++) {
        uint32_t seed = run * 2246822519u;
        wall_clock_t clock = noon_at(1000);
        uint64_t now_ms = 500000, asked_ms = 0;
        int64_t seen_ms = INT64_MIN;
        assert_true(wall_clock_correct(&clock, now_ms, NOON + 499000 - 50000));
        for (unsigned step = 0; step < 40; step++) {
            now_ms += next_random(&seed) % 1000u;
            asked_ms += next_random(&seed) % (now_ms - asked_ms + 1u);
            if (next_random(&seed) % 2u == 0)
                (void)wall_clock_correct(&clock, now_ms, read_at(&clock, now_ms) + some(&seed, 20000));
            if (clock.slew_from_ms != 500000) break; /* another slewing */
            steps++;
            assert_true(read_at(&clock, asked_ms) >= seen_ms);
            seen_ms = read_at(&clock, asked_ms);
        }
    }
    assert_true(steps > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_is_no_time_before_it_is_set),
        cmocka_unit_test(the_first_word_of_a_server_is_taken_at_once),
        cmocka_unit_test(the_clock_of_the_board_counts_as_a_first_word),
        cmocka_unit_test(it_jumps_forward),
        cmocka_unit_test(it_goes_back_by_running_at_half_speed),
        cmocka_unit_test(a_correction_that_is_being_slewed_is_no_news),
        cmocka_unit_test(more_than_the_bound_is_refused_and_counted),
        cmocka_unit_test(later_moments_never_get_earlier_times_whatever_the_servers_say),
        cmocka_unit_test(moments_since_slewing_began_keep_their_order_over_corrections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
