/* GET /api/v1/sensors/{id}/history: formats, pages, times and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api_bench.h"

#define PATH "/api/v1/sensors/temp0/history"
#define NOON 1795348800000 /* 2026-11-22T12:00:00Z */

/* One sample of temp0. */
static void add(api_bench_t *bench, uint64_t uptime_ms, bool has_value, int32_t value)
{
    bench->uptime_ms = uptime_ms;
    history_add(&bench->history, 0, uptime_ms, has_value, value);
}

/* Samples of the second 1, 2, ..., values 1.01, 1.02, ... */
static void add_seconds(api_bench_t *bench, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t second = bench->uptime_ms / 1000u + 1u;
        add(bench, second * 1000u, true, (int32_t)second + 100);
    }
}

static int set_up(void **state)
{
    (void)api_bench_set_up(state);
    api_bench_t *bench = *state;
    bench->uptime_ms = 0;
    return 0;
}

static const char *show(api_bench_t *bench, const char *query)
{
    char path[512];
    (void)snprintf(path, sizeof path, PATH "%s", query);
    return api_bench_get(bench, path, "");
}

static const char *show_as(api_bench_t *bench, const char *query, const char *media)
{
    char path[512], accept[128];
    (void)snprintf(path, sizeof path, PATH "%s", query);
    (void)snprintf(accept, sizeof accept, "Accept: %s\r\n", media);
    return api_bench_get(bench, path, accept);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part)) count++;
    return count;
}

/* Fails unless the answer's points begin and end in these seconds and there are so many. */
static void assert_points(const char *answer, uint64_t first, uint64_t last, size_t count)
{
    char text[64];
    assert_holds(answer, "HTTP/1.1 200 ");
    assert_int_equal(count_of(answer, "\"uptime_ms\":"), count);
    if (count == 0) return;
    (void)snprintf(text, sizeof text, "\"points\":[{\"time\":");
    const char *at = strstr(answer, text);
    assert_non_null(at);
    assert_int_equal(strtoull(strstr(at, "\"uptime_ms\":") + 12, NULL, 10), first * 1000u);
    (void)snprintf(text, sizeof text, "\"uptime_ms\":%llu,", (unsigned long long)last * 1000u);
    at = strstr(answer, text);
    assert_non_null(at);
    assert_null(strstr(at + 1, "\"uptime_ms\":"));
}

/* ---- Formats ----------------------------------------------------------------------------------------------------- */

static void samples_are_json_by_default(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(show(bench, ""),
                 "{\"id\":\"temp0\",\"unit\":\"Cel\",\"step\":0,\"points\":[],\"next\":null}");
    add(bench, 1000, true, 2144);
    add(bench, 2000, false, 0);
    add(bench, 3000, true, -5);
    assert_holds(show(bench, ""),
                 "\r\n\r\n{\"id\":\"temp0\",\"unit\":\"Cel\",\"step\":0,\"points\":["
                 "{\"time\":null,\"boot\":1,\"uptime_ms\":1000,\"value\":21.44},"
                 "{\"time\":null,\"boot\":1,\"uptime_ms\":2000,\"value\":null},"
                 "{\"time\":null,\"boot\":1,\"uptime_ms\":3000,\"value\":-0.05}],\"next\":null}");
    assert_string_equal(api_bench_field(bench, "Content-Type"), "application/json");
    assert_string_equal(api_bench_field(bench, "Link"), "");
    assert_holds(api_bench_field(bench, "Vary"), "Accept");
    wall_clock_set(&bench->clock, 0, NOON);
    assert_holds(show(bench, ""), "{\"time\":\"2026-11-22T12:00:01.000Z\",\"boot\":1,\"uptime_ms\":1000,");
}

static void the_same_as_csv(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(show_as(bench, "", "text/csv"), "\r\n\r\ntime,boot,uptime_ms,value\r\n");
    assert_string_equal(api_bench_field(bench, "Content-Type"), "text/csv; charset=utf-8; header=present");
    add(bench, 1000, true, 2144);
    add(bench, 2000, false, 0);
    assert_holds(show_as(bench, "", "text/csv"),
                 "\r\n\r\ntime,boot,uptime_ms,value\r\n,1,1000,21.44\r\n,1,2000,\r\n");
    wall_clock_set(&bench->clock, 0, NOON);
    assert_holds(show_as(bench, "", "text/csv"), "2026-11-22T12:00:01.000Z,1,1000,21.44\r\n");
    assert_holds(show_as(bench, "?step=60", "text/csv"),
                 "\r\n\r\ntime,boot,uptime_ms,min,avg,max,samples\r\n"
                 "2026-11-22T12:00:00.000Z,1,0,21.44,21.44,21.44,1\r\n");
}

static void the_same_as_senml_without_what_has_no_value(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(show_as(bench, "", "application/senml+json"), "\r\n\r\n[]");
    add(bench, 1000, false, 0);
    add(bench, 2000, true, 2144);
    add(bench, 3000, true, 2145);
    assert_holds(
        show_as(bench, "", "application/senml+json"),
        "\r\n\r\n[{\"bn\":\"urn:dev:mac:024a00fffec0ffee_temp0\",\"bu\":\"Cel\",\"v\":21.44,\"t\":-1.000},"
        "{\"v\":21.45,\"t\":0.000}]");
    wall_clock_set(&bench->clock, 0, NOON);
    assert_holds(
        show_as(bench, "?step=60", "application/senml+json"),
        "\r\n\r\n[{\"bn\":\"urn:dev:mac:024a00fffec0ffee_temp0\",\"bu\":\"Cel\",\"n\":\":min\",\"v\":21.44,"
        "\"t\":1795348800.000},{\"n\":\":avg\",\"v\":21.45,\"t\":1795348800.000},"
        "{\"n\":\":max\",\"v\":21.45,\"t\":1795348800.000}]");
}

static void senml_leaves_out_starts_whose_time_nobody_knows(void **state)
{
    api_bench_t *bench = *state;
    add(bench, 1000, true, 1);
    history_init(&bench->history, &bench->history_memory, &bench->sensors, &bench->clock);
    add(bench, 500, true, 2);
    assert_holds(show_as(bench, "", "application/senml+json"), "\"bu\":\"Cel\",\"v\":0.02,\"t\":0.000}]");
    assert_holds(show(bench, ""), "{\"time\":null,\"boot\":1,\"uptime_ms\":1000,\"value\":0.01},"
                                  "{\"time\":null,\"boot\":2,\"uptime_ms\":500,\"value\":0.02}]");
}

static void what_nobody_takes_is_406_and_an_unknown_sensor_404(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(show_as(bench, "", "text/html"), "HTTP/1.1 406 ");
    assert_holds(show_as(bench, "", "text/*"), "text/csv; ");
    assert_holds(show_as(bench, "", "application/json;q=0.1, application/senml+json"), "senml+json");
    assert_holds(api_bench_get(bench, "/api/v1/sensors/nope/history", ""), "HTTP/1.1 404 ");
    assert_holds(api_bench_request(bench, "HEAD", PATH, SCOPE_NONE, "", ""), "HTTP/1.1 200 ");
    assert_null(strstr(bench->answer, "points"));
}

/* ---- Intervals --------------------------------------------------------------------------------------------------- */

static void minutes_are_shown_while_they_run_and_merge(void **state)
{
    api_bench_t *bench = *state;
    add(bench, 500, true, 100);
    add(bench, 30000, true, 105);
    add(bench, 60000, true, 300);
    assert_holds(
        show(bench, "?step=60"),
        "\"step\":60,\"points\":[{\"time\":null,\"boot\":1,\"uptime_ms\":0,\"min\":1.00,\"avg\":1.03,"
        "\"max\":1.05,\"samples\":2},"
        "{\"time\":null,\"boot\":1,\"uptime_ms\":60000,\"min\":3.00,\"avg\":3.00,\"max\":3.00,"
        "\"samples\":1}],\"next\":null}");
    assert_holds(show(bench, "?step=120"),
                 "\"step\":120,\"points\":[{\"time\":null,\"boot\":1,\"uptime_ms\":0,"
                 "\"min\":1.00,\"avg\":1.68,\"max\":3.00,\"samples\":3}],\"next\":null}");
    add(bench, 200000, false, 0);
    assert_int_equal(count_of(show(bench, "?step=60"), "\"min\""), 2); /* no value, no interval */
    assert_points(show(bench, "?step=86400"), 0, 0, 1);
    assert_int_equal(count_of(show(bench, "?step=0"), "\"value\""), 4);
}

static void intervals_are_those_that_begin_within_the_times(void **state)
{
    api_bench_t *bench = *state;
    add_seconds(bench, 600); /* minutes 0 to 10 */
    wall_clock_set(&bench->clock, 0, NOON);
    assert_points(show(bench, "?step=60&since=2026-11-22T12:02:00Z&until=2026-11-22T12:04:00Z"), 120, 180, 2);
    assert_points(show(bench, "?step=60&since=2026-11-22T12:01:30Z&until=2026-11-22T12:04:00.001Z"), 120, 240,
                  3);
    assert_points(show(bench, "?step=180&since=2026-11-22T12:01:00Z&until=2026-11-22T12:09:00Z"), 180, 360,
                  2);
    assert_points(show(bench, "?step=60&since=2026-11-22T12:10:00.001Z"), 0, 0, 0);
}

/* ---- Times ------------------------------------------------------------------------------------------------------- */

static void since_is_inclusive_and_until_exclusive(void **state)
{
    api_bench_t *bench = *state;
    add_seconds(bench, 60);
    wall_clock_set(&bench->clock, 0, NOON);
    assert_points(show(bench, "?since=2026-11-22T12:00:10Z&until=2026-11-22T12:00:20Z"), 10, 19, 10);
    assert_points(show(bench, "?since=2026-11-22T12:00:10.001Z&until=2026-11-22T12:00:20.001Z"), 11, 20, 10);
    assert_points(show(bench, "?since=2026-11-22T17:30:10%2B05:30&until=2026-11-22t12:00:20z"), 10, 19, 10);
    assert_points(show(bench, "?since=-10"), 50, 60, 11);
    assert_points(show(bench, "?since=-10&until=-5"), 50, 54, 5);
    assert_points(show(bench, "?since=-10&until=0"), 50, 59, 10);
    assert_points(show(bench, "?since=-315576000"), 1, 60, 60);
    assert_points(show(bench, "?until=2026-11-22T12:00:01Z"), 0, 0, 0);
    assert_points(show(bench, "?since=2026-11-22T12:00:30Z&until=2026-11-22T12:00:30Z"), 0, 0, 0);
    assert_points(show(bench, "?since=2030-01-01T00:00:00Z"), 0, 0, 0);
}

static void before_the_clock_is_set_only_seconds_from_now_can_be_asked_for(void **state)
{
    api_bench_t *bench = *state;
    add_seconds(bench, 60);
    assert_points(show(bench, "?since=-10&until=-5"), 50, 54, 5);
    assert_holds(show(bench, "?since=2026-11-22T12:00:10Z&until=2026-11-22T12:00:20Z"), "HTTP/1.1 422 ");
    assert_holds(bench->answer, "{\"pointer\":\"/since\",\"detail\":\"the device does not know the time yet");
    assert_holds(bench->answer, "{\"pointer\":\"/until\",\"detail\":\"the device does not know the time yet");
    history_init(&bench->history, &bench->history_memory, &bench->sensors, &bench->clock);
    bench->uptime_ms = 0;
    add_seconds(bench, 5);
    assert_points(show(bench, "?since=-3600"), 1, 5, 5); /* when the earlier start was is not known */
    assert_points(show(bench, "?until=-3600"), 1, 60, 60);
}

static void a_clock_that_is_set_later_corrects_what_was_measured_before(void **state)
{
    api_bench_t *bench = *state;
    add_seconds(bench, 3);
    assert_int_equal(count_of(show(bench, ""), "\"time\":null"), 3);
    wall_clock_set(&bench->clock, 3000, NOON);
    assert_holds(show(bench, ""), "\"time\":\"2026-11-22T11:59:58.000Z\",\"boot\":1,\"uptime_ms\":1000,");
    add_seconds(bench, 1);
    wall_clock_t other = { 0 };
    history_init(&bench->history, &bench->history_memory, &bench->sensors, &other); /* and after a reset */
    assert_holds(show(bench, ""), "\"time\":\"2026-11-22T11:59:58.000Z\",\"boot\":1,\"uptime_ms\":1000,");
}

/* ---- Pages ------------------------------------------------------------------------------------------------------- */

/* The target in the last answer's Link, or "". */
static const char *link_of(const api_bench_t *bench)
{
    static char target[400];
    const char *link = strstr(bench->answer, "\r\nLink: <"),
               *end = link ? strstr(link, ">; rel=\"next\"\r\n") : NULL;
    target[0] = '\0';
    if (link) {
        assert_non_null(end);
        (void)snprintf(target, sizeof target, "%.*s", (int)(end - link - 9), link + 9);
    }
    return target;
}

static void a_walk_through_pages_sees_everything_once_while_samples_come(void **state)
{
    api_bench_t *bench = *state;
    add_seconds(bench, 1000);
    uint64_t expected = 1;
    const char *target = PATH "?limit=37";
    while (*target) {
        const char *answer = api_bench_get(bench, target, "");
        assert_holds(answer, "HTTP/1.1 200 ");
        for (const char *at = answer; (at = strstr(at, "\"uptime_ms\":")) != NULL;) {
            at += 12;
            assert_int_equal(strtoull(at, NULL, 10), expected++ * 1000u);
        }
        target = link_of(bench);
        assert_true(*target ? strstr(answer, "\"next\":null") == NULL
                            : strstr(answer, "\"next\":null") != NULL);
        if (bench->uptime_ms < 1300000) add_seconds(bench, 11);
    }
    assert_int_equal(expected * 1000u, bench->uptime_ms + 1000u);
}

static void a_walk_through_intervals_does_too(void **state)
{
    static const unsigned steps_s[] = { 60, 120, 300 };
    api_bench_t *bench = *state;
    add_seconds(bench, 2000);
    for (size_t i = 0; i < 3; i++) {
        uint64_t expected = 0;
        char path[400];
        (void)snprintf(path, sizeof path, PATH "?limit=3&step=%u", steps_s[i]);
        const char *target = path;
        while (*target) {
            const char *answer = api_bench_get(bench, target, "");
            for (const char *at = answer; (at = strstr(at, "\"uptime_ms\":")) != NULL; expected++) {
                at += 12;
                assert_int_equal(strtoull(at, NULL, 10), expected * steps_s[i] * 1000u);
            }
            target = link_of(bench);
            add_seconds(bench, 7);
        }
        assert_int_equal(expected, bench->uptime_ms / 1000u / steps_s[i] + 1u);
    }
}

static void the_following_page_is_asked_for_with_the_same_words(void **state)
{
    api_bench_t *bench = *state;
    add_seconds(bench, 300);
    wall_clock_set(&bench->clock, 0, NOON);
    show(bench, "?until=-1&limit=2&since=2026-11-22T13:00:03.5%2B01:00&step=0&other=1");
    assert_holds(link_of(bench), PATH "?since=2026-11-22T13:00:03.5%2B01:00&until=-1&step=0&limit=2&cursor=");
    const char *cursor = strstr(link_of(bench), "cursor=") + 7;
    char next[64];
    (void)snprintf(next, sizeof next, "\"next\":\"%s\"}", cursor);
    assert_holds(bench->answer, next); /* the same in the document */
    char target[400];
    (void)snprintf(target, sizeof target, "%s", link_of(bench));
    assert_points(api_bench_get(bench, target, ""), 6, 7, 2);
    show(bench, "");
    assert_holds(link_of(bench), PATH "?cursor=");
    assert_points(bench->answer, 1, 100, 100);
    api_bench_request(bench, "HEAD", PATH, SCOPE_NONE, "", "");
    assert_holds(link_of(bench), PATH "?cursor=");
}

static void a_page_that_ends_with_the_newest_has_no_link(void **state)
{
    api_bench_t *bench = *state;
    add_seconds(bench, 50);
    assert_points(show(bench, "?limit=50"), 1, 50, 50);
    assert_string_equal(link_of(bench), "");
    assert_points(show(bench, "?limit=49"), 1, 49, 49);
    assert_true(*link_of(bench) != '\0');
    wall_clock_set(&bench->clock, 0, NOON);
    assert_points(show(bench, "?limit=10&until=2026-11-22T12:00:11Z"), 1, 10, 10);
    assert_string_equal(link_of(bench), "");
}

/* A connection whose peer takes an answer piece by piece, with samples in between. */
static const char *ask_slowly(api_bench_t *bench, const char *path, unsigned seconds_between)
{
    static char answer[1u << 18];
    static const http_peer_t peer = { .address = {
                                          [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 9 } };
    char request[512];
    size_t length =
        (size_t)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n", path);
    size_t got = 0;
    http_conn_open(&bench->conn, &bench->server, &peer, bench->uptime_ms);
    assert_int_equal(http_conn_feed(&bench->conn, (const uint8_t *)request, length, bench->uptime_ms),
                     length);
    for (;;) {
        const uint8_t *out;
        size_t n = http_conn_output(&bench->conn, &out);
        if (n == 0) break;
        assert_true(got + n < sizeof answer);
        memcpy(answer + got, out, n);
        got += n;
        add_seconds(bench, seconds_between);
        http_conn_ack(&bench->conn, n, bench->uptime_ms);
    }
    http_conn_close(&bench->conn);
    answer[got] = '\0';
    return answer;
}

/* Fails unless the uptimes of an answer rise; they may leap where a chunk ends. Returns the last one. */
static int64_t assert_rising(const char *answer, int64_t from_ms, size_t *count)
{
    for (*count = 0; (answer = strstr(answer, "\"uptime_ms\":")) != NULL; (*count)++) {
        answer += 12;
        int64_t at_ms = strtoll(answer, NULL, 10);
        assert_true(at_ms > from_ms);
        from_ms = at_ms;
    }
    return from_ms;
}

static void a_slow_reader_gets_the_page_that_there_was(void **state)
{
    api_bench_t *bench = *state;
    size_t count;
    add_seconds(bench, 4000);
    const char *answer = ask_slowly(bench, PATH "?limit=1000", 3);
    (void)assert_rising(answer, -1, &count);
    assert_int_equal(count, 1000);
    answer = ask_slowly(bench, PATH "?limit=1000&step=60", 3);
    (void)assert_rising(answer, -1, &count);
    assert_true(count >= 66 && count <= 70);
    assert_holds(answer, "\"next\":null}");
    answer = ask_slowly(bench, PATH "?step=3600", 900); /* whose last interval goes on meanwhile */
    (void)assert_rising(answer, -1, &count);
    assert_int_equal(count, 2);
}

static void what_is_overwritten_while_a_reader_is_slow_is_left_out_and_nothing_twice(void **state)
{
    api_bench_t *bench = *state;
    size_t count;
    add_seconds(bench, 45000); /* the ring of two sensors is full */
    const char *answer = ask_slowly(bench, PATH "?limit=1000", 2000);
    int64_t last_ms = assert_rising(answer, -1, &count);
    assert_true(count > 0 && count < 1000);
    assert_holds(answer, "\"next\":\"");
    char target[128];
    (void)snprintf(target, sizeof target, PATH "?limit=1000&cursor=%.24s", strstr(answer, "\"next\":\"") + 8);
    answer = ask_slowly(bench, target, 0);
    (void)assert_rising(answer, last_ms, &count);
    assert_int_equal(count, 1000);
}

/* ---- What is refused --------------------------------------------------------------------------------------------- */

static void wrong_parameters_are_told_all_at_once(void **state)
{
    api_bench_t *bench = *state;
    wall_clock_set(&bench->clock, 0, NOON);
    assert_holds(show(bench, "?since=1&until=tomorrow&step=61&limit=0&cursor=x"), "HTTP/1.1 422 ");
    static const char *const names[] = { "since", "until", "step", "limit", "cursor" };
    for (size_t i = 0; i < 5; i++) {
        char pointer[64];
        (void)snprintf(pointer, sizeof pointer, "{\"pointer\":\"/%s\",\"detail\":\"must be ", names[i]);
        assert_holds(bench->answer, pointer);
    }
    assert_string_equal(api_bench_field(bench, "Link"), "");
}

static void each_wrong_parameter_is_refused(void **state)
{
    static const struct {
        const char *query, *name;
    } wrong[] = {
        { "since=", "since" },
        { "since=1", "since" },
        { "since=+1", "since" },
        { "since=-", "since" },
        { "since=--1", "since" },
        { "since=-1.5", "since" },
        { "since=-1s", "since" },
        { "since=-315576001", "since" },
        { "since=-99999999999999999999", "since" },
        { "since=2026-11-22", "since" },
        { "since=2026-11-22T12:00:00", "since" },
        { "since=2026-11-22T12:00:00+01:00", "since" }, /* '+' is a blank in a query */
        { "since=2026-11-22T12:00:00.00000000000000000000000Z", "since" },
        { "since=%zz", "since" },
        { "until=1", "until" },
        { "until=now", "until" },
        { "since=-5&until=-6", "since" },
        { "since=2026-11-22T12:00:01Z&until=2026-11-22T12:00:00Z", "since" },
        { "step=", "step" },
        { "step=1", "step" },
        { "step=59", "step" },
        { "step=90", "step" },
        { "step=-60", "step" },
        { "step=86460", "step" },
        { "step=60.0", "step" },
        { "step=4294967295", "step" },
        { "step=4294967296", "step" },
        { "limit=", "limit" },
        { "limit=0", "limit" },
        { "limit=1001", "limit" },
        { "limit=-1", "limit" },
        { "limit=ten", "limit" },
        { "limit=4294967295", "limit" },
        { "cursor=", "cursor" },
        { "cursor=0", "cursor" },
        { "cursor=000000000000000000000000", "cursor" },
        { "cursor=zzzzzzzzzzzzzzzzzzzzzzzz", "cursor" },
    };
    api_bench_t *bench = *state;
    add_seconds(bench, 3);
    wall_clock_set(&bench->clock, 0, NOON);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char query[128], pointer[48];
        (void)snprintf(query, sizeof query, "?%s", wrong[i].query);
        (void)snprintf(pointer, sizeof pointer, "\"errors\":[{\"pointer\":\"/%s\",", wrong[i].name);
        const char *answer = show(bench, query);
        if (!strstr(answer, "HTTP/1.1 422 ")) fail_msg("%s: %s", query, answer);
        assert_holds(answer, pointer);
    }
}

static void a_cursor_that_was_changed_or_is_of_a_forgotten_memory_is_refused(void **state)
{
    api_bench_t *bench = *state;
    add_seconds(bench, 30);
    show(bench, "?limit=10");
    char query[64] = "?cursor=";
    (void)snprintf(query + 8, sizeof query - 8u, "%.24s", strstr(bench->answer, "\"next\":\"") + 8);
    assert_points(show(bench, query), 11, 30, 20);
    for (size_t i = 8; i < 32; i++) {
        char changed[64];
        memcpy(changed, query, sizeof changed);
        changed[i] = changed[i] == '7' ? '8' : '7';
        assert_holds(show(bench, changed), "HTTP/1.1 422 ");
        memcpy(changed, query, sizeof changed);
        changed[i] = '\0';
        assert_holds(show(bench, changed), "HTTP/1.1 422 ");
    }
    memset(&bench->history_memory, 0xa5, sizeof bench->history_memory); /* the power was away */
    history_init(&bench->history, &bench->history_memory, &bench->sensors, &bench->clock);
    bench->uptime_ms = 5000;
    assert_holds(show(bench, query), "HTTP/1.1 422 ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(samples_are_json_by_default),
        TEST(the_same_as_csv),
        TEST(the_same_as_senml_without_what_has_no_value),
        TEST(senml_leaves_out_starts_whose_time_nobody_knows),
        TEST(what_nobody_takes_is_406_and_an_unknown_sensor_404),
        TEST(minutes_are_shown_while_they_run_and_merge),
        TEST(intervals_are_those_that_begin_within_the_times),
        TEST(since_is_inclusive_and_until_exclusive),
        TEST(before_the_clock_is_set_only_seconds_from_now_can_be_asked_for),
        TEST(a_clock_that_is_set_later_corrects_what_was_measured_before),
        TEST(a_walk_through_pages_sees_everything_once_while_samples_come),
        TEST(a_walk_through_intervals_does_too),
        TEST(the_following_page_is_asked_for_with_the_same_words),
        TEST(a_page_that_ends_with_the_newest_has_no_link),
        TEST(a_slow_reader_gets_the_page_that_there_was),
        TEST(what_is_overwritten_while_a_reader_is_slow_is_left_out_and_nothing_twice),
        TEST(wrong_parameters_are_told_all_at_once),
        TEST(each_wrong_parameter_is_refused),
        TEST(a_cursor_that_was_changed_or_is_of_a_forgotten_memory_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
