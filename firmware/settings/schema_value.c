#include "settings/schema_value.h"

#include "settings/json_number.h"

void schema_value_default(const schema_field_t *field, void *settings)
{
    void *at = schema_at(field, settings);
    switch ((schema_type_t)field->type) {
    case FIELD_BOOL: *(bool *)at = field->as.boolean.initial; break;
    case FIELD_U32: *(uint32_t *)at = field->as.u32.initial; break;
    case FIELD_DECIMAL: *(int32_t *)at = field->as.decimal.initial; break;
    case FIELD_ENUM: *(uint8_t *)at = field->as.choice.initial; break;
    case FIELD_IPV4: *(uint32_t *)at = 0; break;
    case FIELD_STRING: {
        /* All of it, so that equal settings are equal bytes. */
        memset(at, 0, field->as.string.bytes);
        const char *initial = field->as.string.initial;
        if (initial) memcpy(at, initial, strlen(initial));
        break;
    }
    case FIELD_LIST:
        memset(at, 0, (size_t)field->as.list.bytes * field->as.list.max);
        *((uint8_t *)settings + field->as.list.count_offset) = 0;
        break;
    }
}

static bool read_u32(const schema_field_t *field, const cJSON *value, uint32_t *at)
{
    double number = value->valuedouble;
    if (!cJSON_IsNumber(value)) return false;
    /* Written so that not-a-number fails, and before the conversion, which has no value for others. */
    if (!(number >= (double)field->as.u32.min && number <= (double)field->as.u32.max)) return false;
    uint32_t whole = (uint32_t)number;
    if ((double)whole != number) return false;
    *at = whole;
    return true;
}

static bool read_decimal(const schema_field_t *field, unsigned decimals, const cJSON *value, int32_t *at)
{
    int32_t scaled;
    if (!cJSON_IsNumber(value) || !json_scaled(value->valuedouble, decimals, &scaled)) return false;
    if (scaled < field->as.decimal.min || scaled > field->as.decimal.max) return false;
    *at = scaled;
    return true;
}

/* Copies a string of min..bytes-1 bytes that is valid, with zeros after it. */
static bool read_text(const cJSON *value, size_t min, size_t bytes, bool (*valid)(const char *), char *at)
{
    if (!cJSON_IsString(value)) return false;
    size_t length = strlen(value->valuestring);
    if (length < min || length >= bytes || (valid && !valid(value->valuestring))) return false;
    memcpy(at, value->valuestring, length);
    memset(at + length, 0, bytes - length);
    return true;
}

static bool read_choice(const schema_field_t *field, const cJSON *value, uint8_t *at)
{
    if (!cJSON_IsString(value)) return false;
    for (uint8_t i = 0; i < field->as.choice.count; i++) {
        if (strcmp(value->valuestring, field->as.choice.names[i]) != 0) continue;
        *at = i;
        return true;
    }
    return false;
}

bool schema_ipv4_parse(const char *text, uint32_t *address)
{
    uint32_t parsed = 0;
    for (unsigned octets = 0; octets < 4; octets++) {
        unsigned value = 0, digits = 0;
        /* Leading zeros are octal to some and decimal to others: refused. */
        while (*text >= '0' && *text <= '9' && digits < 3 && !(digits > 0 && value == 0)) {
            value = value * 10u + (unsigned)(*text++ - '0');
            digits++;
        }
        if (digits == 0 || value > 255u || *text != (octets < 3 ? '.' : '\0')) return false;
        text++;
        parsed = parsed << 8 | value;
    }
    *address = parsed;
    return true;
}

static bool read_ipv4(const schema_field_t *field, const cJSON *value, uint32_t *at)
{
    uint32_t address;
    if (!cJSON_IsString(value) || !schema_ipv4_parse(value->valuestring, &address)) return false;
    if (address == 0 || (field->as.ipv4.valid && !field->as.ipv4.valid(address))) return false;
    *at = address;
    return true;
}

static schema_error_t wrong(const schema_field_t *field)
{
    return (schema_error_t){ .path = text_view(field->path), .detail = field->rule, .item = -1 };
}

static schema_error_t wrong_item(const schema_field_t *field, int index)
{
    return (schema_error_t){ .path = text_view(field->path),
                             .detail = field->as.list.item_rule,
                             .item = (int16_t)index };
}

/* Items go where they belong at once; a wrong one leaves the candidate useless, which is why errors forbid it. */
static void read_list(const schema_field_t *field, const cJSON *value, void *settings,
                      schema_errors_t *errors)
{
    size_t bytes = field->as.list.bytes;
    int count = cJSON_IsArray(value) ? cJSON_GetArraySize(value) : INT16_MAX;
    if (count > field->as.list.max) {
        schema_errors_add(errors, wrong(field));
        return;
    }
    schema_value_default(field, settings);
    char *at = schema_at(field, settings);
    int index = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, value)
    {
        if (!read_text(item, 1, bytes, field->as.list.valid, at))
            schema_errors_add(errors, wrong_item(field, index));
        at += bytes;
        index++;
    }
    *((uint8_t *)settings + field->as.list.count_offset) = (uint8_t)count;
}

void schema_value_read(const schema_field_t *field, schema_decimals_t decimals, const cJSON *value,
                       void *settings, schema_errors_t *errors)
{
    void *at = schema_at(field, settings);
    bool right = false;
    switch ((schema_type_t)field->type) {
    case FIELD_BOOL:
        right = cJSON_IsBool(value);
        if (right) *(bool *)at = cJSON_IsTrue(value);
        break;
    case FIELD_U32: right = read_u32(field, value, at); break;
    case FIELD_DECIMAL: right = read_decimal(field, schema_decimals_of(field, decimals), value, at); break;
    case FIELD_STRING:
        right =
            read_text(value, field->as.string.min_bytes, field->as.string.bytes, field->as.string.valid, at);
        break;
    case FIELD_ENUM: right = read_choice(field, value, at); break;
    case FIELD_IPV4: right = read_ipv4(field, value, at); break;
    case FIELD_LIST: read_list(field, value, settings, errors); return;
    }
    if (!right) schema_errors_add(errors, wrong(field));
}
