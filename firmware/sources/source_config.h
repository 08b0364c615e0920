/* sources/source_config.h - what is set about one outside source: PUT /api/v1/sources/{id}.
 *
 * {"url":"http://example.org/now.json","interval_ms":60000,"timeout_ms":10000,"token":"...","headers":{"X-Key":"..."},
 *  "map":[{"pointer":"/current/temperature_2m","sensor":"outdoor_temp","kind":"temperature","unit":"Cel","decimals":2,
 *  "exponent":0}]}
 *
 * url          http or https
 * interval_ms  between two questions
 * timeout_ms   for one question and its whole answer
 * token        secret: Authorization: Bearer
 * headers      names, and their secret values
 * map          where in the answer a number is, and what sensor it becomes; its value is the number times 10^exponent
 *
 * Context: main loop only.
 */
#ifndef SOURCES_SOURCE_CONFIG_H
#define SOURCES_SOURCE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "cJSON.h"
#include "config/limits.h"
#include "hal/sensor.h"
#include "settings/schema_errors.h"

typedef struct {
    char pointer[JSON_PICK_POINTER_BYTES];
    char sensor[SENSOR_ID_BYTES];
    uint8_t kind; /* sensor_kind_t */
    uint8_t unit; /* sensor_unit_t, the one that belongs to it */
    uint8_t decimals;
    int8_t exponent;
} source_value_t;

typedef struct {
    char name[SOURCE_HEADER_NAME_BYTES];
    char value[SOURCE_HEADER_VALUE_BYTES];
} source_header_t;

/* Without padding that counts and with zeros behind strings: two that are equal have equal bytes. */
typedef struct {
    char url[CLIENT_URL_BYTES];
    char token[SOURCE_TOKEN_BYTES]; /* "": none */
    uint32_t interval_ms, timeout_ms;
    uint16_t header_count, value_count;
    source_header_t headers[SOURCE_HEADERS_MAX];
    source_value_t values[SOURCE_VALUES_MAX];
} source_config_t;

_Static_assert(sizeof(source_config_t) == CLIENT_URL_BYTES + SOURCE_TOKEN_BYTES + 12u +
                                              SOURCE_HEADERS_MAX * sizeof(source_header_t) +
                                              SOURCE_VALUES_MAX * sizeof(source_value_t),
               "its bytes can be compared");

/* Reads a whole document: what is not in it is as by default. Nothing of it remains borrowed but by errors.
 * returns   false: errors say what is wrong, and config is of no use */
bool source_config_read(const cJSON *document, source_config_t *config, schema_errors_t *errors);

/* Writes all members into an object that has begun.
 * secrets   false: of token and headers only that, and which, there are */
void source_config_write(const source_config_t *config, bool secrets, json_writer_t *json);

/* Whether a text may be a source's id: [a-z0-9_]+, less than SOURCE_ID_BYTES. */
bool source_id_is_valid(text_view_t id);

#endif
