/* Outside sources by a clock and a link of the test's: what is asked when, what becomes of the answers, and what of the
 * sensors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "settings/json_document.h"
#include "sources/sources.h"
#include "tests/unit/fake_link.h"

typedef struct {
    wall_clock_t clock;
    sensor_registry_t registry;
    sources_t sources;
    fake_link_t link;
    uint64_t now_ms;
    uint32_t chance;
    unsigned added, removed, samples;
} bench_t;

static bench_t bench;

static uint32_t draw(void *context)
{
    return ((bench_t *)context)->chance;
}

static void note_added(void *context, size_t index)
{
    bench_t *b = context;
    assert_false(b->registry.sensors[index].absent);
    b->added++;
}

static void note_removed(void *context, size_t index)
{
    bench_t *b = context;
    assert_false(b->registry.sensors[index].absent);
    b->removed++;
}

static void note_sample(void *context, size_t index, const sensor_t *sensor)
{
    (void)index;
    (void)sensor;
    ((bench_t *)context)->samples++;
}

static int set_up(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    bench.now_ms = 1000;
    json_document_init();
    assert_int_equal(sensor_registry_init(&bench.registry, NULL, 0, &bench.clock), STATUS_OK);
    sensor_registry_on_sample(&bench.registry, note_sample, &bench);
    const client_link_t link = fake_link(&bench.link);
    const sources_platform_t platform = { &bench, draw, note_added, note_removed };
    sources_init(&bench.sources, &bench.registry, &link, &platform);
    return 0;
}

/* ---- Doing ------------------------------------------------------------------------------------------------------- */

static bool read_into_candidate(const char *text, schema_errors_t *errors)
{
    json_document_t document;
    *errors = schema_errors();
    assert_int_equal(json_document_begin(&document, text, strlen(text)), STATUS_OK);
    bool ok = source_config_read(document.root, &bench.sources.candidate, errors);
    json_document_end(&document);
    return ok;
}

static sources_result_t put(const char *id, const char *text)
{
    schema_errors_t errors;
    size_t index;
    if (!read_into_candidate(text, &errors)) fail_msg("%s: %s", text, errors.items[0].detail);
    return sources_put(&bench.sources, text_view(id), bench.now_ms, &index);
}

#define WEATHER                                                                                              \
    "{\"url\":\"http://w.example/"                                                                           \
    "now.json\",\"interval_ms\":60000,\"token\":\"t0ken\",\"headers\":{\"X-Key\":\"k\"},"                    \
    "\"map\":[{\"pointer\":\"/current/temperature_2m\",\"sensor\":\"outdoor\",\"kind\":\"temperature\","     \
    "\"unit\":\"Cel\"},{\"pointer\":\"/current/pressure_msl\",\"sensor\":\"air\",\"kind\":\"pressure\","     \
    "\"unit\":\"Pa\",\"exponent\":2}]}"

#define HEAD   "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\n\r\n"
#define ANSWER HEAD "{\"current\":{\"temperature_2m\":12.34,\"pressure_msl\":1013.2}}"

static const source_t *weather(void)
{
    const source_t *source = sources_find(&bench.sources, text_view("weather"));
    assert_non_null(source);
    return source;
}

static const sensor_t *sensor(const char *id)
{
    const sensor_t *found = sensor_registry_find(&bench.registry, text_view(id));
    if (!found) fail_msg("no sensor %s", id);
    return found;
}

/* Polls as the loop would until nothing more happens at this moment. */
static uint64_t settle(void)
{
    uint64_t next_ms = bench.now_ms;
    for (unsigned i = 0; i < 100 && next_ms <= bench.now_ms; i++)
        next_ms = sources_poll(&bench.sources, bench.now_ms);
    assert_true(next_ms > bench.now_ms);
    return next_ms;
}

static void pass(uint64_t ms)
{
    bench.now_ms += ms;
    (void)settle();
}

/* The next question comes, and is answered and ended at once. */
static void answer(const char *text)
{
    (void)settle();
    fake_link_answer(&bench.link, text, true);
    (void)settle();
    assert_int_equal(bench.link.state, CLIENT_LINK_CLOSED);
}

static void expect(const char *id, sensor_quality_t quality, int32_t value)
{
    const sensor_t *found = sensor(id);
    if (found->quality != quality) fail_msg("%s is %s", id, sensor_quality_name(found->quality));
    if (quality == QUALITY_OK) assert_int_equal(found->value, value);
}

static void expect_fault(const char *code)
{
    assert_string_equal(source_fault_code(weather()->fault), code);
    expect("outdoor", QUALITY_ERROR, 0);
}

/* ---- Good answers -------------------------------------------------------------------------------------------------- */

static void its_numbers_become_sensors(void **state)
{
    (void)state;
    assert_int_equal(put("weather", WEATHER), SOURCES_CREATED);
    assert_int_equal(bench.added, 2);
    expect("outdoor", QUALITY_PENDING, 0);
    (void)settle();
    assert_string_equal(bench.link.host, "w.example");
    assert_int_equal(bench.link.port, 80);
    assert_non_null(strstr(bench.link.sent, "GET /now.json HTTP/1.1\r\nHost: w.example\r\n"));
    assert_non_null(strstr(bench.link.sent, "\r\nAuthorization: Bearer t0ken\r\n"));
    assert_non_null(strstr(bench.link.sent, "\r\nX-Key: k\r\n"));
    answer(ANSWER);
    expect("outdoor", QUALITY_OK, 1234);
    expect("air", QUALITY_OK, 101320);
    assert_int_equal(sensor("outdoor")->uptime_ms, bench.now_ms);
    assert_string_equal(sensor("air")->source, "weather");
    assert_int_equal(bench.samples, 2);
    assert_int_equal(weather()->fault, SOURCE_OK);
    assert_int_equal(settle(), 61000);
}

static void it_is_asked_at_its_interval_with_the_tag_it_had(void **state)
{
    (void)state;
    put("weather", WEATHER);
    answer(ANSWER);
    pass(59999);
    assert_int_equal(bench.link.opened, 1);
    pass(1);
    assert_int_equal(bench.link.opened, 2);
    assert_non_null(strstr(bench.link.sent, "\r\nIf-None-Match: \"v1\"\r\n"));
    answer("HTTP/1.1 304 Not Modified\r\n\r\n");
    expect("outdoor", QUALITY_OK, 1234);
    assert_int_equal(sensor("outdoor")->uptime_ms, bench.now_ms);
    assert_int_equal(bench.samples, 4);
    pass(60000);
    answer("HTTP/1.1 200 OK\r\nContent-Length: "
           "53\r\n\r\n{\"current\":{\"temperature_2m\":-1,\"pressure_msl\":1000}}");
    expect("outdoor", QUALITY_OK, -100);
    pass(60000);
    assert_null(strstr(bench.link.sent, "If-None-Match")); /* it said none the last time */
}

/* A late answer does not move the grid of questions. */
static void a_slow_answer_is_waited_for(void **state)
{
    (void)state;
    put("weather", WEATHER);
    (void)settle();
    for (const char *at = ANSWER; *at && bench.link.state == CLIENT_LINK_OPEN; at++) {
        const char byte[2] = { *at, '\0' };
        pass(50);
        fake_link_answer(&bench.link, byte, false);
        (void)settle();
    }
    expect("outdoor", QUALITY_OK, 1234);
    assert_int_equal(settle(), 61000);
}

static void nothing_is_waited_for_behind_the_last_value(void **state)
{
    (void)state;
    put("weather", WEATHER);
    (void)settle();
    fake_link_answer(&bench.link,
                     "HTTP/1.1 200 OK\r\nContent-Length: "
                     "2000000\r\n\r\n{\"current\":{\"temperature_2m\":1,\"pressure_msl\":2,",
                     false);
    (void)settle();
    assert_int_equal(bench.link.state, CLIENT_LINK_CLOSED);
    expect("air", QUALITY_OK, 200);
}

static void a_value_that_is_not_there_is_an_error_of_its_sensor_alone(void **state)
{
    (void)state;
    put("weather", WEATHER);
    answer(HEAD "{\"current\":{\"temperature_2m\":null,\"pressure_msl\":1013.2}}");
    expect("outdoor", QUALITY_ERROR, 0);
    expect("air", QUALITY_OK, 101320);
    expect_fault("value");
    assert_int_equal(weather()->failures, 0); /* it answers: it is asked at its interval */
    assert_int_equal(settle(), 61000);
    pass(60000);
    answer(HEAD "{\"current\":{\"temperature_2m\":5,\"pressure_msl\":\"x\"}}");
    expect("outdoor", QUALITY_OK, 500);
    expect("air", QUALITY_ERROR, 0);
    pass(60000);
    answer(HEAD "{}");
    expect("outdoor", QUALITY_ERROR, 0);
    expect("air", QUALITY_ERROR, 0);
}

/* ---- Bad ones -------------------------------------------------------------------------------------------------------- */

static void a_bad_answer_is_told_apart(void **state)
{
    static const struct {
        const char *answer, *code;
    } cases[] = {
        { "", "truncated" },
        { "SSH-2.0-x\r\n", "http" },
        { "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "status" },
        { "HTTP/1.1 304 Not Modified\r\n\r\n", "status" }, /* nobody asked whether */
        { "HTTP/1.1 204 No Content\r\n\r\n", "status" },
        { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", "coding" },
        { HEAD, "json" },
        { HEAD "<html>", "json" },
        { HEAD "{\"current\":{\"temperature_2m\":1", "json" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"current\":{\"temperature_2m\":1}", "truncated" },
        { HEAD "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "depth" },
        { "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "redirect" },
        { "HTTP/1.1 302 Found\r\nLocation: ftp://x/\r\nContent-Length: 0\r\n\r\n", "redirect" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_up(state);
        put("weather", WEATHER);
        answer(cases[i].answer);
        if (strcmp(source_fault_code(weather()->fault), cases[i].code) != 0)
            fail_msg("%s: %s", cases[i].answer, source_fault_code(weather()->fault));
        expect("outdoor", QUALITY_ERROR, 0);
        assert_int_equal(weather()->failures, 1);
    }
}

static void a_body_without_end_is_given_up(void **state)
{
    static char blanks[2049];
    (void)state;
    memset(blanks, ' ', sizeof blanks - 1u);
    put("weather", WEATHER);
    (void)settle();
    fake_link_answer(&bench.link, HEAD "{", false);
    for (unsigned i = 0; i <= SOURCE_BODY_BYTES_MAX / 2048u && bench.link.state == CLIENT_LINK_OPEN; i++) {
        fake_link_answer(&bench.link, blanks, false);
        (void)settle();
    }
    expect_fault("size");
}

static void what_the_link_says_is_passed_on(void **state)
{
    static const struct {
        client_link_fault_t fault;
        const char *code;
    } cases[] = { { CLIENT_LINK_NO_NAME, "name" },
                  { CLIENT_LINK_REFUSED, "refused" },
                  { CLIENT_LINK_RESET, "reset" },
                  { CLIENT_LINK_NO_MEMORY, "memory" },
                  { CLIENT_LINK_NO_TLS, "tls" } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_up(state);
        put("weather", WEATHER);
        (void)settle();
        bench.link.state = CLIENT_LINK_FAILED;
        bench.link.fault = cases[i].fault;
        (void)settle();
        expect_fault(cases[i].code);
    }
}

static void a_server_that_never_answers_is_given_up(void **state)
{
    (void)state;
    put("weather", WEATHER);
    assert_int_equal(settle(), 11000);
    pass(9999);
    expect("outdoor", QUALITY_PENDING, 0);
    pass(1);
    expect_fault("timeout");
    assert_int_equal(bench.link.state, CLIENT_LINK_CLOSED);
}

static void failures_are_asked_again_ever_more_seldom(void **state)
{
    uint64_t wait_ms = SOURCE_RETRY_MS;
    (void)state;
    bench.chance = UINT32_MAX;
    put("weather", WEATHER);
    for (unsigned i = 1; i < 12; i++) {
        answer("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
        assert_int_equal(weather()->failures, i);
        assert_int_equal(settle(), bench.now_ms + wait_ms);
        pass(wait_ms);
        wait_ms = wait_ms * 2 > SOURCE_RETRY_MS_MAX ? SOURCE_RETRY_MS_MAX : wait_ms * 2;
    }
    answer(ANSWER);
    assert_int_equal(weather()->failures, 0);
    expect("outdoor", QUALITY_OK, 1234);
    assert_int_equal(settle(), bench.now_ms + 60000);
}

static void a_server_that_wants_to_be_left_alone_is(void **state)
{
    (void)state;
    put("weather", WEATHER);
    answer("HTTP/1.1 429 Slow down\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(settle(), bench.now_ms + 120000);
    pass(120000);
    answer("HTTP/1.1 503 No\r\nRetry-After: 99999999\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(settle(), bench.now_ms + SOURCE_RETRY_MS_MAX);
}

static void without_a_network_it_is_waited_for_patiently(void **state)
{
    (void)state;
    put("weather", WEATHER);
    for (unsigned i = 0; i < 10; i++) {
        (void)settle();
        bench.link.state = CLIENT_LINK_FAILED;
        bench.link.fault = CLIENT_LINK_NO_NETWORK;
        assert_int_equal(settle(), bench.now_ms + SOURCE_NETWORK_RETRY_MS);
        expect("outdoor", QUALITY_PENDING, 0);
        pass(SOURCE_NETWORK_RETRY_MS);
    }
    answer(ANSWER);
    expect("outdoor", QUALITY_OK, 1234);
}

static void one_that_is_late_is_stale(void **state)
{
    (void)state;
    put("weather",
        "{\"url\":\"http://w/\",\"interval_ms\":1000,\"timeout_ms\":60000,\"map\":[{\"pointer\":\"/t\","
        "\"sensor\":\"outdoor\",\"kind\":\"temperature\",\"unit\":\"Cel\"}]}");
    answer(HEAD "{\"t\":1}");
    pass(1000); /* asked again, and no answer */
    assert_int_equal(settle(), 3500);
    pass(1499);
    expect("outdoor", QUALITY_OK, 100);
    pass(1);
    expect("outdoor", QUALITY_STALE, 0);
    assert_int_equal(bench.samples, 2);
    pass(10000);
    assert_int_equal(bench.samples, 2);
    fake_link_answer(&bench.link, HEAD "{\"t\":2}", true);
    (void)settle();
    expect("outdoor", QUALITY_OK, 200);
    assert_int_equal(bench.link.opened, 3); /* at once: the next one was due long ago */
}

/* ---- Redirects ------------------------------------------------------------------------------------------------------- */

static void a_redirect_is_followed_without_secrets_to_others(void **state)
{
    (void)state;
    put("weather", WEATHER);
    (void)settle();
    fake_link_answer(&bench.link, "HTTP/1.1 301 Moved\r\nLocation: /other\r\nContent-Length: 5\r\n\r\nabcde",
                     false);
    (void)settle();
    assert_int_equal(bench.link.opened, 2);
    assert_non_null(strstr(bench.link.sent, "GET /other HTTP/1.1\r\nHost: w.example\r\n"));
    assert_non_null(strstr(bench.link.sent, "t0ken"));
    fake_link_answer(
        &bench.link,
        "HTTP/1.1 308 Moved\r\nLocation: http://else.example:8080/x\r\nContent-Length: 0\r\n\r\n", false);
    (void)settle();
    assert_string_equal(bench.link.host, "else.example");
    assert_int_equal(bench.link.port, 8080);
    assert_null(strstr(bench.link.sent, "t0ken"));
    assert_null(strstr(bench.link.sent, "X-Key"));
    answer(ANSWER);
    expect("outdoor", QUALITY_OK, 1234);
}

static void a_redirect_never_leaves_tls(void **state)
{
    (void)state;
    put("weather", "{\"url\":\"https://w/\",\"map\":[{\"pointer\":\"/"
                   "t\",\"sensor\":\"outdoor\",\"kind\":\"temperature\","
                   "\"unit\":\"Cel\"}]}");
    (void)settle();
    assert_true(bench.link.secure);
    assert_int_equal(bench.link.port, 443);
    fake_link_answer(&bench.link, "HTTP/1.1 302 Found\r\nLocation: http://w/\r\nContent-Length: 0\r\n\r\n",
                     false);
    (void)settle();
    expect_fault("redirect_insecure");
}

static void redirects_are_bounded(void **state)
{
    (void)state;
    put("weather", WEATHER);
    (void)settle();
    for (unsigned i = 0; i <= SOURCE_REDIRECTS_MAX; i++) {
        assert_int_equal(bench.link.opened, i + 1u);
        fake_link_answer(&bench.link, "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",
                         false);
        (void)settle();
    }
    expect_fault("redirects");
}

/* ---- Several, and changes ---------------------------------------------------------------------------------------------- */

static void put_one(const char *id, const char *sensor_id)
{
    char text[256];
    (void)snprintf(
        text, sizeof text,
        "{\"url\":\"http://%s/\",\"map\":[{\"pointer\":\"/t\",\"sensor\":\"%s\",\"kind\":\"temperature\","
        "\"unit\":\"Cel\"}]}",
        id, sensor_id);
    assert_int_equal(put(id, text), SOURCES_CREATED);
}

static void they_take_turns(void **state)
{
    (void)state;
    put_one("a", "temp_a");
    bench.now_ms++;
    put_one("b", "temp_b");
    (void)settle();
    assert_string_equal(bench.link.host, "a");
    pass(10000);
    expect("temp_a", QUALITY_ERROR, 0);
    assert_string_equal(bench.link.host, "b");
    answer(HEAD "{\"t\":1}");
    expect("temp_b", QUALITY_OK, 100);
}

static void places_are_bounded(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SOURCES_MAX; i++) {
        const char id[2] = { (char)('a' + i), '\0' };
        put_one(id, id);
    }
    assert_int_equal(put("more", WEATHER), SOURCES_FULL);
    assert_true(sources_remove(&bench.sources, text_view("b")) < SOURCES_MAX);
    assert_int_equal(sources_remove(&bench.sources, text_view("b")), SOURCES_MAX);
    assert_int_equal(put("more", WEATHER), SOURCES_CREATED);
}

static void ids_of_sensors_are_nobody_elses(void **state)
{
    schema_errors_t errors;
    size_t index = 99;
    (void)state;
    put_one("a", "air");
    assert_true(read_into_candidate(WEATHER, &errors));
    assert_int_equal(sources_put(&bench.sources, text_view("weather"), bench.now_ms, &index), SOURCES_TAKEN);
    assert_int_equal(index, 1);
    assert_null(sources_find(&bench.sources, text_view("weather")));
    assert_int_equal(sensor_registry_count(&bench.registry), 1);
}

static void more_sensors_than_places_are_refused(void **state)
{
    char text[2048] = "{\"url\":\"http://w/\",\"map\":[";
    (void)state;
    for (unsigned i = 0; i < SOURCE_VALUES_MAX; i++) {
        size_t at = strlen(text);
        (void)snprintf(text + at, sizeof text - at,
                       "%s{\"pointer\":\"/%u\",\"sensor\":\"s%u\",\"kind\":\"pressure\",\"unit\":\"Pa\"}",
                       i ? "," : "", i, i);
    }
    strcat(text, "]}");
    assert_int_equal(put("all", text), SOURCES_CREATED);
    assert_int_equal(sensor_registry_count(&bench.registry), OUTSIDE_SENSORS_MAX);
    assert_int_equal(put("weather", WEATHER), SOURCES_NO_PLACE);
    assert_int_equal(put("all", WEATHER), SOURCES_REPLACED);
    assert_int_equal(sensor_registry_count(&bench.registry), 2);
    assert_null(sensor_registry_find(&bench.registry, text_view("s0")));
}

static void what_is_set_again_is_not_asked_again(void **state)
{
    (void)state;
    put("weather", WEATHER);
    answer(ANSWER);
    assert_int_equal(put("weather", WEATHER), SOURCES_SAME);
    (void)settle();
    assert_int_equal(bench.link.opened, 1);
    expect("outdoor", QUALITY_OK, 1234);
}

static void one_that_is_removed_in_the_middle_is_not_heard(void **state)
{
    (void)state;
    put("weather", WEATHER);
    (void)settle();
    assert_int_equal(bench.link.state, CLIENT_LINK_OPEN);
    assert_true(sources_remove(&bench.sources, text_view("weather")) < SOURCES_MAX);
    assert_int_equal(bench.link.state, CLIENT_LINK_CLOSED);
    assert_int_equal(bench.removed, 2);
    assert_int_equal(sensor_registry_count(&bench.registry), 0);
    assert_true(sources_poll(&bench.sources, bench.now_ms) == UINT64_MAX);
    put("weather", WEATHER);
    answer(ANSWER);
    expect("air", QUALITY_OK, 101320);
}

/* ---- What may be set ---------------------------------------------------------------------------------------------------- */

static void wrong(const char *text, const char *pointer)
{
    schema_errors_t errors;
    char found[SCHEMA_POINTER_BYTES];
    if (read_into_candidate(text, &errors)) fail_msg("%s", text);
    (void)schema_error_pointer(&errors.items[0], found);
    if (errors.count != 1 || strcmp(found, pointer) != 0) fail_msg("%s: %u, %s", text, errors.count, found);
}

#define MAP(members) "{\"url\":\"http://w/\",\"map\":[{" members "}]}"
#define TEMPERATURE  "\"sensor\":\"t\",\"kind\":\"temperature\",\"unit\":\"Cel\""

static void every_wrong_member_is_named(void **state)
{
    static const char map[] = "\"map\":[{\"pointer\":\"/t\"," TEMPERATURE "}]";
    char text[512];
    static const struct {
        const char *members, *pointer;
    } cases[] = {
        { "\"url\":\"ftp://w/\"", "/url" },
        { "\"url\":7", "/url" },
        { "\"interval_ms\":1000", "/url" },
        { "\"url\":\"http://w/\",\"interval_ms\":999", "/interval_ms" },
        { "\"url\":\"http://w/\",\"interval_ms\":3600001", "/interval_ms" },
        { "\"url\":\"http://w/\",\"interval_ms\":null", "/interval_ms" },
        { "\"url\":\"http://w/\",\"timeout_ms\":60001", "/timeout_ms" },
        { "\"url\":\"http://w/\",\"token\":\"\"", "/token" },
        { "\"url\":\"http://w/\",\"token\":\"a\\r\\nX: y\"", "/token" },
        { "\"url\":\"http://w/\",\"headers\":[]", "/headers" },
        { "\"url\":\"http://w/\",\"headers\":{\"a\":\"b\",\"c\":\"d\",\"e\":\"f\"}", "/headers" },
        { "\"url\":\"http://w/\",\"headers\":{\"Host\":\"b\"}", "/headers/Host" },
        { "\"url\":\"http://w/\",\"headers\":{\"a\":\"b\",\"A\":\"c\"}", "/headers/A" },
        { "\"url\":\"http://w/\",\"headers\":{\"a\":\"b\\n\"}", "/headers/a" },
        { "\"url\":\"http://w/\",\"colour\":1", "/colour" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(text, sizeof text, "{%s,%s}", cases[i].members, map);
        wrong(text, cases[i].pointer);
    }
    wrong("[]", "");
    wrong("{\"url\":\"http://w/\"}", "/map");
    wrong("{\"url\":\"http://w/\",\"map\":[]}", "/map");
    wrong("{\"url\":\"http://w/\",\"map\":[1]}", "/map/0");
    wrong(MAP("\"pointer\":\"t\"," TEMPERATURE), "/map/0/pointer");
    wrong(MAP(TEMPERATURE), "/map/0/pointer");
    wrong(MAP("\"pointer\":\"\",\"sensor\":\"T\",\"kind\":\"temperature\",\"unit\":\"Cel\""),
          "/map/0/sensor");
    wrong(MAP("\"pointer\":\"\",\"sensor\":\"t\",\"kind\":\"wind\",\"unit\":\"Cel\""), "/map/0/kind");
    wrong(MAP("\"pointer\":\"\",\"sensor\":\"t\",\"kind\":\"temperature\",\"unit\":\"Pa\""), "/map/0/unit");
    wrong(MAP("\"pointer\":\"\",\"decimals\":10," TEMPERATURE), "/map/0/decimals");
    wrong(MAP("\"pointer\":\"\",\"exponent\":-10," TEMPERATURE), "/map/0/exponent");
    wrong(MAP("\"pointer\":\"\",\"wind\":1," TEMPERATURE), "/map/0/wind");
    wrong(MAP("\"pointer\":\"\"," TEMPERATURE "},{\"pointer\":\"\"," TEMPERATURE), "/map/1/sensor");
}

/* As it is kept, with its secrets, it is read again as it was; as it is shown, they are not in it. */
static void what_is_written_is_what_was_read(void **state)
{
    static char text[4096];
    schema_errors_t errors;
    (void)state;
    put("weather", WEATHER);
    json_writer_t json = json_writer(text, sizeof text - 1u);
    json_object_begin(&json);
    source_config_write(&weather()->config, true, &json);
    json_object_end(&json);
    *json.out.at = '\0';
    assert_true(read_into_candidate(text, &errors));
    assert_memory_equal(&bench.sources.candidate, &weather()->config, sizeof(source_config_t));
    json = json_writer(text, sizeof text - 1u);
    json_object_begin(&json);
    source_config_write(&weather()->config, false, &json);
    json_object_end(&json);
    *json.out.at = '\0';
    assert_null(strstr(text, "t0ken"));
    assert_null(strstr(text, "\"k\""));
    assert_non_null(strstr(text, "\"has_token\":true,\"header_names\":[\"X-Key\"]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(its_numbers_become_sensors, set_up),
        cmocka_unit_test_setup(it_is_asked_at_its_interval_with_the_tag_it_had, set_up),
        cmocka_unit_test_setup(a_slow_answer_is_waited_for, set_up),
        cmocka_unit_test_setup(nothing_is_waited_for_behind_the_last_value, set_up),
        cmocka_unit_test_setup(a_value_that_is_not_there_is_an_error_of_its_sensor_alone, set_up),
        cmocka_unit_test_setup(a_bad_answer_is_told_apart, set_up),
        cmocka_unit_test_setup(a_body_without_end_is_given_up, set_up),
        cmocka_unit_test_setup(what_the_link_says_is_passed_on, set_up),
        cmocka_unit_test_setup(a_server_that_never_answers_is_given_up, set_up),
        cmocka_unit_test_setup(failures_are_asked_again_ever_more_seldom, set_up),
        cmocka_unit_test_setup(a_server_that_wants_to_be_left_alone_is, set_up),
        cmocka_unit_test_setup(without_a_network_it_is_waited_for_patiently, set_up),
        cmocka_unit_test_setup(one_that_is_late_is_stale, set_up),
        cmocka_unit_test_setup(a_redirect_is_followed_without_secrets_to_others, set_up),
        cmocka_unit_test_setup(a_redirect_never_leaves_tls, set_up),
        cmocka_unit_test_setup(redirects_are_bounded, set_up),
        cmocka_unit_test_setup(they_take_turns, set_up),
        cmocka_unit_test_setup(places_are_bounded, set_up),
        cmocka_unit_test_setup(ids_of_sensors_are_nobody_elses, set_up),
        cmocka_unit_test_setup(more_sensors_than_places_are_refused, set_up),
        cmocka_unit_test_setup(what_is_set_again_is_not_asked_again, set_up),
        cmocka_unit_test_setup(one_that_is_removed_in_the_middle_is_not_heard, set_up),
        cmocka_unit_test_setup(every_wrong_member_is_named, set_up),
        cmocka_unit_test_setup(what_is_written_is_what_was_read, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
