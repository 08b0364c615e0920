#include "settings/sensor_settings.h"

#include "settings/settings_rules.h"

#define AT(member) .offset = offsetof(sensor_settings_t, member)

/* A reading plus an offset still fits 32 bits when the registry adds them in 64 and clamps; any offset a sensor
 * could mean is far below this. */
#define ANY_MIN (-INT32_MAX)
#define ANY_MAX INT32_MAX

static const schema_field_t fields[] = {
    { .path = "name",
      .rule = "must be a name of 1 to 32 bytes, or null",
      .type = FIELD_STRING,
      .optional = true,
      AT(name),
      .as.string = { SETTINGS_NAME_BYTES, 1, settings_is_name, NULL } },
    { .path = "interval_ms",
      .rule = "must be a whole number from 100 to 3600000, or null",
      .type = FIELD_U32,
      .optional = true,
      AT(interval_ms),
      .as.u32 = { SENSOR_INTERVAL_MS_MIN, SENSOR_INTERVAL_MS_MAX, 0 } },
    { .path = "offset",
      .rule = "must be a number with no more decimals than the value has",
      .type = FIELD_DECIMAL,
      AT(offset),
      .as.decimal = { ANY_MIN, ANY_MAX, 0, SCHEMA_UNIT_DECIMALS } },
    { .path = "thresholds/min",
      .rule = "must be null or a number with no more decimals than the value has",
      .type = FIELD_DECIMAL,
      .optional = true,
      AT(threshold_min),
      .as.decimal = { ANY_MIN, ANY_MAX, SCHEMA_NO_DECIMAL, SCHEMA_UNIT_DECIMALS } },
    { .path = "thresholds/max",
      .rule = "must be null or a number with no more decimals than the value has",
      .type = FIELD_DECIMAL,
      .optional = true,
      AT(threshold_max),
      .as.decimal = { ANY_MIN, ANY_MAX, SCHEMA_NO_DECIMAL, SCHEMA_UNIT_DECIMALS } },
    { .path = "thresholds/hysteresis",
      .rule = "must be a number, 0 or more, with no more decimals than the value has",
      .type = FIELD_DECIMAL,
      AT(hysteresis),
      .as.decimal = { 0, ANY_MAX, 0, SCHEMA_UNIT_DECIMALS } },
};

/* An alert that has begun must be able to end. */
static void check(const void *candidate, schema_errors_t *errors)
{
    const sensor_settings_t *settings = candidate;
    if (schema_failed(errors, "thresholds/min") || schema_failed(errors, "thresholds/max")) return;
    if (settings->threshold_min == SCHEMA_NO_DECIMAL || settings->threshold_max == SCHEMA_NO_DECIMAL) return;
    int64_t between = (int64_t)settings->threshold_max - settings->threshold_min;
    if (between <= 0)
        schema_cross_error(errors, "thresholds/max", "must be more than min");
    else if (!schema_failed(errors, "thresholds/hysteresis") && settings->hysteresis >= between)
        schema_cross_error(errors, "thresholds/hysteresis", "must be less than max - min");
}

const schema_t sensor_schema = { fields, sizeof fields / sizeof *fields, sizeof(sensor_settings_t), check };
