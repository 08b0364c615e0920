/* The API behind the HTTP core, without a network: what the suites that speak to a whole device cannot reach
 * (clock set and not set, every quality, every network state). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "api_bench.h"

/* ---- What must be true ---------------------------------------------------------------------------------- */

static void a_sensor_before_its_first_sample_is_pending_and_has_no_value(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(
        api_bench_get(bench, "/api/v1/sensors/temp0", ""),
        "{\"id\":\"temp0\",\"name\":\"Temperature\",\"kind\":\"temperature\",\"unit\":\"Cel\","
        "\"value\":null,\"quality\":\"pending\",\"time\":null,\"uptime_ms\":0,\"interval_ms\":1000,"
        "\"offset\":0.00,\"thresholds\":{\"min\":null,\"max\":null,\"hysteresis\":0.00},\"alert\":\"none\","
        "\"chip\":\"tmp105\"}");
    const char *answer = api_bench_get(bench, "/api/v1/sensors/temp0/value", "");
    assert_holds(answer, "HTTP/1.1 503 ");
    assert_holds(answer, "Retry-After: 1\r\n");
    assert_holds(answer, "\"type\":\"/problems/no-reading\"");
}

static void a_reading_has_times_once_the_clock_is_set(void **state)
{
    api_bench_t *bench = *state;
    api_bench_sample(bench, 5000);
    assert_holds(api_bench_get(bench, "/api/v1/sensors/temp0", ""),
                 "\"value\":21.44,\"quality\":\"ok\",\"time\":null,\"uptime_ms\":5000");
    assert_null(strstr(bench->answer, "Date: "));
    wall_clock_set(&bench->clock, 0, 1795352394120);
    assert_holds(api_bench_get(bench, "/api/v1/sensors/temp0", ""), "\"time\":\"2026-11-22T12:59:59.120Z\"");
    assert_holds(bench->answer, "Date: Sun, 22 Nov 2026 12:59:59 GMT\r\n");
    assert_holds(api_bench_get(bench, "/api/v1/sensors/temp0/value", ""), "\r\n\r\n21.44");
}

static void a_failed_sensor_is_null_everywhere_and_left_out_of_senml(void **state)
{
    api_bench_t *bench = *state;
    bench->chip_b = STATUS_NACK;
    api_bench_sample(bench, 4000);
    assert_holds(api_bench_get(bench, "/api/v1/readings", ""),
                 "{\"id\":\"temp1\",\"unit\":\"Cel\",\"value\":null,"
                 "\"quality\":\"missing\",\"time\":null,"
                 "\"uptime_ms\":4000}");
    assert_holds(api_bench_get(bench, "/api/v1/readings", "Accept: application/senml+json\r\n"),
                 "\r\n\r\n[{\"bn\":\"urn:dev:mac:024a00fffec0ffee_\",\"n\":\"temp0\",\"u\":\"Cel\","
                 "\"v\":21.44,\"t\":-1.000}]");
    assert_holds(bench->answer, "Content-Type: application/senml+json\r\n");
    assert_null(strstr(bench->answer, "ETag"));
    bench->chip_a = STATUS_BUS;
    api_bench_sample(bench, 5000);
    assert_holds(api_bench_get(bench, "/api/v1/sensors/temp0/value", ""), "the sensor's last sample failed");
    assert_holds(api_bench_get(bench, "/api/v1/sensors/temp1/value", ""), "does not answer");
    assert_holds(api_bench_get(bench, "/api/v1/readings", "Accept: application/senml+json\r\n"),
                 "\r\n\r\n[]");
}

static void senml_times_are_absolute_once_the_clock_is_set(void **state)
{
    api_bench_t *bench = *state;
    wall_clock_set(&bench->clock, 0, 1795352394120);
    api_bench_sample(bench, 5000);
    assert_holds(api_bench_get(bench, "/api/v1/readings", "Accept: application/senml+json\r\n"),
                 "\"t\":1795352399.120}");
    assert_holds(bench->answer, "ETag: ");
}

static void the_two_forms_of_readings_have_different_tags(void **state)
{
    api_bench_t *bench = *state;
    wall_clock_set(&bench->clock, 0, 1795352394120);
    api_bench_sample(bench, 5000);
    char json[64], senml[64];
    (void)snprintf(json, sizeof json, "%.40s",
                   strstr(api_bench_get(bench, "/api/v1/readings", ""), "ETag: "));
    (void)snprintf(
        senml, sizeof senml, "%.40s",
        strstr(api_bench_get(bench, "/api/v1/readings", "Accept: application/senml+json\r\n"), "ETag: "));
    assert_string_not_equal(json, senml);
}

static void what_is_known_already_is_304_until_it_changes(void **state)
{
    static const char *const paths[] = { "/api/v1/sensors/temp0",       "/api/v1/sensors", "/api/v1/readings",
                                         "/api/v1/sensors/temp0/value", "/api/v1/device",  "/api/v1" };
    api_bench_t *bench = *state;
    api_bench_sample(bench, 5000);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char headers[64];
        const char *tag = strstr(api_bench_get(bench, paths[i], ""), "ETag: ");
        assert_non_null(tag);
        (void)snprintf(headers, sizeof headers, "If-None-Match: %.18s\r\n", tag + 6);
        assert_holds(api_bench_get(bench, paths[i], headers), "HTTP/1.1 304 ");
        assert_null(strstr(bench->answer, "Content-Length"));
        if (i >= 4) continue; /* the last two do not change while the device runs */
        bench->measured++;
        api_bench_sample(bench, 6000 + i * 1000);
        assert_holds(api_bench_get(bench, paths[i], headers), "HTTP/1.1 200 ");
    }
}

static void a_corrected_clock_makes_tags_of_documents_with_times_stale(void **state)
{
    static const char *const paths[] = { "/api/v1/sensors/temp0", "/api/v1/sensors", "/api/v1/readings",
                                         "/api/v1/actuators" };
    api_bench_t *bench = *state;
    api_bench_sample(bench, 5000);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char headers[64];
        const char *tag = strstr(api_bench_get(bench, paths[i], ""), "ETag: ");
        assert_non_null(tag);
        (void)snprintf(headers, sizeof headers, "If-None-Match: %.18s\r\n", tag + 6);
        /* The first one sets it, each further one by another second. */
        assert_true(wall_clock_correct(&bench->clock, 5000, 1795352394120 + (int64_t)i * 1000));
        assert_holds(api_bench_get(bench, paths[i], headers), "HTTP/1.1 200 ");
    }
}

static void the_status_tells_what_the_clock_was_told(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(api_bench_get(bench, "/api/v1/status", ""),
                 "\"clock\":{\"state\":\"unset\",\"server\":null,\"synced_uptime_ms\":null,"
                 "\"offset_ms\":0,\"slewing_ms\":0,\"refused_corrections\":0,\"refused_answers\":0}");
    wall_clock_set(&bench->clock, 0, 1795352394120);
    assert_holds(api_bench_get(bench, "/api/v1/status", ""), "\"clock\":{\"state\":\"board\",");
    assert_false(wall_clock_correct(&bench->clock, 0, 1795352394120 - 3600000));
    assert_true(wall_clock_correct(&bench->clock, 4000000000, 1795352394120 + 4000000000 - 250));
    assert_holds(api_bench_get(bench, "/api/v1/status", ""),
                 "\"clock\":{\"state\":\"sntp\",\"server\":null,\"synced_uptime_ms\":4000000000,"
                 "\"offset_ms\":-250,\"slewing_ms\":250,\"refused_corrections\":1,\"refused_answers\":0}");
}

static void each_document_refuses_a_client_that_takes_no_json(void **state)
{
    api_bench_t *bench = *state;
    api_bench_sample(bench, 5000);
    for (size_t i = 0; i < api_route_count; i++) {
        char path[64] = { 0 };
        if (api_routes[i].method != HTTP_GET || api_routes[i].scope == SCOPE_ADMIN) continue;
        if (strstr(api_routes[i].pattern, "{run}")) continue; /* there is none */
        const char *pattern = api_routes[i].pattern, *id = strstr(pattern, "{id}");
        if (id) {
            (void)snprintf(path, sizeof path, "%.*s%s%s", (int)(id - pattern), pattern,
                           strstr(pattern, "actuators") ? "led0" : "temp0", id + 4);
        } else {
            (void)snprintf(path, sizeof path, "%s", pattern);
        }
        assert_holds(api_bench_get(bench, path, "Accept: text/html\r\n"), "HTTP/1.1 406 ");
        assert_holds(bench->answer, "Content-Type: application/problem+json\r\n");
    }
}

static void the_status_shows_network_stack_and_all_pools(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(api_bench_get(bench, "/api/v1/status", ""), "\"ipv4\":null,\"ipv6\":[]");
    assert_holds(bench->answer, "\"stack\":null");
    assert_holds(bench->answer, "\"time_synced\":false");
    bench->network = (api_network_t){ .link_up = true,
                                      .ipv4_mode = "dhcp",
                                      .ipv4 = "192.0.2.1",
                                      .ipv6 = { "fe80::1" },
                                      .ipv6_count = 1,
                                      .accepted = 7,
                                      .refused = 2,
                                      .evicted = 1 };
    bench->has_stack = true;
    assert_holds(api_bench_get(bench, "/api/v1/status", ""), "\"ipv4\":\"192.0.2.1\",\"ipv6\":[\"fe80::1\"]");
    assert_holds(bench->answer, "\"connections\":{\"accepted\":7,\"refused\":2,\"evicted\":1}");
    assert_holds(bench->answer, "\"stack\":{\"peak_bytes\":900,\"size_bytes\":4096}");
    assert_holds(bench->answer, "{\"name\":\"tcp_pcb\",\"used\":1,\"peak\":2,\"size\":12}]}");
}

static void only_our_own_names_are_us(void **state)
{
    static const struct {
        const char *host;
        bool ours, ours_as_localhost;
    } cases[] = {
        { "192.0.2.7", true, true },       { "[::1]", true, true },
        { "jembatan-c0ffee", true, true }, { "JEMBATAN-C0FFEE.local", true, true },
        { "localhost", false, true },      { "localhost.local", false, false },
        { "evil.example", false, false },  { "192.0.2.7.evil.example", false, false },
        { "1.2.3", false, false },         { "jembatan-c0ffee.evil", false, false },
        { ".local", false, false },        { "jembatan", false, false },
    };
    api_bench_t *bench = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench->api.device.localhost_is_us = false;
        assert_int_equal(api_is_our_host(&bench->api, text_view(cases[i].host)), cases[i].ours);
        bench->api.device.localhost_is_us = true;
        assert_int_equal(api_is_our_host(&bench->api, text_view(cases[i].host)), cases[i].ours_as_localhost);
    }
}

static void an_unknown_sensor_is_404_with_the_path_in_the_problem(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(api_bench_get(bench, "/api/v1/sensors/%22x", ""), "HTTP/1.1 404 ");
    assert_holds(bench->answer,
                 "{\"type\":\"/problems/not-found\",\"title\":\"No such resource\",\"status\":404,"
                 "\"detail\":\"there is no sensor of this id\","
                 "\"instance\":\"/api/v1/sensors/\\\"x\"}");
    assert_holds(api_bench_ask(bench, "nonsense\r\n\r\n"), "HTTP/1.1 400 ");
    assert_null(strstr(bench->answer, "instance"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_sensor_before_its_first_sample_is_pending_and_has_no_value,
                               api_bench_set_up),
        cmocka_unit_test_setup(a_reading_has_times_once_the_clock_is_set, api_bench_set_up),
        cmocka_unit_test_setup(a_failed_sensor_is_null_everywhere_and_left_out_of_senml, api_bench_set_up),
        cmocka_unit_test_setup(senml_times_are_absolute_once_the_clock_is_set, api_bench_set_up),
        cmocka_unit_test_setup(the_two_forms_of_readings_have_different_tags, api_bench_set_up),
        cmocka_unit_test_setup(what_is_known_already_is_304_until_it_changes, api_bench_set_up),
        cmocka_unit_test_setup(a_corrected_clock_makes_tags_of_documents_with_times_stale, api_bench_set_up),
        cmocka_unit_test_setup(the_status_tells_what_the_clock_was_told, api_bench_set_up),
        cmocka_unit_test_setup(each_document_refuses_a_client_that_takes_no_json, api_bench_set_up),
        cmocka_unit_test_setup(the_status_shows_network_stack_and_all_pools, api_bench_set_up),
        cmocka_unit_test_setup(only_our_own_names_are_us, api_bench_set_up),
        cmocka_unit_test_setup(an_unknown_sensor_is_404_with_the_path_in_the_problem, api_bench_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
