/* The composition root of the plain profile: sensors by HTTP, and nothing that lasts, has an owner or speaks TLS. In place
 * of app.c and all app_*.c. */
#include <string.h>

#include "api/api.h"
#include "app.h"
#include "base/log.h"
#include "config/version.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "hal/entropy.h"
#include "hal/eth.h"
#include "hal/system.h"
#include "net/net.h"

#ifndef JEMBATAN_BUILD
#define JEMBATAN_BUILD "unknown" /* the build gives the commit */
#endif

/* The device: one of each. */
static struct {
    wall_clock_t clock;
    sensor_registry_t sensors;
    uint64_t sensors_ms; /* when they want to be called next */
    settings_t settings; /* what the API shows of them is what they are from the start */
    http_server_t server;
    api_sensor_text_t sensor_texts[SENSOR_TEXTS_MAX];
    api_t api;
} app;

static void console_sink(const char *line, size_t bytes)
{
    (void)hal_console_write(line, bytes);
}

static void init_clock(void)
{
    int64_t utc_ms;
    if (hal_clock_utc_ms(&utc_ms) == STATUS_OK) wall_clock_set(&app.clock, hal_clock_ms(), utc_ms);
}

static void init_api(const board_t *board, const uint8_t mac[6])
{
    static const char name[] = "Jembatan";
    memcpy(app.settings.device.name, name, sizeof name);
    app.api.device.board = board->name;
    app.api.device.model = board->model;
    app.api.device.mcu = board->mcu;
    app.api.device.version = JEMBATAN_VERSION;
    app.api.device.build = JEMBATAN_BUILD;
    app.api.device.localhost_is_us = board->localhost_is_us;
    memcpy(app.api.device.mac, mac, sizeof app.api.device.mac);
    app.api.sensor_texts = app.sensor_texts;
    app.api.sensors = &app.sensors;
    app.api.settings = &app.settings;
    app.api.clock = &app.clock;
    app.api.server = &app.server;
    api_init(&app.api);
    api_device_changed(&app.api);
    app.server.router.routes = api_routes;
    app.server.router.route_count = api_route_count;
    app.server.app = &app.api;
    app.server.write_problem = api_write_problem;
    app.server.is_our_host = api_is_our_host;
    app.server.clock = &app.clock;
}

/* Random numbers for TCP: the board's own, or the seed that somebody gave it for this start. */
static bool take_secret(const board_options_t *options, uint8_t out[8])
{
    if (hal_entropy_read(out, 8) == STATUS_OK) return true;
    if (!options->seed) return false;
    memcpy(out, options->seed, 8);
    return true;
}

static void init_network(const board_options_t *options, const uint8_t mac[6])
{
    net_config_t config = { .host_name = app.api.device.hostname,
                            .ipv4_static = options->ipv4_static,
                            .http_port = 80 };
    memcpy(config.mac, mac, sizeof config.mac);
    memcpy(config.ipv4_address, options->ipv4_address, sizeof config.ipv4_address);
    memcpy(config.ipv4_netmask, options->ipv4_netmask, sizeof config.ipv4_netmask);
    memcpy(config.ipv4_gateway, options->ipv4_gateway, sizeof config.ipv4_gateway);
    config.has_secret = take_secret(options, config.secret);
    if (net_init(&config, &app.server) != STATUS_OK) hal_system_panic("the network stack does not start");
}

void app_init(const board_t *board)
{
    uint8_t mac[6];
    log_init((log_level_t)board->options.log_level, console_sink, hal_clock_ms);
    log_info("app", "jembatan %s (%s), plain, on %s: there is no HTTPS", JEMBATAN_VERSION, JEMBATAN_BUILD,
             board->name);
    init_clock();
    if (sensor_registry_init(&app.sensors, board->sensors, board->sensor_count, &app.clock) != STATUS_OK) {
        hal_system_panic("the board's sensor table does not fit limits.h");
    }
    if (hal_eth_open(mac) != STATUS_OK) hal_system_panic("the Ethernet interface does not answer");
    init_api(board, mac);
    init_network(&board->options, mac);
}

uint64_t app_poll(uint64_t now_ms)
{
    bool networked;
    uint64_t net_ms = net_poll(now_ms, &networked);
    if (!networked || now_ms >= app.sensors_ms) app.sensors_ms = sensor_registry_poll(&app.sensors, now_ms);
    return net_ms < app.sensors_ms ? net_ms : app.sensors_ms;
}
