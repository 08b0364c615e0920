/* sensors/alert.h - when a value is alarming, and when it no longer is.
 *
 *        value > max                      value < min
 *   none ------------> high          none ------------> low
 *   none <------------ high          none <------------ low
 *        value <= max - hysteresis        value >= min + hysteresis
 *
 * A value that goes from beyond one threshold to beyond the other changes from low to high at once, and back.
 *
 * Context: anywhere; no state of its own.
 */
#ifndef SENSORS_ALERT_H
#define SENSORS_ALERT_H

#include <stdint.h>

typedef enum { ALERT_NONE, ALERT_LOW, ALERT_HIGH } sensor_alert_t;

#define SENSOR_NO_THRESHOLD INT32_MIN

/* All in the unit of the value. */
typedef struct {
    int32_t min, max;   /* SENSOR_NO_THRESHOLD: there is none */
    int32_t hysteresis; /* 0 or more; less than max - min where there are both, or no value ends an alert */
} alert_limits_t;

/* before    of the value before this one
 * returns   of this one */
sensor_alert_t alert_next(sensor_alert_t before, int32_t value, const alert_limits_t *limits);

/* "none", "low", "high". */
const char *sensor_alert_name(sensor_alert_t alert);

#endif
