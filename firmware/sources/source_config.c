#include "sources/source_config.h"

#include <string.h>

#include "client/client_request.h"
#include "client/json_pick.h"
#include "sensors/sensor_registry.h"
#include "settings/json_number.h"

/* What may be measured, in which unit, and how finely unless it is said. */
static const struct {
    sensor_kind_t kind;
    sensor_unit_t unit;
    uint8_t decimals;
} kinds[] = {
    { SENSOR_TEMPERATURE, UNIT_CELSIUS, 2 },
    { SENSOR_RELATIVE_HUMIDITY, UNIT_PERCENT_RH, 2 },
    { SENSOR_PRESSURE, UNIT_PASCAL, 0 },
    { SENSOR_MAGNETIC_FLUX_DENSITY, UNIT_TESLA, 8 },
};

#define DECIMALS_MAX 9
#define EXPONENT_MAX 9

bool source_id_is_valid(text_view_t id)
{
    return id.count < SOURCE_ID_BYTES && sensor_registry_id_is_valid(id);
}

/* ---- Members ------------------------------------------------------------------------------------------------- */

static const cJSON *member_of(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool copy_text(const cJSON *item, char *out, size_t bytes)
{
    const char *text = cJSON_GetStringValue(item);
    if (!text || strlen(text) >= bytes) return false;
    memcpy(out, text, strlen(text));
    return true;
}

static bool read_whole(const cJSON *item, int32_t least, int32_t most, int32_t *value)
{
    return cJSON_IsNumber(item) && json_scaled(item->valuedouble, 0, value) && *value >= least &&
           *value <= most;
}

static void read_ms(const cJSON *document, const char *name, const char *rule, uint32_t least, uint32_t most,
                    uint32_t *ms, schema_errors_t *errors)
{
    const cJSON *item = member_of(document, name);
    int32_t value;
    if (!item) return;
    if (read_whole(item, (int32_t)least, (int32_t)most, &value))
        *ms = (uint32_t)value;
    else
        schema_cross_error(errors, name, rule);
}

static void only_members(const cJSON *object, const char *const names[], size_t count, const char *path,
                         int item, schema_errors_t *errors)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        size_t i = 0;
        while (i < count && strcmp(member->string, names[i]) != 0) i++;
        if (i < count) continue;
        schema_errors_add(errors, (schema_error_t){ text_view(path), member->string,
                                                    "there is no such member", (int16_t)item });
    }
}

/* ---- Secrets ------------------------------------------------------------------------------------------------- */

static void read_token(const cJSON *document, source_config_t *config, schema_errors_t *errors)
{
    const cJSON *item = member_of(document, "token");
    if (!item || cJSON_IsNull(item)) return;
    bool ok = copy_text(item, config->token, sizeof config->token) &&
              client_is_field_value(text_view(config->token)) && !strchr(config->token, ' ');
    if (!ok) schema_cross_error(errors, "token", "must be null or 1 to 127 visible ASCII characters");
}

static bool has_header(const source_config_t *config, const char *name)
{
    for (unsigned i = 0; i < config->header_count; i++) {
        if (text_equal_nocase(text_view(config->headers[i].name), text_view(name))) return true;
    }
    return false;
}

static void read_headers(const cJSON *document, source_config_t *config, schema_errors_t *errors)
{
    static const char rule[] =
        "must be a name of HTTP that this device does not send itself, with a value of 1 to 127 "
        "visible ASCII characters";
    const cJSON *headers = member_of(document, "headers"), *item;
    if (!headers || cJSON_IsNull(headers)) return;
    if (!cJSON_IsObject(headers) || cJSON_GetArraySize(headers) > (int)SOURCE_HEADERS_MAX) {
        schema_cross_error(errors, "headers", "must be an object of at most 2 members");
        return;
    }
    cJSON_ArrayForEach(item, headers)
    {
        source_header_t *header = &config->headers[config->header_count];
        bool ok = strlen(item->string) < sizeof header->name &&
                  client_is_field_name(text_view(item->string)) && !has_header(config, item->string) &&
                  copy_text(item, header->value, sizeof header->value) &&
                  client_is_field_value(text_view(header->value));
        if (!ok) {
            schema_errors_add(errors, (schema_error_t){ text_view("headers"), item->string, rule, -1 });
            continue;
        }
        memcpy(header->name, item->string, strlen(item->string));
        config->header_count++;
    }
}

/* ---- The map --------------------------------------------------------------------------------------------------- */

static void map_error(schema_errors_t *errors, int index, const char *member, const char *detail)
{
    schema_errors_add(errors, (schema_error_t){ text_view("map"), member, detail, (int16_t)index });
}

static bool names_kind(const cJSON *item, size_t i)
{
    const char *name = cJSON_GetStringValue(member_of(item, "kind"));
    return name && strcmp(name, sensor_kind_name(kinds[i].kind)) == 0;
}

static void read_kind(const cJSON *item, source_value_t *value, int index, schema_errors_t *errors)
{
    size_t i = 0, count = sizeof kinds / sizeof kinds[0];
    while (i < count && !names_kind(item, i)) i++;
    if (i == count) {
        map_error(errors, index, "kind",
                  "must be temperature, relative_humidity, pressure or magnetic_flux_density");
        return;
    }
    const char *unit = cJSON_GetStringValue(member_of(item, "unit"));
    if (!unit || strcmp(unit, sensor_unit_symbol(kinds[i].unit)) != 0)
        map_error(errors, index, "unit",
                  "must be the unit of the kind: Cel, %RH, Pa or T; an exponent makes Pa of hPa");
    value->kind = (uint8_t)kinds[i].kind;
    value->unit = (uint8_t)kinds[i].unit;
    value->decimals = kinds[i].decimals;
}

static void read_scale(const cJSON *item, source_value_t *value, int index, schema_errors_t *errors)
{
    const cJSON *decimals = member_of(item, "decimals"), *exponent = member_of(item, "exponent");
    int32_t number;
    if (decimals) {
        if (read_whole(decimals, 0, DECIMALS_MAX, &number))
            value->decimals = (uint8_t)number;
        else
            map_error(errors, index, "decimals", "must be a whole number from 0 to 9");
    }
    if (!exponent) return;
    if (read_whole(exponent, -EXPONENT_MAX, EXPONENT_MAX, &number))
        value->exponent = (int8_t)number;
    else
        map_error(errors, index, "exponent", "must be a whole number from -9 to 9");
}

static void read_value(const cJSON *item, source_config_t *config, int index, schema_errors_t *errors)
{
    static const char *const members[] = { "pointer", "sensor", "kind", "unit", "decimals", "exponent" };
    source_value_t *value = &config->values[index];
    if (!cJSON_IsObject(item)) {
        schema_errors_add(errors,
                          (schema_error_t){ text_view("map"), NULL, "must be an object", (int16_t)index });
        return;
    }
    only_members(item, members, sizeof members / sizeof members[0], "map", index, errors);
    if (!copy_text(member_of(item, "pointer"), value->pointer, sizeof value->pointer) ||
        !json_pick_is_pointer(value->pointer)) {
        map_error(errors, index, "pointer", "must be a JSON pointer (RFC 6901) of at most 71 bytes");
    }
    if (!copy_text(member_of(item, "sensor"), value->sensor, sizeof value->sensor) ||
        !sensor_registry_id_is_valid(text_view(value->sensor))) {
        map_error(errors, index, "sensor", "must be 1 to 31 of a-z, 0-9 and _");
    }
    for (int i = 0; i < index; i++) {
        if (strcmp(config->values[i].sensor, value->sensor) == 0)
            map_error(errors, index, "sensor", "is there twice");
    }
    read_kind(item, value, index, errors);
    read_scale(item, value, index, errors);
}

static void read_map(const cJSON *document, source_config_t *config, schema_errors_t *errors)
{
    const cJSON *map = member_of(document, "map"), *item;
    int count = cJSON_IsArray(map) ? cJSON_GetArraySize(map) : 0, index = 0;
    if (count < 1 || count > (int)SOURCE_VALUES_MAX) {
        schema_cross_error(errors, "map", "must be a list of 1 to 8 values, on small boards to 4");
        return;
    }
    cJSON_ArrayForEach(item, map)
    {
        read_value(item, config, index++, errors);
    }
    config->value_count = (uint16_t)count;
}

/* ---- Whole ------------------------------------------------------------------------------------------------------ */

bool source_config_read(const cJSON *document, source_config_t *config, schema_errors_t *errors)
{
    static const char *const members[] = { "url", "interval_ms", "timeout_ms", "token", "headers", "map" };
    client_url_t url;
    memset(config, 0, sizeof *config);
    config->interval_ms = SOURCE_INTERVAL_MS_DEFAULT;
    config->timeout_ms = SOURCE_TIMEOUT_MS_DEFAULT;
    if (!cJSON_IsObject(document)) {
        schema_cross_error(errors, "", "must be an object");
        return false;
    }
    only_members(document, members, sizeof members / sizeof members[0], "", -1, errors);
    if (!copy_text(member_of(document, "url"), config->url, sizeof config->url) ||
        !client_url_parse(text_view(config->url), &url)) {
        schema_cross_error(errors, "url",
                           "must be an http or https URL of at most 255 bytes, without user and fragment");
    }
    read_ms(document, "interval_ms", "must be a whole number from 1000 to 3600000", SOURCE_INTERVAL_MS_MIN,
            SENSOR_INTERVAL_MS_MAX, &config->interval_ms, errors);
    read_ms(document, "timeout_ms", "must be a whole number from 1000 to 60000", SOURCE_TIMEOUT_MS_MIN,
            SOURCE_TIMEOUT_MS_MAX, &config->timeout_ms, errors);
    read_token(document, config, errors);
    read_headers(document, config, errors);
    read_map(document, config, errors);
    return errors->count == 0;
}

static void write_secrets(const source_config_t *config, json_writer_t *json)
{
    json_key(json, "token");
    if (config->token[0])
        json_string(json, config->token);
    else
        json_null(json);
    json_key(json, "headers");
    json_object_begin(json);
    for (unsigned i = 0; i < config->header_count; i++) {
        json_key(json, config->headers[i].name);
        json_string(json, config->headers[i].value);
    }
    json_object_end(json);
}

/* That there are some, for who changes them; never what they are. */
static void write_no_secrets(const source_config_t *config, json_writer_t *json)
{
    json_key(json, "has_token");
    json_bool(json, config->token[0] != '\0');
    json_key(json, "header_names");
    json_array_begin(json);
    for (unsigned i = 0; i < config->header_count; i++) json_string(json, config->headers[i].name);
    json_array_end(json);
}

void source_config_write(const source_config_t *config, bool secrets, json_writer_t *json)
{
    json_key(json, "url");
    json_string(json, config->url);
    json_key(json, "interval_ms");
    json_u32(json, config->interval_ms);
    json_key(json, "timeout_ms");
    json_u32(json, config->timeout_ms);
    (secrets ? write_secrets : write_no_secrets)(config, json);
    json_key(json, "map");
    json_array_begin(json);
    for (unsigned i = 0; i < config->value_count; i++) {
        const source_value_t *value = &config->values[i];
        json_object_begin(json);
        json_key(json, "pointer");
        json_string(json, value->pointer);
        json_key(json, "sensor");
        json_plain(json, value->sensor);
        json_key(json, "kind");
        json_plain(json, sensor_kind_name((sensor_kind_t)value->kind));
        json_key(json, "unit");
        json_plain(json, sensor_unit_symbol((sensor_unit_t)value->unit));
        json_key(json, "decimals");
        json_u32(json, value->decimals);
        json_key(json, "exponent");
        json_i64(json, value->exponent);
        json_object_end(json);
    }
    json_array_end(json);
}
