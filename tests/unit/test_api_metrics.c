/* GET /metrics in the states that no whole device can be brought into: strange names, values and clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api_bench.h"

static const char *scrape(api_bench_t *bench)
{
    (void)api_bench_get(bench, "/metrics", "");
    assert_int_equal(api_bench_status(bench), 200);
    assert_string_equal(api_bench_field(bench, "Transfer-Encoding"), "chunked");
    return api_bench_body(bench);
}

static void assert_holds_not(const char *text, const char *part)
{
    if (strstr(text, part)) fail_msg("'%s' is in:\n%s", part, text);
}

static void give_limits(api_bench_t *bench, int32_t min, int32_t max, const char *name)
{
    sensor_config_t config = { .name = name, .interval_ms = 1000, .min = min, .max = max };
    assert_int_equal(sensor_registry_configure(&bench->sensors, 0, &config, bench->uptime_ms), STATUS_OK);
}

/* ---- What must be true ---------------------------------------------------------------------------------- */

static void a_backslash_a_quote_and_a_newline_in_a_label_are_escaped(void **state)
{
    api_bench_t *bench = *state;
    give_limits(bench, SENSOR_NO_THRESHOLD, SENSOR_NO_THRESHOLD, "a\\b\"c\nd\xc3\xbc{}\\");
    assert_holds(scrape(bench), "sensor_info{sensor=\"temp0\",chip=\"tmp105\","
                                "name=\"a\\\\b\\\"c\\nd\xc3\xbc{}\\\\\",kind=\"temperature\"} 1\n");
}

static void the_media_type_is_what_every_prometheus_wants(void **state)
{
    static const struct {
        const char *accept;
        unsigned status;
    } cases[] = {
        { "", 200 },
        { "Accept: */*\r\n", 200 },
        { "Accept: text/*\r\n", 200 },
        { "Accept: text/plain;version=0.0.4;q=0.3\r\n", 200 },
        { "Accept: "
          "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\n",
          200 },
        { "Accept: application/openmetrics-text;version=1.0.0\r\n", 406 },
        { "Accept: application/json\r\n", 406 },
        { "Accept: text/plain;q=0, */*\r\n", 406 },
    };
    api_bench_t *bench = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)api_bench_get(bench, "/metrics", cases[i].accept);
        assert_int_equal(api_bench_status(bench), cases[i].status);
        assert_string_equal(api_bench_field(bench, "Content-Type"),
                            cases[i].status == 200 ? "text/plain; version=0.0.4; charset=utf-8"
                                                   : "application/problem+json");
    }
}

static void a_sensor_without_a_value_is_left_out_and_down(void **state)
{
    api_bench_t *bench = *state;
    const char *pending = scrape(bench);
    assert_holds_not(pending, "sensor_temperature_celsius");
    assert_holds(pending, "sensor_up{sensor=\"temp0\",chip=\"tmp105\"} 0\n");
    assert_holds(pending, "sensor_read_errors_total{sensor=\"temp0\",chip=\"tmp105\"} 0\n");
    bench->chip_b = STATUS_NACK;
    api_bench_sample(bench, 5000);
    const char *missing = scrape(bench);
    assert_holds(missing, "# TYPE sensor_temperature_celsius gauge\n"
                          "sensor_temperature_celsius{sensor=\"temp0\",chip=\"tmp105\"} 21.44\n#");
    assert_holds(missing, "sensor_up{sensor=\"temp0\",chip=\"tmp105\"} 1\n"
                          "sensor_up{sensor=\"temp1\",chip=\"tmp105\"} 0\n#");
    assert_holds(missing, "sensor_read_errors_total{sensor=\"temp0\",chip=\"tmp105\"} 0\n"
                          "sensor_read_errors_total{sensor=\"temp1\",chip=\"tmp105\"} 1\n#");
}

static void what_a_chip_cannot_measure_counts_as_an_error_and_an_offset_does_not(void **state)
{
    api_bench_t *bench = *state;
    bench->measured = SENSOR_NO_VALUE;
    api_bench_sample(bench, 5000);
    give_limits(bench, SENSOR_NO_THRESHOLD, SENSOR_NO_THRESHOLD, "Renamed");
    assert_holds(scrape(bench), "sensor_read_errors_total{sensor=\"temp0\",chip=\"tmp105\"} 1\n");
    bench->measured = -5;
    api_bench_sample(bench, 7000);
    assert_holds(scrape(bench), "sensor_temperature_celsius{sensor=\"temp0\",chip=\"tmp105\"} -0.05\n");
    assert_holds(scrape(bench), "sensor_read_errors_total{sensor=\"temp0\",chip=\"tmp105\"} 1\n");
}

static void an_alert_has_a_sign(void **state)
{
    api_bench_t *bench = *state;
    api_bench_sample(bench, 5000);
    assert_holds(scrape(bench), "sensor_alert{sensor=\"temp0\",chip=\"tmp105\"} 0\n");
    give_limits(bench, SENSOR_NO_THRESHOLD, 2100, "Hot");
    api_bench_sample(bench, 6000);
    assert_holds(scrape(bench), "sensor_alert{sensor=\"temp0\",chip=\"tmp105\"} 1\n");
    give_limits(bench, 2200, SENSOR_NO_THRESHOLD, "Cold");
    api_bench_sample(bench, 7000);
    assert_holds(scrape(bench), "sensor_alert{sensor=\"temp0\",chip=\"tmp105\"} -1\n");
}

static void an_actuator_is_shown_once_it_was_read_back(void **state)
{
    api_bench_t *bench = *state;
    assert_holds_not(scrape(bench), "actuator_state");
    assert_holds(scrape(bench), "actuator_up{actuator=\"led1\",chip=\"");
    assert_int_equal(actuator_registry_set(&bench->actuators, LAMP, 700), STATUS_OK);
    actuator_poll_until(&bench->actuators, &bench->uptime_ms, 6000);
    const char *text = scrape(bench);
    const char *lamp = strstr(text, "actuator_state{actuator=\"lamp\",");
    assert_non_null(lamp);
    assert_memory_equal(strchr(lamp, '}'), "} 700\n", 6);
    bench->lamps.get = STATUS_NACK;
    actuator_poll_until(&bench->actuators, &bench->uptime_ms, 8000);
    assert_holds_not(scrape(bench), "actuator_state{actuator=\"lamp\"");
    assert_holds(scrape(bench), "actuator_state{actuator=\"led0\"");
}

static void the_boot_time_is_left_out_until_the_clock_is_set(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(scrape(bench), "# TYPE device_uptime_seconds gauge\ndevice_uptime_seconds 5.000\n");
    assert_holds_not(scrape(bench), "device_boot_time_seconds");
    wall_clock_set(&bench->clock, 5000, 1795352394120);
    assert_holds(scrape(bench), "\ndevice_boot_time_seconds 1795352389.120\n");
    wall_clock_set(&bench->clock, 5000, 4000); /* a clock that was set wrong */
    assert_holds_not(scrape(bench), "device_boot_time_seconds");
}

static void the_stack_is_left_out_where_it_cannot_be_measured(void **state)
{
    api_bench_t *bench = *state;
    assert_holds_not(scrape(bench), "device_stack");
    bench->has_stack = true;
    assert_holds(scrape(bench), "\ndevice_stack_peak_bytes 900\n");
    assert_holds(scrape(bench), "\ndevice_stack_size_bytes 4096\n");
}

static void bytes_and_pieces_are_families_of_their_own(void **state)
{
    const char *text = scrape(*state);
    assert_holds(text, "# TYPE device_memory_peak_bytes gauge\ndevice_memory_peak_bytes{pool=\"heap\"} 2\n#");
    assert_holds(text, "# TYPE device_pool_size gauge\ndevice_pool_size{pool=\"tcp_pcb\"} 12\n");
    assert_holds_not(text, "device_pool_used{pool=\"heap\"}");
}

static void answers_are_counted_by_their_status(void **state)
{
    api_bench_t *bench = *state;
    for (unsigned i = 0; i < 3; i++) (void)api_bench_get(bench, "/nope", "");
    (void)api_bench_request(bench, "POST", "/healthz", SCOPE_NONE, "", "{}");
    const char *text = scrape(bench);
    assert_holds(text, "# TYPE http_requests_total counter\nhttp_requests_total{code=\"404\"} 3\n"
                       "http_requests_total{code=\"405\"} 1\nhttp_requests_total{code=\"200\"} 1\n#");
}

static void a_store_that_lost_something_is_not_good(void **state)
{
    api_bench_t *bench = *state;
    assert_holds(scrape(bench), "\nstore_good 1\n");
    bench->store =
        (store_health_t){ .state = STORE_REPLACED, .writes = 7, .write_failures = 2, .damaged = 1 };
    const char *text = scrape(bench);
    assert_holds(text, "\nstore_good 0\n");
    assert_holds(text, "\nstore_damaged_documents 1\n");
    assert_holds(text, "\nstore_writes_total 7\n");
    assert_holds(text, "\nstore_write_failures_total 2\n");
}

static void reading_it_needs_the_scope_read_once_a_token_is_asked_for(void **state)
{
    api_bench_t *bench = *state;
    bench->access.read_auth = true;
    assert_holds(api_bench_get(bench, "/metrics", ""), "HTTP/1.1 401 ");
    assert_holds(api_bench_request(bench, "GET", "/metrics", SCOPE_READ, "", ""), "HTTP/1.1 200 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_backslash_a_quote_and_a_newline_in_a_label_are_escaped, api_bench_set_up),
        cmocka_unit_test_setup(the_media_type_is_what_every_prometheus_wants, api_bench_set_up),
        cmocka_unit_test_setup(a_sensor_without_a_value_is_left_out_and_down, api_bench_set_up),
        cmocka_unit_test_setup(what_a_chip_cannot_measure_counts_as_an_error_and_an_offset_does_not,
                               api_bench_set_up),
        cmocka_unit_test_setup(an_alert_has_a_sign, api_bench_set_up),
        cmocka_unit_test_setup(an_actuator_is_shown_once_it_was_read_back, api_bench_set_up),
        cmocka_unit_test_setup(the_boot_time_is_left_out_until_the_clock_is_set, api_bench_set_up),
        cmocka_unit_test_setup(the_stack_is_left_out_where_it_cannot_be_measured, api_bench_set_up),
        cmocka_unit_test_setup(bytes_and_pieces_are_families_of_their_own, api_bench_set_up),
        cmocka_unit_test_setup(answers_are_counted_by_their_status, api_bench_set_up),
        cmocka_unit_test_setup(a_store_that_lost_something_is_not_good, api_bench_set_up),
        cmocka_unit_test_setup(reading_it_needs_the_scope_read_once_a_token_is_asked_for,
                               api_bench_set_up_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
