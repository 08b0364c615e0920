/* GET /.well-known/wot for devices and clients that no test of a whole device has: strange names, offsets, hosts, an
 * actuator with levels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "api_bench.h"
#include "base/json_scan.h"

static const char path[] = "/.well-known/wot";

/* The description, which is JSON whatever is in it. */
static const char *describe(api_bench_t *bench, const char *head)
{
    char request[4096];
    (void)snprintf(request, sizeof request, "%s\r\n", head);
    (void)api_bench_ask(bench, request);
    assert_int_equal(api_bench_status(bench), 200);
    assert_string_equal(api_bench_field(bench, "Content-Type"), "application/td+json");
    const char *body = api_bench_body(bench);
    assert_string_equal(json_verdict_text(json_scan(body, strlen(body)).verdict),
                        json_verdict_text(JSON_ACCEPTED));
    return body;
}

static const char *describe_simply(api_bench_t *bench)
{
    return describe(bench, "GET /.well-known/wot HTTP/1.1\r\nHost: 192.0.2.1\r\n");
}

static void assert_holds_not(const char *text, const char *part)
{
    if (strstr(text, part)) fail_msg("'%s' is in:\n%s", part, text);
}

static void configure_sensor(api_bench_t *bench, const char *name, int32_t offset)
{
    sensor_config_t config = { .name = name,
                               .interval_ms = 1000,
                               .offset = offset,
                               .min = SENSOR_NO_THRESHOLD,
                               .max = SENSOR_NO_THRESHOLD };
    assert_int_equal(sensor_registry_configure(&bench->sensors, 0, &config, bench->uptime_ms), STATUS_OK);
}

static const char *etag_for(api_bench_t *bench, const char *host)
{
    char request[256];
    (void)snprintf(request, sizeof request, "HEAD %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host);
    (void)api_bench_ask(bench, request);
    assert_int_equal(api_bench_status(bench), 200);
    return api_bench_field(bench, "ETag");
}

/* ---- What must be true ---------------------------------------------------------------------------------- */

static void names_that_need_an_escape_get_one(void **state)
{
    api_bench_t *bench = *state;
    const actuator_config_t lamp = { .name = "\"},\"x\":{", .boot = ACTUATOR_BOOT_OFF };
    configure_sensor(bench, "a\\b\"c\nd%$'\xc3\xbc{}\xff", 0);
    actuator_registry_configure(&bench->actuators, 2, &lamp);
    (void)snprintf(bench->settings.device.name, sizeof bench->settings.device.name, "<\"\\\x01>");
    const char *td = describe_simply(bench);
    assert_holds(td, "\"title\":\"a\\\\b\\\"c\\nd%$'\xc3\xbc{}\xef\xbf\xbd\",");
    assert_holds(td, "\"title\":\"\\\"},\\\"x\\\":{\",");
    assert_holds(td, "\"title\":\"<\\\"\\\\\\u0001>\",");
}

static void the_longest_names_fit(void **state)
{
    api_bench_t *bench = *state;
    static char longest[SETTINGS_NAME_BYTES];
    memset(longest, '\x01', sizeof longest - 1u); /* six bytes each in JSON */
    const actuator_config_t lamp = { .name = longest, .boot = ACTUATOR_BOOT_OFF };
    configure_sensor(bench, longest, 0);
    actuator_registry_configure(&bench->actuators, 2, &lamp);
    memcpy(bench->settings.device.name, longest, sizeof longest);
    char request[512], zeros[WOT_AUTHORITY_BYTES_MAX] = "";
    memset(zeros, '0', WOT_AUTHORITY_BYTES_MAX - strlen("192.0.2.1:"));
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 192.0.2.1:%s\r\n", path, zeros);
    (void)describe(bench, request);
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 192.0.2.1:0%s\r\n\r\n", path, zeros);
    (void)api_bench_ask(bench, request);
    assert_int_equal(api_bench_status(bench), 400);
}

static status_t nothing(void *self)
{
    (void)self;
    return STATUS_OK;
}

static status_t fetch_nothing(void *self, unsigned step, int32_t values[])
{
    (void)step;
    (void)values;
    return nothing(self);
}

static void as_many_sensors_as_there_may_be_with_the_longest_ids_fit(void **state)
{
#define CHANNEL(key)                                                                                         \
    {                                                                                                        \
        key, "Temperature", SENSOR_TEMPERATURE, UNIT_CELSIUS, 2, -5500, 12800                                \
    }
    static const sensor_channel_t channels[] = {
        CHANNEL("channel1"), CHANNEL("channel2"), CHANNEL("channel3"), CHANNEL("channel4"),
        CHANNEL("channel5"), CHANNEL("channel6"), CHANNEL("channel7"), CHANNEL("channel8"),
    };
    static const sensor_ops_t ops = { "chip", channels, 8, 0, 1, nothing, NULL, fetch_nothing };
    static const sensor_device_t devices[] = {
        { "device_of_the_longest1", &ops, NULL },
        { "device_of_the_longest2", &ops, NULL },
        { "device_of_the_longest3", &ops, NULL },
    };
    static const char last[] = "\"device_of_the_longest3_channel8\"";
    api_bench_t *bench = *state;
    assert_int_equal(sensor_registry_init(&bench->sensors, devices, 3, &bench->clock), STATUS_OK);
    assert_int_equal(bench->sensors.sensor_count, SENSORS_MAX);
    assert_int_equal(strlen(bench->sensors.sensors[0].id), SENSOR_ID_BYTES - 1u);
    const char *td = describe_simply(bench);
    const char *property = strstr(td, last);
    assert_non_null(property);
    assert_non_null(strstr(property + 1, last)); /* calibrate names it, too */
}

static void a_level_is_a_number_in_its_range_or_off_or_on(void **state)
{
    assert_holds(describe_simply(*state),
                 "\"properties\":{\"state\":{\"oneOf\":["
                 "{\"type\":\"integer\",\"minimum\":0,\"maximum\":1000},"
                 "{\"type\":\"string\",\"enum\":[\"off\",\"on\"],\"writeOnly\":true},"
                 "{\"type\":\"null\",\"readOnly\":true}]},"
                 "\"requested\":{\"readOnly\":true,\"type\":\"integer\",\"minimum\":0,\"maximum\":1000},");
}

static void a_switch_is_off_or_on(void **state)
{
    assert_holds(describe_simply(*state), "\"properties\":{\"state\":{\"oneOf\":["
                                          "{\"type\":\"string\",\"enum\":[\"off\",\"on\"]},"
                                          "{\"type\":\"null\",\"readOnly\":true}]},"
                                          "\"requested\":{\"readOnly\":true,\"type\":\"string\",");
}

static void the_range_of_a_sensor_moves_with_its_offset_and_no_further_than_numbers_go(void **state)
{
    static const struct {
        int32_t offset;
        const char *range;
    } cases[] = {
        { 0, "\"minimum\":-55.00,\"maximum\":128.00," },
        { -100, "\"minimum\":-56.00,\"maximum\":127.00," },
        { INT32_MAX, "\"minimum\":21474781.47,\"maximum\":21474836.47," },
        { -INT32_MAX, "\"minimum\":-21474836.47,\"maximum\":-21474708.47," },
    };
    api_bench_t *bench = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        configure_sensor(bench, "Temperature", cases[i].offset);
        assert_holds(describe_simply(bench), cases[i].range);
    }
}

static void the_base_is_what_the_client_called_us(void **state)
{
    static const struct {
        const char *head, *base;
    } cases[] = {
        { "GET /.well-known/wot HTTP/1.1\r\nHost: 192.0.2.1\r\n", "\"base\":\"http://192.0.2.1/\"," },
        { "GET /.well-known/wot HTTP/1.1\r\nHost: 192.0.2.1:8080\r\n",
          "\"base\":\"http://192.0.2.1:8080/\"," },
        { "GET /.well-known/wot HTTP/1.1\r\nHost: [fe80::1]:80\r\n", "\"base\":\"http://[fe80::1]:80/\"," },
        { "GET /.well-known/wot HTTP/1.1\r\nHost: JEMBATAN-c0ffee.local\r\n",
          "\"base\":\"http://JEMBATAN-c0ffee.local/\"," },
        { "GET http://192.0.2.1:81/.well-known/wot HTTP/1.1\r\nHost: 192.0.2.2\r\n",
          "\"base\":\"http://192.0.2.1:81/\"," },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_holds(describe(*state, cases[i].head), cases[i].base);
}

static void a_client_that_names_no_host_gets_no_base(void **state)
{
    assert_holds_not(describe(*state, "GET /.well-known/wot HTTP/1.0\r\n"), "\"base\"");
}

static void a_host_that_is_not_ours_gets_nothing(void **state)
{
    api_bench_t *bench = *state;
    (void)api_bench_ask(bench, "GET /.well-known/wot HTTP/1.1\r\nHost: attacker.example\r\n\r\n");
    assert_int_equal(api_bench_status(bench), 421);
    assert_holds_not(bench->answer, "attacker.example");
}

static void reading_forms_say_nosec_as_long_as_reading_is_open(void **state)
{
    static const char open[] = "\"href\":\"/api/v1/sensors/temp0/value\",\"security\":[\"nosec\"]}";
    api_bench_t *bench = *state;
    assert_holds(describe_simply(bench), open);
    bench->settings.device.read_auth = READ_AUTH_TOKEN;
    assert_holds_not(describe_simply(bench), "[\"nosec\"]");
    assert_holds(api_bench_body(bench), "\"security\":[\"bearer\"],\"links\"");
}

static void the_tag_changes_with_all_that_is_shown_and_with_nothing_else(void **state)
{
    api_bench_t *bench = *state;
    const actuator_config_t lamp = { .name = "Sun", .boot = ACTUATOR_BOOT_OFF };
    char tags[7][32];
    unsigned count = 0;
    (void)strcpy(tags[count++], etag_for(bench, "192.0.2.1"));
    api_bench_sample(bench, bench->uptime_ms += 5000);
    assert_int_equal(actuator_registry_set(&bench->actuators, 0, 1), STATUS_OK);
    assert_string_equal(etag_for(bench, "192.0.2.1"), tags[0]);

    (void)strcpy(tags[count++], etag_for(bench, "192.0.2.2"));
    configure_sensor(bench, "Warmth", 0);
    (void)strcpy(tags[count++], etag_for(bench, "192.0.2.1"));
    configure_sensor(bench, "Warmth", 1);
    (void)strcpy(tags[count++], etag_for(bench, "192.0.2.1"));
    actuator_registry_configure(&bench->actuators, 2, &lamp);
    (void)strcpy(tags[count++], etag_for(bench, "192.0.2.1"));
    bench->settings.device.read_auth = READ_AUTH_TOKEN;
    (void)strcpy(tags[count++], etag_for(bench, "192.0.2.1"));
    (void)strcpy(bench->settings.device.name, "Greenhouse");
    api_device_changed(&bench->api);
    (void)strcpy(tags[count++], etag_for(bench, "192.0.2.1"));
    assert_int_equal(count, 7);
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = 0; k < i; k++) assert_string_not_equal(tags[i], tags[k]);
    }
    char header[64];
    (void)snprintf(header, sizeof header, "If-None-Match: %s\r\n", tags[6]);
    (void)api_bench_get(bench, path, header);
    assert_int_equal(api_bench_status(bench), 304);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(names_that_need_an_escape_get_one, api_bench_set_up),
        cmocka_unit_test_setup(the_longest_names_fit, api_bench_set_up),
        cmocka_unit_test_setup(as_many_sensors_as_there_may_be_with_the_longest_ids_fit, api_bench_set_up),
        cmocka_unit_test_setup(a_level_is_a_number_in_its_range_or_off_or_on, api_bench_set_up),
        cmocka_unit_test_setup(a_switch_is_off_or_on, api_bench_set_up),
        cmocka_unit_test_setup(the_range_of_a_sensor_moves_with_its_offset_and_no_further_than_numbers_go,
                               api_bench_set_up),
        cmocka_unit_test_setup(the_base_is_what_the_client_called_us, api_bench_set_up),
        cmocka_unit_test_setup(a_client_that_names_no_host_gets_no_base, api_bench_set_up),
        cmocka_unit_test_setup(a_host_that_is_not_ours_gets_nothing, api_bench_set_up),
        cmocka_unit_test_setup(reading_forms_say_nosec_as_long_as_reading_is_open, api_bench_set_up),
        cmocka_unit_test_setup(the_tag_changes_with_all_that_is_shown_and_with_nothing_else,
                               api_bench_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
