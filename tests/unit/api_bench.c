#include "api_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hal/entropy.h"
#include "settings/json_document.h"

static api_bench_t the_bench;

static status_t present(void *self)
{
    return *(status_t *)self;
}

static status_t measure(void *self, unsigned step, int32_t values[])
{
    values[step] = the_bench.measured;
    return *(status_t *)self;
}

static const sensor_channel_t temperature[] = {
    { "temperature", "Temperature", SENSOR_TEMPERATURE, UNIT_CELSIUS, 2, -5500, 12800 },
};
static const sensor_ops_t ops = { "tmp105", temperature, 1, 0, 1, present, NULL, measure };

static const actuator_output_t led_outputs[] = { { "led0", "LED 0", 0 }, { "led1", "LED 1", 3 } };
static const actuator_output_t lamp_outputs[] = { { "lamp", "Lamp", 1 } };

/* ---- The platform ------------------------------------------------------------------------------------------- */

static uint64_t read_uptime(void)
{
    return the_bench.uptime_ms;
}

static void read_network(api_network_t *out)
{
    *out = the_bench.network;
}

static bool read_pool(void *context, unsigned index, api_pool_t *out)
{
    (void)context;
    *out = (api_pool_t){ index == 0 ? "heap" : "tcp_pcb", 1, 2, 12, index == 0 };
    return index < 40; /* long enough to need more than one buffer */
}

static bool read_stack(uint32_t *peak_bytes, uint32_t *size_bytes)
{
    *peak_bytes = 900;
    *size_bytes = 4096;
    return the_bench.has_stack;
}

static const char *reset_cause(void)
{
    return "power_on";
}

static uint32_t pending_writes(void *context)
{
    (void)context;
    return 0;
}

static void check_chips(void *context, const device_settings_t *candidate, schema_errors_t *errors)
{
    (void)context;
    if (candidate->chips_added_count > 0)
        schema_errors_add(errors,
                          (schema_error_t){ text_view("chips/added"), NULL, "must be of another board", 0 });
}

static bool restart_required(void *context)
{
    return ((api_bench_t *)context)->restart_required;
}

static void device_settings_changed(void *context)
{
    api_bench_t *bench = context;
    bench->device_changes++;
    bench->access.read_auth = bench->settings.device.read_auth == READ_AUTH_TOKEN;
    api_device_changed(&bench->api);
}

static void sensor_settings_changed(void *context, size_t index)
{
    api_bench_t *bench = context;
    const sensor_settings_t *settings = &bench->settings.sensors[index];
    sensor_config_t config = { .name = settings->name[0] ? settings->name : "Temperature",
                               .interval_ms = settings->interval_ms ? settings->interval_ms : 1000,
                               .offset = settings->offset,
                               .min = settings->threshold_min,
                               .max = settings->threshold_max,
                               .hysteresis = settings->hysteresis };
    bench->sensor_changes++;
    assert_int_equal(sensor_registry_configure(&bench->sensors, index, &config, bench->uptime_ms), STATUS_OK);
}

static void actuator_settings_changed(void *context, size_t index)
{
    (void)index;
    ((api_bench_t *)context)->actuator_changes++;
}

static void source_changed(void *context, size_t index)
{
    assert_true(index < SOURCES_MAX);
    ((api_bench_t *)context)->source_changes++;
}

static const api_platform_t platform = {
    .uptime_ms = read_uptime,
    .read_network = read_network,
    .read_stack = read_stack,
    .reset_cause = reset_cause,
    .check_chips = check_chips,
    .restart_required = restart_required,
    .read_pool = read_pool,
    .pending_writes = pending_writes,
    .device_settings_changed = device_settings_changed,
    .sensor_settings_changed = sensor_settings_changed,
    .actuator_settings_changed = actuator_settings_changed,
    .source_changed = source_changed,
};

static status_t save_tokens(void *context, const tokens_t *tokens)
{
    (void)tokens;
    return ((const api_bench_t *)context)->save;
}

/* ---- Putting it together --------------------------------------------------------------------------------------- */

static void init_domain(api_bench_t *bench)
{
    bench->devices[0] = (sensor_device_t){ "temp0", &ops, &bench->chip_a };
    bench->devices[1] = (sensor_device_t){ "temp1", &ops, &bench->chip_b };
    assert_int_equal(sensor_registry_init(&bench->sensors, bench->devices, 2, &bench->clock), STATUS_OK);
    history_init(&bench->history, &bench->history_memory, &bench->sensors, &bench->clock);
    bench->actuator_devices[0] = (actuator_device_t){ "leds", &fake_switches, &bench->leds, led_outputs, 2 };
    bench->actuator_devices[1] = (actuator_device_t){ "lamps", &fake_levels, &bench->lamps, lamp_outputs, 1 };
    assert_int_equal(actuator_registry_init(&bench->actuators, bench->actuator_devices, 2), STATUS_OK);
    schema_defaults(&device_schema, &bench->settings.device);
    for (size_t i = 0; i < SENSORS_MAX; i++) schema_defaults(&sensor_schema, &bench->settings.sensors[i]);
    for (size_t i = 0; i < ACTUATORS_MAX; i++)
        schema_defaults(&actuator_schema, &bench->settings.actuators[i]);
    action_runs_init(&bench->runs, 0x00c0ffee);
}

/* Outside there is nobody. */
static void begin_link(void *context, const client_link_target_t *target)
{
    (void)context;
    (void)target;
}

static client_link_state_t link_state(void *context, client_link_fault_t *fault)
{
    (void)context;
    *fault = CLIENT_LINK_NO_FAULT;
    return CLIENT_LINK_OPENING;
}

static void close_link(void *context)
{
    (void)context;
}

static uint32_t no_chance(void *context)
{
    (void)context;
    return 0;
}

static void sensor_came_or_goes(void *context, size_t index)
{
    (void)context;
    assert_true(index < SENSORS_MAX);
}

static void init_sources(api_bench_t *bench)
{
    const client_link_t link = { .open = begin_link, .state = link_state, .close = close_link };
    const sources_platform_t outside = { bench, no_chance, sensor_came_or_goes, sensor_came_or_goes };
    sources_init(&bench->sources, &bench->sensors, &link, &outside);
}

static void init_owner(api_bench_t *bench)
{
    const random_sources_t sources = { .read_entropy = hal_entropy_read };
    assert_int_equal(random_init(&bench->random, &sources), STATUS_OK);
    tokens_init(&bench->tokens, &bench->random, save_tokens, bench);
    (void)tokens_load(&bench->tokens, STATUS_NOT_FOUND, NULL);
    claim_init(&bench->claim, &bench->tokens);
    bench->access = (access_t){
        .tokens = &bench->tokens, .claim = &bench->claim, .limiter = &bench->limiter, .insecure_tokens = true
    };
}

int api_bench_set_up(void **state)
{
    static bool parser_ready;
    api_bench_t *bench = &the_bench;
    if (!parser_ready) json_document_init();
    parser_ready = true;
    memset(bench, 0, sizeof *bench);
    bench->measured = 2144;
    log_ring_init(&bench->log);
    bench->uptime_ms = 5000;
    bench->network = (api_network_t){ .ipv4_mode = "none" };
    init_domain(bench);
    init_owner(bench);
    init_sources(bench);
    events_init(&bench->events, &bench->sensors, &bench->history, &bench->log);
    bench->api = (api_t){
        .device = { .board = "bench",
                    .model = "Bench",
                    .mcu = "none",
                    .version = "1.2.3",
                    .build = "unknown",
                    .mac = { 0x02, 0x4a, 0x00, 0xc0, 0xff, 0xee } },
        .sensor_texts = bench->sensor_texts,
        .sensors = &bench->sensors,
        .history = &bench->history,
        .actuators = &bench->actuators,
        .settings = &bench->settings,
        .runs = &bench->runs,
        .access = &bench->access,
        .claim = &bench->claim,
        .random = &bench->random,
        .store = &bench->store,
        .log = &bench->log,
        .events = &bench->events,
        .sources = &bench->sources,
        .clock = &bench->clock,
        .server = &bench->server,
        .platform = &platform,
        .context = bench,
    };
    api_init(&bench->api);
    api_device_changed(&bench->api);
    bench->server.router = (http_router_t){ .routes = api_routes, .route_count = api_route_count };
    bench->server.app = &bench->api;
    bench->server.write_problem = api_write_problem;
    bench->server.is_our_host = api_is_our_host;
    bench->server.authorize = api_authorize;
    bench->server.allows_origin = api_allows_origin;
    bench->server.clock = &bench->clock;
    *state = bench;
    return 0;
}

int api_bench_set_up_claimed(void **state)
{
    (void)api_bench_set_up(state);
    api_bench_t *bench = *state;
    const token_t *token;
    assert_int_equal(claim_try(&bench->claim, text_view(claim_code(&bench->claim)), text_view("owner"),
                               TOKEN_TIME_UNKNOWN, bench->secrets[SCOPE_ADMIN], &token),
                     STATUS_OK);
    for (scope_t scope = SCOPE_READ; scope < SCOPE_ADMIN; scope++) {
        assert_int_equal(tokens_create(&bench->tokens, text_view(scope_name(scope)), scope,
                                       TOKEN_TIME_UNKNOWN, bench->secrets[scope], &token),
                         STATUS_OK);
    }
    return 0;
}

void api_bench_sample(api_bench_t *bench, uint64_t now_ms)
{
    while (sensor_registry_poll(&bench->sensors, now_ms) <= now_ms) {}
}

/* ---- Asking ------------------------------------------------------------------------------------------------------ */

const char *api_bench_ask(api_bench_t *bench, const char *request)
{
    static const http_peer_t peer = { .address = {
                                          [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 9 } };
    size_t length = strlen(request), used = 0, got = 0;
    http_conn_open(&bench->conn, &bench->server, &peer, bench->uptime_ms);
    for (;;) {
        const uint8_t *out;
        size_t n = http_conn_output(&bench->conn, &out);
        assert_true(got + n < sizeof bench->answer);
        memcpy(bench->answer + got, out, n);
        got += n;
        http_conn_ack(&bench->conn, n, bench->uptime_ms);
        size_t taken =
            http_conn_feed(&bench->conn, (const uint8_t *)request + used, length - used, bench->uptime_ms);
        used += taken;
        if (n == 0 && taken == 0) break;
    }
    http_conn_close(&bench->conn);
    bench->answer[got] = '\0';
    return bench->answer;
}

const char *api_bench_request(api_bench_t *bench, const char *method, const char *path, scope_t scope,
                              const char *headers, const char *body)
{
    char request[8192], credentials[96] = "", content[96] = "";
    if (scope != SCOPE_NONE) {
        (void)snprintf(credentials, sizeof credentials, "Authorization: Bearer %s\r\n",
                       bench->secrets[scope]);
    }
    if (*body) {
        (void)snprintf(content, sizeof content, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                       strlen(body));
    }
    int n = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: 192.0.2.1\r\n%s%s%s\r\n%s", method,
                     path, credentials, content, headers, body);
    assert_true(n > 0 && (size_t)n < sizeof request);
    return api_bench_ask(bench, request);
}

const char *api_bench_get(api_bench_t *bench, const char *path, const char *headers)
{
    return api_bench_request(bench, "GET", path, SCOPE_NONE, headers, "");
}

const char *api_bench_body(const api_bench_t *bench)
{
    static char text[sizeof bench->answer];
    const char *at = strstr(bench->answer, "\r\n\r\n");
    assert_non_null(at);
    at += 4;
    if (strcmp(api_bench_field(bench, "Transfer-Encoding"), "chunked") != 0) return at;
    size_t length = 0;
    for (;;) {
        char *line_end;
        size_t bytes = strtoul(at, &line_end, 16);
        assert_memory_equal(line_end, "\r\n", 2);
        at = line_end + 2;
        memcpy(text + length, at, bytes);
        length += bytes;
        assert_memory_equal(at + bytes, "\r\n", 2);
        at += bytes + 2;
        if (bytes == 0) break;
    }
    text[length] = '\0';
    return text;
}

unsigned api_bench_status(const api_bench_t *bench)
{
    assert_int_equal(strncmp(bench->answer, "HTTP/1.1 ", 9), 0);
    return (unsigned)strtoul(bench->answer + 9, NULL, 10);
}

const char *api_bench_field(const api_bench_t *bench, const char *name)
{
    static char value[256];
    char start[64];
    (void)snprintf(start, sizeof start, "\r\n%s: ", name);
    const char *at = strstr(bench->answer, start), *end = strstr(bench->answer, "\r\n\r\n");
    value[0] = '\0';
    if (!at || at > end) return value;
    at += strlen(start);
    (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\r"), at);
    return value;
}

void assert_holds(const char *answer, const char *part)
{
    if (!strstr(answer, part)) fail_msg("'%s' is not in:\n%s", part, answer);
}
