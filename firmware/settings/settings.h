/* settings/settings.h - all settings of the device, live.
 *
 * The API changes them after validation; app.c applies and keeps them.
 * Context: main loop only.
 */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

#include "settings/actuator_settings.h"
#include "settings/device_settings.h"
#include "settings/sensor_settings.h"

typedef struct {
    device_settings_t device;
    sensor_settings_t sensors[SENSORS_MAX];       /* by index in the sensor registry */
    actuator_settings_t actuators[ACTUATORS_MAX]; /* by index in the actuator registry */
} settings_t;

#endif
