#include "api/events.h"
#include "api/handlers.h"
#include "api/patch.h"
#include "api/problem.h"
#include "base/hash.h"

/* The tag of a sensor has two halves: what was set about it, and what it measures. A program that read it before
 * the last sample still knows the settings that it is about to change. */
#define SETTINGS_HALF 0xffffffff00000000u

static uint64_t fold(uint64_t tag)
{
    return (uint32_t)(tag ^ tag >> 32);
}

static uint64_t make_tag(const api_t *api, const sensor_t *sensor)
{
    uint64_t fixed = hash_string(api->device.build_tag, sensor->id) ^ api_sensor_settings_tag(api, sensor);
    return fold(fixed) << 32 | fold(sensor->tag ^ wall_clock_tag(api->clock));
}

static void write_value(json_writer_t *json, const sensor_t *sensor)
{
    if (sensor->quality == QUALITY_OK)
        json_decimal(json, sensor->value, sensor->channel->decimals);
    else
        json_null(json);
}

void api_write_reading(json_writer_t *json, const sensor_t *sensor, const api_t *api)
{
    json_key(json, "unit");
    json_plain(json, sensor_unit_symbol(sensor->channel->unit));
    json_key(json, "value");
    write_value(json, sensor);
    json_key(json, "quality");
    json_plain(json, sensor_quality_name(sensor->quality));
    if (sensor->quality == QUALITY_PENDING) {
        json_key(json, "time");
        json_null(json);
    } else {
        api_write_time(json, api->clock, sensor->uptime_ms);
    }
    json_key(json, "uptime_ms");
    json_u64(json, sensor->uptime_ms);
}

static void write_threshold(json_writer_t *json, const char *key, int32_t value, unsigned decimals)
{
    json_key(json, key);
    if (value == SENSOR_NO_THRESHOLD)
        json_null(json);
    else
        json_decimal(json, value, decimals);
}

static void write_thresholds(json_writer_t *json, const sensor_t *sensor)
{
    unsigned decimals = sensor->channel->decimals;
    json_key(json, "thresholds");
    json_object_begin(json);
    write_threshold(json, "min", sensor->config.min, decimals);
    write_threshold(json, "max", sensor->config.max, decimals);
    json_key(json, "hysteresis");
    json_decimal(json, sensor->config.hysteresis, decimals);
    json_object_end(json);
}

static void write_sensor(json_writer_t *json, const sensor_t *sensor, const api_t *api)
{
    json_object_begin(json);
    json_key(json, "id");
    json_plain(json, sensor->id);
    json_key(json, "name");
    json_string(json, sensor->config.name);
    json_key(json, "kind");
    json_plain(json, sensor_kind_name(sensor->channel->kind));
    api_write_reading(json, sensor, api);
    json_key(json, "interval_ms");
    json_u32(json, sensor->config.interval_ms);
    json_key(json, "offset");
    json_decimal(json, sensor->config.offset, sensor->channel->decimals);
    write_thresholds(json, sensor);
    json_key(json, "alert");
    json_plain(json, sensor_alert_name(sensor->alert));
    json_key(json, "chip");
    if (sensor->chip) {
        json_plain(json, sensor->chip);
    } else {
        json_null(json);
        json_key(json, "source");
        json_plain(json, sensor->source);
    }
    json_object_end(json);
}

/* What was written of a sensor stays true until its tag changes; a strong tag says just that. So what is asked for more
 * often than the sensor is sampled is written once and then copied. One that is longer than there is room is written
 * each time. */
static api_sensor_text_t *sensor_text_of(const api_t *api, size_t index)
{
    return &api->sensor_texts[SENSOR_TEXTS_MAX < SENSORS_MAX ? index % SENSOR_TEXTS_MAX : index];
}

static void renew_sensor_text(const api_t *api, const sensor_t *sensor, uint64_t moment,
                              api_sensor_text_t *text)
{
    json_writer_t json = json_writer(text->json, sizeof text->json);
    write_sensor(&json, sensor, api);
    text->sensor = sensor;
    text->moment = moment;
    text->tag = make_tag(api, sensor);
    text->bytes = json_overflowed(&json) ? 0 : (uint32_t)(json.out.at - text->json);
}

/* clock_tag  wall_clock_tag now */
static inline const api_sensor_text_t *sensor_text_at(const api_t *api, size_t index, uint64_t clock_tag)
{
    const sensor_t *sensor = &api->sensors->sensors[index];
    api_sensor_text_t *text = sensor_text_of(api, index);
    uint64_t moment = sensor->tag ^ clock_tag;
    if (text->sensor != sensor || text->moment != moment) renew_sensor_text(api, sensor, moment, text);
    return text;
}

static const api_sensor_text_t *sensor_text(const api_t *api, const sensor_t *sensor)
{
    return sensor_text_at(api, (size_t)(sensor - api->sensors->sensors), wall_clock_tag(api->clock));
}

static uint64_t sensor_tag(const api_t *api, const sensor_t *sensor)
{
    return sensor_text(api, sensor)->tag;
}

static void copy_sensor(json_writer_t *json, const sensor_t *sensor, const api_t *api)
{
    const api_sensor_text_t *text = sensor_text(api, sensor);
    if (text->bytes > 0)
        json_raw(json, text->json, text->bytes);
    else
        write_sensor(json, sensor, api);
}

http_produced_t api_collection_piece(const api_t *api, json_writer_t *json, uint32_t state[4],
                                     const char *key, api_sensor_writer_t write)
{
    if (state[0] == 0) {
        json_object_begin(json);
        json_key(json, key);
        json_array_begin(json);
    } else if (state[0] <= api->sensors->sensor_count) {
        const sensor_t *sensor = &api->sensors->sensors[state[0] - 1u];
        if (!sensor->absent) write(json, sensor, api);
    } else {
        json_array_end(json);
        json_object_end(json);
        return HTTP_DONE;
    }
    state[0]++;
    return HTTP_MORE;
}

/* As many sensors as surely fit, with their commas; with the first that may not, another piece begins, which can be
 * undone. */
static http_produced_t list_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    uint64_t clock_tag = wall_clock_tag(api->clock);
    uint32_t next = state[0];
    (void)ex;
    for (; next > 0 && next <= api->sensors->sensor_count && !api->sensors->sensors[next - 1u].absent;
         next++) {
        const api_sensor_text_t *text = sensor_text_at(api, next - 1u, clock_tag);
        if (text->bytes == 0 || json_room(json) <= text->bytes) break;
        json_raw(json, text->json, text->bytes);
    }
    if (next == state[0]) return api_collection_piece(app, json, state, "sensors", copy_sensor);
    state[0] = next;
    return HTTP_MORE;
}

/* GET /api/v1/sensors
 * 200 {"sensors":[{...},...]}: descriptor and latest reading of each, in the board's order
 * The tag is the collection's when the answer begins. A sample that is taken while a slow reader is still being
 * served changes it for good, so that this tag never matches again. */
void api_sensor_list(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    uint64_t tag = api->sensors->tag ^ api->device.build_tag ^ wall_clock_tag(api->clock);
    if (!api_accepts_json(ex) || api_unchanged(ex, tag)) return;
    http_respond_generated(ex, 200, api_media_json, list_piece);
}

const sensor_t *api_find_sensor(http_exchange_t *ex, const api_t *api)
{
    const sensor_t *sensor = sensor_registry_find(api->sensors, http_path_param(ex, 0));
    if (!sensor) api_write_problem(ex, 404, "there is no sensor of this id");
    return sensor;
}

/* GET /api/v1/sensors/{id}
 * 200 {"id":"temp0","kind":"temperature","unit":"Cel","value":21.44,"quality":"ok",...}
 * 404 no such sensor */
void api_sensor_get(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    const sensor_t *sensor = api_find_sensor(ex, api);
    if (!sensor || !api_accepts_json(ex) || api_unchanged(ex, sensor_tag(api, sensor))) return;
    copy_sensor(http_respond_json(ex, 200, api_media_json), sensor, api);
}

/* PATCH /api/v1/sensors/{id}, a merge-patch (RFC 7396) of what may be set: name, interval_ms, offset, thresholds
 * 200 the sensor as it is now; 404 no such sensor
 * 400 413 no document; 412 428 If-Match; 422 wrong members, each named */
void api_sensor_patch(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    const sensor_t *sensor = api_find_sensor(ex, api);
    if (!sensor || !api_accepts_json(ex)) return;
    size_t index = (size_t)(sensor - api->sensors->sensors);
    sensor_settings_t *settings = &api->settings->sensors[index];
    sensor_settings_t candidate = *settings;
    if (!api_patch(ex, sensor_tag(api, sensor), SETTINGS_HALF, &sensor_schema, sensor->channel->decimals,
                   &candidate)) {
        return;
    }
    if (sensor->source && candidate.interval_ms) {
        schema_errors_t errors = schema_errors();
        schema_cross_error(&errors, "interval_ms", "is that of the source: change it there");
        api_problem_members(ex, 422, "nothing was changed", &errors);
        return;
    }
    if (!schema_equal(&sensor_schema, &candidate, settings)) {
        *settings = candidate;
        api->platform->sensor_settings_changed(api->context, index);
        sensor_text_of(api, index)->sensor = NULL; /* a setting may be another one and the sensor the same */
    }
    http_set_etag(ex, sensor_tag(api, sensor));
    copy_sensor(http_respond_json(ex, 200, api_media_json), sensor, api);
}

static void respond_value(http_exchange_t *ex, const api_t *api, const sensor_t *sensor)
{
    if (sensor->quality != QUALITY_OK) {
        api_problem_no_reading(ex, sensor);
        return;
    }
    if (api_unchanged(ex, sensor_tag(api, sensor))) return;
    write_value(http_respond_json(ex, 200, api_media_json), sensor);
}

/* GET /api/v1/sensors/{id}/value, where there are no events
 * 200 21.44: the bare number, in the sensor's unit
 * 404 no such sensor
 * 503 the sensor has no value now; Retry-After is its interval */
void api_sensor_number_get(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    const sensor_t *sensor = api_find_sensor(ex, api);
    if (!sensor || !api_accepts_json(ex)) return;
    respond_value(ex, api, sensor);
}

/* GET /api/v1/sensors/{id}/value
 * 200 as api_sensor_number_get; for text/event-stream each number that comes
 * 404 no such sensor
 * 503 as api_sensor_number_get; or too many streams */
void api_sensor_value_get(http_exchange_t *ex, void *app)
{
    static const char *const offers[] = { api_media_json, api_media_events };
    api_t *api = app;
    const sensor_t *sensor = api_find_sensor(ex, api);
    if (!sensor) return;
    int chosen = http_negotiate(ex, offers, 2);
    if (chosen < 0) {
        api_write_problem(ex, 406, "this resource is application/json or text/event-stream");
        return;
    }
    if (offers[chosen] == api_media_events) {
        api_value_stream(ex, api, (size_t)(sensor - api->sensors->sensors));
        return;
    }
    respond_value(ex, api, sensor);
}
