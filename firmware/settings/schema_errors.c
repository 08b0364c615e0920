#include "settings/schema_errors.h"

void schema_errors_add(schema_errors_t *errors, schema_error_t error)
{
    if (errors->count == SCHEMA_ERRORS_MAX)
        errors->more = true;
    else
        errors->items[errors->count++] = error;
}

void schema_cross_error(schema_errors_t *errors, const char *path, const char *detail)
{
    schema_errors_add(errors, (schema_error_t){ .path = text_view(path), .detail = detail, .item = -1 });
}

bool schema_failed(const schema_errors_t *errors, const char *path)
{
    size_t bytes = strlen(path);
    for (size_t i = 0; i < errors->count; i++) {
        const schema_error_t *error = &errors->items[i];
        text_view_t wrong = error->path;
        if (error->member || wrong.count > bytes || memcmp(wrong.bytes, path, wrong.count) != 0) continue;
        if (wrong.count == 0 || wrong.count == bytes || path[wrong.count] == '/') return true;
    }
    return errors->more;
}

/* One reference token, escaped as in RFC 6901 section 3. */
static void token(text_writer_t *out, const char *name)
{
    text_char(out, '/');
    for (; *name; name++) {
        if (*name == '~')
            text_append(out, "~0", 2);
        else if (*name == '/')
            text_append(out, "~1", 2);
        else
            text_char(out, *name);
    }
}

const char *schema_error_pointer(const schema_error_t *error, char pointer[SCHEMA_POINTER_BYTES])
{
    text_writer_t out = text_writer(pointer, SCHEMA_POINTER_BYTES - 1u);
    if (error->path.count > 0) {
        text_char(&out, '/');
        text_append(&out, error->path.bytes, error->path.count);
    }
    if (error->item >= 0) {
        text_char(&out, '/');
        text_u32(&out, (uint32_t)error->item);
    }
    const char *detail = error->detail;
    if (error->member) {
        text_writer_t parent = out;
        token(&out, error->member);
        if (out.overflow) {
            out = parent;
            detail = "has an unknown member with a long name";
        }
    }
    *out.at = '\0';
    return detail;
}

static void write_error(json_writer_t *json, const schema_error_t *error)
{
    char pointer[SCHEMA_POINTER_BYTES];
    const char *detail = schema_error_pointer(error, pointer);
    json_object_begin(json);
    json_key(json, "pointer");
    json_string(json, pointer);
    json_key(json, "detail");
    json_string(json, detail);
    json_object_end(json);
}

void schema_errors_write(json_writer_t *json, const schema_errors_t *errors, size_t spare)
{
    json_array_begin(json);
    for (size_t i = 0; i < errors->count; i++) {
        json_writer_t before = *json;
        write_error(json, &errors->items[i]);
        if (!json_overflowed(json) && (size_t)(json->out.end - json->out.at) > spare) continue;
        *json = before;
        break;
    }
    json_array_end(json);
}
