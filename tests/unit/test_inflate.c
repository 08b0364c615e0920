/* Unpacking a block: what zlib packed comes out, and nothing that was packed by nobody does harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/openapi.h"
#include "base/inflate.h"

#define TEXT_BYTES 131072

/* zlib.compressobj(9, DEFLATED, -15, 9, Z_FIXED[, b"abcdefgh"]) of the text beside it. */
static const struct {
    const char *text;
    const char *dictionary;
    uint8_t packed[24];
    size_t bytes;
} packed_by_zlib[] = {
    { "", "", { 0x03, 0x00 }, 2 },
    { "a", "", { 0x4b, 0x04, 0x00 }, 3 },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "",
      { 0x4b, 0x4c, 0xa4, 0x0c, 0x00, 0x00 },
      6 },
    { "\xff\xc3\xa4\x90", "", { 0xfb, 0x7f, 0x78, 0xc9, 0x04, 0x00 }, 6 },
    { "abcdefgh", "abcdefgh", { 0x4b, 0x84, 0xd2, 0x00 }, 4 },
    { "xefghabcd", "abcdefgh", { 0xab, 0x00, 0x11, 0x89, 0x40, 0x0e, 0x00 }, 7 },
};

static void what_zlib_packed_comes_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof packed_by_zlib / sizeof packed_by_zlib[0]; i++) {
        const char *dictionary = packed_by_zlib[i].dictionary;
        char text[128];
        text_writer_t out = text_writer(text, sizeof text - 1);
        assert_true(inflate_block(packed_by_zlib[i].packed, packed_by_zlib[i].bytes,
                                  (const uint8_t *)dictionary, strlen(dictionary), &out));
        *out.at = '\0';
        assert_string_equal(text, packed_by_zlib[i].text);
    }
}

static void every_block_of_the_document_unpacks_to_its_place(void **state)
{
    static char text[TEXT_BYTES], wanted[TEXT_BYTES];
    (void)state;
    FILE *file = fopen(OPENAPI_JSON, "rb");
    assert_non_null(file);
    size_t bytes = fread(wanted, 1, sizeof wanted, file);
    (void)fclose(file);
    text_writer_t out = text_writer(text, sizeof text);
    for (unsigned i = 0; i < openapi.block_count; i++) {
        size_t before = (size_t)(out.at - text);
        assert_int_equal(before, (size_t)i * openapi.block_bytes);
        assert_true(inflate_block(openapi.packed + openapi.starts[i],
                                  (size_t)(openapi.starts[i + 1] - openapi.starts[i]), openapi.dictionary,
                                  openapi.dictionary_bytes, &out));
        assert_true((size_t)(out.at - text) - before <= 1400); /* a piece of an answer */
    }
    assert_int_equal(out.at - text, bytes);
    assert_memory_equal(text, wanted, bytes);
}

static void a_block_that_ends_too_early_is_refused(void **state)
{
    (void)state;
    size_t bytes = openapi.starts[1];
    char text[2048];
    for (size_t n = 0; n < bytes; n++) {
        uint8_t *part = malloc(n ? n : 1); /* so that a sanitizer sees the first byte too many */
        memcpy(part, openapi.packed, n);
        text_writer_t out = text_writer(text, sizeof text);
        assert_false(inflate_block(part, n, openapi.dictionary, openapi.dictionary_bytes, &out));
        free(part);
    }
}

static void a_text_that_does_not_fit_is_told(void **state)
{
    (void)state;
    for (size_t room = 0; room < openapi.block_bytes; room++) {
        char *text = malloc(room ? room : 1);
        text_writer_t out = text_writer(text, room);
        assert_false(inflate_block(openapi.packed, openapi.starts[1], openapi.dictionary,
                                   openapi.dictionary_bytes, &out));
        assert_true(out.overflow);
        free(text);
    }
}

static void what_refers_before_the_dictionary_is_refused(void **state)
{
    (void)state;
    bool good = false;
    for (size_t bytes = 0; bytes <= 8;
         bytes++) { /* a shorter one lacks what the block refers to, a longer one does not */
        char text[64];
        text_writer_t out = text_writer(text, sizeof text);
        bool before = good;
        good = inflate_block(packed_by_zlib[4].packed, packed_by_zlib[4].bytes,
                             (const uint8_t *)"abcdefgh" + 8 - bytes, bytes, &out);
        assert_true(good || !before);
        if (bytes == 0) assert_false(good);
    }
    assert_true(good);
}

static void other_kinds_of_blocks_are_refused(void **state)
{
    (void)state;
    char text[64];
    for (unsigned first = 0; first < 8; first++) {
        const uint8_t packed[] = { (uint8_t)first, 0, 0, 0, 0 };
        text_writer_t out = text_writer(text, sizeof text);
        assert_int_equal(inflate_block(packed, sizeof packed, NULL, 0, &out), first == 3);
    }
}

static void random_bytes_do_no_harm(void **state)
{
    (void)state;
    srand(1951);
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t packed[40];
        char text[100];
        for (size_t k = 0; k < sizeof packed; k++) packed[k] = (uint8_t)rand();
        packed[0] = (uint8_t)((packed[0] & 0xf8u) | 3u);
        text_writer_t out = text_writer(text, sizeof text);
        (void)inflate_block(packed, (size_t)rand() % sizeof packed, (const uint8_t *)"0123456789", 10, &out);
        assert_true(out.at >= text && out.at <= text + sizeof text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_zlib_packed_comes_out),
        cmocka_unit_test(every_block_of_the_document_unpacks_to_its_place),
        cmocka_unit_test(a_block_that_ends_too_early_is_refused),
        cmocka_unit_test(a_text_that_does_not_fit_is_told),
        cmocka_unit_test(what_refers_before_the_dictionary_is_refused),
        cmocka_unit_test(other_kinds_of_blocks_are_refused),
        cmocka_unit_test(random_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
