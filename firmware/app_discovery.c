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

static void list_plain(discovery_t *discovery)
{
    const net_txt_t wot[] = { { "td", "/.well-known/wot" }, { "type", "Thing" }, { "scheme", "http" } };
    const net_service_t services[] = {
        { "_http", NULL, 0 },
        { "_jembatan", discovery->jembatan, sizeof discovery->jembatan / sizeof *discovery->jembatan },
        { "_wot", discovery->plain.wot, sizeof wot / sizeof *wot },
        { "_prometheus-http", discovery->prometheus, 1 },
    };
    _Static_assert(sizeof services <= sizeof discovery->plain.services, "all services fit");
    memcpy(discovery->plain.wot, wot, sizeof wot);
    memcpy(discovery->plain.services, services, sizeof services);
    discovery->plain.count = sizeof services / sizeof *services;
}

/* WoT Discovery (W3C Recommendation), section "DNS-Based Service Discovery" */
static void list_secure(discovery_t *discovery)
{
    const net_txt_t wot[] = { { "td", "/.well-known/wot" }, { "type", "Thing" }, { "scheme", "https" } };
    const net_service_t services[] = {
        { "_https", NULL, 0 },
        { "_jembatan", discovery->jembatan, sizeof discovery->jembatan / sizeof *discovery->jembatan },
        { "_wot", discovery->secure.wot, sizeof wot / sizeof *wot },
    };
    _Static_assert(sizeof services <= sizeof discovery->secure.services, "all services fit");
    memcpy(discovery->secure.wot, wot, sizeof wot);
    memcpy(discovery->secure.services, services, sizeof services);
    discovery->secure.count = sizeof services / sizeof *services;
}

/* HTTPS only where nothing else is served: the record tells of it in any case, and whom to expect. */
void app_discovery_configure(const app_t *app, net_config_t *config)
{
    const discovery_t *discovery = &app->discovery;
    bool plain = app_has_plain_http(app);
    config->services = plain ? discovery->plain.services : discovery->secure.services;
    config->service_count = plain ? discovery->plain.count : discovery->secure.count;
    config->service_port = plain ? config->http_port : config->https_port;
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
    list_plain(discovery);
    list_secure(discovery);
    app_discovery_configure(app, config);
    config->clock = &app->clock;
}

/* Whether the network is to be told something else than before. */
static bool is_news(app_t *app)
{
    discovery_t *discovery = &app->discovery;
    char claimed = is_claimed(app) ? '1' : '0';
    if (discovery->claimed[0] == claimed && strcmp(discovery->pin, app->api.device.pin) == 0) return false;
    discovery->claimed[0] = claimed;
    memcpy(discovery->pin, app->api.device.pin, sizeof discovery->pin);
    return true;
}

void app_discovery_poll(app_t *app)
{
    discovery_t *discovery = &app->discovery;
    uint32_t names = net_host_name_version();
    bool claim_same = (discovery->claimed[0] == '1') == is_claimed(app);
    if (claim_same && discovery->device_seen == app->api.device.tag && discovery->names_seen == names) return;
    if (is_news(app)) net_announce();
    /* While a new name waits to be taken over, the network still has the old one. */
    if (app->network_due_ms != 0) return;
    if (strcmp(net_host_name(), app->api.device.hostname) != 0)
        api_hostname_changed(&app->api, net_host_name());
    discovery->device_seen = app->api.device.tag;
    discovery->names_seen = names;
}
