/* Calendar times out of text: RFC 3339 and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/time_format.h"
#include "base/time_parse.h"

static void times_of_rfc_3339_are_read(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int64_t utc_ms;
    } cases[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "2026-11-22T12:59:59.120Z", 1795352399120 },
        { "2026-11-22t12:59:59.12z", 1795352399120 },
        { "2026-11-22T18:29:59.120999999+05:30", 1795352399120 },
        { "2026-11-22T07:59:59.120-05:00", 1795352399120 },
        { "2026-11-22T12:59:59.120-00:00", 1795352399120 },
        { "2024-02-29T00:00:00Z", 1709164800000 },
        { "2000-02-29T23:59:59Z", 951868799000 },
        { "2016-12-31T23:59:60Z", 1483228800000 }, /* a leap second */
        { "2016-12-31T23:59:60.9Z", 1483228800000 },
        { "1985-04-12T23:20:50.52Z", 482196050520 }, /* of RFC 3339 section 5.8 */
        { "1996-12-19T16:39:57-08:00", 851042397000 },
        { "9999-12-31T23:59:59.999Z", 253402300799999 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t utc_ms = -1;
        assert_true(time_parse_rfc3339(text_view(cases[i].text), &utc_ms));
        assert_int_equal(utc_ms, cases[i].utc_ms);
    }
}

static void anything_else_is_refused(void **unused)
{
    (void)unused;
    static const char *const wrong[] = {
        "",
        "2026",
        "2026-11-22",
        "2026-11-22T12:59Z",
        "2026-11-22T12:59:59",
        "2026-11-22 12:59:59Z",
        "2026-11-22T12:59:59.Z",
        "2026-11-22T12:59:59,5Z",
        "2026-11-22T12:59:59ZZ",
        "2026-11-22T12:59:59Z ",
        " 2026-11-22T12:59:59Z",
        "2026-11-22T12:59:59 05:30",
        "2026-11-22T12:59:59+0530",
        "2026-11-22T12:59:59+24:00",
        "2026-11-22T12:59:59+05:60",
        "2026-11-22T12:59:61Z",
        "2026-11-22T12:60:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-31T12:59:59Z",
        "2026-02-29T12:59:59Z",
        "2100-02-29T12:59:59Z",
        "2026-00-22T12:59:59Z",
        "2026-13-22T12:59:59Z",
        "2026-11-00T12:59:59Z",
        "2026-11-32T12:59:59Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "-026-11-22T12:59:59Z",
        "2O26-11-22T12:59:59Z",
        "2026-1-22T12:59:59Z",
        "20261122T125959Z",
        "2026-11-22T12:59:59.120+05",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t utc_ms = 7;
        if (time_parse_rfc3339(text_view(wrong[i]), &utc_ms)) fail_msg("%s was taken", wrong[i]);
        assert_int_equal(utc_ms, 7);
    }
}

static void what_is_written_is_read_as_the_same_moment(void **unused)
{
    (void)unused;
    uint64_t random = 88172645463325252u;
    for (unsigned i = 0; i < 200000; i++) {
        char text[24];
        text_writer_t out = text_writer(text, sizeof text);
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        int64_t written = (int64_t)(random % 253402300800000u), read;
        text_rfc3339(&out, written);
        assert_true(time_parse_rfc3339((text_view_t){ text, sizeof text }, &read));
        assert_int_equal(read, written);
    }
}

static void text_is_never_read_beyond_its_end(void **unused)
{
    (void)unused;
    static const char whole[] = "2026-11-22T18:29:59.120+05:30";
    for (size_t count = 0; count < sizeof whole - 1u; count++) {
        char *exact = malloc(count ? count : 1u); /* so that the sanitizer sees a read too far */
        int64_t utc_ms;
        memcpy(exact, whole, count);
        assert_false(time_parse_rfc3339((text_view_t){ exact, count }, &utc_ms));
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_of_rfc_3339_are_read),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(what_is_written_is_read_as_the_same_moment),
        cmocka_unit_test(text_is_never_read_beyond_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
