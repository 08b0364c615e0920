/* The ring of the log's last lines: order, numbers, what gives way, and what is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "api_bench.h"
#include "base/log.h"

static log_ring_t ring;
static log_entry_t entry;

static int set_up(void **state)
{
    (void)state;
    memset(&ring, 0xa5, sizeof ring);
    log_ring_init(&ring);
    return 0;
}

static void add(unsigned number)
{
    char text[32];
    (void)snprintf(text, sizeof text, "line %u", number);
    log_ring_add(&ring, number % 4u, number * 1000u, text_view("net"), text_view(text));
}

static bool message_is(const char *expected)
{
    return text_equal(entry.message, text_view(expected));
}

static void lines_come_back_in_order_with_their_numbers(void **state)
{
    (void)state;
    assert_false(log_ring_read(&ring, 0, &entry));
    for (unsigned i = 1; i <= 3; i++) add(i);
    assert_true(log_ring_read(&ring, 0, &entry));
    assert_int_equal(entry.number, 1);
    assert_true(message_is("line 1") && text_equal(entry.component, text_view("net")));
    assert_int_equal(entry.level, 1);
    assert_true(entry.uptime_ms == 1000);
    assert_true(log_ring_read(&ring, 1, &entry));
    assert_true(message_is("line 2"));
    assert_true(log_ring_read(&ring, 2, &entry));
    assert_int_equal(entry.number, 3);
    assert_false(log_ring_read(&ring, 3, &entry));
    assert_false(log_ring_read(&ring, UINT32_MAX, &entry));
}

static void the_oldest_give_way_and_none_is_torn(void **state)
{
    char expected[32];
    (void)state;
    for (unsigned i = 1; i <= 10000; i++) {
        add(i);
        assert_true(ring.used <= LOG_RING_BYTES);
        assert_true(log_ring_read(&ring, 0, &entry));
        (void)snprintf(expected, sizeof expected, "line %u", (unsigned)entry.number);
        assert_true(message_is(expected));
        assert_true(log_ring_read(&ring, i - 1u, &entry));
        (void)snprintf(expected, sizeof expected, "line %u", i);
        assert_true(message_is(expected) && entry.uptime_ms == (uint64_t)i * 1000u);
    }
    assert_true(ring.next - ring.first > 100);
    unsigned count = 0;
    for (uint32_t after = 0; log_ring_read(&ring, after, &entry); after = entry.number) count++;
    assert_int_equal(count, ring.next - ring.first);
}

static void lines_of_every_length_fit_or_are_cut(void **state)
{
    char text[400];
    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t length = 0; length < sizeof text; length++) {
        log_ring_add(&ring, LOG_ERROR, 0xffffffffffu, (text_view_t){ text, length % 200u },
                     (text_view_t){ text, length });
        assert_true(log_ring_read(&ring, ring.next - 2u, &entry));
        assert_true(entry.component.count + entry.message.count <= LOG_LINE_BYTES);
        if (length % 200u + length <= LOG_LINE_BYTES / 2u) assert_int_equal(entry.message.count, length);
        assert_true(entry.uptime_ms == 0xffffffffffu);
    }
}

static uint64_t some_clock(void)
{
    return 12345;
}

static void no_sink(const char *line, size_t bytes)
{
    (void)line;
    (void)bytes;
}

static void the_logger_keeps_what_it_lets_through(void **state)
{
    (void)state;
    log_init(LOG_INFO, no_sink, some_clock);
    log_keep(&ring);
    log_info("store", "%s has %u bytes", "it", 7u);
    log_debug("store", "not this");
    log_keep(NULL);
    log_info("store", "nor this");
    log_init(LOG_INFO, NULL, some_clock);
    assert_true(log_ring_read(&ring, 0, &entry));
    assert_true(message_is("it has 7 bytes") && entry.uptime_ms == 12345 && entry.level == LOG_INFO);
    assert_false(log_ring_read(&ring, 1, &entry));
}

/* ---- GET /api/v1/logs -------------------------------------------------------------------------------------------- */

static const char *logs(api_bench_t *bench, const char *query)
{
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/logs%s", query);
    return api_bench_request(bench, "GET", path, SCOPE_ADMIN, "", "");
}

static void the_api_shows_the_lines_behind_a_number(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(logs(bench, ""), "{\"lines\":[],\"last\":0}");
    log_ring_add(&bench->log, LOG_WARNING, 1500, text_view("net"), text_view("a \"quoted\" line"));
    log_ring_add(&bench->log, LOG_INFO, 2500, text_view("app"), text_view("b"));
    assert_holds(logs(bench, ""),
                 "{\"number\":1,\"time\":null,\"uptime_ms\":1500,\"level\":\"warning\",\"component\":\"net\","
                 "\"message\":\"a \\\"quoted\\\" line\"}");
    assert_holds(bench->answer, "\"message\":\"b\"}],\"last\":2}");
    assert_holds(logs(bench, "?after=1"), "{\"lines\":[{\"number\":2,");
    assert_holds(logs(bench, "?after=2"), "{\"lines\":[],\"last\":2}");
    assert_holds(logs(bench, "?after=4294967294"), "{\"lines\":[],\"last\":4294967294}");
}

static void a_full_ring_is_shown_whole(void **state)
{
    api_bench_t *bench = *state;
    char last[64];
    for (unsigned i = 0; i < 500; i++)
        log_ring_add(&bench->log, LOG_INFO, i, text_view("net"),
                     text_view("a line of some length, as they are"));
    (void)logs(bench, "");
    (void)snprintf(last, sizeof last, "\"last\":%u}", 500u);
    assert_holds(bench->answer, last);
    unsigned count = 0;
    for (const char *at = bench->answer; (at = strstr(at, "{\"number\":")); at++) count++;
    assert_int_equal(count, bench->log.next - bench->log.first);
}

static void a_wrong_number_is_named(void **state)
{
    static const char *const wrong[] = { "?after=",   "?after=-1", "?after=x", "?after=4294967295",
                                         "?after=1x", "?after=%",  "?after" };
    api_bench_t *bench = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_holds(logs(bench, wrong[i]), "HTTP/1.1 422 ");
        assert_holds(bench->answer, "\"pointer\":\"/after\"");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lines_come_back_in_order_with_their_numbers, set_up),
        cmocka_unit_test_setup(the_oldest_give_way_and_none_is_torn, set_up),
        cmocka_unit_test_setup(lines_of_every_length_fit_or_are_cut, set_up),
        cmocka_unit_test_setup(the_logger_keeps_what_it_lets_through, set_up),
        cmocka_unit_test_setup(the_api_shows_the_lines_behind_a_number, api_bench_set_up_claimed),
        cmocka_unit_test_setup(a_full_ring_is_shown_whole, api_bench_set_up_claimed),
        cmocka_unit_test_setup(a_wrong_number_is_named, api_bench_set_up_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
