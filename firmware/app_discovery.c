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

/* By HTTPS only where nothing else is served: a client can be told of the other by the record, and then knows whom
 * to expect. */
static void list_services(discovery_t *discovery, bool plain, net_config_t *config)
{
    size_t count = 0;
    discovery->services[count++] = (net_service_t){ plain ? "_http" : "_https", NULL, 0 };
    discovery->services[count++] =
        (net_service_t){ "_jembatan", discovery->jembatan,
                         sizeof discovery->jembatan / sizeof *discovery->jembatan };
    discovery->services[count++] =
        (net_service_t){ "_wot", discovery->wot, sizeof discovery->wot / sizeof *discovery->wot };
    if (plain) discovery->services[count++] = (net_service_t){ "_prometheus-http", discovery->prometheus, 1 };
    _Static_assert(sizeof discovery->services / sizeof *discovery->services == 4, "all services fit");
    config->services = discovery->services;
    config->service_count = count;
    config->service_port = plain ? config->http_port : config->https_port;
}

void app_discovery_configure(app_t *app, net_config_t *config)
{
    discovery_t *discovery = &app->discovery;
    bool plain = app_has_plain_http(app);
    /* WoT Discovery (W3C Recommendation), section "DNS-Based Service Discovery" */
    const net_txt_t wot[] = { { "td", "/.well-known/wot" },
                              { "type", "Thing" },
                              { "scheme", plain ? "http" : "https" } };
    memcpy(discovery->wot, wot, sizeof wot);
    list_services(discovery, plain, config);
}

void app_discovery_init(app_t *app, net_config_t *config)
{
    discovery_t *discovery = &app->discovery;
    const api_device_t *device = &app->api.device;
    write_mac(discovery->mac, device->mac);
    discovery->claimed[0] = is_claimed(app) ? '1' : '0';
    memcpy(discovery->pin, device->pin, sizeof discovery->pin);
    const net_txt_t jembatan[] = {
        { "id", device->id },
        { "mac", discovery->mac },
        { "model", device->model },
        { "board", device->board },
        { "ver", device->version },
        { "api", "v1" },
        { "tls", app->api.tls ? "1" : "0" },
        { "pin", discovery->pin },
        { "claimed", discovery->claimed },
    };
    _Static_assert(sizeof jembatan == sizeof discovery->jembatan, "the whole record fits");
    const net_txt_t prometheus[] = { { "path", "/metrics" } };
    memcpy(discovery->jembatan, jembatan, sizeof jembatan);
    memcpy(discovery->prometheus, prometheus, sizeof prometheus);
    app_discovery_configure(app, config);
    config->clock = &app->clock;
}

void app_discovery_poll(app_t *app)
{
    char claimed = is_claimed(app) ? '1' : '0';
    bool other_pin = strcmp(app->discovery.pin, app->api.device.pin) != 0;
    if (app->discovery.claimed[0] != claimed || other_pin) {
        app->discovery.claimed[0] = claimed;
        memcpy(app->discovery.pin, app->api.device.pin, sizeof app->discovery.pin);
        net_announce();
    }
    /* While a new name waits to be taken over, the network still has the old one. */
    if (app->network_due_ms == 0 && strcmp(net_host_name(), app->api.device.hostname) != 0)
        api_hostname_changed(&app->api, net_host_name());
}
