/* Settings: from the store into the parts of the device that follow them, and back. */
#include "app_state.h"
#include "base/log.h"
#include "hal/clock.h"
#include "hal/system.h"
#include "net/net.h"
#include "settings/json_document.h"

/* ---- Settings into the parts of the device -------------------------------------------------------------- */

/* NULL: a chip measures it. */
static const source_t *source_of(const app_t *app, size_t index)
{
    const char *source = app->sensors.sensors[index].source;
    return source ? sources_find(&app->sources, text_view(source)) : NULL;
}

static void apply_sensor(app_t *app, size_t index)
{
    const sensor_settings_t *settings = &app->settings.sensors[index];
    sensor_config_t config = sensor_config_default(app->sensors.sensors[index].channel);
    if (settings->name[0]) config.name = settings->name;
    config.interval_ms =
        settings->interval_ms ? settings->interval_ms : app->settings.device.sampling_interval_ms;
    const source_t *source = source_of(app, index);
    if (source) config.interval_ms = source->config.interval_ms;
    config.offset = settings->offset;
    config.min = settings->threshold_min; /* both sides write "none" as INT32_MIN */
    config.max = settings->threshold_max;
    config.hysteresis = settings->hysteresis;
    if (sensor_registry_configure(&app->sensors, index, &config, hal_clock_ms()) != STATUS_OK) {
        log_error("app", "settings of sensor %s do not fit it", app->sensors.sensors[index].id);
    }
}

static actuator_config_t actuator_config(const app_t *app, size_t index)
{
    static const actuator_boot_policy_t policies[] = {
        [BOOT_OFF] = ACTUATOR_BOOT_OFF,
        [BOOT_ON] = ACTUATOR_BOOT_ON,
        [BOOT_LAST] = ACTUATOR_BOOT_LAST,
    };
    const actuator_settings_t *settings = &app->settings.actuators[index];
    actuator_config_t config = actuator_config_default(&app->actuators, index);
    if (settings->name[0]) config.name = settings->name;
    config.boot = policies[settings->boot];
    return config;
}

static void apply_device(app_t *app)
{
    api_device_changed(&app->api);
    app->access.read_auth = app->settings.device.read_auth == READ_AUTH_TOKEN;
    app->access.insecure_tokens = app->settings.device.insecure_tokens || app->board->options.insecure_tokens;
    app->server.access_changes++;
    for (size_t i = 0; i < app->sensors.sensor_count; i++) {
        if (!app->sensors.sensors[i].absent) apply_sensor(app, i);
    }
}

static void ipv4_bytes(uint8_t out[4], uint32_t address)
{
    for (unsigned i = 0; i < 4; i++) out[i] = (uint8_t)(address >> (24u - 8u * i));
}

bool app_has_plain_http(const app_t *app)
{
    return !app->api.tls || app->settings.device.http_mode != HTTP_MODE_OFF;
}

net_config_t app_net_config(const app_t *app)
{
    const board_options_t *options = &app->board->options;
    const device_settings_t *settings = &app->settings.device;
    net_config_t config = { .host_name = app->api.device.wanted_hostname,
                            .http_port = app_has_plain_http(app) ? 80 : 0,
                            .tls = app->api.tls,
                            .https_port = 443,
                            .time_server = settings->time_server };
    memcpy(config.mac, app->api.device.mac, sizeof config.mac);
    if (options->ipv4_static) {
        config.ipv4_static = true;
        memcpy(config.ipv4_address, options->ipv4_address, sizeof config.ipv4_address);
        memcpy(config.ipv4_netmask, options->ipv4_netmask, sizeof config.ipv4_netmask);
        memcpy(config.ipv4_gateway, options->ipv4_gateway, sizeof config.ipv4_gateway);
    } else if (settings->network_mode == NETWORK_STATIC) {
        config.ipv4_static = true;
        ipv4_bytes(config.ipv4_address, settings->address);
        ipv4_bytes(config.ipv4_netmask, UINT32_MAX << (32u - settings->prefix));
        ipv4_bytes(config.ipv4_gateway, settings->gateway);
    }
    return config;
}

void app_settings_device_changed(app_t *app)
{
    uint64_t now_ms = hal_clock_ms();
    apply_device(app);
    app->network_due_ms = now_ms + ACTION_DELAY_MS;
    documents_changed(&app->documents, &app->kept.device, now_ms);
}

/* The chip that has a sensor. */
static size_t slot_of(const app_t *app, size_t index)
{
    size_t slot = app->sensors.slot_count - 1u;
    while (app->sensors.slots[slot].first > index) slot--;
    return slot;
}

void app_settings_sensor_changed(app_t *app, size_t index)
{
    apply_sensor(app, index);
    if (app->sensors.sensors[index].source) {
        app_outside_sensor_changed(app);
        return;
    }
    documents_changed(&app->documents, &app->kept.sensors[slot_of(app, index)], hal_clock_ms());
}

void app_settings_actuator_changed(app_t *app, size_t index)
{
    actuator_config_t config = actuator_config(app, index);
    actuator_registry_configure(&app->actuators, index, &config);
    app->outputs_seen = app->actuators.changes - 1u; /* it may have become one whose state lasts */
    documents_changed(&app->documents, &app->kept.actuators, hal_clock_ms());
}

/* ---- Into the store --------------------------------------------------------------------------------------- */

static void write_device(const void *context, json_writer_t *json)
{
    schema_write(&device_schema, 0, &((const app_t *)context)->settings.device, json);
}

/* Those of one chip that are not the defaults, by id. */
static void write_sensors(const void *context, json_writer_t *json)
{
    const struct sensors_document *document = context;
    const app_t *app = document->app;
    const sensor_slot_t *slot = &app->sensors.slots[document->slot];
    unsigned count = document->slot < app->sensors.slot_count ? slot->device->ops->channel_count : 0u;
    sensor_settings_t defaults;
    schema_defaults(&sensor_schema, &defaults);
    json_object_begin(json);
    for (unsigned i = 0; i < count; i++) {
        const sensor_t *sensor = &app->sensors.sensors[slot->first + i];
        const sensor_settings_t *settings = &app->settings.sensors[slot->first + i];
        if (schema_equal(&sensor_schema, settings, &defaults)) continue;
        json_key(json, sensor->id);
        schema_write(&sensor_schema, sensor->channel->decimals, settings, json);
    }
    json_object_end(json);
}

static void write_actuators(const void *context, json_writer_t *json)
{
    const app_t *app = context;
    actuator_settings_t defaults;
    schema_defaults(&actuator_schema, &defaults);
    json_object_begin(json);
    for (size_t i = 0; i < app->actuators.actuator_count; i++) {
        if (schema_equal(&actuator_schema, &app->settings.actuators[i], &defaults)) continue;
        json_key(json, app->actuators.actuators[i].id);
        schema_write(&actuator_schema, 0, &app->settings.actuators[i], json);
    }
    json_object_end(json);
}

/* Only of those that want it back: the memory wears. */
static void write_outputs(const void *context, json_writer_t *json)
{
    const app_t *app = context;
    json_object_begin(json);
    for (size_t i = 0; i < app->actuators.actuator_count; i++) {
        if (app->settings.actuators[i].boot != BOOT_LAST) continue;
        json_key(json, app->actuators.actuators[i].id);
        json_decimal(json, app->actuators.actuators[i].requested, 0);
    }
    json_object_end(json);
}

static void write_actions(const void *context, json_writer_t *json)
{
    action_runs_write(&((const app_t *)context)->runs, json);
}

/* ---- From the store --------------------------------------------------------------------------------------- */

/* returns   as documents_load; STATUS_BAD_DATA also for what is no JSON. Unless STATUS_OK nothing is to be ended. */
static status_t open_document(app_t *app, const document_t *kept, json_document_t *document)
{
    text_view_t text;
    status_t status = documents_load(&app->documents, kept, &text);
    if (status == STATUS_OK && json_document_begin(document, text.bytes, text.count) != STATUS_OK) {
        json_document_end(document);
        status = STATUS_BAD_DATA;
    }
    if (status != STATUS_OK && status != STATUS_NOT_FOUND && status != STATUS_UNSUPPORTED) {
        log_error("app", "the document %s is damaged: defaults hold", kept->name);
    }
    return status;
}

/* Takes an object over. What of it does not hold any more (another firmware wrote it) is left out, as long as what
 * remains keeps the rules. */
static void take_settings(const schema_t *schema, schema_decimals_t decimals, const cJSON *object,
                          void *settings, void *candidate)
{
    schema_errors_t errors = schema_errors();
    memcpy(candidate, settings, schema->bytes);
    if (!schema_merge_patch(schema, decimals, object, candidate, &errors)) {
        for (unsigned i = 0; i < errors.count; i++) {
            char pointer[SCHEMA_POINTER_BYTES];
            const char *detail = schema_error_pointer(&errors.items[i], pointer);
            log_warning("app", "stored setting %s is left out: %s", pointer, detail);
        }
        schema_errors_t again = schema_errors();
        const cJSON nothing = { .type = cJSON_Object };
        if (!schema_merge_patch(schema, decimals, &nothing, candidate, &again)) return;
    }
    memcpy(settings, candidate, schema->bytes);
}

/* Who may read must not become more people because a document was damaged, or the memory that has it. Where there is
 * no memory nobody can have set anything. */
static void load_device(app_t *app)
{
    json_document_t document;
    device_settings_t candidate;
    status_t status = open_document(app, &app->kept.device, &document);
    if (status == STATUS_OK) {
        take_settings(&device_schema, 0, document.root, &app->settings.device, &candidate);
        json_document_end(&document);
    } else if (status != STATUS_NOT_FOUND && app->store.health.state != STORE_NONE) {
        app->settings.device.read_auth = READ_AUTH_TOKEN;
    }
}

/* Sensors are found by their ids: with other chips than before they are in other documents.
 * returns   whether one was not in its own */
static bool load_sensors(app_t *app, size_t index)
{
    json_document_t document;
    const cJSON *item;
    bool moved = false;
    if (open_document(app, &app->kept.sensors[index], &document) != STATUS_OK) return false;
    cJSON_ArrayForEach(item, document.root)
    {
        const sensor_t *sensor = sensor_registry_find(&app->sensors, text_view(item->string));
        sensor_settings_t candidate;
        if (!sensor) continue;
        size_t at = (size_t)(sensor - app->sensors.sensors);
        moved |= slot_of(app, at) != index;
        take_settings(&sensor_schema, sensor->channel->decimals, item, &app->settings.sensors[at],
                      &candidate);
    }
    json_document_end(&document);
    return moved;
}

static void load_actuators(app_t *app)
{
    json_document_t document;
    const cJSON *item;
    if (open_document(app, &app->kept.actuators, &document) != STATUS_OK) return;
    cJSON_ArrayForEach(item, document.root)
    {
        size_t index = actuator_registry_find(&app->actuators, text_view(item->string));
        actuator_settings_t candidate;
        if (index == app->actuators.actuator_count) continue;
        take_settings(&actuator_schema, 0, item, &app->settings.actuators[index], &candidate);
    }
    json_document_end(&document);
}

/* Every actuator begins as its settings want it, whatever became of the documents. */
static void boot_actuators(app_t *app)
{
    json_document_t document;
    bool found = open_document(app, &app->kept.outputs, &document) == STATUS_OK;
    for (size_t i = 0; i < app->actuators.actuator_count; i++) {
        const actuator_t *actuator = &app->actuators.actuators[i];
        actuator_config_t config = actuator_config(app, i);
        int32_t last = actuator->ops->min;
        if (found) {
            const cJSON *item = cJSON_GetObjectItemCaseSensitive(document.root, actuator->id);
            if (item && cJSON_IsNumber(item)) last = item->valueint;
        }
        actuator_registry_boot(&app->actuators, i, &config, last);
    }
    if (found) json_document_end(&document);
    app->outputs_seen = app->actuators.changes;
}

static void load_actions(app_t *app)
{
    json_document_t document;
    if (open_document(app, &app->kept.actions, &document) != STATUS_OK) return;
    action_runs_load(&app->runs, document.root);
    json_document_end(&document);
}

static void keep(app_t *app, document_t *document, const char *name, document_write_t write,
                 const void *context)
{
    *document = (document_t){ .name = name, .write = write, .context = context };
    if (documents_register(&app->documents, document) != STATUS_OK) {
        hal_system_panic("the documents do not fit limits.h");
    }
}

void app_document_keep(app_t *app, document_t *document, const char *name, document_write_t write,
                       const void *context)
{
    keep(app, document, name, write, context);
}

status_t app_document_open(app_t *app, const document_t *kept, json_document_t *document)
{
    return open_document(app, kept, document);
}

void app_settings_apply_sensor(app_t *app, size_t index)
{
    apply_sensor(app, index);
}

void app_settings_take_sensor(app_t *app, size_t index, const cJSON *object)
{
    sensor_settings_t candidate;
    take_settings(&sensor_schema, app->sensors.sensors[index].channel->decimals, object,
                  &app->settings.sensors[index], &candidate);
}

static void register_documents(app_t *app)
{
    static const char *const names[] = { "sensors0", "sensors1", "sensors2", "sensors3",
                                         "sensors4", "sensors5", "sensors6", "sensors7" };
    _Static_assert(sizeof names / sizeof names[0] == SENSOR_DEVICES_MAX, "a name for each chip");
    keep(app, &app->kept.actuators, "actuators", write_actuators, app);
    keep(app, &app->kept.outputs, "outputs", write_outputs, app);
    keep(app, &app->kept.actions, "actions", write_actions, app);
    for (size_t i = 0; i < SENSOR_DEVICES_MAX; i++) {
        app->kept.sensors_context[i] = (struct sensors_document){ app, i };
        keep(app, &app->kept.sensors[i], names[i], write_sensors, &app->kept.sensors_context[i]);
    }
}

void app_store_open(app_t *app)
{
    (void)store_open(&app->store); /* it says in the log what it found, and in /status */
    documents_init(&app->documents, &app->store);
    json_document_init();
}

void app_settings_load_device(app_t *app)
{
    schema_defaults(&device_schema, &app->settings.device);
    keep(app, &app->kept.device, "device", write_device, app);
    load_device(app);
}

void app_settings_load(app_t *app)
{
    for (size_t i = 0; i < app->sensors.sensor_count; i++)
        schema_defaults(&sensor_schema, &app->settings.sensors[i]);
    for (size_t i = 0; i < app->actuators.actuator_count; i++)
        schema_defaults(&actuator_schema, &app->settings.actuators[i]);
    register_documents(app);
    bool moved = false;
    for (size_t i = 0; i < SENSOR_DEVICES_MAX; i++) moved |= load_sensors(app, i);
    for (size_t i = 0; moved && i < SENSOR_DEVICES_MAX; i++)
        documents_changed(&app->documents, &app->kept.sensors[i], hal_clock_ms());
    load_actuators(app);
    boot_actuators(app);
    load_actions(app);
    app_sources_init(app);
    app->runs_seen = app->runs.changes;
    apply_device(app);
}

/* ---- Now and then ----------------------------------------------------------------------------------------- */

static bool any_output_lasts(const app_t *app)
{
    for (size_t i = 0; i < app->actuators.actuator_count; i++)
        if (app->settings.actuators[i].boot == BOOT_LAST) return true;
    return false;
}

void app_settings_notice(app_t *app, uint64_t now_ms)
{
    if (app->outputs_seen != app->actuators.changes) {
        app->outputs_seen = app->actuators.changes;
        if (any_output_lasts(app)) documents_changed(&app->documents, &app->kept.outputs, now_ms);
    }
    if (app->runs_seen != app->runs.changes) {
        app->runs_seen = app->runs.changes;
        documents_changed(&app->documents, &app->kept.actions, now_ms);
    }
}

uint64_t app_settings_poll(app_t *app, uint64_t now_ms)
{
    if (app->network_due_ms && app->network_due_ms <= now_ms) {
        app->network_due_ms = 0;
        app_tls_rename(app);
        net_config_t config = app_net_config(app);
        app_discovery_configure(app, &config);
        net_configure(&config);
    }
    app_settings_notice(app, now_ms);
    return app->network_due_ms ? app->network_due_ms : UINT64_MAX;
}
