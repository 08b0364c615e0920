/* The base layer: numbers and times as text, JSON (read back by cJSON), the logger, the character classes. */
#define _DEFAULT_SOURCE /* gmtime_r, timegm */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include <cJSON.h>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/time_format.h"
#include "config/limits.h"
#include "http/http_token.h"

static char buffer[4096];
static text_writer_t out;
static json_writer_t json;

static int set_up(void **state)
{
    (void)state;
    out = text_writer(buffer, sizeof buffer - 1);
    json = json_writer(buffer, sizeof buffer - 1);
    return 0;
}

static void assert_text(const char *wanted)
{
    *out.at = '\0';
    assert_string_equal(buffer, wanted);
    out = text_writer(buffer, sizeof buffer - 1);
}

static const char *json_so_far(void)
{
    *json.out.at = '\0';
    return buffer;
}

/* ---- Text -------------------------------------------------------------------------------------------------- */

static void numbers_are_written_as_printf_would(void **state)
{
    static const uint64_t values[] = {
        0, 9, 10, 4294967295u, 4294967296u, 999999999999u, 10000000000000000000u, UINT64_MAX
    };
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char wanted[24];
        (void)snprintf(wanted, sizeof wanted, "%llu", (unsigned long long)values[i]);
        text_u64(&out, values[i]);
        assert_text(wanted);
    }
    text_padded(&out, 7, 3);
    assert_text("007");
    text_hex(&out, 0xbeef, 6);
    assert_text("00beef");
}

static void decimals_show_their_resolution(void **state)
{
    static const struct {
        int32_t value;
        unsigned decimals;
        const char *text;
    } cases[] = {
        { 2144, 2, "21.44" },
        { -2144, 2, "-21.44" },
        { 2100, 2, "21.00" },
        { 5, 2, "0.05" },
        { -5, 2, "-0.05" },
        { 0, 3, "0.000" },
        { 42, 0, "42" },
        { -1, 0, "-1" },
        { INT32_MIN, 0, "-2147483648" },
        { INT32_MIN, 9, "-2.147483648" },
        { INT32_MAX, 9, "2.147483647" },
        { 43, 9, "0.000000043" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_decimal(&out, cases[i].value, cases[i].decimals);
        assert_text(cases[i].text);
    }
}

static void a_format_knows_its_few_conversions_and_cuts_what_does_not_fit(void **state)
{
    (void)state;
    text_format(&out, "%s=%d %u %x %c%%", "a", -3, 7u, 0xabcu, 'z');
    assert_text("a=-3 7 00000abc z%");
    char small[6] = { 0 };
    text_writer_t narrow = text_writer(small, 5);
    text_format(&narrow, "%s", "too long");
    assert_string_equal(small, "too l");
    assert_true(narrow.overflow);
}

static void what_does_not_fit_is_not_written_and_remembered(void **state)
{
    char small[4] = "...";
    (void)state;
    text_writer_t narrow = text_writer(small, 3);
    text_append(&narrow, "abcd", 4);
    assert_true(narrow.overflow);
    assert_string_equal(small, "...");
    narrow = text_writer(small, 1);
    text_char(&narrow, 'a');
    assert_false(narrow.overflow);
    text_char(&narrow, 'b');
    assert_true(narrow.overflow);
    assert_string_equal(small, "a..");
}

/* ---- Time -------------------------------------------------------------------------------------------------- */

static void calendar_times_agree_with_libc_from_1970_to_9999(void **state)
{
    (void)state;
    /* A step that meets every hour, day and month, leap years and centuries. */
    for (int64_t second = 0; second < 253402300800; second += 86400 * 29 + 3671) {
        char wanted[64];
        struct tm tm;
        time_t at = (time_t)second;
        assert_non_null(gmtime_r(&at, &tm));
        assert_true(strftime(wanted, sizeof wanted, "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0);
        text_imf_fixdate(&out, second * 1000 + 999);
        assert_text(wanted);
        assert_true(strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%S.007Z", &tm) > 0);
        text_rfc3339(&out, second * 1000 + 7);
        assert_text(wanted);
    }
    text_rfc3339(&out, 951868799999);
    assert_text("2000-02-29T23:59:59.999Z");
    text_rfc3339(&out, 253402300799999);
    assert_text("9999-12-31T23:59:59.999Z");
}

/* ---- JSON -------------------------------------------------------------------------------------------------- */

static void a_document_is_read_back_as_it_was_meant(void **state)
{
    (void)state;
    json_object_begin(&json);
    json_key(&json, "list");
    json_array_begin(&json);
    json_u32(&json, 1);
    json_null(&json);
    json_array_begin(&json);
    json_array_end(&json);
    json_object_begin(&json);
    json_object_end(&json);
    json_array_end(&json);
    json_key(&json, "yes");
    json_bool(&json, true);
    json_key(&json, "no");
    json_bool(&json, false);
    json_key(&json, "t");
    json_thousandths(&json, -1500);
    json_key(&json, "big");
    json_u64(&json, 4294967296u);
    json_key(&json, "low");
    json_i64(&json, INT64_MIN);
    json_key(&json, "raw");
    json_raw_string_begin(&json);
    text_hex(&json.out, 0xaf, 2);
    json_raw_string_end(&json);
    json_object_end(&json);
    assert_false(json_overflowed(&json));
    assert_string_equal(json_so_far(), "{\"list\":[1,null,[],{}],\"yes\":true,\"no\":false,\"t\":-1.500,"
                                       "\"big\":4294967296,\"low\":-9223372036854775808,\"raw\":\"af\"}");
    cJSON *read = cJSON_Parse(buffer);
    assert_non_null(read);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(read, "list")), 4);
    cJSON_Delete(read);
}

static void any_text_survives_a_json_string(void **state)
{
    char text[128], wanted[8];
    (void)state;
    for (int c = 1; c < 128; c++) text[c - 1] = (char)c;
    json_text(&json, (text_view_t){ text, 127 });
    cJSON *read = cJSON_Parse(json_so_far());
    assert_non_null(read);
    assert_memory_equal(cJSON_GetStringValue(read), text, 127);
    cJSON_Delete(read);
    (void)snprintf(wanted, sizeof wanted, "\\u00%02x", 1);
    assert_non_null(strstr(buffer, wanted));
}

static void bytes_that_are_not_utf_8_become_the_replacement_character(void **state)
{
    static const struct {
        const char *bytes, *json;
    } cases[] = {
        { "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
        { "a\xff"
          "b",
          "\"a\xef\xbf\xbd"
          "b\"" },
        { "\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },                 /* an overlong NUL */
        { "\xe0\x9f\xbf", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, /* an overlong three */
        { "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, /* a surrogate */
        { "\xf0\x8f\xbf\xbf", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
        { "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, /* beyond U+10FFFF */
        { "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },                                 /* cut off */
        { "\xe2\x28\xa1", "\"\xef\xbf\xbd(\xef\xbf\xbd\"" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json = json_writer(buffer, sizeof buffer - 1);
        json_string(&json, cases[i].bytes);
        assert_string_equal(json_so_far(), cases[i].json);
    }
}

static void a_document_that_does_not_fit_says_so_and_a_copy_is_a_save_point(void **state)
{
    char small[12];
    (void)state;
    json_writer_t narrow = json_writer(small, sizeof small);
    json_array_begin(&narrow);
    json_u32(&narrow, 1);
    json_writer_t saved = narrow;
    json_string(&narrow, "much too long");
    assert_true(json_overflowed(&narrow));
    narrow = saved;
    assert_false(json_overflowed(&narrow));
    json_u32(&narrow, 2);
    json_array_end(&narrow);
    assert_memory_equal(small, "[1,2]", 5);
    json_writer_t key = json_writer(small, 5);
    json_key(&key, "abc");
    assert_true(json_overflowed(&key));
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    for (unsigned i = 0; i + 1 < JSON_DEPTH_MAX; i++) json_array_begin(&json);
    assert_false(json_overflowed(&json));
    json_array_begin(&json);
    assert_true(json_overflowed(&json));
}

/* ---- Log --------------------------------------------------------------------------------------------------- */

static char logged[LOG_LINE_BYTES + 1];
static unsigned lines;

static void keep_line(const char *line, size_t bytes)
{
    assert_true(bytes <= LOG_LINE_BYTES);
    memcpy(logged, line, bytes);
    logged[bytes] = '\0';
    lines++;
}

static uint64_t fixed_clock(void)
{
    return 61042;
}

static void a_log_line_has_time_level_and_component_and_its_end(void **state)
{
    char lengthy[400];
    (void)state;
    lines = 0;
    log_init(LOG_INFO, keep_line, fixed_clock);
    log_info("net", "port %u", 80u);
    assert_string_equal(logged, "61.042 info net: port 80\n");
    log_debug("net", "dropped");
    assert_int_equal(lines, 1);
    memset(lengthy, 'x', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    log_error("net", "%s", lengthy);
    assert_int_equal(strlen(logged), LOG_LINE_BYTES);
    assert_int_equal(logged[LOG_LINE_BYTES - 1], '\n');
    log_init(LOG_INFO, NULL, fixed_clock);
    log_error("net", "nobody listens");
    assert_int_equal(lines, 2);
}

/* ---- Character classes --------------------------------------------------------------------------------------- */

static bool in(const char *set, int c)
{
    return c != 0 && strchr(set, c) != NULL;
}

static bool alphanumeric(int c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void the_table_of_characters_follows_from_the_grammar(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        bool unreserved = alphanumeric(c) || in("-._~", c);
        bool sub_delim = in("!$&'()*+,;=", c);
        int wanted = 0;
        if (alphanumeric(c) || in("!#$%&'*+-.^_`|~", c)) wanted |= HTTP_CHAR_TOKEN;
        if (c == '\t' || (c >= ' ' && c != 127)) wanted |= HTTP_CHAR_TEXT;
        if (unreserved || sub_delim || in("%:@/?", c)) wanted |= HTTP_CHAR_TARGET;
        if (unreserved || sub_delim || in("%:[]", c)) wanted |= HTTP_CHAR_HOST;
        if (hex) wanted |= HTTP_CHAR_HEX;
        if (c == '\t' || c == ' ') wanted |= HTTP_CHAR_BLANK;
        assert_int_equal(http_char_classes[c], wanted);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_written_as_printf_would),
        TEST(decimals_show_their_resolution),
        TEST(a_format_knows_its_few_conversions_and_cuts_what_does_not_fit),
        TEST(what_does_not_fit_is_not_written_and_remembered),
        TEST(calendar_times_agree_with_libc_from_1970_to_9999),
        TEST(a_document_is_read_back_as_it_was_meant),
        TEST(any_text_survives_a_json_string),
        TEST(bytes_that_are_not_utf_8_become_the_replacement_character),
        TEST(a_document_that_does_not_fit_says_so_and_a_copy_is_a_save_point),
        TEST(nesting_is_bounded),
        TEST(a_log_line_has_time_level_and_component_and_its_end),
        TEST(the_table_of_characters_follows_from_the_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
