/* The arena, cJSON inside the arena, and numbers without strtod. */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "config/limits.h"
#include "settings/json_document.h"
#include "settings/json_number.h"

static alignas(max_align_t) unsigned char memory[256];

static void pieces_are_aligned_and_do_not_overlap(void **state)
{
    (void)state;
    arena_t a = arena(memory, sizeof memory);
    unsigned char *before = NULL;
    for (size_t bytes = 1; bytes < 9; bytes++) {
        unsigned char *piece = arena_take(&a, bytes);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
        assert_true(!before || piece >= before + bytes - 1);
        before = piece;
    }
    assert_true(a.used <= sizeof memory);
    assert_int_equal(a.peak, a.used);
}

static void an_arena_that_is_full_says_so_until_it_is_reset(void **state)
{
    (void)state;
    arena_t a = arena(memory, sizeof memory);
    assert_non_null(arena_take(&a, sizeof memory));
    assert_false(arena_exhausted(&a));
    assert_non_null(arena_take(&a, 0));
    assert_null(arena_take(&a, 1));
    assert_true(arena_exhausted(&a));
    assert_null(arena_take(&a, 0));
    arena_reset(&a);
    assert_false(arena_exhausted(&a));
    assert_int_equal(a.used, 0);
    assert_int_equal(a.peak, sizeof memory);
    assert_ptr_equal(arena_take(&a, 1), memory);
}

static void sizes_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const size_t sizes[] = { sizeof memory + 1, SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15,
                                    SIZE_MAX / 2 + 1 };
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        arena_t a = arena(memory, sizeof memory);
        assert_null(arena_take(&a, sizes[i]));
        assert_true(arena_exhausted(&a));
    }
    /* A buffer that is no whole number of units: the last piece must lie inside. */
    arena_t odd = arena(memory, 2 * alignof(max_align_t) + 1);
    assert_non_null(arena_take(&odd, 1));
    assert_non_null(arena_take(&odd, 1));
    assert_null(arena_take(&odd, 1));
}

static status_t begin(json_document_t *document, const char *text)
{
    return json_document_begin(document, text, strlen(text));
}

static void a_document_is_parsed_in_the_arena_and_gone_after_it(void **state)
{
    (void)state;
    json_document_t document;
    assert_int_equal(begin(&document, "{\"a\":[1,\"x\"]}"), STATUS_OK);
    const cJSON *a = document.root->child;
    assert_string_equal(a->string, "a");
    assert_string_equal(a->child->next->valuestring, "x");
    const unsigned char *root = (const unsigned char *)document.root;
    assert_true(root >= json_document_arena()->memory);
    assert_true(root < json_document_arena()->memory + JSON_ARENA_BYTES);
    assert_true(json_document_arena()->used > 0);
    json_document_end(&document);
    assert_int_equal(json_document_arena()->used, 0);
    assert_true(json_document_arena()->peak > 0);
}

static void one_document_at_a_time(void **state)
{
    (void)state;
    json_document_t first, second;
    assert_int_equal(begin(&first, "[1]"), STATUS_OK);
    assert_int_equal(begin(&second, "[2]"), STATUS_BUSY);
    assert_null(second.root);
    assert_int_equal(first.root->child->valueint, 1);
    json_document_end(&first);
    assert_int_equal(begin(&second, "[2]"), STATUS_OK);
    json_document_end(&second);
}

static void what_is_not_json_never_reaches_the_arena(void **state)
{
    (void)state;
    json_document_t document;
    assert_int_equal(begin(&document, "{\"a\":01}"), STATUS_INVALID);
    assert_int_equal(document.scan.verdict, JSON_BAD_NUMBER);
    assert_int_equal(document.scan.offset, 6);
    assert_null(document.root);
    assert_int_equal(json_document_arena()->used, 0);
    json_document_end(&document);
}

static void a_document_that_is_too_large_is_told_and_the_next_one_fits(void **state)
{
    (void)state;
    char text[HTTP_BODY_BYTES_MAX];
    size_t count = 0;
    text[count++] = '[';
    while (count < sizeof text - 2) {
        text[count++] = '0';
        text[count++] = ',';
    }
    text[count - 1] = ']';
    json_document_t document;
    assert_int_equal(json_document_begin(&document, text, count), STATUS_NO_MEMORY);
    assert_null(document.root);
    assert_true(arena_exhausted(json_document_arena()));
    json_document_end(&document);
    assert_int_equal(json_document_arena()->peak, JSON_ARENA_BYTES);
    assert_int_equal(begin(&document, "[0]"), STATUS_OK);
    json_document_end(&document);
}

/* Exhaustion must be told wherever it strikes: at an item, a name, a string, a number's copy. */
static void exhaustion_at_any_place_is_told(void **state)
{
    (void)state;
    static char text[HTTP_BODY_BYTES_MAX];
    bool fits = true;
    for (unsigned strings = 0; strings < 400; strings++) {
        size_t count = 0;
        text[count++] = '[';
        for (unsigned i = 0; i < strings; i++) count += (size_t)snprintf(text + count, 8, "\"x\",");
        count += (size_t)snprintf(text + count, 16, "{\"n\":-1.5}]");
        json_document_t document;
        status_t status = json_document_begin(&document, text, count);
        assert_true(status == STATUS_NO_MEMORY || (fits && status == STATUS_OK));
        assert_int_equal(status == STATUS_NO_MEMORY, arena_exhausted(json_document_arena()));
        fits = status == STATUS_OK;
        json_document_end(&document);
    }
    assert_false(fits);
}

static const char *const exact_numbers[] = {
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "100",
    "21.5",
    "2.15e1",
    "21.50",
    "2150e-2",
    "0.1",
    "-0.1",
    "0.000001",
    "1e22",
    "1e-22",
    "123456789012345",
    "999999999999999e22",
    "999999999999999e-22",
    "0.000000001",
    "2147483647",
    "-2147483647",
    "2.147483647",
    "4294967295",
    "9007199254740992",
    "1.000000000000000000000000",
    "1000000000000000000000e-21",
    "0e99999999999",
    "0.00000000000000000000000000000000001e35",
    "0.3",
};

static void numbers_are_what_the_c_library_says(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof exact_numbers / sizeof *exact_numbers; i++) {
        char *end, *end_too;
        double ours = json_strtod(exact_numbers[i], &end), theirs = strtod(exact_numbers[i], &end_too);
        if (ours != theirs) fail_msg("%s: %.17g, not %.17g", exact_numbers[i], ours, theirs);
        assert_ptr_equal(end, end_too);
    }
    static const char *const near[] = {
        "3.14159265358979323846264338327950288419716939937510582097494459",
        "1e23",
        "1.7976931348623157e308",
        "2.2250738585072014e-308",
        "123456789012345678901234567890",
        "9007199254740993",
        "1e-100",
        "1e100",
        "0.10000000000000000555",
        "18446744073709551615",
        "1.00000000000000000000000000000001",
    };
    for (unsigned i = 0; i < sizeof near / sizeof *near; i++) {
        double ours = json_strtod(near[i], NULL), theirs = strtod(near[i], NULL);
        double apart = (ours - theirs) / theirs;
        if (!(apart < 1e-14 && apart > -1e-14)) fail_msg("%s: %.17g, not %.17g", near[i], ours, theirs);
    }
    assert_true(json_strtod("1e400", NULL) > 1.7976931348623157e308);
    assert_true(json_strtod("-1e99999999999999", NULL) < -1.7976931348623157e308);
    assert_true(json_strtod("1e-400", NULL) == 0);
    assert_true(json_strtod("123e-99999999999999999", NULL) == 0);
}

static void a_number_ends_where_its_grammar_does(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t bytes;
    } cases[] = { { "1x", 1 },  { "1.5]", 3 }, { "1e5}", 3 }, { "1e", 1 },
                  { "1e+", 1 }, { "x", 0 },    { "-", 0 },    { "", 0 } };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *end;
        (void)json_strtod(cases[i].text, &end);
        assert_int_equal(end - cases[i].text, cases[i].bytes);
    }
}

/* Every decimals, and integers all over the range: as text, as double, and back. */
static void a_scaled_integer_survives_the_way_through_a_double(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (unsigned i = 0; i < 200000; i++) {
        random = random * 1664525u + 1013904223u;
        unsigned decimals = i % 10;
        int32_t value = (int32_t)(random >> (random >> 8 & 31u)) - (int32_t)(i & 1024u);
        if (value == INT32_MIN) value++;
        int64_t whole = 1;
        for (unsigned d = 0; d < decimals; d++) whole *= 10;
        int64_t magnitude = value < 0 ? -(int64_t)value : value;
        char text[40];
        (void)snprintf(text, sizeof text, "%s%lld.%0*lld", value < 0 ? "-" : "",
                       (long long)(magnitude / whole), decimals ? (int)decimals : 1,
                       (long long)(magnitude % whole));
        int32_t scaled = 0;
        if (!json_scaled(json_strtod(text, NULL), decimals, &scaled) || scaled != value)
            fail_msg("%s with %u decimals: %d", text, decimals, scaled);
        assert_true(json_strtod(text, NULL) == strtod(text, NULL));
        /* One digit more than there is room for. */
        if (decimals < 9) {
            size_t count = strlen(text);
            (void)snprintf(text + count, sizeof text - count, "%s1", decimals ? "" : "0");
            if (decimals == 0) text[count] = '1', text[count + 1] = '\0';
            assert_false(json_scaled(json_strtod(text, NULL), decimals, &scaled));
        }
    }
}

static void what_does_not_fit_is_not_scaled(void **state)
{
    (void)state;
    int32_t scaled = 7;
    static const char *const texts[] = { "2147483648",    "-2147483648", "1e10", "1e400",
                                         "-1e400",        "0.5",         "1e-9", "2147483647.5",
                                         "-2147483647.5", "1.0000000001" };
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(json_scaled(json_strtod(texts[i], NULL), 0, &scaled));
    assert_false(json_scaled(0.0 / json_strtod("0", NULL), 2, &scaled));
    assert_false(json_scaled(2.147483648, 9, &scaled));
    assert_int_equal(scaled, 7);
    assert_true(json_scaled(-2147483647.0, 0, &scaled));
    assert_int_equal(scaled, -2147483647);
}

static int prepare(void **state)
{
    (void)state;
    json_document_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_do_not_overlap),
        cmocka_unit_test(an_arena_that_is_full_says_so_until_it_is_reset),
        cmocka_unit_test(sizes_that_cannot_be_are_refused),
        cmocka_unit_test(a_document_is_parsed_in_the_arena_and_gone_after_it),
        cmocka_unit_test(one_document_at_a_time),
        cmocka_unit_test(what_is_not_json_never_reaches_the_arena),
        cmocka_unit_test(a_document_that_is_too_large_is_told_and_the_next_one_fits),
        cmocka_unit_test(exhaustion_at_any_place_is_told),
        cmocka_unit_test(numbers_are_what_the_c_library_says),
        cmocka_unit_test(a_number_ends_where_its_grammar_does),
        cmocka_unit_test(a_scaled_integer_survives_the_way_through_a_double),
        cmocka_unit_test(what_does_not_fit_is_not_scaled),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
