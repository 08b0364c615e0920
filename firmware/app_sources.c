/* Outside sources: what is kept of them, and what the rest of the device has to know of sensors that come and go. */
#include "app_state.h"
#include "base/hash.h"
#include "base/log.h"
#include "hal/clock.h"
#include "net/net.h"
#include "net/net_out.h"
#include "settings/json_document.h"

/* ---- Sensors that come and go ------------------------------------------------------------------------------ */

/* Settings are in units of the sensor's scale: of another one they are no settings. */
static uint64_t settings_digest(const sensor_t *sensor)
{
    const sensor_channel_t *channel = sensor->channel;
    return hash_word(hash_string(HASH_SEED, sensor->id), (uint64_t)channel->kind << 8 | channel->decimals);
}

static void sensor_added(void *context, size_t index)
{
    app_t *app = context;
    sensor_t *sensor = &app->sensors.sensors[index];
    uint64_t *owner = &app->outside_settings[index - app->sensors.chip_sensors];
    uint64_t digest = settings_digest(sensor);
    if (*owner != digest) schema_defaults(&sensor_schema, &app->settings.sensors[index]);
    *owner = digest;
    app_settings_apply_sensor(app, index);
    history_begin_sensor(&app->history, index, sensor);
    api_sensors_changed(&app->api);
}

static void sensor_removed(void *context, size_t index)
{
    app_t *app = context;
    history_end_sensor(&app->history, index);
    events_note_removed(&app->events, index);
    api_sensors_changed(&app->api);
}

static uint32_t draw(void *context)
{
    uint32_t random = 0;
    (void)random_bytes(&((app_t *)context)->random, (uint8_t *)&random, sizeof random);
    return random;
}

/* ---- What is kept ------------------------------------------------------------------------------------------- */

static void write_source(const void *context, json_writer_t *json)
{
    const source_t *source = context;
    json_object_begin(json);
    if (source->id[0]) {
        json_key(json, "id");
        json_plain(json, source->id);
        json_key(json, "source");
        json_object_begin(json);
        source_config_write(&source->config, true, json);
        json_object_end(json);
    }
    json_object_end(json);
}

/* What was set about outside sensors, by id. */
static void write_outside(const void *context, json_writer_t *json)
{
    const app_t *app = context;
    sensor_settings_t defaults;
    schema_defaults(&sensor_schema, &defaults);
    json_object_begin(json);
    for (size_t i = app->sensors.chip_sensors; i < app->sensors.sensor_count; i++) {
        const sensor_t *sensor = &app->sensors.sensors[i];
        if (sensor->absent || schema_equal(&sensor_schema, &app->settings.sensors[i], &defaults)) continue;
        json_key(json, sensor->id);
        schema_write(&sensor_schema, sensor->channel->decimals, &app->settings.sensors[i], json);
    }
    json_object_end(json);
}

void app_source_changed(void *context, size_t index)
{
    app_t *app = context;
    uint64_t now_ms = hal_clock_ms();
    documents_changed(&app->documents, &app->kept.sources[index], now_ms);
    documents_changed(&app->documents, &app->kept.outside, now_ms);
}

void app_outside_sensor_changed(app_t *app)
{
    documents_changed(&app->documents, &app->kept.outside, hal_clock_ms());
}

static void load_source(app_t *app, size_t place)
{
    json_document_t document;
    if (app_document_open(app, &app->kept.sources[place], &document) != STATUS_OK) return;
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(document.root, "id"));
    const cJSON *source = cJSON_GetObjectItemCaseSensitive(document.root, "source");
    schema_errors_t errors = schema_errors();
    size_t index = place;
    if (id && source_id_is_valid(text_view(id))) {
        bool ok = source_config_read(source, &app->sources.candidate, &errors) &&
                  sources_put(&app->sources, text_view(id), hal_clock_ms(), &index) <= SOURCES_REPLACED;
        if (!ok) log_error("app", "the source %s does not hold any more: it is left out", id);
        /* Sources before it are gone. */
        if (ok && index != place) {
            app_source_changed(app, index);
            app_source_changed(app, place);
        }
    }
    json_document_end(&document);
}

static void load_outside(app_t *app)
{
    json_document_t document;
    const cJSON *item;
    if (app_document_open(app, &app->kept.outside, &document) != STATUS_OK) return;
    cJSON_ArrayForEach(item, document.root)
    {
        const sensor_t *sensor = sensor_registry_find(&app->sensors, text_view(item->string));
        if (sensor && sensor->source)
            app_settings_take_sensor(app, (size_t)(sensor - app->sensors.sensors), item);
    }
    json_document_end(&document);
}

/* ---- Life ----------------------------------------------------------------------------------------------------- */

void app_sources_init(app_t *app)
{
    static const char *const names[] = { "source0", "source1", "source2", "source3",
                                         "source4", "source5", "source6", "source7" };
    _Static_assert(SOURCES_MAX <= sizeof names / sizeof names[0], "a name for each");
    const sources_platform_t platform = { app, draw, sensor_added, sensor_removed };
    const client_link_t link = net_out_link();
    sources_init(&app->sources, &app->sensors, &link, &platform);
    for (size_t i = 0; i < SOURCES_MAX; i++)
        app_document_keep(app, &app->kept.sources[i], names[i], write_source, &app->sources.items[i]);
    app_document_keep(app, &app->kept.outside, "outside", write_outside, app);
    for (size_t i = 0; i < SOURCES_MAX; i++) load_source(app, i);
    load_outside(app);
}
