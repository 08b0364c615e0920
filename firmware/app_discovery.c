/* How the device is found on the network: its services by DNS-SD, and the name that it has there. */
#include "app_state.h"

static bool is_claimed(const app_t *app)
{
    return app->claim.state == CLAIM_CLAIMED;
}

static void write_mac(char out[18], const uint8_t mac[6])
{
    text_writer_t text = text_writer(out, 17);
    for (unsigned i = 0; i < 6; i++) {
        if (i > 0) text_char(&text, ':');
        text_hex(&text, mac[i], 2);
    }
    *text.at = '\0';
}

void app_discovery_init(app_t *app, net_config_t *config)
{
    discovery_t *discovery = &app->discovery;
    const api_device_t *device = &app->api.device;
    write_mac(discovery->mac, device->mac);
    discovery->claimed[0] = is_claimed(app) ? '1' : '0';
    const net_txt_t jembatan[] = {
        { "id", device->id },
        { "mac", discovery->mac },
        { "model", device->model },
        { "board", device->board },
        { "ver", device->version },
        { "api", "v1" },
        { "tls", "0" },
        { "claimed", discovery->claimed },
    };
    /* WoT Discovery (W3C Recommendation), section "DNS-Based Service Discovery" */
    const net_txt_t wot[] = { { "td", "/.well-known/wot" }, { "type", "Thing" }, { "scheme", "http" } };
    const net_txt_t prometheus[] = { { "path", "/metrics" } };
    memcpy(discovery->jembatan, jembatan, sizeof jembatan);
    memcpy(discovery->wot, wot, sizeof wot);
    memcpy(discovery->prometheus, prometheus, sizeof prometheus);
    const net_service_t services[] = {
        { "_http", NULL, 0 },
        { "_jembatan", discovery->jembatan, sizeof jembatan / sizeof *jembatan },
        { "_wot", discovery->wot, sizeof wot / sizeof *wot },
        { "_prometheus-http", discovery->prometheus, 1 },
    };
    _Static_assert(sizeof services == sizeof discovery->services, "all services fit");
    memcpy(discovery->services, services, sizeof services);
    config->services = discovery->services;
    config->service_count = sizeof services / sizeof *services;
    config->clock = &app->clock;
}

void app_discovery_poll(app_t *app)
{
    char claimed = is_claimed(app) ? '1' : '0';
    if (app->discovery.claimed[0] != claimed) {
        app->discovery.claimed[0] = claimed;
        net_announce();
    }
    /* While a new name waits to be taken over, the network still has the old one. */
    if (app->network_due_ms == 0 && strcmp(net_host_name(), app->api.device.hostname) != 0)
        api_hostname_changed(&app->api, net_host_name());
}
