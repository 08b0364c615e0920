#include "api/handlers.h"

static void write_reading(json_writer_t *json, const sensor_t *sensor, const api_t *api)
{
    json_object_begin(json);
    json_key(json, "id");
    json_string(json, sensor->id);
    api_write_reading(json, sensor, api);
    json_object_end(json);
}

static http_produced_t json_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    (void)ex;
    return api_collection_piece(app, json, state, "readings", write_reading);
}

/* The device's name, then "_" and the sensor's id. */
static void write_base_name(json_writer_t *json, const uint8_t mac[6])
{
    json_key(json, "bn");
    json_raw_string_begin(json);
    api_write_urn(&json->out, mac);
    text_char(&json->out, '_');
    json_raw_string_end(json);
}

/* RFC 8428 section 4.5.3: seconds, and before the clock is set seconds relative to now, which are negative. */
static void write_senml_time(json_writer_t *json, const api_t *api, uint64_t uptime_ms)
{
    int64_t utc_ms;
    json_key(json, "t");
    if (wall_clock_utc_ms(api->clock, uptime_ms, &utc_ms))
        json_thousandths(json, utc_ms);
    else
        json_thousandths(json, (int64_t)uptime_ms - (int64_t)api->platform->uptime_ms());
}

/* state[0]: 0 the opening, then 1 + the index of a sensor; state[1]: the base name has been written. */
static http_produced_t senml_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    (void)ex;
    if (state[0] == 0) {
        json_array_begin(json);
        state[0] = 1;
        return HTTP_MORE;
    }
    if (state[0] > api->sensors->sensor_count) {
        json_array_end(json);
        return HTTP_DONE;
    }
    const sensor_t *sensor = &api->sensors->sensors[state[0] - 1u];
    state[0]++;
    if (sensor->absent || sensor->quality != QUALITY_OK)
        return HTTP_MORE; /* SenML has no way to say "no value" */
    json_object_begin(json);
    if (!state[1]) write_base_name(json, api->device.mac);
    state[1] = 1;
    json_key(json, "n");
    json_string(json, sensor->id);
    json_key(json, "u");
    json_string(json, sensor_unit_symbol(sensor->channel->unit));
    json_key(json, "v");
    json_decimal(json, sensor->value, sensor->channel->decimals);
    write_senml_time(json, api, sensor->uptime_ms);
    json_object_end(json);
    return HTTP_MORE;
}

/* GET /api/v1/readings
 * 200 {"readings":[{"id":"temp0","value":21.44,...},...]}, or SenML (RFC 8428) for application/senml+json;
 *     sensors without a value are null in the first and left out of the second
 * 406 neither is acceptable */
void api_reading_list(http_exchange_t *ex, void *app)
{
    static const char *const offers[] = { api_media_json, api_media_senml };
    static const http_generator_t generators[] = { json_piece, senml_piece };
    const api_t *api = app;
    int chosen = http_negotiate(ex, offers, 2);
    if (chosen < 0) {
        api_write_problem(ex, 406, "this resource is application/json or application/senml+json");
        return;
    }
    /* The two representations differ, and so must their tags; one that counts from now differs each time. */
    bool relative = offers[chosen] == api_media_senml && !api->clock->set;
    uint64_t tag =
        (api->sensors->tag ^ api->device.build_tag ^ wall_clock_tag(api->clock)) + (uint64_t)chosen;
    if (!relative && api_unchanged(ex, tag)) return;
    http_respond_generated(ex, 200, offers[chosen], generators[chosen]);
}
