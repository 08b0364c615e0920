/* Records of the history: what goes in comes out, whatever it is, in few bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sensors/history_codec.h"

static uint64_t seed = 88172645463325252u;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

/* Any number of bits, so that small and huge ones come about equally often. */
static uint64_t any(void)
{
    return next_random() >> (next_random() % 64u);
}

static bool same_point(const history_point_t *a, const history_point_t *b)
{
    return a->at.boot == b->at.boot && a->at.uptime_ms == b->at.uptime_ms && a->has_value == b->has_value &&
           a->value == b->value;
}

static bool same_minute(const history_minute_t *a, const history_minute_t *b)
{
    return a->at.boot == b->at.boot && a->at.uptime_ms == b->at.uptime_ms && a->min == b->min &&
           a->max == b->max && a->sum == b->sum && a->samples == b->samples;
}

static bool same_state(const history_state_t *a, const history_state_t *b)
{
    return a->at.boot == b->at.boot && a->at.uptime_ms == b->at.uptime_ms && a->value == b->value &&
           a->expected == b->expected;
}

/* Encodes, decodes and compares; returns the bytes it took. */
static size_t round_trip(history_state_t *state, const history_point_t *point)
{
    uint8_t record[HISTORY_RECORD_BYTES_MAX + 1];
    history_state_t encoded = *state, decoded = *state;
    history_point_t back;
    memset(record, 0xee, sizeof record);
    size_t bytes = history_encode_point(&encoded, point, record);
    assert_true(bytes > 0 && bytes <= HISTORY_RECORD_BYTES_MAX);
    assert_int_equal(record[HISTORY_RECORD_BYTES_MAX], 0xee);
    assert_int_equal(history_decode_point(&decoded, record, sizeof record, &back), bytes);
    assert_true(same_point(&back, point) && same_state(&encoded, &decoded));
    for (size_t cut = 0; cut < bytes; cut++) { /* no part of it is taken for the whole */
        history_state_t other = *state;
        assert_int_equal(history_decode_point(&other, record, cut, &back), 0);
    }
    *state = encoded;
    return bytes;
}

static size_t round_trip_minute(history_state_t *state, const history_minute_t *minute)
{
    uint8_t record[HISTORY_RECORD_BYTES_MAX];
    history_state_t encoded = *state, decoded = *state;
    history_minute_t back;
    size_t bytes = history_encode_minute(&encoded, minute, record);
    assert_true(bytes > 0 && bytes <= HISTORY_RECORD_BYTES_MAX);
    assert_int_equal(history_decode_minute(&decoded, record, bytes, &back), bytes);
    assert_true(same_minute(&back, minute) && same_state(&encoded, &decoded));
    for (size_t cut = 0; cut < bytes; cut++) {
        history_state_t other = *state;
        assert_int_equal(history_decode_minute(&other, record, cut, &back), 0);
    }
    *state = encoded;
    return bytes;
}

static void any_sequence_of_samples_comes_back_as_it_was(void **unused)
{
    (void)unused;
    history_state_t state = { { 0, 0 }, 0, 0 };
    history_moment_t at = { 1, 0 };
    for (unsigned i = 0; i < 200000; i++) {
        history_point_t point = { at, next_random() % 8u != 0, 0 };
        if (point.has_value) point.value = (int32_t)(uint32_t)(next_random() % 2u ? any() : ~any());
        (void)round_trip(&state, &point);
        if (next_random() % 16u == 0) {
            at.boot += 1u + (uint32_t)(any() % 1000u);
            at.uptime_ms = any();
        } else {
            at.uptime_ms += any(); /* may wrap: the codec does not care */
        }
    }
}

static void any_sequence_of_minutes_comes_back_as_it_was(void **unused)
{
    (void)unused;
    history_state_t state = { { 0, 0 }, 0, 0 };
    history_moment_t at = { 1, 0 };
    for (unsigned i = 0; i < 200000; i++) {
        history_minute_t minute = { .at = at, .samples = 1u + (uint32_t)(any() % 70000u) };
        minute.min = (int32_t)(uint32_t)(next_random() % 2u ? any() : ~any());
        minute.max =
            (int32_t)(minute.min + (int64_t)(any() % (uint64_t)((int64_t)INT32_MAX - minute.min + 1)));
        minute.sum =
            (int64_t)minute.min * minute.samples +
            (int64_t)(any() % (((uint64_t)((int64_t)minute.max - minute.min)) * minute.samples + 1u));
        (void)round_trip_minute(&state, &minute);
        if (next_random() % 16u == 0) at = (history_moment_t){ at.boot + 1u, 0 };
        at.uptime_ms += 60000u * (next_random() % 2u ? 1u : any() % 100000u);
    }
}

static void the_corners_of_all_ranges_come_back(void **unused)
{
    (void)unused;
    static const int32_t values[] = { 0,  INT32_MIN, INT32_MAX, -1, INT32_MIN + 1, 63,
                                      64, -64,       -65,       1,  INT32_MAX - 1 };
    static const uint64_t times[] = { 0,   1,    UINT64_MAX, 127,
                                      128, 1000, UINT32_MAX, (uint64_t)UINT32_MAX + 1000u };
    history_state_t state = { { 0, 0 }, 0, 0 };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            for (size_t k = 0; k < sizeof times / sizeof times[0]; k++) {
                (void)round_trip(&state, &(history_point_t){ { 1, times[k] }, true, values[i] });
                (void)round_trip(&state, &(history_point_t){ { 1, 7 }, false, 0 });
                (void)round_trip(&state, &(history_point_t){ { 2, times[k] }, true, values[j] });
            }
        }
    }
}

static void a_sample_in_time_that_has_changed_little_is_one_byte(void **unused)
{
    (void)unused;
    history_state_t state = { { 1, 0 }, 2144, 1000 };
    assert_int_equal(round_trip(&state, &(history_point_t){ { 1, 1000 }, true, 2144 }), 1);
    assert_int_equal(round_trip(&state, &(history_point_t){ { 1, 2000 }, true, 2144 + 63 }), 1);
    assert_int_equal(round_trip(&state, &(history_point_t){ { 1, 3003 }, true, 2144 + 60 }), 1);
    assert_int_equal(round_trip(&state, &(history_point_t){ { 1, 4000 }, true, 2144 + 62 }), 1);
    assert_int_equal(round_trip(&state, &(history_point_t){ { 1, 5007 }, false, 0 }), 1);
    assert_int_equal(round_trip(&state, &(history_point_t){ { 1, 6000 }, true, 2144 + 162 }), 3);
    assert_int_equal(state.expected, 1000); /* jitter is no new interval */
    assert_int_equal(round_trip(&state, &(history_point_t){ { 1, 6100 }, true, 2144 + 162 }), 4);
    assert_int_equal(round_trip(&state, &(history_point_t){ { 1, 6200 }, true, 2144 + 162 }), 1);
    assert_int_equal(state.expected, 100);
}

static void a_usual_minute_is_four_bytes(void **unused)
{
    (void)unused;
    history_state_t state = { { 1, 60000 }, 2144, 60 };
    assert_int_equal(round_trip_minute(&state, &(history_minute_t){ { 1, 120000 }, 2140, 2150, 128700, 60 }),
                     4);
    assert_int_equal(round_trip_minute(&state, &(history_minute_t){ { 1, 180000 }, 2140, 2140, 128400, 60 }),
                     3);
    assert_int_equal(round_trip_minute(&state, &(history_minute_t){ { 1, 240000 }, 2140, 2141, 126300, 59 }),
                     4);
}

static void averages_are_rounded_to_nearest(void **unused)
{
    (void)unused;
    static const struct {
        int64_t sum;
        uint32_t samples;
        int32_t average;
    } cases[] = { { 10, 4, 3 },
                  { 9, 4, 2 },
                  { -10, 4, -3 },
                  { -9, 4, -2 },
                  { 0, 7, 0 },
                  { 7, 7, 1 },
                  { 1, 2, 1 },
                  { -1, 2, -1 },
                  { (int64_t)INT32_MIN * 86400, 86400, INT32_MIN },
                  { (int64_t)INT32_MAX * 864000, 864000, INT32_MAX } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        history_minute_t minute = { .sum = cases[i].sum, .samples = cases[i].samples };
        assert_int_equal(history_average(&minute), cases[i].average);
    }
}

static void garbage_is_refused_or_read_within_its_bounds(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 200000; i++) {
        size_t bytes = next_random() % 40u;
        uint8_t *data = malloc(bytes + 1u); /* so that the sanitizer sees a read too far */
        for (size_t k = 0; k < bytes; k++) data[k] = (uint8_t)(next_random() % 3u ? next_random() : 0xffu);
        history_state_t state = { { 1, any() }, (int32_t)(uint32_t)any(), (uint32_t)any() }, other = state;
        history_point_t point;
        history_minute_t minute;
        uint8_t *exact = realloc(data, bytes ? bytes : 1u);
        assert_true(history_decode_point(&state, exact, bytes, &point) <= bytes);
        assert_true(history_decode_minute(&other, exact, bytes, &minute) <= bytes);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_sequence_of_samples_comes_back_as_it_was),
        cmocka_unit_test(any_sequence_of_minutes_comes_back_as_it_was),
        cmocka_unit_test(the_corners_of_all_ranges_come_back),
        cmocka_unit_test(a_sample_in_time_that_has_changed_little_is_one_byte),
        cmocka_unit_test(a_usual_minute_is_four_bytes),
        cmocka_unit_test(averages_are_rounded_to_nearest),
        cmocka_unit_test(garbage_is_refused_or_read_within_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
