/* What the API shows of the network and the platform, and what it makes the device do. */
#include "app_state.h"
#include "hal/clock.h"
#include "hal/system.h"
#include "net/net.h"
#include "settings/json_document.h"

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
        .time_refused = status.time_refused,
    };
    _Static_assert(sizeof out->ipv4 >= sizeof status.ipv4, "an address must fit");
    _Static_assert(sizeof out->ipv6[0] >= sizeof status.ipv6[0], "an address must fit");
    _Static_assert(API_ADDRESSES_MAX >= NET_IPV6_ADDRESSES_MAX, "all addresses must fit");
    _Static_assert(sizeof out->time_server >= sizeof status.time_server, "a server must fit");
    memcpy(out->ipv4, status.ipv4, sizeof status.ipv4);
    memcpy(out->time_server, status.time_server, sizeof status.time_server);
    out->ipv6_count = (unsigned)status.ipv6_count;
    for (size_t i = 0; i < status.ipv6_count; i++)
        memcpy(out->ipv6[i], status.ipv6[i], sizeof status.ipv6[i]);
}

static bool read_pool(void *context, unsigned index, api_pool_t *out)
{
    const events_t *events = &((const app_t *)context)->events;
    static net_pool_t pool; /* keeps the name alive until the caller has written it */
    if (index == net_pool_count()) {
        const arena_t *arena = json_document_arena();
        *out = (api_pool_t){ "json", (uint32_t)arena->used, (uint32_t)arena->peak, (uint32_t)arena->bytes,
                             true };
        return true;
    }
    if (index == net_pool_count() + 1u) {
        *out = (api_pool_t){ "event_subscriber", events->used, events->peak, EVENT_SUBSCRIBERS_MAX, false };
        return true;
    }
    if (index > net_pool_count()) return false;
    net_read_pool(index, &pool);
    *out = (api_pool_t){
        .name = pool.name, .used = pool.used, .peak = pool.peak, .size = pool.size, .in_bytes = pool.in_bytes
    };
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

const char *app_reset_cause(void)
{
    static const char *const causes[] = {
        [RESET_POWER_ON] = "power_on",
        [RESET_SOFTWARE] = "software",
        [RESET_WATCHDOG] = "watchdog",
        [RESET_FAULT] = "fault",
    };
    return causes[hal_system_reset_cause()];
}

static uint32_t pending_writes(void *context)
{
    app_t *app = context;
    app_settings_notice(
        app, hal_clock_ms()); /* requests that came in one turn of the loop see each other's changes */
    return (uint32_t)documents_pending(&app->documents);
}

static void device_settings_changed(void *context)
{
    app_settings_device_changed(context);
}

static void sensor_settings_changed(void *context, size_t index)
{
    app_settings_sensor_changed(context, index);
}

static void actuator_settings_changed(void *context, size_t index)
{
    app_settings_actuator_changed(context, index);
}

static bool tls_is_installed(void *context)
{
    return ((const app_t *)context)->tls_installed;
}

const api_platform_t app_platform = {
    .uptime_ms = hal_clock_ms,
    .read_network = read_network,
    .read_pool = read_pool,
    .read_stack = read_stack,
    .reset_cause = app_reset_cause,
    .pending_writes = pending_writes,
    .check_chips = app_chips_check,
    .restart_required = app_restart_required,
    .device_settings_changed = device_settings_changed,
    .sensor_settings_changed = sensor_settings_changed,
    .actuator_settings_changed = actuator_settings_changed,
    .source_changed = app_source_changed,
    .tls_rotate = app_tls_rotate,
    .tls_install = app_tls_install,
    .tls_trust = app_tls_trust,
    .trust_servers = app_trust_servers,
    .tls_is_installed = tls_is_installed,
};
