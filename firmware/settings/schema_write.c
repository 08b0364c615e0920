#include "settings/schema.h"
#include "settings/schema_value.h"

static void write_ipv4(json_writer_t *json, uint32_t address)
{
    json_raw_string_begin(json);
    for (unsigned shift = 24; shift < 32; shift -= 8) {
        text_u32(&json->out, address >> shift & 255u);
        if (shift > 0) text_char(&json->out, '.');
    }
    json_raw_string_end(json);
}

static void write_list(json_writer_t *json, const schema_field_t *field, const void *settings)
{
    const char *item = schema_at_const(field, settings);
    json_array_begin(json);
    for (unsigned i = 0; i < schema_list_count(field, settings); i++) {
        json_string(json, item);
        item += field->as.list.bytes;
    }
    json_array_end(json);
}

static bool is_null(const schema_field_t *field, const void *at)
{
    switch ((schema_type_t)field->type) {
    case FIELD_U32: return field->optional && *(const uint32_t *)at == 0;
    case FIELD_IPV4: return *(const uint32_t *)at == 0;
    case FIELD_DECIMAL: return *(const int32_t *)at == SCHEMA_NO_DECIMAL;
    case FIELD_STRING: return field->optional && *(const char *)at == '\0';
    case FIELD_BOOL:
    case FIELD_ENUM:
    case FIELD_LIST: break;
    }
    return false;
}

static void write_value(json_writer_t *json, const schema_field_t *field, schema_decimals_t decimals,
                        const void *settings)
{
    const void *at = schema_at_const(field, settings);
    if (is_null(field, at)) {
        json_null(json);
        return;
    }
    switch ((schema_type_t)field->type) {
    case FIELD_BOOL: json_bool(json, *(const bool *)at); break;
    case FIELD_U32: json_u32(json, *(const uint32_t *)at); break;
    case FIELD_DECIMAL: json_decimal(json, *(const int32_t *)at, schema_decimals_of(field, decimals)); break;
    case FIELD_STRING: json_string(json, at); break;
    case FIELD_ENUM: json_string(json, field->as.choice.names[*(const uint8_t *)at]); break;
    case FIELD_IPV4: write_ipv4(json, *(const uint32_t *)at); break;
    case FIELD_LIST: write_list(json, field, settings); break;
    }
}

/* Bytes of the objects that two paths have in common, with their slashes. */
static size_t common_objects(const char *one, const char *other)
{
    size_t common = 0;
    for (size_t i = 0; one[i] && one[i] == other[i]; i++) {
        if (one[i] == '/') common = i + 1;
    }
    return common;
}

static unsigned slashes(const char *path)
{
    unsigned count = 0;
    for (; *path; path++) count += *path == '/';
    return count;
}

void schema_write(const schema_t *schema, schema_decimals_t decimals, const void *settings,
                  json_writer_t *json)
{
    json_object_begin(json);
    const char *before = "";
    for (size_t i = 0; i < schema->field_count; i++) {
        const schema_field_t *field = &schema->fields[i];
        size_t common = common_objects(before, field->path);
        for (unsigned left = slashes(before + common); left > 0; left--) json_object_end(json);
        const char *name = field->path + common;
        for (const char *slash = strchr(name, '/'); slash; slash = strchr(name, '/')) {
            json_key_bytes(json, name, (size_t)(slash - name));
            json_object_begin(json);
            name = slash + 1;
        }
        json_key(json, name);
        write_value(json, field, decimals, settings);
        before = field->path;
    }
    for (unsigned left = slashes(before); left > 0; left--) json_object_end(json);
    json_object_end(json);
}
