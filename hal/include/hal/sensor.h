/* hal/sensor.h - what a sensor driver is: a descriptor, a const table of operations, start and fetch.
 *
 * A device is one chip; each of its channels becomes one sensor of the API. Several implementations live in
 * one image, hence the table of pointers.
 *
 * Context: all operations run in the main loop. start and each step of fetch return within 1 ms (one or two
 *          short bus transfers), probe within 2 ms. None of them waits for a conversion: start begins it, fetch reads what it gave.
 */
#ifndef HAL_SENSOR_H
#define HAL_SENSOR_H

#include <stdint.h>

#include "hal/status.h"

#define SENSOR_CHANNELS_MAX 8u /* most channels of one chip */

/* What fetch puts where one channel has no valid value although the chip works (an open remote diode). */
#define SENSOR_NO_VALUE INT32_MIN

typedef enum {
    SENSOR_TEMPERATURE,
    SENSOR_MAGNETIC_FLUX_DENSITY,
    SENSOR_RELATIVE_HUMIDITY,
    SENSOR_PRESSURE,
} sensor_kind_t;

typedef enum {
    UNIT_CELSIUS,    /* SenML "Cel" */
    UNIT_TESLA,      /* SenML "T" */
    UNIT_PERCENT_RH, /* SenML "%RH" */
    UNIT_PASCAL,     /* SenML "Pa" */
} sensor_unit_t;

typedef struct {
    const char *key;    /* short name within the chip, [a-z0-9_]+, e.g. "x"; unique in its driver */
    const char *name;   /* for people, e.g. "Magnetic field X" */
    sensor_kind_t kind; /* what is measured */
    sensor_unit_t unit; /* unit of value / 10^decimals */
    uint8_t decimals;   /* 0..9: a value is a whole number of 10^-decimals units */
    int32_t min, max;   /* what the chip can measure, in the same scale; outside is no value */
} sensor_channel_t;

typedef struct {
    const char *chip;                 /* part number in lower case, e.g. "tmp105" */
    const sensor_channel_t *channels; /* channel_count of them, constant */
    uint8_t channel_count;            /* 1..SENSOR_CHANNELS_MAX */
    uint16_t conversion_ms; /* time between start and the earliest fetch; 0 for free-running chips */
    uint8_t fetch_steps;    /* 1 or more: how many calls of fetch read one sample */

    /* Looks whether the chip is there (by its ID registers where it has them) and configures it. Called at
     * boot and again before the next start after any failure, so it must bring a chip that lost power back
     * into use.
     * returns   STATUS_OK, what hal_i2c_transfer returns, STATUS_BAD_DATA (another chip answered) */
    status_t (*probe)(void *self);

    /* Begins a conversion; NULL for free-running chips. */
    status_t (*start)(void *self);

    /* Reads one part of a sample, so that a chip of many registers does not hold up the loop. Called once for each
     * step from 0 to fetch_steps - 1, in order; others may use the bus between two steps.
     * values    the caller's, channel_count long and the same for all steps; complete after the last one has
     *           given STATUS_OK, undefined after a failure. A value outside its
     *           channel's min..max, such as SENSOR_NO_VALUE, makes that channel alone fail
     * returns   STATUS_OK, what hal_i2c_transfer returns, STATUS_BAD_DATA (not a value the chip can give) */
    status_t (*fetch)(void *self, unsigned step, int32_t values[]);
} sensor_ops_t;

/* One line of a board's device table. */
typedef struct {
    const char *id; /* [a-z0-9_]+; the sensor's id if the chip has one channel, else "<id>_<channel key>" */
    const sensor_ops_t *ops;
    void *self; /* the driver's instance, alive as long as the firmware */
} sensor_device_t;

#endif
