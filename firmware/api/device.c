#include "api/handlers.h"

static void member(json_writer_t *json, const char *key, const char *value)
{
    json_key(json, key);
    json_string(json, value);
}

/* GET /api/v1
 * 200 {"api":"v1","links":{"device":"/api/v1/device",...}}: where everything is; {..} are URI templates of
 *     RFC 6570 */
void api_index_get(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    /* The links are the firmware's: they change with its version and build only. */
    if (!api_accepts_json(ex) || api_unchanged(ex, api->device.build_tag)) return;
    json_writer_t *json = http_respond_json(ex, 200, api_media_json);
    json_object_begin(json);
    member(json, "api", "v1");
    json_key(json, "links");
    json_object_begin(json);
    for (size_t i = 0; i < api_link_count; i++) member(json, api_links[i].name, api_links[i].target);
    json_object_end(json);
    json_object_end(json);
}

static void write_pin(json_writer_t *json, const api_device_t *device)
{
    if (!device->pin[0]) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    json_key(json, "pin");
    json_raw_string_begin(json);
    text_format(&json->out, "sha256//%s", device->pin);
    json_raw_string_end(json);
    json_object_end(json);
}

/* GET /api/v1/device
 * 200 {"id":"024a00c0ffee","name":"Jembatan",...}: who this is; no secrets, constant while it runs */
void api_device_get(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    const api_device_t *device = &api->device;
    if (!api_accepts_json(ex) || api_unchanged(ex, device->tag)) return;
    json_writer_t *json = http_respond_json(ex, 200, api_media_json);
    json_object_begin(json);
    member(json, "id", device->id);
    member(json, "name", api->settings->device.name);
    member(json, "location", api->settings->device.location);
    member(json, "hostname", device->hostname);
    member(json, "board", device->board);
    member(json, "model", device->model);
    member(json, "mcu", device->mcu);
    json_key(json, "mac");
    json_raw_string_begin(json);
    for (unsigned i = 0; i < sizeof device->mac; i++) {
        if (i > 0) text_char(&json->out, ':');
        text_hex(&json->out, device->mac[i], 2);
    }
    json_raw_string_end(json);
    json_key(json, "firmware");
    json_object_begin(json);
    member(json, "version", device->version);
    member(json, "build", device->build);
    json_object_end(json);
    member(json, "api", "v1");
    json_key(json, "sensors");
    json_u32(json, (uint32_t)sensor_registry_count(api->sensors));
    json_key(json, "tls");
    write_pin(json, device);
    json_object_end(json);
}
