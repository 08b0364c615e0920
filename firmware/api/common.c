#include "api/handlers.h"
#include "base/hash.h"
#include "base/time_format.h"

const char api_media_json[] = "application/json";
const char api_media_senml[] = "application/senml+json";
const char api_media_events[] = "text/event-stream";

uint32_t api_number(const char *text)
{
    uint64_t value = *text ? 0 : UINT32_MAX;
    for (; *text && value < UINT32_MAX; text++) {
        if (*text < '0' || *text > '9') return UINT32_MAX;
        value = 10u * value + (uint64_t)(*text - '0');
    }
    return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

bool api_accepts_json(http_exchange_t *ex)
{
    static const char *const offers[] = { api_media_json };
    if (http_negotiate(ex, offers, 1) == 0) return true;
    api_write_problem(ex, 406, "this resource is application/json");
    return false;
}

bool api_unchanged(http_exchange_t *ex, uint64_t tag)
{
    http_set_etag(ex, tag);
    if (!http_client_has_it(ex)) return false;
    http_respond_empty(ex, 304);
    return true;
}

void api_write_time(json_writer_t *json, const wall_clock_t *clock, uint64_t uptime_ms)
{
    int64_t utc_ms;
    json_key(json, "time");
    if (!wall_clock_utc_ms(clock, uptime_ms, &utc_ms)) {
        json_null(json);
        return;
    }
    json_raw_string_begin(json);
    text_rfc3339(&json->out, utc_ms);
    json_raw_string_end(json);
}

void api_write_urn(text_writer_t *out, const uint8_t mac[6])
{
    text_string(out, "urn:dev:mac:");
    for (unsigned i = 0; i < 6; i++) {
        if (i == 3) text_string(out, "fffe");
        text_hex(out, mac[i], 2);
    }
}

void api_init(api_t *api)
{
    api_device_t *device = &api->device;
    text_writer_t id = text_writer(device->id, sizeof device->id - 1u);
    for (unsigned i = 0; i < sizeof device->mac; i++) text_hex(&id, device->mac[i], 2);
    *id.at = '\0';
}

/* After each change of what the device is called. */
static void write_tags(api_t *api)
{
    api_device_t *device = &api->device;
    if (api->server) api->server->hosts++;
    const device_settings_t *settings = &api->settings->device;
    device->build_tag = hash_string(hash_string(HASH_SEED, device->version), device->build);
    uint64_t tag = hash_string(hash_string(device->build_tag, device->id), device->board);
    tag = hash_string(hash_string(tag, settings->name), settings->location);
    tag = hash_string(hash_string(tag, device->hostname), device->pin);
    device->tag = hash_word(tag, sensor_registry_count(api->sensors));
}

void api_sensors_changed(api_t *api)
{
    write_tags(api);
}

void api_pin_changed(api_t *api)
{
    (void)tls_identity_pin(api->tls, api->device.pin);
    write_tags(api);
}

void api_device_changed(api_t *api)
{
    api_device_t *device = &api->device;
    const device_settings_t *settings = &api->settings->device;
    char before[sizeof device->wanted_hostname];
    memcpy(before, device->wanted_hostname, sizeof before);
    text_writer_t host = text_writer(device->wanted_hostname, sizeof device->wanted_hostname - 1u);
    if (settings->hostname[0]) {
        text_string(&host, settings->hostname);
    } else {
        text_string(&host, "jembatan-");
        text_string(&host, device->id + 6);
    }
    *host.at = '\0';
    /* A name that the network changed stays as it is until another is wanted. */
    if (strcmp(before, device->wanted_hostname) != 0)
        memcpy(device->hostname, device->wanted_hostname, sizeof device->hostname);
    write_tags(api);
}

void api_hostname_changed(api_t *api, const char *hostname)
{
    text_writer_t host = text_writer(api->device.hostname, sizeof api->device.hostname - 1u);
    text_string(&host, hostname);
    *host.at = '\0';
    write_tags(api);
}
