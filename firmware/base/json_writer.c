#include "base/json_writer.h"

#include "base/utf8.h"
#include "config/limits.h"

json_writer_t json_writer(char *buffer, size_t bytes)
{
    return (json_writer_t){ .out = text_writer(buffer, bytes) };
}

static void before_value(json_writer_t *json)
{
    uint32_t bit = 1u << json->depth;
    if (json->after_key)
        json->after_key = false;
    else if (json->has_members & bit)
        text_char(&json->out, ',');
    json->has_members |= bit;
}

static void begin(json_writer_t *json, char bracket)
{
    before_value(json);
    text_char(&json->out, bracket);
    if (json->depth + 1u >= JSON_DEPTH_MAX) {
        json->out.overflow = true;
        return;
    }
    json->depth++;
    json->has_members &= ~(1u << json->depth);
}

static void end(json_writer_t *json, char bracket)
{
    if (json->depth > 0) json->depth--;
    text_char(&json->out, bracket);
}

void json_object_begin(json_writer_t *json)
{
    begin(json, '{');
}

void json_object_end(json_writer_t *json)
{
    end(json, '}');
}

void json_array_begin(json_writer_t *json)
{
    begin(json, '[');
}

void json_array_end(json_writer_t *json)
{
    end(json, ']');
}

void json_key_bytes(json_writer_t *json, const char *key, size_t bytes)
{
    before_value(json);
    text_writer_t *out = &json->out;
    if (bytes + 3u > (size_t)(out->end - out->at)) {
        out->overflow = true;
        return;
    }
    char *at = out->at;
    *at++ = '"';
    memcpy(at, key, bytes);
    at += bytes;
    *at++ = '"';
    *at++ = ':';
    out->at = at;
    json->after_key = true;
}

void json_raw(json_writer_t *json, const char *value, size_t bytes)
{
    before_value(json);
    text_append(&json->out, value, bytes);
}

void json_plain(json_writer_t *json, const char *string)
{
    before_value(json);
    text_char(&json->out, '"');
    text_string(&json->out, string);
    text_char(&json->out, '"');
}

void json_raw_string_begin(json_writer_t *json)
{
    before_value(json);
    text_char(&json->out, '"');
}

void json_raw_string_end(json_writer_t *json)
{
    text_char(&json->out, '"');
}

static void escaped(text_writer_t *out, unsigned char c)
{
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (const char *pair = named; *pair; pair += 2) {
        if ((unsigned char)pair[0] == c) {
            text_char(out, '\\');
            text_char(out, pair[1]);
            return;
        }
    }
    text_append(out, "\\u00", 4);
    text_hex(out, c, 2);
}

void json_text(json_writer_t *json, text_view_t text)
{
    const unsigned char *at = (const unsigned char *)text.bytes;
    const unsigned char *stop = at + text.count;
    const unsigned char *plain = at;
    json_raw_string_begin(json);
    while (at < stop) {
        if (*at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\') {
            at++;
            continue;
        }
        uint32_t code;
        size_t length = *at < 0x80 ? 0 : utf8_decode(at, (size_t)(stop - at), &code);
        if (length > 0) {
            at += length;
            continue;
        }
        text_append(&json->out, (const char *)plain, (size_t)(at - plain));
        if (*at < 0x80)
            escaped(&json->out, *at);
        else
            text_append(&json->out, "\xef\xbf\xbd", 3);
        plain = ++at;
    }
    text_append(&json->out, (const char *)plain, (size_t)(at - plain));
    json_raw_string_end(json);
}

void json_string(json_writer_t *json, const char *string)
{
    json_text(json, text_view(string));
}

void json_null(json_writer_t *json)
{
    before_value(json);
    text_append(&json->out, "null", 4);
}

void json_bool(json_writer_t *json, bool value)
{
    before_value(json);
    text_string(&json->out, value ? "true" : "false");
}

void json_u32(json_writer_t *json, uint32_t value)
{
    before_value(json);
    text_u32(&json->out, value);
}

void json_u64(json_writer_t *json, uint64_t value)
{
    before_value(json);
    text_u64(&json->out, value);
}

void json_i64(json_writer_t *json, int64_t value)
{
    before_value(json);
    if (value < 0) text_char(&json->out, '-');
    text_u64(&json->out, value < 0 ? 0u - (uint64_t)value : (uint64_t)value);
}

void json_decimal(json_writer_t *json, int32_t value, unsigned decimals)
{
    before_value(json);
    text_decimal(&json->out, value, decimals);
}

void json_thousandths(json_writer_t *json, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0u - (uint64_t)value : (uint64_t)value;
    before_value(json);
    if (value < 0) text_char(&json->out, '-');
    text_u64(&json->out, magnitude / 1000u);
    text_char(&json->out, '.');
    text_padded(&json->out, (uint32_t)(magnitude % 1000u), 3);
}
