/* The strict scan of JSON, against vectors, against every prefix and many mutations of them, and against a
 * second opinion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json_scan.h"
#include "config/limits.h"
#include "settings/json_document.h"
#include "tests/support/json_oracle.h"
#include "tests/unit/json_vectors.h"

static const char *const verdict_names[] = {
    [JSON_ACCEPTED] = "accepted",
    [JSON_EMPTY] = "empty",
    [JSON_TRUNCATED] = "truncated",
    [JSON_SYNTAX] = "syntax",
    [JSON_BAD_NUMBER] = "bad_number",
    [JSON_BAD_ESCAPE] = "bad_escape",
    [JSON_BAD_SURROGATE] = "bad_surrogate",
    [JSON_CONTROL] = "control",
    [JSON_BAD_UTF8] = "bad_utf8",
    [JSON_TRAILING] = "trailing",
    [JSON_DUPLICATE_NAME] = "duplicate_name",
    [JSON_TOO_DEEP] = "too_deep",
    [JSON_TOO_MANY_NAMES] = "too_many_names",
    [JSON_NUL] = "nul",
};

static json_scan_t scan(const json_vectors_t *vector)
{
    return json_scan((const char *)vector->text, vector->bytes);
}

/* A scan and the oracle agree, but for what the oracle does not know. */
static void same_opinion(const unsigned char *text, size_t bytes, const char *name)
{
    json_scan_t result = json_scan((const char *)text, bytes);
    bool is_json = oracle_is_json(text, bytes);
    bool beyond_oracle = result.verdict == JSON_DUPLICATE_NAME ||
                         (result.verdict != JSON_ACCEPTED && !json_is_malformed(result.verdict));
    assert_true(result.offset <= bytes);
    if (result.verdict == JSON_ACCEPTED ? is_json : beyond_oracle || !is_json) return;
    fail_msg("%s, %zu bytes: %s at %zu", name, bytes, verdict_names[result.verdict], result.offset);
}

static unsigned expect_verdicts(const char *file, bool malformed)
{
    json_vectors_t vector = json_vectors_open(file);
    unsigned count = 0;
    for (; json_vectors_next(&vector, true); count++) {
        json_scan_t result = scan(&vector);
        if (strcmp(verdict_names[result.verdict], vector.verdict) != 0 || result.offset != vector.offset)
            fail_msg("%s: %s at %zu", vector.name, verdict_names[result.verdict], result.offset);
        assert_int_equal(json_is_malformed(result.verdict), malformed);
    }
    return count;
}

static void what_is_not_json_is_refused_with_its_reason_and_place(void **state)
{
    (void)state;
    assert_true(expect_verdicts(VECTORS_DIR "/json/malformed.txt", true) >= 200);
}

static void what_is_more_than_we_take_is_refused_as_that(void **state)
{
    (void)state;
    assert_true(expect_verdicts(VECTORS_DIR "/json/more_than_we_take.txt", false) >= 10);
}

static void what_is_json_is_accepted_and_parsed(void **state)
{
    (void)state;
    json_vectors_t vector = json_vectors_open(VECTORS_DIR "/json/accepted.txt");
    unsigned count = 0;
    for (; json_vectors_next(&vector, false); count++) {
        json_scan_t result = scan(&vector);
        if (result.verdict != JSON_ACCEPTED || result.offset != vector.bytes)
            fail_msg("%s: %s at %zu", vector.name, verdict_names[result.verdict], result.offset);
        assert_true(oracle_is_json(vector.text, vector.bytes));
        json_document_t document;
        assert_int_equal(json_document_begin(&document, (const char *)vector.text, vector.bytes), STATUS_OK);
        assert_non_null(document.root);
        json_document_end(&document);
    }
    assert_true(count >= 80);
}

static const char *const files[] = { VECTORS_DIR "/json/malformed.txt", VECTORS_DIR "/json/accepted.txt",
                                     VECTORS_DIR "/json/more_than_we_take.txt" };

static void every_prefix_of_every_vector_is_judged_rightly(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        json_vectors_t vector = json_vectors_open(files[i]);
        while (json_vectors_next(&vector, i != 1)) {
            for (size_t bytes = 0; bytes <= vector.bytes; bytes++) {
                /* A block of its own, so that reading past it is noticed. */
                unsigned char *prefix = malloc(bytes ? bytes : 1);
                assert_non_null(prefix);
                memcpy(prefix, vector.text, bytes);
                same_opinion(prefix, bytes, vector.name);
                free(prefix);
            }
        }
    }
}

static void every_byte_of_every_vector_changed_is_judged_rightly(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        json_vectors_t vector = json_vectors_open(files[i]);
        while (json_vectors_next(&vector, i != 1)) {
            for (size_t at = 0; at < vector.bytes && at < 64; at++) {
                unsigned char kept = vector.text[at];
                for (unsigned byte = 0; byte < 256; byte++) {
                    vector.text[at] = (unsigned char)byte;
                    same_opinion(vector.text, vector.bytes, vector.name);
                }
                vector.text[at] = kept;
            }
        }
    }
}

static void every_sequence_of_two_and_many_of_four_bytes_are_utf8_or_not(void **state)
{
    (void)state;
    static const unsigned char edges[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff };
    unsigned char text[6] = { '"', 0, 0, 0, 0, '"' };
    for (unsigned lead = 0; lead < 256; lead++) {
        for (unsigned second = 0; second < 256; second++) {
            const unsigned char two[] = { '"', (unsigned char)lead, (unsigned char)second, '"' };
            same_opinion(two, sizeof two, "two bytes");
            for (unsigned i = 0; i < 100; i++) {
                text[1] = (unsigned char)lead;
                text[2] = (unsigned char)second;
                text[3] = edges[i / 10];
                text[4] = edges[i % 10];
                same_opinion(text, sizeof text, "four bytes");
            }
        }
    }
}

static void every_escaped_unit_is_judged_rightly(void **state)
{
    (void)state;
    static const char *const after[] = { "", "\\udc00", "\\udfff", "\\ud800", "x" };
    char text[32];
    for (unsigned unit = 1; unit < 0x10000; unit++) {
        for (unsigned i = 0; i < 5; i++) {
            int count = snprintf(text, sizeof text, "\"\\u%04x%s\"", unit, after[i]);
            same_opinion((const unsigned char *)text, (size_t)count, "unit");
        }
    }
}

/* Names chosen so that the table sees the same hash again and again must be told apart by their characters. */
static void names_of_equal_hash_are_not_duplicates(void **state)
{
    (void)state;
    /* FNV-1a of 32 bits: found by search over six letters. */
    static const char *const pairs[][2] = {
        { "buagwg", "eajaic" }, { "gbifwc", "usovgf" }, { "gsehji", "udgptd" }, { "peigvp", "madeph" }
    };
    char text[64];
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        uint32_t hashes[2] = { 0x811c9dc5u, 0x811c9dc5u };
        for (unsigned n = 0; n < 2; n++) {
            for (const char *c = pairs[i][n]; *c; c++) {
                hashes[n] = (hashes[n] ^ (unsigned char)*c) * 0x01000193u;
            }
        }
        assert_int_equal(hashes[0], hashes[1]);
        int count = snprintf(text, sizeof text, "{\"%s\":1,\"%s\":2}", pairs[i][0], pairs[i][1]);
        assert_int_equal(json_scan(text, (size_t)count).verdict, JSON_ACCEPTED);
        count = snprintf(text, sizeof text, "{\"%s\":1,\"%s\":2}", pairs[i][0], pairs[i][0]);
        assert_int_equal(json_scan(text, (size_t)count).verdict, JSON_DUPLICATE_NAME);
    }
}

static void every_verdict_has_words(void **state)
{
    (void)state;
    for (int verdict = JSON_ACCEPTED; verdict <= JSON_NUL; verdict++) {
        assert_non_null(json_verdict_text((json_verdict_t)verdict));
        for (int other = JSON_ACCEPTED; other < verdict; other++) {
            assert_string_not_equal(json_verdict_text((json_verdict_t)verdict),
                                    json_verdict_text((json_verdict_t)other));
        }
    }
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
        cmocka_unit_test(what_is_not_json_is_refused_with_its_reason_and_place),
        cmocka_unit_test(what_is_more_than_we_take_is_refused_as_that),
        cmocka_unit_test(what_is_json_is_accepted_and_parsed),
        cmocka_unit_test(every_prefix_of_every_vector_is_judged_rightly),
        cmocka_unit_test(every_byte_of_every_vector_changed_is_judged_rightly),
        cmocka_unit_test(every_sequence_of_two_and_many_of_four_bytes_are_utf8_or_not),
        cmocka_unit_test(every_escaped_unit_is_judged_rightly),
        cmocka_unit_test(names_of_equal_hash_are_not_duplicates),
        cmocka_unit_test(every_verdict_has_words),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
