/* The memory of the history after resets in bad moments, and after damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "history_bench.h"

static history_memory_t before, after, torn;
static history_t opened;

/* What a start finds in this memory. */
static size_t found_in(history_bench_t *bench, history_memory_t *memory)
{
    history_init(&opened, memory, &bench->registry, &bench->clock);
    return history_bench_check_part(bench, &opened);
}

/* Whether this byte of the memory belongs to the seal of a block: those are stored as one word. */
static bool is_seal(size_t at)
{
    size_t blocks = offsetof(history_memory_t, samples);
    return at >= blocks && (at - blocks) % HISTORY_BLOCK_BYTES < sizeof(uint32_t);
}

/* The blocks that a change began anew are empty from its first moment on. */
static void empty_begun_blocks(history_memory_t *memory)
{
    history_block_t *blocks = memory->samples;
    const history_block_t *then = before.samples, *now = after.samples;
    size_t count = (HISTORY_SAMPLES_BYTES + HISTORY_MINUTES_BYTES) / HISTORY_BLOCK_BYTES;
    for (size_t i = 0; i < count; i++) {
        if (then[i].sequence != now[i].sequence) blocks[i].seal = 0;
    }
}

/* A reset after each byte that a change writes. The seals come last: with them it is whole. */
static void cut_everywhere(history_bench_t *bench, size_t kept, size_t whole)
{
    torn = before;
    empty_begun_blocks(&torn);
    for (size_t at = 0; at < sizeof torn; at++) {
        uint8_t *byte = (uint8_t *)&torn + at;
        uint8_t new_byte = ((const uint8_t *)&after)[at];
        if (is_seal(at) || *byte == new_byte) continue;
        *byte = new_byte;
        static history_memory_t copy;
        copy = torn;
        size_t found = found_in(bench, &copy);
        assert_true(found >= kept && found <= whole);
        assert_int_equal(opened.dropped_blocks, 0);
        if (found > 0) {
            const point_list_t *samples = history_bench_samples(&opened, 0);
            const history_point_t *last = &samples->points[samples->count - 1u];
            assert_true(history_compare(last->at, bench->put.points[bench->put.count - 2u].at) >= 0);
        }
    }
    assert_int_equal(found_in(bench, &after), whole);
}

static void a_reset_in_the_middle_of_adding_loses_that_record_at_most(void **state)
{
    history_bench_t *bench = *state;
    size_t begun = 0;
    for (unsigned i = 0; i < 700; i++) {
        uint32_t newest = bench->history.samples[0].newest;
        before = bench->memory;
        history_bench_walk(bench, 1);
        after = bench->memory;
        size_t whole = history_bench_samples(&bench->history, 0)->count;
        begun += newest != bench->history.samples[0].newest;
        cut_everywhere(bench, whole - 1u, whole);
    }
    assert_true(begun >= 2);
}

static void a_reset_while_the_oldest_block_is_recycled_loses_no_other(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 9000);
    unsigned begun = 0;
    for (unsigned i = 0; i < 500; i++) {
        uint32_t newest = bench->history.samples[0].newest;
        before = bench->memory;
        history_bench_walk(bench, 1);
        if (newest == bench->history.samples[0].newest) continue;
        begun++;
        after = bench->memory;
        size_t whole = history_bench_samples(&bench->history, 0)->count;
        cut_everywhere(bench, whole - 1u, whole);
    }
    assert_true(begun >= 2);
}

static void a_reset_while_a_time_is_noted_leaves_the_old_or_the_new_one(void **state)
{
    history_bench_t *bench = *state;
    int64_t utc_ms;
    for (unsigned version = 0; version < 4; version++) {
        before = bench->memory;
        wall_clock_set(&bench->clock, 0, 1790000000000 + version);
        history_bench_walk(bench, 1);
        after = bench->memory;
        torn = before;
        for (size_t at = 0; at < offsetof(history_memory_t, samples); at++) {
            ((uint8_t *)&torn)[at] = ((const uint8_t *)&after)[at];
            static history_memory_t copy;
            static const wall_clock_t unset;
            copy = torn;
            history_init(&opened, &copy, &bench->registry, &unset);
            assert_int_equal(opened.boot, 2);
            if (history_utc_ms(&opened, (history_moment_t){ 1, 0 }, &utc_ms))
                assert_true(utc_ms == 1790000000000 + version || utc_ms == 1790000000000 + version - 1);
            else
                assert_int_equal(version, 0);
        }
    }
}

static void one_damaged_block_is_dropped_and_the_rest_stays(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 3000);
    const size_t count = HISTORY_SAMPLES_BYTES / HISTORY_BLOCK_BYTES / SENSOR_DEVICES_MAX;
    size_t whole = history_bench_samples(&bench->history, 0)->count;
    for (size_t i = 0; i < count; i++) {
        const history_block_t *block = &bench->memory.samples[i];
        if (block->seal == 0) continue;
        for (size_t at = 0; at < HISTORY_BLOCK_HEAD_BYTES + history_block_used(block); at += 3) {
            torn = bench->memory;
            ((uint8_t *)&torn.samples[i])[at] ^= (uint8_t)(1u << (history_bench_random(bench) & 7u));
            size_t found = found_in(bench, &torn);
            assert_true(found < whole && found + 8u * HISTORY_BLOCK_DATA_BYTES >= whole);
            assert_int_equal(opened.dropped_blocks, 1);
            assert_true(found + HISTORY_BLOCK_DATA_BYTES >= whole);
        }
    }
}

static void damage_anywhere_is_survived_and_never_believed(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 3000);
    for (unsigned i = 0; i < 3000; i++) {
        torn = bench->memory;
        unsigned flips = 1u + (unsigned)(history_bench_random(bench) % 64u);
        /* All over the memory, or in a part that is in use. */
        size_t range = i % 2u ? sizeof torn : offsetof(history_memory_t, samples) + 4000u;
        for (unsigned k = 0; k < flips; k++) {
            size_t at = history_bench_random(bench) % range;
            ((uint8_t *)&torn)[at] ^= (uint8_t)(1u << (history_bench_random(bench) & 7u));
        }
        (void)found_in(bench, &torn);
        history_add(&opened, 0, 5, true, 1); /* and it goes on */
        assert_true(history_bench_samples(&opened, 0)->count >= 1);
    }
}

/* A check sum that happens to fit must not be enough to make it crash or go in circles. */
static void what_is_whole_but_makes_no_sense_is_survived(void **state)
{
    history_bench_t *bench = *state;
    history_bench_walk(bench, 2000);
    for (unsigned i = 0; i < 3000; i++) {
        torn = bench->memory;
        size_t from = history_bench_random(bench) % 12u, to = history_bench_random(bench) % 24u;
        torn.samples[to] = torn.samples[from]; /* a whole block where it does not belong */
        if (i % 3u == 0) memset(&torn.samples[from], (int)(i & 0xffu), HISTORY_BLOCK_BYTES);
        (void)found_in(bench, &torn);
        history_add(&opened, 0, 5, true, 1);
        assert_true(history_bench_samples(&opened, 0)->count >= 1);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, history_bench_set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_reset_in_the_middle_of_adding_loses_that_record_at_most),
        TEST(a_reset_while_the_oldest_block_is_recycled_loses_no_other),
        TEST(a_reset_while_a_time_is_noted_leaves_the_old_or_the_new_one),
        TEST(one_damaged_block_is_dropped_and_the_rest_stays),
        TEST(damage_anywhere_is_survived_and_never_believed),
        TEST(what_is_whole_but_makes_no_sense_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
