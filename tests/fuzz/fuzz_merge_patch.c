/* libFuzzer target: patches merged into settings.
 *
 * Dictionary: json.dict
 * Input: one byte that chooses schema and decimals, then patches with NUL bytes between them. After each patch
 * that is right: the settings, written, are JSON and give the same settings again; the same patch once more
 * changes nothing. After each that is wrong: its errors can be written. */
#include <stdint.h>
#include <stdlib.h>

#include "settings/actuator_settings.h"
#include "settings/device_settings.h"
#include "settings/json_document.h"
#include "settings/sensor_settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Room for any of them. */
typedef union {
    device_settings_t device;     /* cppcheck-suppress unusedStructMember */
    sensor_settings_t sensor;     /* cppcheck-suppress unusedStructMember */
    actuator_settings_t actuator; /* cppcheck-suppress unusedStructMember */
} any_settings_t;

static const schema_t *const schemas[] = { &device_schema, &sensor_schema, &actuator_schema };

static bool merge(const schema_t *schema, unsigned decimals, const char *text, size_t bytes,
                  any_settings_t *settings)
{
    json_document_t document;
    bool right = false;
    if (json_document_begin(&document, text, bytes) == STATUS_OK) {
        schema_errors_t errors = schema_errors();
        right = schema_merge_patch(schema, decimals, document.root, settings, &errors);
        if (right != (errors.count == 0)) abort();
        char buffer[700];
        json_writer_t json = json_writer(buffer, sizeof buffer);
        schema_errors_write(&json, &errors, 16);
        if (json_overflowed(&json)) abort();
        if (json_scan(buffer, (size_t)(json.out.at - buffer)).verdict != JSON_ACCEPTED) abort();
    }
    json_document_end(&document);
    return right;
}

/* What has been merged can be written, read back, and has not changed by it. */
static void check(const schema_t *schema, unsigned decimals, const any_settings_t *settings)
{
    char text[4096];
    any_settings_t again;
    json_writer_t json = json_writer(text, sizeof text);
    schema_write(schema, decimals, settings, &json);
    if (json_overflowed(&json)) abort();
    schema_defaults(schema, &again);
    if (!merge(schema, decimals, text, (size_t)(json.out.at - text), &again)) abort();
    if (!schema_equal(schema, settings, &again)) abort();
    if (schema_tag(schema, settings) != schema_tag(schema, &again)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready = false;
    if (!ready) json_document_init();
    ready = true;
    if (size == 0) return 0;
    const schema_t *schema = schemas[data[0] % 3u];
    unsigned decimals = data[0] / 3u % 10u;
    any_settings_t settings;
    schema_defaults(schema, &settings);
    const char *at = (const char *)data + 1, *end = (const char *)data + size;
    while (at < end) {
        const char *stop = memchr(at, '\0', (size_t)(end - at));
        if (!stop) stop = end;
        any_settings_t candidate = settings;
        if (merge(schema, decimals, at, (size_t)(stop - at), &candidate)) {
            check(schema, decimals, &candidate);
            any_settings_t twice = candidate;
            if (!merge(schema, decimals, at, (size_t)(stop - at), &twice)) abort();
            if (!schema_equal(schema, &candidate, &twice)) abort();
            settings = candidate;
        }
        at = stop + 1;
    }
    return 0;
}
