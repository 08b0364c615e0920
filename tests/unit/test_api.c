/* The API behind the HTTP core, without a network: what the suites that speak to a whole device cannot reach
 * (clock set and not set, every quality, every network state). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "api/api.h"
#include "http/http_conn.h"

/* ---- A device on a bench ------------------------------------------------------------------------------ */

static status_t present(void *self)
{
    return *(status_t *)self;
}

static int32_t measured = 2144;

static status_t measure(void *self, unsigned step, int32_t values[])
{
    values[step] = measured;
    return *(status_t *)self;
}

static const sensor_channel_t temperature[] = {
    { "temperature", "Temperature", SENSOR_TEMPERATURE, UNIT_CELSIUS, 2, -5500, 12800 },
};
static const sensor_ops_t ops = { "tmp105", temperature, 1, 0, 1, present, NULL, measure };

typedef struct {
    status_t chip_a, chip_b;
    sensor_device_t devices[2];
    sensor_registry_t sensors;
    wall_clock_t clock;
    http_server_t server;
    api_t api;
    http_conn_t conn;
    char answer[16384];
} bench_t;

static uint64_t uptime_ms = 5000;
static api_network_t network;
static bool has_stack;

static uint64_t read_uptime(void)
{
    return uptime_ms;
}

static void read_network(api_network_t *out)
{
    *out = network;
}

static bool read_pool(unsigned index, api_pool_t *out)
{
    *out = (api_pool_t){ "tcp_pcb", 1, 2, 12 };
    return index < 40; /* long enough to need more than one buffer */
}

static bool read_stack(uint32_t *peak_bytes, uint32_t *size_bytes)
{
    *peak_bytes = 900;
    *size_bytes = 4096;
    return has_stack;
}

static const char *reset_cause(void)
{
    return "power_on";
}

static const api_platform_t platform = { read_uptime, read_network, read_pool, read_stack, reset_cause, NULL, NULL };

static int set_up(void **state)
{
    static bench_t bench;
    memset(&bench, 0, sizeof bench);
    measured = 2144;
    has_stack = false;
    network = (api_network_t){ .ipv4_mode = "none" };
    bench.devices[0] = (sensor_device_t){ "temp0", &ops, &bench.chip_a };
    bench.devices[1] = (sensor_device_t){ "temp1", &ops, &bench.chip_b };
    (void)sensor_registry_init(&bench.sensors, bench.devices, 2, &bench.clock);
    bench.api = (api_t){
        .device = { .name = "Jembatan",
                    .board = "bench",
                    .model = "Bench",
                    .mcu = "none",
                    .version = "1.2.3",
                    .build = "unknown",
                    .mac = { 0x02, 0x4a, 0x00, 0xc0, 0xff, 0xee } },
        .sensors = &bench.sensors,
        .clock = &bench.clock,
        .server = &bench.server,
        .platform = &platform,
    };
    api_init(&bench.api);
    bench.server.router = (http_router_t){ api_routes, api_route_count };
    bench.server.app = &bench.api;
    bench.server.write_problem = api_write_problem;
    bench.server.is_our_host = api_is_our_host;
    bench.server.clock = &bench.clock;
    *state = &bench;
    return 0;
}

static void sample(bench_t *bench, uint64_t now_ms)
{
    while (sensor_registry_poll(&bench->sensors, now_ms) <= now_ms) {}
}

/* Sends one request on a connection of its own and returns the whole answer. */
static const char *ask(bench_t *bench, const char *request)
{
    size_t length = strlen(request), used = 0, got = 0;
    static const http_peer_t peer = { { 0 } };
    http_conn_open(&bench->conn, &bench->server, &peer, uptime_ms);
    for (;;) {
        const uint8_t *out;
        size_t n = http_conn_output(&bench->conn, &out);
        assert_true(got + n < sizeof bench->answer);
        memcpy(bench->answer + got, out, n);
        got += n;
        http_conn_ack(&bench->conn, n, uptime_ms);
        size_t taken =
            http_conn_feed(&bench->conn, (const uint8_t *)request + used, length - used, uptime_ms);
        used += taken;
        if (n == 0 && taken == 0) break;
    }
    http_conn_close(&bench->conn);
    bench->answer[got] = '\0';
    return bench->answer;
}

static const char *get(bench_t *bench, const char *path, const char *headers)
{
    char request[512];
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 192.0.2.1\r\n%s\r\n", path, headers);
    return ask(bench, request);
}

static void assert_holds(const char *answer, const char *part)
{
    if (!strstr(answer, part)) fail_msg("'%s' is not in:\n%s", part, answer);
}

/* ---- What must be true ---------------------------------------------------------------------------------- */

static void a_sensor_before_its_first_sample_is_pending_and_has_no_value(void **state)
{
    bench_t *bench = *state;
    assert_holds(get(bench, "/api/v1/sensors/temp0", ""),
                 "{\"id\":\"temp0\",\"name\":\"Temperature\",\"kind\":\"temperature\",\"unit\":\"Cel\","
                 "\"value\":null,\"quality\":\"pending\",\"time\":null,\"uptime_ms\":0,\"interval_ms\":1000,"
                 "\"chip\":\"tmp105\"}");
    const char *answer = get(bench, "/api/v1/sensors/temp0/value", "");
    assert_holds(answer, "HTTP/1.1 503 ");
    assert_holds(answer, "Retry-After: 1\r\n");
    assert_holds(answer, "\"type\":\"/problems/no-reading\"");
}

static void a_reading_has_times_once_the_clock_is_set(void **state)
{
    bench_t *bench = *state;
    sample(bench, 5000);
    assert_holds(get(bench, "/api/v1/sensors/temp0", ""),
                 "\"value\":21.44,\"quality\":\"ok\",\"time\":null,\"uptime_ms\":5000");
    assert_null(strstr(bench->answer, "Date: "));
    wall_clock_set(&bench->clock, 0, 1795352394120);
    assert_holds(get(bench, "/api/v1/sensors/temp0", ""), "\"time\":\"2026-11-22T12:59:59.120Z\"");
    assert_holds(bench->answer, "Date: Sun, 22 Nov 2026 12:59:59 GMT\r\n");
    assert_holds(get(bench, "/api/v1/sensors/temp0/value", ""), "\r\n\r\n21.44");
}

static void a_failed_sensor_is_null_everywhere_and_left_out_of_senml(void **state)
{
    bench_t *bench = *state;
    bench->chip_b = STATUS_NACK;
    sample(bench, 4000);
    assert_holds(get(bench, "/api/v1/readings", ""), "{\"id\":\"temp1\",\"unit\":\"Cel\",\"value\":null,"
                                                     "\"quality\":\"missing\",\"time\":null,"
                                                     "\"uptime_ms\":4000}");
    assert_holds(get(bench, "/api/v1/readings", "Accept: application/senml+json\r\n"),
                 "\r\n\r\n[{\"bn\":\"urn:dev:mac:024a00fffec0ffee_\",\"n\":\"temp0\",\"u\":\"Cel\","
                 "\"v\":21.44,\"t\":-1.000}]");
    assert_holds(bench->answer, "Content-Type: application/senml+json\r\n");
    assert_null(strstr(bench->answer, "ETag"));
    bench->chip_a = STATUS_BUS;
    sample(bench, 5000);
    assert_holds(get(bench, "/api/v1/sensors/temp0/value", ""), "the sensor's last sample failed");
    assert_holds(get(bench, "/api/v1/sensors/temp1/value", ""), "does not answer");
    assert_holds(get(bench, "/api/v1/readings", "Accept: application/senml+json\r\n"), "\r\n\r\n[]");
}

static void senml_times_are_absolute_once_the_clock_is_set(void **state)
{
    bench_t *bench = *state;
    wall_clock_set(&bench->clock, 0, 1795352394120);
    sample(bench, 5000);
    assert_holds(get(bench, "/api/v1/readings", "Accept: application/senml+json\r\n"),
                 "\"t\":1795352399.120}");
    assert_holds(bench->answer, "ETag: ");
}

static void the_two_forms_of_readings_have_different_tags(void **state)
{
    bench_t *bench = *state;
    wall_clock_set(&bench->clock, 0, 1795352394120);
    sample(bench, 5000);
    char json[64], senml[64];
    (void)snprintf(json, sizeof json, "%.40s", strstr(get(bench, "/api/v1/readings", ""), "ETag: "));
    (void)snprintf(senml, sizeof senml, "%.40s",
                   strstr(get(bench, "/api/v1/readings", "Accept: application/senml+json\r\n"), "ETag: "));
    assert_string_not_equal(json, senml);
}

static void what_is_known_already_is_304_until_it_changes(void **state)
{
    static const char *const paths[] = { "/api/v1/sensors/temp0",       "/api/v1/sensors", "/api/v1/readings",
                                         "/api/v1/sensors/temp0/value", "/api/v1/device",  "/api/v1" };
    bench_t *bench = *state;
    sample(bench, 5000);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char headers[64];
        const char *tag = strstr(get(bench, paths[i], ""), "ETag: ");
        assert_non_null(tag);
        (void)snprintf(headers, sizeof headers, "If-None-Match: %.18s\r\n", tag + 6);
        assert_holds(get(bench, paths[i], headers), "HTTP/1.1 304 ");
        assert_null(strstr(bench->answer, "Content-Length"));
        if (i >= 4) continue; /* the last two do not change while the device runs */
        measured++;
        sample(bench, 6000 + i * 1000);
        assert_holds(get(bench, paths[i], headers), "HTTP/1.1 200 ");
    }
}

static void each_document_refuses_a_client_that_takes_no_json(void **state)
{
    bench_t *bench = *state;
    sample(bench, 5000);
    for (size_t i = 0; i < api_route_count; i++) {
        char path[64] = { 0 };
        const char *pattern = api_routes[i].pattern, *id = strstr(pattern, "{id}");
        if (id) {
            (void)snprintf(path, sizeof path, "%.*stemp0%s", (int)(id - pattern), pattern, id + 4);
        } else {
            (void)snprintf(path, sizeof path, "%s", pattern);
        }
        assert_holds(get(bench, path, "Accept: text/html\r\n"), "HTTP/1.1 406 ");
        assert_holds(bench->answer, "Content-Type: application/problem+json\r\n");
    }
}

static void the_status_shows_network_stack_and_all_pools(void **state)
{
    bench_t *bench = *state;
    assert_holds(get(bench, "/api/v1/status", ""), "\"ipv4\":null,\"ipv6\":[]");
    assert_holds(bench->answer, "\"stack\":null");
    assert_holds(bench->answer, "\"time_synced\":false");
    assert_holds(bench->answer, "Transfer-Encoding: chunked\r\n");
    network = (api_network_t){ .link_up = true,
                               .ipv4_mode = "dhcp",
                               .ipv4 = "192.0.2.1",
                               .ipv6 = { "fe80::1" },
                               .ipv6_count = 1,
                               .accepted = 7,
                               .refused = 2,
                               .evicted = 1 };
    has_stack = true;
    assert_holds(get(bench, "/api/v1/status", ""), "\"ipv4\":\"192.0.2.1\",\"ipv6\":[\"fe80::1\"]");
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
    bench_t *bench = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench->api.device.localhost_is_us = false;
        assert_int_equal(api_is_our_host(&bench->api, text_view(cases[i].host)), cases[i].ours);
        bench->api.device.localhost_is_us = true;
        assert_int_equal(api_is_our_host(&bench->api, text_view(cases[i].host)), cases[i].ours_as_localhost);
    }
}

static void an_unknown_sensor_is_404_with_the_path_in_the_problem(void **state)
{
    bench_t *bench = *state;
    assert_holds(get(bench, "/api/v1/sensors/%22x", ""), "HTTP/1.1 404 ");
    assert_holds(bench->answer,
                 "{\"type\":\"/problems/not-found\",\"title\":\"No such resource\",\"status\":404,"
                 "\"detail\":\"there is no sensor of this id\","
                 "\"instance\":\"/api/v1/sensors/\\\"x\"}");
    assert_holds(ask(bench, "nonsense\r\n\r\n"), "HTTP/1.1 400 ");
    assert_null(strstr(bench->answer, "instance"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_sensor_before_its_first_sample_is_pending_and_has_no_value, set_up),
        cmocka_unit_test_setup(a_reading_has_times_once_the_clock_is_set, set_up),
        cmocka_unit_test_setup(a_failed_sensor_is_null_everywhere_and_left_out_of_senml, set_up),
        cmocka_unit_test_setup(senml_times_are_absolute_once_the_clock_is_set, set_up),
        cmocka_unit_test_setup(the_two_forms_of_readings_have_different_tags, set_up),
        cmocka_unit_test_setup(what_is_known_already_is_304_until_it_changes, set_up),
        cmocka_unit_test_setup(each_document_refuses_a_client_that_takes_no_json, set_up),
        cmocka_unit_test_setup(the_status_shows_network_stack_and_all_pools, set_up),
        cmocka_unit_test_setup(only_our_own_names_are_us, set_up),
        cmocka_unit_test_setup(an_unknown_sensor_is_404_with_the_path_in_the_problem, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
