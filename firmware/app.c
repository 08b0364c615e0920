#include "app.h"

#include "api/api.h"
#include "base/log.h"
#include "config/version.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "hal/eth.h"
#include "hal/system.h"
#include "net/net.h"
#include "sensors/sensor_registry.h"

#ifndef JEMBATAN_BUILD
#define JEMBATAN_BUILD "unknown" /* the build gives the commit */
#endif

/* The device: one of each. */
static struct {
    wall_clock_t clock;
    sensor_registry_t sensors;
    http_server_t server;
    api_t api;
} app;

/* ---- What the API shows of the network and the platform ----------------------------------------------- */

static void read_network(api_network_t *out)
{
    static const char *const modes[] = {
        [NET_IPV4_NONE] = "none",
        [NET_IPV4_DHCP] = "dhcp",
        [NET_IPV4_STATIC] = "static",
        [NET_IPV4_LINK_LOCAL] = "link_local",
    };
    net_status_t status;
    net_read_status(&status);
    *out = (api_network_t){
        .link_up = status.link_up,
        .ipv4_mode = modes[status.ipv4_mode],
        .rx_frames = status.rx_frames,
        .tx_frames = status.tx_frames,
        .rx_dropped = status.rx_dropped,
        .tx_dropped = status.tx_dropped,
        .accepted = status.connections_accepted,
        .refused = status.connections_refused,
        .evicted = status.connections_evicted,
    };
    _Static_assert(sizeof out->ipv4 >= sizeof status.ipv4, "an address must fit");
    _Static_assert(sizeof out->ipv6[0] >= sizeof status.ipv6[0], "an address must fit");
    _Static_assert(API_ADDRESSES_MAX >= NET_IPV6_ADDRESSES_MAX, "all addresses must fit");
    memcpy(out->ipv4, status.ipv4, sizeof status.ipv4);
    out->ipv6_count = (unsigned)status.ipv6_count;
    for (size_t i = 0; i < status.ipv6_count; i++)
        memcpy(out->ipv6[i], status.ipv6[i], sizeof status.ipv6[i]);
}

static bool read_pool(unsigned index, api_pool_t *out)
{
    static net_pool_t pool; /* keeps the name alive until the caller has written it */
    if (index >= net_pool_count()) return false;
    net_read_pool(index, &pool);
    *out = (api_pool_t){ .name = pool.name, .used = pool.used, .peak = pool.peak, .size = pool.size };
    return true;
}

static bool read_stack(uint32_t *peak_bytes, uint32_t *size_bytes)
{
    size_t peak, size;
    if (hal_system_stack(&peak, &size) != STATUS_OK) return false;
    *peak_bytes = (uint32_t)peak;
    *size_bytes = (uint32_t)size;
    return true;
}

static const char *reset_cause(void)
{
    static const char *const causes[] = {
        [RESET_POWER_ON] = "power_on",
        [RESET_SOFTWARE] = "software",
        [RESET_WATCHDOG] = "watchdog",
        [RESET_FAULT] = "fault",
    };
    return causes[hal_system_reset_cause()];
}

static const api_platform_t platform = { hal_clock_ms, read_network, read_pool, read_stack, reset_cause, NULL, NULL };

/* ---- Wiring -------------------------------------------------------------------------------------------- */

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
    app.api = (api_t){
        .device = { .name = "Jembatan",
                    .board = board->name,
                    .model = board->model,
                    .mcu = board->mcu,
                    .version = JEMBATAN_VERSION,
                    .build = JEMBATAN_BUILD,
                    .localhost_is_us = board->localhost_is_us },
        .sensors = &app.sensors,
        .clock = &app.clock,
        .server = &app.server,
        .platform = &platform,
    };
    memcpy(app.api.device.mac, mac, sizeof app.api.device.mac);
    api_init(&app.api);
    app.server.router = (http_router_t){ api_routes, api_route_count };
    app.server.app = &app.api;
    app.server.write_problem = api_write_problem;
    app.server.is_our_host = api_is_our_host;
    app.server.clock = &app.clock;
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
    if (net_init(&config, &app.server) != STATUS_OK) hal_system_panic("the network stack does not start");
}

void app_init(const board_t *board)
{
    uint8_t mac[6];
    log_init((log_level_t)board->options.log_level, console_sink, hal_clock_ms);
    log_info("app", "jembatan %s (%s) on %s, reset by %s", JEMBATAN_VERSION, JEMBATAN_BUILD, board->name,
             reset_cause());
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
    uint64_t network_ms = net_poll(now_ms);
    uint64_t sensors_ms = sensor_registry_poll(&app.sensors, now_ms);
    return network_ms < sensors_ms ? network_ms : sensors_ms;
}
