/* Numbers picked out of a document by pointers: whatever is asked for, however the document is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/json_pick.h"
#include "tests/support/json_oracle.h"
#include "tests/unit/json_vectors.h"

#define POINTERS_MAX 4u

static void same_result(const json_pick_t *a, const json_pick_t *b, const char *document)
{
    if (a->state != b->state) fail_msg("%s: %d, %d", document, (int)a->state, (int)b->state);
    for (unsigned i = 0; i < a->count; i++) {
        const json_picked_t *x = &a->targets[i].found, *y = &b->targets[i].found;
        assert_int_equal(x->kind, y->kind);
        if (x->kind != PICK_NUMBER) continue;
        assert_true(x->digits == y->digits && x->exponent == y->exponent && x->negative == y->negative);
    }
}

static json_pick_t pick_in(const char *document, size_t bytes, size_t cut, const char *const pointers[],
                           unsigned count)
{
    json_pick_t pick;
    json_pick_begin(&pick, pointers, count);
    if (cut == 0) {
        for (size_t i = 0; i < bytes; i++) json_pick_feed(&pick, document + i, 1);
    } else {
        json_pick_feed(&pick, document, cut);
        json_pick_feed(&pick, document + cut, bytes - cut);
    }
    json_pick_end(&pick);
    return pick;
}

/* Whole, byte by byte, and cut at each byte. */
static json_pick_t pick_all_ways(const char *document, const char *const pointers[], unsigned count)
{
    size_t bytes = strlen(document);
    json_pick_t whole = pick_in(document, bytes, bytes, pointers, count);
    for (size_t cut = 0; cut < bytes; cut++) {
        json_pick_t other = pick_in(document, bytes, cut, pointers, count);
        same_result(&whole, &other, document);
    }
    return whole;
}

static json_picked_t pick_one(const char *document, const char *pointer)
{
    assert_true(json_pick_is_pointer(pointer));
    json_pick_t pick = pick_all_ways(document, &pointer, 1);
    if (pick.state != PICK_DONE) fail_msg("%s %s: state %d", document, pointer, (int)pick.state);
    return pick.targets[0].found;
}

static void finds(const char *document, const char *pointer, int32_t hundredths)
{
    json_picked_t found = pick_one(document, pointer);
    int32_t scaled = 0;
    if (found.kind != PICK_NUMBER) fail_msg("%s %s: kind %d", document, pointer, (int)found.kind);
    assert_true(json_picked_scaled(&found, 2, &scaled));
    assert_int_equal(scaled, hundredths);
}

static void has_kind(const char *document, const char *pointer, json_pick_kind_t kind)
{
    assert_int_equal(pick_one(document, pointer).kind, kind);
}

/* ---- Pointers ------------------------------------------------------------------------------------------------- */

/* RFC 6901 section 5, with numbers in the place of what the RFC has. */
static void every_pointer_of_the_rfc_finds_its_member(void **state)
{
    static const char document[] =
        "{\"foo\":[10,11],\"\":0.5,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,"
        "\"k\\\"l\":6,\" \":7,\"m~n\":8}";
    (void)state;
    has_kind(document, "", PICK_OTHER);
    has_kind(document, "/foo", PICK_OTHER);
    finds(document, "/foo/0", 1000);
    finds(document, "/foo/1", 1100);
    finds(document, "/", 50);
    finds(document, "/a~1b", 100);
    finds(document, "/c%d", 200);
    finds(document, "/e^f", 300);
    finds(document, "/g|h", 400);
    finds(document, "/i\\j", 500);
    finds(document, "/k\"l", 600);
    finds(document, "/ ", 700);
    finds(document, "/m~0n", 800);
}

static void names_are_compared_after_decoding(void **state)
{
    (void)state;
    finds("{\"\\u0061\\u00e9\\ud83d\\ude00\":1}", "/a\xc3\xa9\xf0\x9f\x98\x80", 100);
    finds("{\"a\xc3\xa9\xf0\x9f\x98\x80\":1}", "/a\xc3\xa9\xf0\x9f\x98\x80", 100);
    finds("{\"~1\":1}", "/~01", 100);
    has_kind("{\"a\\u0000b\":1}", "/a", PICK_MISSING);
}

static void neighbours_that_look_alike_are_not_it(void **state)
{
    static const char document[] = "{\"ab\":1,\"a\":{\"x\":{\"b\":2},\"c\":3},\"b\":4,\"l\":[[5],{\"0\":6},7]"
                                   ",\"x\":{\"a\":{\"b\":8}},\"\":{\"\":9}}";
    (void)state;
    has_kind(document, "/a/b", PICK_MISSING);
    finds(document, "/a/x/b", 200);
    finds(document, "/a/c", 300);
    finds(document, "/b", 400);
    finds(document, "/l/0/0", 500);
    finds(document, "/l/1/0", 600);
    finds(document, "/l/2", 700);
    finds(document, "/x/a/b", 800);
    finds(document, "//", 900);
    has_kind(document, "/l/02", PICK_MISSING);
    has_kind(document, "/l/-", PICK_MISSING);
    has_kind(document, "/l/3", PICK_MISSING);
    has_kind(document, "/b/0", PICK_MISSING);
    has_kind(document, "/A", PICK_MISSING);
}

static void the_root_may_be_the_number(void **state)
{
    (void)state;
    finds("21.5", "", 2150);
    finds(" -3e-1\n", "", -30);
    has_kind("null", "", PICK_NULL);
    has_kind("\"21.5\"", "", PICK_OTHER);
}

static void what_is_no_number_is_told_apart(void **state)
{
    static const char document[] = "{\"n\":null,\"s\":\"1\",\"t\":true,\"f\":false,\"a\":[],\"o\":{}}";
    (void)state;
    has_kind(document, "/n", PICK_NULL);
    has_kind(document, "/s", PICK_OTHER);
    has_kind(document, "/t", PICK_OTHER);
    has_kind(document, "/f", PICK_OTHER);
    has_kind(document, "/a", PICK_OTHER);
    has_kind(document, "/o", PICK_OTHER);
}

static void several_are_found_in_one_pass_in_any_order(void **state)
{
    static const char document[] =
        "{\"time\":1,\"current\":{\"temperature_2m\":12.3,\"pressure\":1013.25},\"h\":[1,2,3]}";
    static const char *const pointers[] = { "/h/2", "/current/pressure", "/current/temperature_2m", "/h/2" };
    static const int32_t expected[] = { 300, 101325, 1230, 300 };
    (void)state;
    json_pick_t pick = pick_all_ways(document, pointers, POINTERS_MAX);
    assert_int_equal(pick.state, PICK_DONE);
    for (unsigned i = 0; i < POINTERS_MAX; i++) {
        int32_t scaled = 0;
        assert_true(json_picked_scaled(&pick.targets[i].found, 2, &scaled));
        assert_int_equal(scaled, expected[i]);
    }
}

static void the_first_of_two_equal_names_counts(void **state)
{
    (void)state;
    finds("{\"a\":1,\"a\":2}", "/a", 100);
    finds("{\"a\":{},\"a\":{\"b\":2}}", "/a/b", 200);
}

static void nothing_is_looked_at_behind_the_last_one(void **state)
{
    static const char *const pointer = "/a";
    json_pick_t pick;
    (void)state;
    json_pick_begin(&pick, &pointer, 1);
    json_pick_feed(&pick, "{\"a\":1,", 7);
    assert_int_equal(pick.state, PICK_DONE);
    json_pick_feed(&pick, "this is no JSON", 15);
    json_pick_end(&pick);
    assert_int_equal(pick.state, PICK_DONE);
}

static void some_texts_are_no_pointers(void **state)
{
    char longest[JSON_PICK_POINTER_BYTES + 1u];
    (void)state;
    assert_true(json_pick_is_pointer(""));
    assert_true(json_pick_is_pointer("/"));
    assert_true(json_pick_is_pointer("/a~0~1/0"));
    assert_false(json_pick_is_pointer("a"));
    assert_false(json_pick_is_pointer("#/a"));
    assert_false(json_pick_is_pointer("/a~"));
    assert_false(json_pick_is_pointer("/a~2"));
    memset(longest, '/', sizeof longest);
    longest[JSON_PICK_DEPTH_MAX] = '\0';
    assert_true(json_pick_is_pointer(longest));
    longest[JSON_PICK_DEPTH_MAX] = '/';
    longest[JSON_PICK_DEPTH_MAX + 1u] = '\0';
    assert_false(json_pick_is_pointer(longest));
    memset(longest + 1, 'a', sizeof longest - 2u);
    longest[JSON_PICK_POINTER_BYTES] = '\0';
    assert_false(json_pick_is_pointer(longest));
    longest[JSON_PICK_POINTER_BYTES - 1u] = '\0';
    assert_true(json_pick_is_pointer(longest));
}

/* ---- Numbers --------------------------------------------------------------------------------------------------- */

static void scales(const char *number, int shift, int32_t expected)
{
    json_picked_t found = pick_one(number, "");
    int32_t scaled = 0;
    if (!json_picked_scaled(&found, shift, &scaled)) fail_msg("%s", number);
    if (scaled != expected) fail_msg("%s: %d", number, (int)scaled);
}

static void does_not_scale(const char *number, int shift)
{
    json_picked_t found = pick_one(number, "");
    int32_t scaled;
    assert_false(json_picked_scaled(&found, shift, &scaled));
}

static void numbers_are_rounded_half_away_from_zero(void **state)
{
    (void)state;
    scales("21.454", 2, 2145);
    scales("21.455", 2, 2146);
    scales("-21.455", 2, -2146);
    scales("21.45499999999999999999999", 2, 2145);
    scales("0.004999", 2, 0);
    scales("0.005", 2, 1);
    scales("1013.25", 2, 101325);
    scales("1.01325e3", 2, 101325);
    scales("101325E-2", 2, 101325);
    scales("123456789012345678901234567890e-28", 2, 1235);
    scales("0.000000000000000000000000000000215e31", 2, 215);
    scales("0e99999999999", 9, 0);
    scales("-0.0", 2, 0);
    scales("1e-99999999999", 9, 0);
    scales("2147483647", 0, 2147483647);
    scales("-2147483647", 0, -2147483647);
    scales("2147483647.4", 0, 2147483647);
    scales("214748364700", -2, 2147483647);
}

static void numbers_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    does_not_scale("2147483648", 0);
    does_not_scale("2147483647.5", 0);
    does_not_scale("-2147483648", 0);
    does_not_scale("21474836.48", 2);
    does_not_scale("1e400", 0);
    does_not_scale("1e99999999999", 0);
    does_not_scale("99999999999999999999999999", 0);
    does_not_scale("null", 0);
}

/* ---- Documents ------------------------------------------------------------------------------------------------- */

/* With nothing to find all of a document is looked at. */
static void judge(const unsigned char *text, size_t bytes, const char *name)
{
    json_pick_t whole = pick_in((const char *)text, bytes, bytes, NULL, 0);
    json_pick_t single = pick_in((const char *)text, bytes, 0, NULL, 0);
    if (whole.state != single.state) fail_msg("%s: cut it is another document", name);
    if (whole.state == PICK_TOO_DEEP) return;
    if ((whole.state == PICK_DONE) != oracle_is_json(text, bytes)) fail_msg("%s: %d", name, (int)whole.state);
}

static void it_judges_documents_as_others_do(void **state)
{
    static const char *const files[] = { VECTORS_DIR "/json/malformed.txt",
                                         VECTORS_DIR "/json/more_than_we_take.txt",
                                         VECTORS_DIR "/json/accepted.txt" };
    unsigned count = 0;
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        json_vectors_t vector = json_vectors_open(files[i]);
        while (json_vectors_next(&vector, i < 2)) {
            for (size_t bytes = 0; bytes <= vector.bytes; bytes++) judge(vector.text, bytes, vector.name);
            count++;
        }
    }
    assert_true(count > 250);
}

static void depth_is_bounded(void **state)
{
    char document[2u * JSON_PICK_DEPTH_MAX + 4u];
    (void)state;
    memset(document, '[', JSON_PICK_DEPTH_MAX);
    memset(document + JSON_PICK_DEPTH_MAX, ']', JSON_PICK_DEPTH_MAX);
    document[2u * JSON_PICK_DEPTH_MAX] = '\0';
    assert_int_equal(pick_all_ways(document, NULL, 0).state, PICK_DONE);
    memset(document, '[', JSON_PICK_DEPTH_MAX + 1u);
    document[JSON_PICK_DEPTH_MAX + 1u] = '\0';
    assert_int_equal(pick_all_ways(document, NULL, 0).state, PICK_TOO_DEEP);
}

static void a_document_that_is_cut_off_is_malformed_unless_all_was_found(void **state)
{
    static const char *const pointers[] = { "/a", "/b" };
    (void)state;
    assert_int_equal(pick_all_ways("{\"a\":1,\"b\":2", pointers, 2).state, PICK_MALFORMED);
    assert_int_equal(pick_all_ways("{\"a\":1,\"b\":2 ", pointers, 2).state, PICK_DONE);
    assert_int_equal(pick_all_ways("{\"a\":1", pointers, 2).state, PICK_MALFORMED);
    assert_int_equal(pick_all_ways("{\"a\":1x", pointers, 1).state, PICK_MALFORMED);
    assert_int_equal(pick_all_ways("", pointers, 1).state, PICK_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pointer_of_the_rfc_finds_its_member),
        cmocka_unit_test(names_are_compared_after_decoding),
        cmocka_unit_test(neighbours_that_look_alike_are_not_it),
        cmocka_unit_test(the_root_may_be_the_number),
        cmocka_unit_test(what_is_no_number_is_told_apart),
        cmocka_unit_test(several_are_found_in_one_pass_in_any_order),
        cmocka_unit_test(the_first_of_two_equal_names_counts),
        cmocka_unit_test(nothing_is_looked_at_behind_the_last_one),
        cmocka_unit_test(some_texts_are_no_pointers),
        cmocka_unit_test(numbers_are_rounded_half_away_from_zero),
        cmocka_unit_test(numbers_that_do_not_fit_are_refused),
        cmocka_unit_test(it_judges_documents_as_others_do),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(a_document_that_is_cut_off_is_malformed_unless_all_was_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
