/* The heap of TLS: blocks that are aligned, apart, merged again, and all accounted for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tls/heap.h"

#define HEAD_BYTES 8u

static uint64_t memory[512];

static heap_t fresh(void)
{
    heap_t heap;
    memset(memory, 0xa5, sizeof memory);
    heap_init(&heap, memory, sizeof memory);
    assert_true(heap_is_sound(&heap));
    return heap;
}

static void blocks_are_aligned_zeroed_and_apart(void **state)
{
    (void)state;
    heap_t heap = fresh();
    uint8_t *blocks[40];
    for (size_t i = 0; i < 40; i++) {
        blocks[i] = heap_allocate(&heap, 1, i + 1);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 8, 0);
        for (size_t at = 0; at <= i; at++) assert_int_equal(blocks[i][at], 0);
        memset(blocks[i], (int)i + 1, i + 1);
    }
    for (size_t i = 0; i < 40; i++) {
        for (size_t at = 0; at <= i; at++) assert_int_equal(blocks[i][at], i + 1);
    }
    assert_true(heap_is_sound(&heap));
}

static void neighbours_merge_in_whatever_order_they_are_freed(void **state)
{
    (void)state;
    static const uint8_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                          { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    for (size_t order = 0; order < 6; order++) {
        heap_t heap = fresh();
        void *blocks[3];
        for (size_t i = 0; i < 3; i++) blocks[i] = heap_allocate(&heap, 1, 100);
        for (size_t i = 0; i < 3; i++) {
            heap_free(&heap, blocks[orders[order][i]]);
            assert_true(heap_is_sound(&heap));
        }
        assert_int_equal(heap.used, 0);
        void *all = heap_allocate(&heap, 1, sizeof memory - 2 * HEAD_BYTES);
        assert_ptr_equal(all, blocks[0]);
    }
}

static void a_request_that_does_not_fit_gets_nothing_and_is_counted(void **state)
{
    (void)state;
    heap_t heap = fresh();
    assert_null(heap_allocate(&heap, 1, sizeof memory - 2 * HEAD_BYTES + 1));
    assert_null(heap_allocate(&heap, SIZE_MAX, 2));
    assert_null(heap_allocate(&heap, 2, SIZE_MAX));
    assert_null(heap_allocate(&heap, SIZE_MAX / 2 + 2, 2)); /* the product is 2 */
    assert_null(heap_allocate(&heap, 1, UINT32_MAX));
    assert_int_equal(heap.failures, 5);
    assert_null(heap_allocate(&heap, 0, 8));
    assert_null(heap_allocate(&heap, 8, 0));
    heap_free(&heap, NULL);
    assert_int_equal(heap.failures, 5);
    assert_int_equal(heap.blocks + heap.used + heap.peak, 0);
    assert_true(heap_is_sound(&heap));
}

static void what_is_in_use_and_its_peak_count_the_heads(void **state)
{
    (void)state;
    heap_t heap = fresh();
    void *a = heap_allocate(&heap, 3, 5);
    assert_int_equal(heap.used, 16 + HEAD_BYTES);
    void *b = heap_allocate(&heap, 1, 64);
    assert_int_equal(heap.used, 16 + 64 + 2 * HEAD_BYTES);
    assert_int_equal(heap.blocks, 2);
    heap_free(&heap, a);
    heap_free(&heap, b);
    assert_int_equal(heap.used, 0);
    assert_int_equal(heap.blocks, 0);
    assert_int_equal(heap.peak, 16 + 64 + 2 * HEAD_BYTES);
}

static void one_request_may_be_made_to_fail(void **state)
{
    (void)state;
    heap_t heap = fresh();
    heap.fail_at = 2;
    assert_non_null(heap_allocate(&heap, 1, 8));
    assert_null(heap_allocate(&heap, 1, 8));
    assert_non_null(heap_allocate(&heap, 1, 8));
    assert_int_equal(heap.failures, 1);
}

static void a_damaged_heap_is_not_sound(void **state)
{
    (void)state;
    heap_t heap = fresh();
    uint8_t *block = heap_allocate(&heap, 1, 64);
    block[64] ^= 0x08; /* the head behind it */
    assert_false(heap_is_sound(&heap));
    block[64] ^= 0x08;
    assert_true(heap_is_sound(&heap));
    heap.used++;
    assert_false(heap_is_sound(&heap));
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

#define HELD 48

static void whatever_is_asked_for_and_freed_it_stays_sound(void **state)
{
    (void)state;
    heap_t heap = fresh();
    struct {
        uint8_t *bytes;
        size_t count;
        uint8_t mark;
    } held[HELD] = { 0 };
    uint32_t seed = 5;
    for (unsigned turn = 0; turn < 100000; turn++) {
        size_t i = next(&seed) % HELD;
        if (held[i].bytes) {
            for (size_t at = 0; at < held[i].count; at++) assert_int_equal(held[i].bytes[at], held[i].mark);
            heap_free(&heap, held[i].bytes);
            held[i].bytes = NULL;
        } else {
            held[i].count = 1 + next(&seed) % (turn % 7 == 0 ? 900 : 90);
            held[i].mark = (uint8_t)turn;
            held[i].bytes = heap_allocate(&heap, 1, held[i].count);
            if (held[i].bytes) memset(held[i].bytes, held[i].mark, held[i].count);
        }
        assert_true(heap_is_sound(&heap));
    }
    assert_true(heap.failures > 0);
    for (size_t i = 0; i < HELD; i++) heap_free(&heap, held[i].bytes);
    assert_int_equal(heap.used, 0);
    assert_non_null(heap_allocate(&heap, 1, sizeof memory - 2 * HEAD_BYTES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_zeroed_and_apart),
        cmocka_unit_test(neighbours_merge_in_whatever_order_they_are_freed),
        cmocka_unit_test(a_request_that_does_not_fit_gets_nothing_and_is_counted),
        cmocka_unit_test(what_is_in_use_and_its_peak_count_the_heads),
        cmocka_unit_test(one_request_may_be_made_to_fail),
        cmocka_unit_test(a_damaged_heap_is_not_sound),
        cmocka_unit_test(whatever_is_asked_for_and_freed_it_stays_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
