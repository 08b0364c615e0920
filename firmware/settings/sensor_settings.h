/* settings/sensor_settings.h - what may be set about one sensor: PATCH /api/v1/sensors/{id}.
 *
 * {"name":null,"interval_ms":null,"offset":0.00,"thresholds":{"min":null,"max":null,"hysteresis":0.00}}
 *
 * name         for people: 1..32 bytes; null: the channel's own
 * interval_ms  between samples; null: the device's sampling.interval_ms
 * offset       is added to what the chip measures
 * thresholds   below min or above max is an alert; it ends hysteresis inside of them; null: no such threshold
 *
 * Numbers are in the sensor's unit and resolution: schema functions need the channel's decimals.
 */
#ifndef SETTINGS_SENSOR_SETTINGS_H
#define SETTINGS_SENSOR_SETTINGS_H

#include "config/limits.h"
#include "settings/schema.h"

typedef struct {
    char name[SETTINGS_NAME_BYTES]; /* empty: the channel's own */
    uint32_t interval_ms;           /* SENSOR_INTERVAL_MS_MIN..SENSOR_INTERVAL_MS_MAX; 0: the device's */
    int32_t offset;                 /* all in 10^-decimals units of the channel */
    int32_t threshold_min;          /* SCHEMA_NO_DECIMAL: none; less than threshold_max */
    int32_t threshold_max;          /* SCHEMA_NO_DECIMAL: none */
    int32_t hysteresis;             /* 0 or more; less than max - min where there are both */
} sensor_settings_t;

extern const schema_t sensor_schema;

#endif
