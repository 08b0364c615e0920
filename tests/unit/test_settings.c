/* What may be set about the device, a sensor and an actuator: defaults, documents, ranges, rules, tags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "settings/actuator_settings.h"
#include "settings/device_settings.h"
#include "settings/json_document.h"
#include "settings/schema_value.h"
#include "settings/sensor_settings.h"
#include "settings/settings_rules.h"

static const schema_t *const schemas[] = { &device_schema, &sensor_schema, &actuator_schema };

static const char *written(const schema_t *schema, unsigned decimals, const void *settings)
{
    static char text[2048];
    json_writer_t json = json_writer(text, sizeof text - 1);
    schema_write(schema, decimals, settings, &json);
    assert_false(json_overflowed(&json));
    *json.out.at = '\0';
    return text;
}

/* Merges a patch; "" when it is right, else the pointer and detail of each error. */
static const char *merge(const schema_t *schema, unsigned decimals, const char *patch, void *settings)
{
    static char lines[2048];
    size_t count = 0;
    lines[0] = '\0';
    json_document_t document;
    assert_int_equal(json_document_begin(&document, patch, strlen(patch)), STATUS_OK);
    schema_errors_t errors = schema_errors();
    (void)schema_merge_patch(schema, decimals, document.root, settings, &errors);
    for (size_t i = 0; i < errors.count; i++) {
        char pointer[SCHEMA_POINTER_BYTES];
        const char *detail = schema_error_pointer(&errors.items[i], pointer);
        count += (size_t)snprintf(lines + count, sizeof lines - count, "%s %s;", pointer, detail);
    }
    json_document_end(&document);
    return lines;
}

static device_settings_t device_defaults(void)
{
    device_settings_t settings;
    schema_defaults(&device_schema, &settings);
    return settings;
}

static sensor_settings_t sensor_defaults(void)
{
    sensor_settings_t settings;
    schema_defaults(&sensor_schema, &settings);
    return settings;
}

static void defaults_are_as_documented(void **state)
{
    (void)state;
    device_settings_t device = device_defaults();
    assert_string_equal(
        written(&device_schema, 0, &device),
        "{\"name\":\"Jembatan\",\"hostname\":null,\"location\":\"\",\"network\":{\"mode\":\"dhcp\","
        "\"address\":null,\"prefix\":24,\"gateway\":null},\"sampling\":{\"interval_ms\":1000},"
        "\"cors_origins\":[],\"allowed_hosts\":[],\"read_auth\":\"none\",\"time\":{\"server\":null},"
        "\"http\":{\"mode\":\"on\",\"insecure_tokens\":false},\"chips\":{\"added\":[],\"removed\":[]}}");
    sensor_settings_t sensor = sensor_defaults();
    assert_string_equal(written(&sensor_schema, 2, &sensor),
                        "{\"name\":null,\"interval_ms\":null,\"offset\":0.00,\"thresholds\":{\"min\":null,"
                        "\"max\":null,\"hysteresis\":0.00}}");
    actuator_settings_t actuator;
    schema_defaults(&actuator_schema, &actuator);
    assert_string_equal(written(&actuator_schema, 0, &actuator), "{\"name\":null,\"boot\":\"off\"}");
}

/* The tables are what the engine relies on. */
static void schemas_are_sound(void **state)
{
    (void)state;
    for (unsigned s = 0; s < 3; s++) {
        for (size_t i = 0; i < schemas[s]->field_count; i++) {
            const schema_field_t *field = &schemas[s]->fields[i];
            unsigned slashes = 0;
            for (const char *c = field->path; *c; c++) {
                assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz0123456789_/", *c));
                slashes += *c == '/';
            }
            assert_true(slashes < SCHEMA_DEPTH_MAX);
            assert_true(strlen(field->path) + 5 < SCHEMA_POINTER_BYTES);
            assert_true(field->offset < schemas[s]->bytes);
            assert_memory_equal(field->rule, "must be ", 8);
            size_t object =
                strrchr(field->path, '/') ? (size_t)(strrchr(field->path, '/') - field->path) + 1 : 0;
            bool left = false;
            for (size_t j = i + 1; j < schemas[s]->field_count; j++) {
                const char *other = schemas[s]->fields[j].path;
                assert_string_not_equal(field->path, other);
                bool inside = object > 0 && strncmp(field->path, other, object) == 0;
                assert_false(left && inside);
                left = left || !inside;
            }
        }
    }
}

static void a_document_is_a_patch_that_gives_the_same_settings(void **state)
{
    (void)state;
    static const char full[] =
        "{\"name\":\"Gew\\u00e4chshaus "
        "\\\"1\\\"\",\"hostname\":\"green-1\",\"location\":\"north\\\\wall\",\"network\":{"
        "\"mode\":\"static\",\"address\":\"192.0.2.200\",\"prefix\":25,\"gateway\":\"192.0.2.254\"},"
        "\"sampling\":{"
        "\"interval_ms\":3600000},\"cors_origins\":[\"https://a.example\",\"http://10.0.0.1:8080\"],"
        "\"allowed_hosts\":[\"green.example\"],\"read_auth\":\"token\",\"time\":{\"server\":\"10.0.0.1\"}}";
    device_settings_t device = device_defaults(), device_again = device_defaults();
    assert_string_equal(merge(&device_schema, 0, full, &device), "");
    assert_string_equal(merge(&device_schema, 0, written(&device_schema, 0, &device), &device_again), "");
    assert_memory_equal(&device, &device_again, sizeof device);
    assert_true(schema_equal(&device_schema, &device, &device_again));

    for (unsigned decimals = 0; decimals <= 9; decimals++) {
        const sensor_settings_t sensor = { "x", 100, -INT32_MAX, -INT32_MAX, INT32_MAX, INT32_MAX };
        sensor_settings_t sensor_again = sensor_defaults();
        const char *text = written(&sensor_schema, decimals, &sensor);
        assert_string_equal(merge(&sensor_schema, decimals, text, &sensor_again), "");
        assert_true(schema_equal(&sensor_schema, &sensor, &sensor_again));
    }
}

static void null_makes_every_member_its_default(void **state)
{
    (void)state;
    device_settings_t device = device_defaults(), fresh = device_defaults();
    assert_string_equal(
        merge(&device_schema, 0,
              "{\"name\":\"x\",\"hostname\":\"h\",\"location\":\"l\",\"network\":{\"mode\":\"static\","
              "\"address\":\"10.0.0.2\",\"prefix\":8,\"gateway\":\"10.0.0.1\"},\"sampling\":{"
              "\"interval_ms\":100},\"cors_origins\":[\"http://a\"],\"allowed_hosts\":[\"a\"],"
              "\"read_auth\":\"token\",\"time\":{\"server\":\"a\"}}",
              &device),
        "");
    assert_false(schema_equal(&device_schema, &device, &fresh));
    assert_string_equal(
        merge(&device_schema, 0,
              "{\"name\":null,\"hostname\":null,\"location\":null,\"network\":null,\"sampling\":{"
              "\"interval_ms\":null},\"cors_origins\":null,\"allowed_hosts\":null,\"read_auth\":null,"
              "\"time\":null}",
              &device),
        "");
    assert_true(schema_equal(&device_schema, &device, &fresh));
    assert_memory_equal(&device, &fresh, sizeof device);
}

/* One member and a value for it, and whether it is right. */
typedef struct {
    const char *patch;
    bool right;
} judged_t;

static const judged_t device_members[] = {
    { "{\"name\":\"1234567890123456789012345678901x\"}", true },
    { "{\"name\":\"1234567890123456789012345678901xy\"}", false },
    { "{\"name\":\"\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4"
      "\\u00e4\\u00e4\\u00e4\\u00e4\\u00e4\"}",
      false }, /* 34 bytes */
    { "{\"name\":\"\"}", false },
    { "{\"name\":\"   \"}", false },
    { "{\"name\":\"two\\nlines\"}", false },
    { "{\"name\":\"\\u0085\"}", false },
    { "{\"name\":\"a\\u202eb\"}", false },
    { "{\"name\":\"\\ud83c\\udf31 home\"}", true },
    { "{\"name\":7}", false },
    { "{\"hostname\":\"\"}", false },
    { "{\"hostname\":\"a.b\"}", false },
    { "{\"hostname\":\"a_b\"}", false },
    { "{\"hostname\":\"-a\"}", false },
    { "{\"hostname\":\"a-\"}", false },
    { "{\"hostname\":\"A1-b\"}", true },
    { "{\"hostname\":\"123456789012345678901234567890123456789012345678901234567890123\"}", true },
    { "{\"hostname\":\"1234567890123456789012345678901234567890123456789012345678901234\"}", false },
    { "{\"location\":\"\"}", true },
    { "{\"location\":\"1234567890123456789012345678901234567890123456789012345678901234\"}", true },
    { "{\"location\":\"12345678901234567890123456789012345678901234567890123456789012345\"}", false },
    { "{\"time\":{\"server\":\"pool.ntp.example\"}}", true },
    { "{\"time\":{\"server\":\"192.0.2.1\"}}", true },
    { "{\"time\":{\"server\":\"2001:db8::1\"}}", true },
    { "{\"time\":{\"server\":\"fe80::1\"}}", true },
    { "{\"time\":{\"server\":\"ff::1\"}}", true }, /* 00ff */
    { "{\"time\":{\"server\":null}}", true },
    { "{\"time\":{\"server\":\"FF02::1\"}}", false },
    { "{\"time\":{\"server\":\"239.0.0.1\"}}", false },
    { "{\"time\":{\"server\":\"[::1]\"}}", false },
    { "{\"time\":{\"server\":\"1::2::3\"}}", false },
    { "{\"time\":{\"server\":\"10.0.0.256\"}}", false },
    { "{\"time\":{\"server\":\"a b\"}}", false },
    { "{\"time\":{\"server\":\"\"}}", false },
    { "{\"time\":{\"server\":123}}", false },
    { "{\"time\":\"a\"}", false },
    { "{\"network\":{}}", true },
    { "{}", true },
    { "{\"network\":{\"mode\":\"DHCP\"}}", false },
    { "{\"network\":{\"mode\":0}}", false },
    { "{\"network\":{\"prefix\":0}}", false },
    { "{\"network\":{\"prefix\":1}}", true },
    { "{\"network\":{\"prefix\":30}}", true },
    { "{\"network\":{\"prefix\":31}}", false },
    { "{\"network\":{\"prefix\":24.5}}", false },
    { "{\"network\":{\"prefix\":2.4e1}}", true },
    { "{\"network\":{\"prefix\":24.0}}", true },
    { "{\"network\":{\"prefix\":\"24\"}}", false },
    { "{\"network\":{\"prefix\":-24}}", false },
    { "{\"network\":{\"prefix\":true}}", false },
    { "{\"network\":{\"address\":\"127.0.0.1\"}}", false },
    { "{\"network\":{\"address\":\"0.0.0.0\"}}", false },
    { "{\"network\":{\"address\":\"0.1.2.3\"}}", false },
    { "{\"network\":{\"address\":\"224.0.0.1\"}}", false },
    { "{\"network\":{\"address\":\"255.255.255.255\"}}", false },
    { "{\"network\":{\"address\":\"223.255.255.254\"}}", true },
    { "{\"network\":{\"address\":\"10.0.0.1 \"}}", false },
    { "{\"network\":{\"address\":\"10.0.0.01\"}}", false },
    { "{\"network\":{\"address\":\"10.0.0.256\"}}", false },
    { "{\"network\":{\"address\":\"10.0.0\"}}", false },
    { "{\"network\":{\"address\":\"10.0.0.1.2\"}}", false },
    { "{\"network\":{\"address\":\"10..0.1\"}}", false },
    { "{\"network\":{\"address\":\"\"}}", false },
    { "{\"network\":{\"address\":167772161}}", false },
    { "{\"sampling\":{\"interval_ms\":99}}", false },
    { "{\"sampling\":{\"interval_ms\":100}}", true },
    { "{\"sampling\":{\"interval_ms\":3600000}}", true },
    { "{\"sampling\":{\"interval_ms\":3600001}}", false },
    { "{\"sampling\":{\"interval_ms\":1e400}}", false },
    { "{\"sampling\":{\"interval_ms\":4294968296}}", false }, /* 1000 in 32 bits */
    { "{\"sampling\":{\"interval_ms\":-1}}", false },
    { "{\"sampling\":5}", false },
    { "{\"cors_origins\":[\"http://a\",\"http://b\",\"http://c\",\"http://d\"]}", true },
    { "{\"cors_origins\":[\"http://a\",\"http://b\",\"http://c\",\"http://d\",\"http://e\"]}", false },
    { "{\"cors_origins\":[\"*\"]}", false },
    { "{\"cors_origins\":[\"null\"]}", false },
    { "{\"cors_origins\":\"http://a\"}", false },
    { "{\"cors_origins\":[[\"http://a\"]]}", false },
    { "{\"allowed_hosts\":[\"a.example\",\"b\",\"c-d.e\",\"x1\"]}", true },
    { "{\"allowed_hosts\":[\"a.example\",\"b\",\"c-d.e\",\"x1\",\"y\"]}", false },
    { "{\"allowed_hosts\":[\"a:80\"]}", false },
    { "{\"read_auth\":\"token\"}", true },
    { "{\"read_auth\":\"tokens\"}", false },
    { "{\"read_auth\":true}", false },
};

static void device_members_have_their_ranges(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof device_members / sizeof *device_members; i++) {
        device_settings_t settings = device_defaults();
        const char *errors = merge(&device_schema, 0, device_members[i].patch, &settings);
        if (device_members[i].right != (*errors == '\0')) fail_msg("%s: %s", device_members[i].patch, errors);
    }
}

static void a_static_network_must_be_possible(void **state)
{
    (void)state;
    static const struct {
        const char *network, *errors;
    } cases[] = {
        { "\"mode\":\"static\"", "/network/address is needed in static mode;" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.5\"", "" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.0\"",
          "/network/address must not be the first or last of its subnet;" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.255\"",
          "/network/address must not be the first or last of its subnet;" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.255\",\"prefix\":23", "" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.5\",\"prefix\":30,\"gateway\":\"10.0.0.6\"", "" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.5\",\"prefix\":30,\"gateway\":\"10.0.0.7\"",
          "/network/gateway must be a host in the device's subnet;" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.5\",\"gateway\":\"10.0.1.1\"",
          "/network/gateway must be a host in the device's subnet;" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.5\",\"gateway\":\"10.0.0.5\"",
          "/network/gateway must not be the device's own address;" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.0\",\"gateway\":\"10.0.1.1\"",
          "/network/address must not be the first or last of its subnet;"
          "/network/gateway must be a host in the device's subnet;" },
        { "\"mode\":\"static\",\"address\":\"x\"", "/network/address must be an IPv4 address, or null;" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.0\",\"prefix\":99",
          "/network/prefix must be a whole number from 1 to 30;" },
        { "\"mode\":\"static\",\"address\":\"10.0.0.5\",\"gateway\":1",
          "/network/gateway must be an IPv4 address, or null;" },
        { "\"mode\":\"fixed\"", "/network/mode must be dhcp or static;" },
        { "\"address\":\"10.0.0.0\",\"gateway\":\"10.9.9.9\"", "" },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        char patch[256];
        device_settings_t settings = device_defaults();
        (void)snprintf(patch, sizeof patch, "{\"network\":{%s}}", cases[i].network);
        assert_string_equal(merge(&device_schema, 0, patch, &settings), cases[i].errors);
    }
    /* Rules between fields are told beside wrong members. */
    device_settings_t settings = device_defaults();
    assert_string_equal(
        merge(&device_schema, 0, "{\"name\":\"\",\"network\":{\"mode\":\"static\"}}", &settings),
        "/name must be a name of 1 to 32 bytes;/network/address is needed in static mode;");
    /* What was set before counts. */
    settings = device_defaults();
    assert_string_equal(merge(&device_schema, 0, "{\"network\":{\"address\":\"10.0.0.5\"}}", &settings), "");
    assert_string_equal(merge(&device_schema, 0, "{\"network\":{\"mode\":\"static\"}}", &settings), "");
    assert_int_equal(settings.address, 0x0a000005);
    assert_string_equal(merge(&device_schema, 0, "{\"network\":{\"address\":null}}", &settings),
                        "/network/address is needed in static mode;");
}

static const char *const origins[] = { "http://a",
                                       "https://a.example",
                                       "https://a.example:8443",
                                       "http://10.0.0.1",
                                       "http://10.0.0.1:8080",
                                       "http://[::1]",
                                       "https://[2001:db8::1]:8443",
                                       "http://a:443",
                                       "https://a:80",
                                       "http://localhost:3000",
                                       "http://a:65535",
                                       "http://x-y.z1" };
static const char *const no_origins[] = { "",
                                          "a",
                                          "http://",
                                          "https://",
                                          "http:/a",
                                          "ftp://a",
                                          "HTTP://a",
                                          "http://A",
                                          "http://a/",
                                          "http://a/x",
                                          "http://a?x",
                                          "http://a#x",
                                          "http://u@a",
                                          "http://a:",
                                          "http://a:0",
                                          "http://a:080",
                                          "http://a:65536",
                                          "http://a:123456",
                                          "http://a:80",
                                          "https://a:443",
                                          "http://a:8o",
                                          "http://a b",
                                          "http://a..b",
                                          "http://.a",
                                          "http://a.",
                                          "http://-a",
                                          "http://10.0.0",
                                          "http://10.0.0.256",
                                          "http://1",
                                          "http://[",
                                          "http://[]",
                                          "http://[:]",
                                          "http://[::1",
                                          "http://[g::]",
                                          "http://[::1]x",
                                          "null",
                                          "*",
                                          "http://*",
                                          "http://*.a",
                                          "http://a\n",
                                          "http://\xc3\xa9",
                                          "http://a_b",
                                          " http://a" };

static void origins_are_as_browsers_write_them(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof origins / sizeof *origins; i++) {
        if (!settings_is_origin(origins[i])) fail_msg("%s", origins[i]);
    }
    for (unsigned i = 0; i < sizeof no_origins / sizeof *no_origins; i++) {
        if (settings_is_origin(no_origins[i])) fail_msg("%s", no_origins[i]);
    }
}

static void sensor_numbers_are_in_the_sensors_resolution(void **state)
{
    (void)state;
    static const struct {
        unsigned decimals;
        const char *patch, *errors;
        int32_t offset;
    } cases[] = {
        { 2, "{\"offset\":1.25}", "", 125 },
        { 2, "{\"offset\":-0.1}", "", -10 },
        { 2, "{\"offset\":0.29}", "", 29 },
        { 2, "{\"offset\":1.15e0}", "", 115 },
        { 2, "{\"offset\":3}", "", 300 },
        { 2, "{\"offset\":1.250}", "", 125 },
        { 2, "{\"offset\":1.255}", "/offset must be a number with no more decimals than the value has;", 0 },
        { 0, "{\"offset\":1.5}", "/offset must be a number with no more decimals than the value has;", 0 },
        { 9, "{\"offset\":0.000000001}", "", 1 },
        { 9, "{\"offset\":2.147483647}", "", INT32_MAX },
        { 9, "{\"offset\":2.147483648}", "/offset must be a number with no more decimals than the value has;",
          0 },
        { 9, "{\"offset\":1e-10}", "/offset must be a number with no more decimals than the value has;", 0 },
        { 2, "{\"offset\":\"1\"}", "/offset must be a number with no more decimals than the value has;", 0 },
        { 2, "{\"offset\":null}", "", 0 },
        { 2, "{\"interval_ms\":0}", "/interval_ms must be a whole number from 100 to 3600000, or null;", 0 },
        { 2, "{\"interval_ms\":null}", "", 0 },
        { 2, "{\"thresholds\":{\"hysteresis\":-0.01}}",
          "/thresholds/hysteresis must be a number, 0 or more, with no more decimals than the value has;",
          0 },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        sensor_settings_t settings = sensor_defaults();
        assert_string_equal(merge(&sensor_schema, cases[i].decimals, cases[i].patch, &settings),
                            cases[i].errors);
        assert_int_equal(settings.offset, cases[i].offset);
    }
}

static void thresholds_must_leave_room_for_no_alert(void **state)
{
    (void)state;
    static const struct {
        const char *thresholds, *errors;
    } cases[] = {
        { "\"min\":1,\"max\":2", "" },
        { "\"min\":2,\"max\":2", "/thresholds/max must be more than min;" },
        { "\"min\":3,\"max\":2,\"hysteresis\":9", "/thresholds/max must be more than min;" },
        { "\"min\":1,\"max\":2,\"hysteresis\":0.99", "" },
        { "\"min\":1,\"max\":2,\"hysteresis\":1", "/thresholds/hysteresis must be less than max - min;" },
        { "\"min\":1,\"hysteresis\":5", "" },
        { "\"max\":1,\"hysteresis\":5", "" },
        { "\"min\":\"x\",\"max\":-99",
          "/thresholds/min must be null or a number with no more decimals than the value has;" },
        { "\"min\":-21474836.47,\"max\":21474836.47,\"hysteresis\":21474836.47", "" },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        char patch[160];
        sensor_settings_t settings = sensor_defaults();
        (void)snprintf(patch, sizeof patch, "{\"thresholds\":{%s}}", cases[i].thresholds);
        assert_string_equal(merge(&sensor_schema, 2, patch, &settings), cases[i].errors);
    }
    sensor_settings_t settings = sensor_defaults();
    assert_string_equal(merge(&sensor_schema, 2, "{\"thresholds\":{\"min\":10,\"max\":20}}", &settings), "");
    sensor_settings_t candidate = settings;
    assert_string_equal(merge(&sensor_schema, 2, "{\"thresholds\":{\"max\":5}}", &candidate),
                        "/thresholds/max must be more than min;");
    assert_string_equal(merge(&sensor_schema, 2, "{\"thresholds\":{\"max\":5,\"min\":null}}", &settings), "");
    assert_int_equal(settings.threshold_min, SCHEMA_NO_DECIMAL);
    assert_int_equal(settings.threshold_max, 500);
}

static void an_actuator_knows_what_to_be_after_a_reset(void **state)
{
    (void)state;
    static const char *const names[] = { "off", "on", "last" };
    for (unsigned i = 0; i < 3; i++) {
        char patch[40];
        actuator_settings_t settings;
        schema_defaults(&actuator_schema, &settings);
        (void)snprintf(patch, sizeof patch, "{\"boot\":\"%s\",\"name\":\"Lamp\"}", names[i]);
        assert_string_equal(merge(&actuator_schema, 0, patch, &settings), "");
        assert_int_equal(settings.boot, i);
        assert_string_equal(settings.name, "Lamp");
    }
    actuator_settings_t settings;
    schema_defaults(&actuator_schema, &settings);
    assert_string_equal(merge(&actuator_schema, 0, "{\"boot\":true,\"state\":\"on\"}", &settings),
                        "/boot must be off, on or last;/state is not a member of this document;");
}

/* Each patch is another document, so it is another tag; the same document is the same tag. */
static void a_tag_tells_every_difference(void **state)
{
    (void)state;
    static const char *const patches[] = {
        "{}",
        "{\"name\":\"x\"}",
        "{\"location\":\"x\"}",
        "{\"hostname\":\"x\"}",
        "{\"hostname\":\"xy\"}",
        "{\"network\":{\"address\":\"10.0.0.1\"}}",
        "{\"network\":{\"gateway\":\"10.0.0.1\"}}",
        "{\"network\":{\"prefix\":25}}",
        "{\"sampling\":{\"interval_ms\":25000}}",
        "{\"read_auth\":\"token\"}",
        "{\"time\":{\"server\":\"x\"}}",
        "{\"cors_origins\":[\"http://a\"]}",
        "{\"cors_origins\":[\"http://a\",\"http://b\"]}",
        "{\"cors_origins\":[\"http://b\",\"http://a\"]}",
        "{\"allowed_hosts\":[\"a\"]}",
        "{\"allowed_hosts\":[\"a\",\"b\"]}",
        "{\"allowed_hosts\":[\"ab\"]}",
        "{\"name\":\"x\",\"location\":\"x\"}",
    };
    const unsigned count = sizeof patches / sizeof *patches;
    uint64_t tags[sizeof patches / sizeof *patches];
    for (unsigned i = 0; i < count; i++) {
        device_settings_t settings = device_defaults(), other;
        assert_string_equal(merge(&device_schema, 0, patches[i], &settings), "");
        tags[i] = schema_tag(&device_schema, &settings);
        memset(&other, 0xa5, sizeof other); /* padding must not count */
        schema_defaults(&device_schema, &other);
        (void)merge(&device_schema, 0, patches[i], &other);
        assert_true(schema_tag(&device_schema, &other) == tags[i]);
        for (unsigned j = 0; j < i; j++) assert_true(tags[i] != tags[j]);
    }
    sensor_settings_t a = sensor_defaults(), b = sensor_defaults();
    b.threshold_min = 0;
    assert_true(schema_tag(&sensor_schema, &a) != schema_tag(&sensor_schema, &b));
    assert_false(schema_equal(&sensor_schema, &a, &b));
}

typedef struct {
    bool on;
    int32_t volts;
} lamp_t;

static const schema_field_t lamp_fields[] = {
    { .path = "on", .rule = "must be true or false", .type = FIELD_BOOL, .as.boolean = { true } },
    { .path = "volts",
      .rule = "must be 0.0 to 24.0",
      .type = FIELD_DECIMAL,
      .offset = offsetof(lamp_t, volts),
      .as.decimal = { 0, 240, 50, 1 } },
};
static const schema_t lamp_schema = { lamp_fields, 2, sizeof(lamp_t), NULL };

/* What no settings of today have, but tables may: truth values, and decimals that are fixed. */
static void truth_values_and_fixed_decimals(void **state)
{
    (void)state;
    lamp_t lamp, off;
    schema_defaults(&lamp_schema, &lamp);
    schema_defaults(&lamp_schema, &off);
    assert_string_equal(written(&lamp_schema, 9, &lamp), "{\"on\":true,\"volts\":5.0}");
    assert_string_equal(merge(&lamp_schema, 9, "{\"on\":false,\"volts\":24}", &off), "");
    assert_string_equal(written(&lamp_schema, 9, &off), "{\"on\":false,\"volts\":24.0}");
    assert_false(schema_equal(&lamp_schema, &lamp, &off));
    assert_string_equal(merge(&lamp_schema, 9, "{\"on\":true,\"volts\":null}", &off), "");
    assert_true(schema_equal(&lamp_schema, &lamp, &off));
    off.on = false;
    assert_true(schema_tag(&lamp_schema, &lamp) != schema_tag(&lamp_schema, &off));
    static const char *const wrong[] = { "{\"on\":1}", "{\"on\":\"true\"}", "{\"volts\":24.1}",
                                         "{\"volts\":-0.1}", "{\"volts\":0.05}" };
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_not_equal(merge(&lamp_schema, 9, wrong[i], &lamp), "");
    /* A list is its count, too. */
    device_settings_t one = device_defaults(), other = device_defaults();
    other.allowed_host_count = 1;
    assert_false(schema_equal(&device_schema, &one, &other));
}

/* The longest settings there can be still fit the request arena and an answer. */
static void the_longest_document_fits(void **state)
{
    (void)state;
    device_settings_t settings = device_defaults();
    memset(settings.name, '"', sizeof settings.name - 1);
    memset(settings.location, '\\', sizeof settings.location - 1);
    memset(settings.hostname, 'h', sizeof settings.hostname - 1);
    settings.address = settings.gateway = 0xdfdfdfdfu;
    for (unsigned i = 0; i < SETTINGS_ORIGINS_MAX; i++) {
        memset(settings.cors_origins[i], 'a', SETTINGS_ORIGIN_BYTES - 1);
        memcpy(settings.cors_origins[i], "https://", 8);
        settings.cors_origins[i][40] = '.';
        settings.cors_origins[i][SETTINGS_ORIGIN_BYTES - 6] = ':';
        memcpy(settings.cors_origins[i] + SETTINGS_ORIGIN_BYTES - 5, "8443", 4);
    }
    settings.cors_origin_count = SETTINGS_ORIGINS_MAX;
    for (unsigned i = 0; i < SETTINGS_HOSTS_MAX; i++)
        memset(settings.allowed_hosts[i], 'a', SETTINGS_HOST_BYTES - 1);
    settings.allowed_host_count = SETTINGS_HOSTS_MAX;
    device_settings_t again = device_defaults();
    const char *text = written(&device_schema, 0, &settings);
    assert_true(strlen(text) < 1200);
    assert_string_equal(merge(&device_schema, 0, text, &again), "");
    assert_true(schema_equal(&device_schema, &settings, &again));
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
        cmocka_unit_test(defaults_are_as_documented),
        cmocka_unit_test(schemas_are_sound),
        cmocka_unit_test(a_document_is_a_patch_that_gives_the_same_settings),
        cmocka_unit_test(null_makes_every_member_its_default),
        cmocka_unit_test(device_members_have_their_ranges),
        cmocka_unit_test(a_static_network_must_be_possible),
        cmocka_unit_test(origins_are_as_browsers_write_them),
        cmocka_unit_test(sensor_numbers_are_in_the_sensors_resolution),
        cmocka_unit_test(thresholds_must_leave_room_for_no_alert),
        cmocka_unit_test(an_actuator_knows_what_to_be_after_a_reset),
        cmocka_unit_test(a_tag_tells_every_difference),
        cmocka_unit_test(truth_values_and_fixed_decimals),
        cmocka_unit_test(the_longest_document_fits),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
