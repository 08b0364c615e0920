#include "sensors/alert.h"

#include <stdbool.h>

/* The ends of alerts in 64 bits: a threshold and its hysteresis may lie beyond what a value can be. */
sensor_alert_t alert_next(sensor_alert_t before, int32_t value, const alert_limits_t *limits)
{
    bool has_min = limits->min != SENSOR_NO_THRESHOLD;
    bool has_max = limits->max != SENSOR_NO_THRESHOLD;
    int64_t low_ends = (int64_t)limits->min + limits->hysteresis;
    int64_t high_ends = (int64_t)limits->max - limits->hysteresis;
    if (has_min && value < limits->min) return ALERT_LOW;
    if (has_max && value > limits->max) return ALERT_HIGH;
    if (before == ALERT_LOW && has_min && value < low_ends) return ALERT_LOW;
    if (before == ALERT_HIGH && has_max && value > high_ends) return ALERT_HIGH;
    return ALERT_NONE;
}

const char *sensor_alert_name(sensor_alert_t alert)
{
    static const char *const names[] = {
        [ALERT_NONE] = "none",
        [ALERT_LOW] = "low",
        [ALERT_HIGH] = "high",
    };
    return names[alert];
}
