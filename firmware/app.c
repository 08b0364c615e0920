#include "app.h"

#include "app_state.h"
#include "base/log.h"
#include "config/version.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "hal/eth.h"
#include "hal/retained.h"
#include "hal/system.h"

#ifndef JEMBATAN_BUILD
#define JEMBATAN_BUILD "unknown" /* the build gives the commit */
#endif

/* The device: one of each. */
static app_t app;

/* What the sensors measured, also before a reset. */
static HAL_RETAINED history_memory_t history_memory;

static void console_sink(const char *line, size_t bytes)
{
    (void)hal_console_write(line, bytes);
}

static void init_clock(void)
{
    int64_t utc_ms;
    if (hal_clock_utc_ms(&utc_ms) == STATUS_OK) wall_clock_set(&app.clock, hal_clock_ms(), utc_ms);
}

static void note_alert(void *context, const sensor_t *sensor)
{
    (void)context;
    events_note_alert(&app.events, (size_t)(sensor - app.sensors.sensors));
    log_warning("app", "sensor %s: alert %s", sensor->id, sensor_alert_name(sensor->alert));
}

static void note_sample(void *context, size_t index, const sensor_t *sensor)
{
    (void)context;
    history_add_sample(&app.history, index, sensor);
    events_note_sample(&app.events, index); /* finds it in the history */
}

static void init_history(void)
{
    history_init(&app.history, &history_memory, &app.sensors, &app.clock);
    const history_usage_t usage = history_usage(&app.history);
    log_info("app", "history: start %u, %u samples and %u minutes of earlier ones", (unsigned)usage.starts,
             (unsigned)usage.samples, (unsigned)usage.minutes);
    if (usage.dropped_blocks) {
        log_warning("app", "history: %u damaged blocks dropped", (unsigned)usage.dropped_blocks);
    }
    sensor_registry_on_sample(&app.sensors, note_sample, NULL);
    events_init(&app.events, &app.sensors, &app.history, &app.log);
}

static void init_domain(void)
{
    app_chips_init(&app);
    if (sensor_registry_init(&app.sensors, app.chips.devices, app.chips.device_count, &app.clock) !=
        STATUS_OK) {
        hal_system_panic("the board's sensor table does not fit limits.h");
    }
    sensor_registry_on_alert(&app.sensors, note_alert, NULL);
    init_history();
    const board_actuators_t *switched = board_actuators();
    if (actuator_registry_init(&app.actuators, switched->devices, switched->count) != STATUS_OK) {
        hal_system_panic("the board's actuator table does not fit limits.h");
    }
}

static void init_api(const board_t *board, const uint8_t mac[6])
{
    app.api = (api_t){
        .device = { .board = board->name,
                    .model = board->model,
                    .mcu = board->mcu,
                    .version = JEMBATAN_VERSION,
                    .build = JEMBATAN_BUILD,
                    .localhost_is_us = board->localhost_is_us },
        .sensor_texts = app.sensor_texts,
        .sensors = &app.sensors,
        .history = &app.history,
        .actuators = &app.actuators,
        .settings = &app.settings,
        .runs = &app.runs,
        .scan = &app.scan,
        .access = &app.access,
        .claim = &app.claim,
        .random = &app.random,
        .store = store_health(&app.store),
        .log = &app.log,
        .events = &app.events,
        .sources = &app.sources,
        .clock = &app.clock,
        .server = &app.server,
        .platform = &app_platform,
        .context = &app,
    };
    memcpy(app.api.device.mac, mac, sizeof app.api.device.mac);
    api_init(&app.api);
    app.server.router = (http_router_t){ .routes = api_routes, .route_count = api_route_count };
    app.server.app = &app.api;
    app.server.write_problem = api_write_problem;
    app.server.is_our_host = api_is_our_host;
    app.server.authorize = api_authorize;
    app.server.allows_origin = api_allows_origin;
    app.server.wants_tls = api_wants_tls;
    app.server.clock = &app.clock;
}

/* Ids of runs differ from those before the restart, as far as chance can see to it. */
static uint32_t run_seed(void)
{
    uint32_t seed = 0;
    (void)random_bytes(&app.random, (uint8_t *)&seed, sizeof seed);
    return seed;
}

static void init_network(void)
{
    (void)app_tls_init(&app);
    app_trust_init(&app);
    net_config_t config = app_net_config(&app);
    app_discovery_init(&app, &config);
    config.has_secret = random_bytes(&app.random, config.secret, sizeof config.secret) == STATUS_OK;
    if (net_init(&config, &app.server) != STATUS_OK) hal_system_panic("the network stack does not start");
}

void app_init(const board_t *board)
{
    uint8_t mac[6];
    app.board = board;
    log_ring_init(&app.log);
    log_keep(&app.log);
    log_init((log_level_t)board->options.log_level, console_sink, hal_clock_ms);
    log_info("app", "jembatan %s (%s) on %s, reset by %s", JEMBATAN_VERSION, JEMBATAN_BUILD, board->name,
             app_reset_cause());
    init_clock();
    app_store_open(&app);
    app_settings_load_device(&app);
    init_domain();
    if (hal_eth_open(mac) != STATUS_OK) hal_system_panic("the Ethernet interface does not answer");
    init_api(board, mac);
    app_owner_init(&app, mac);
    action_runs_init(&app.runs, run_seed());
    app_actions_init(&app);
    app_settings_load(&app);
    app_console_init(&app);
    init_network();
}

static uint64_t earlier(uint64_t a_ms, uint64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

/* Something to be told, or readers who may not read any longer. */
static bool streams_have_news(void)
{
    return events_have_news(&app.events) || app.access_seen != app.server.access_changes;
}

static void wake_streams(uint64_t now_ms)
{
    (void)events_take_news(&app.events);
    app.access_seen = app.server.access_changes;
    net_wake_streams(now_ms);
}

/* All that is neither the network nor the sampler: cheap each, but not all of it for each frame and each sample. */
static uint64_t do_housework(uint64_t now_ms)
{
    uint64_t next_ms = actuator_registry_poll(&app.actuators, now_ms);
    next_ms = earlier(next_ms, app_actions_poll(&app, now_ms));
    next_ms = earlier(next_ms, app_settings_poll(&app, now_ms));
    next_ms = earlier(next_ms, app_console_poll(&app, now_ms));
    next_ms = earlier(next_ms, app_owner_poll(&app, now_ms));
    app_discovery_poll(&app);
    next_ms = earlier(next_ms, api_events_poll(&app.api, now_ms));
    return earlier(next_ms, documents_poll(&app.documents, now_ms));
}

/* A turn for which neither a frame nor a deadline was the reason was somebody at the console. */
static bool housework_is_due(uint64_t now_ms, bool had_reason)
{
    return app.server.acted || now_ms >= app.housework_ms || !had_reason;
}

uint64_t app_poll(uint64_t now_ms)
{
    bool busy;
    uint64_t network_was_ms = app.network_ms;
    app.network_ms = net_poll(now_ms, &busy);
    busy |= now_ms >= network_was_ms || now_ms >= app.sensors_ms;
    if (app.server.acted || now_ms >= app.sensors_ms)
        app.sensors_ms = sensor_registry_poll(&app.sensors, now_ms);
    if (app.sources.count == 0)
        app.sources_ms = UINT64_MAX;
    else if (busy || app.server.acted || now_ms >= app.sources_ms)
        app.sources_ms = sources_poll(&app.sources, now_ms);
    if (housework_is_due(now_ms, busy)) {
        app.server.acted = false;
        app.housework_ms = do_housework(now_ms);
    }
    if (streams_have_news()) {
        wake_streams(now_ms);
        return now_ms;
    }
    return earlier(earlier(app.network_ms, app.sensors_ms), earlier(app.sources_ms, app.housework_ms));
}
