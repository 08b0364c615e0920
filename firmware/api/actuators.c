/* What can be switched or set. */
#include "api/handlers.h"
#include "api/patch.h"
#include "api/problem.h"
#include "base/hash.h"

/* ---- What goes out ----------------------------------------------------------------------------------- */

/* As for sensors: one half for what was set about it, one for what it is. */
#define SETTINGS_HALF 0xffffffff00000000u

static uint64_t fold(uint64_t tag)
{
    return (uint32_t)(tag ^ tag >> 32);
}

static uint64_t actuator_tag(const api_t *api, size_t index)
{
    const actuator_t *actuator = &api->actuators->actuators[index];
    uint64_t fixed = hash_string(api->device.build_tag, actuator->id) ^
                     schema_tag(&actuator_schema, &api->settings->actuators[index]);
    return fold(fixed) << 32 | fold(actuator->tag ^ wall_clock_tag(api->clock));
}

/* A switch is off or on, a level is thousandths of full. */
static void write_state(json_writer_t *json, const char *key, const actuator_t *actuator, int32_t state)
{
    json_key(json, key);
    if (actuator->ops->kind == ACTUATOR_SWITCH)
        json_string(json, state == actuator->ops->min ? "off" : "on");
    else
        json_decimal(json, state, 0);
}

static void write_actuator(json_writer_t *json, const api_t *api, size_t index)
{
    static const char *const boots[] = { [BOOT_OFF] = "off", [BOOT_ON] = "on", [BOOT_LAST] = "last" };
    const actuator_t *actuator = &api->actuators->actuators[index];
    json_object_begin(json);
    json_key(json, "id");
    json_string(json, actuator->id);
    json_key(json, "name");
    json_string(json, actuator->config.name);
    json_key(json, "kind");
    json_string(json, actuator_kind_name(actuator->ops->kind));
    if (actuator->known) {
        write_state(json, "state", actuator, actuator->actual);
    } else {
        json_key(json, "state");
        json_null(json);
    }
    write_state(json, "requested", actuator, actuator->requested);
    json_key(json, "quality");
    json_string(json, actuator_quality_name(actuator->quality));
    if (actuator->changed_ms == 0) { /* nothing has changed yet */
        json_key(json, "time");
        json_null(json);
    } else {
        api_write_time(json, api->clock, actuator->changed_ms);
    }
    json_key(json, "uptime_ms");
    json_u64(json, actuator->changed_ms);
    json_key(json, "boot");
    json_string(json, boots[api->settings->actuators[index].boot]);
    json_key(json, "chip");
    json_string(json, actuator->ops->chip);
    json_object_end(json);
}

static void respond(http_exchange_t *ex, const api_t *api, size_t index)
{
    http_set_etag(ex, actuator_tag(api, index));
    write_actuator(http_respond_json(ex, 200, api_media_json), api, index);
}

static http_produced_t list_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    (void)ex;
    if (state[0] == 0) {
        json_object_begin(json);
        json_key(json, "actuators");
        json_array_begin(json);
    } else if (state[0] <= api->actuators->actuator_count) {
        write_actuator(json, api, state[0] - 1u);
    } else {
        json_array_end(json);
        json_object_end(json);
        return HTTP_DONE;
    }
    state[0]++;
    return HTTP_MORE;
}

/* GET /api/v1/actuators
 * 200 {"actuators":[{...},...]}, in the board's order */
void api_actuator_list(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    uint64_t tag = api->device.build_tag ^ api->actuators->tag ^ wall_clock_tag(api->clock);
    if (!api_accepts_json(ex) || api_unchanged(ex, tag)) return;
    http_respond_generated(ex, 200, api_media_json, list_piece);
}

static bool find_or_refuse(http_exchange_t *ex, const api_t *api, size_t *index)
{
    *index = actuator_registry_find(api->actuators, http_path_param(ex, 0));
    if (*index < api->actuators->actuator_count) return true;
    api_write_problem(ex, 404, "there is no actuator of this id");
    return false;
}

/* GET /api/v1/actuators/{id}
 * 200 {"id":"led0","name":"LED 0","kind":"switch","state":"on","requested":"on","quality":"ok",...}: state is what was
 *     read back from the chip, null while that is not known; requested is what it shall be
 * 404 no such actuator */
void api_actuator_get(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    size_t index;
    if (!find_or_refuse(ex, api, &index) || !api_accepts_json(ex)) return;
    if (!api_unchanged(ex, actuator_tag(api, index))) respond(ex, api, index);
}

/* ---- What comes in ----------------------------------------------------------------------------------- */

/* Off and on, as words or as truth values, for every kind; a whole number from min to max for a level.
 * returns   false when it is none of these */
static bool read_state(const cJSON *item, const actuator_ops_t *ops, int32_t *state)
{
    const char *word = cJSON_GetStringValue(item);
    if (cJSON_IsBool(item) || (word && (strcmp(word, "off") == 0 || strcmp(word, "on") == 0))) {
        bool on = word ? word[1] == 'n' : cJSON_IsTrue(item);
        *state = on ? ops->max : ops->min;
        return true;
    }
    if (ops->kind != ACTUATOR_LEVEL || !cJSON_IsNumber(item)) return false;
    *state = item->valueint;
    return item->valuedouble == (double)item->valueint && *state >= ops->min && *state <= ops->max;
}

/* PUT /api/v1/actuators/{id} {"state":"on"}
 * 200 the actuator, with what was asked for as requested: the chip follows within milliseconds, or as soon as it is
 *     back, and state says so once it was read back. Asking again changes nothing.
 * 404 no such actuator; 400 413 422 the document; 412 If-Match, when there is one */
void api_actuator_put(http_exchange_t *ex, void *app)
{
    static const char *const members[] = { "state" };
    const api_t *api = app;
    size_t index;
    json_document_t document;
    if (!find_or_refuse(ex, api, &index) || !api_accepts_json(ex)) return;
    if (http_if_match(ex, actuator_tag(api, index), UINT64_MAX) == HTTP_PRECONDITION_FAILED) {
        api_write_problem(ex, 412, "somebody else has changed it: read it again");
        return;
    }
    if (!api_read_document(ex, &document)) return;
    const actuator_ops_t *ops = api->actuators->actuators[index].ops;
    schema_errors_t errors = schema_errors();
    int32_t state = 0;
    api_only_members(document.root, members, 1, &errors);
    if (!read_state(cJSON_GetObjectItemCaseSensitive(document.root, "state"), ops, &state)) {
        schema_cross_error(&errors, "state",
                           ops->kind == ACTUATOR_SWITCH ? "must be off or on"
                                                        : "must be off, on or a whole number from 0 to 1000");
    }
    if (errors.count > 0) api_problem_members(ex, 422, "nothing was changed", &errors);
    json_document_end(&document);
    if (errors.count > 0) return;
    (void)actuator_registry_set(api->actuators, index, state); /* it is in its range */
    respond(ex, api, index);
}

/* PATCH /api/v1/actuators/{id}, a merge-patch (RFC 7396) of what may be set about it: name, boot
 * 200 the actuator as it is now; 404 no such actuator
 * 400 413 no document; 412 428 If-Match; 422 wrong members, each named */
void api_actuator_patch(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    size_t index;
    if (!find_or_refuse(ex, api, &index) || !api_accepts_json(ex)) return;
    actuator_settings_t *settings = &api->settings->actuators[index];
    actuator_settings_t candidate = *settings;
    if (!api_patch(ex, actuator_tag(api, index), SETTINGS_HALF, &actuator_schema, 0, &candidate)) return;
    if (!schema_equal(&actuator_schema, &candidate, settings)) {
        *settings = candidate;
        api->platform->actuator_settings_changed(api->context, index);
    }
    respond(ex, api, index);
}
