/* hal/actuator.h - what an actuator driver is: a descriptor and a const table of operations.
 *
 * A device is one chip or one port; what hangs on its channels is the board's matter, and each of those is one
 * actuator of the API. Several implementations live in one image, hence the table of pointers.
 *
 * A state is a whole number from min to max: a switch knows 0 (off) and 1 (on), a level 0 (off) to its max
 * (ACTUATOR_LEVEL_MAX: thousandths of full). min is always off and max always on, so that whoever only switches
 * need not know the kind.
 *
 * Context: all operations run in the main loop. probe returns within 2 ms, set and get within 1 ms each (one or
 *          two short bus transfers). None of them waits for what it moves.
 */
#ifndef HAL_ACTUATOR_H
#define HAL_ACTUATOR_H

#include <stdint.h>

#include "hal/status.h"

#define ACTUATOR_CHANNELS_MAX 16u /* most channels of one device */
#define ACTUATOR_LEVEL_MAX    1000

typedef enum {
    ACTUATOR_SWITCH, /* off, on */
    ACTUATOR_LEVEL,  /* anything from off to fully on */
} actuator_kind_t;

/* All channels of a device are alike; a chip with two sorts of outputs is two devices on one instance. */
typedef struct {
    const char *chip; /* part number in lower case, e.g. "pca9552" */
    actuator_kind_t kind;
    int32_t min, max;      /* of a state */
    uint8_t channel_count; /* 1..ACTUATOR_CHANNELS_MAX */

    /* Looks whether the chip is there and configures it, without changing an output that works. Called at boot,
     * and again after a transfer failed. Afterwards every channel is set anew, so that a chip that lost power
     * is as it was.
     * returns   STATUS_OK, what hal_i2c_transfer returns, STATUS_BAD_DATA (another chip answered) */
    status_t (*probe)(void *self);

    /* Brings one channel to a state and leaves the others alone.
     * channel   below channel_count
     * state     min..max
     * returns   STATUS_OK (the chip took it: get tells whether it did it), what hal_i2c_transfer returns */
    status_t (*set)(void *self, unsigned channel, int32_t state);

    /* Reads back from the chip what one channel does.
     * state     the caller's, undefined unless STATUS_OK comes back
     * returns   STATUS_OK, what hal_i2c_transfer returns, STATUS_BAD_DATA (no state that set could have made, or
     *           the output does not follow) */
    status_t (*get)(void *self, unsigned channel, int32_t *state);
} actuator_ops_t;

/* What a board has on one channel of a device. */
typedef struct {
    const char *id;   /* of the actuator, [a-z0-9_]+, unique on the board, e.g. "led0" */
    const char *name; /* for people, e.g. "LED 0" */
    uint8_t channel;
} actuator_output_t;

/* One line of a board's device table. */
typedef struct {
    const char *id; /* [a-z0-9_]+, for logs */
    const actuator_ops_t *ops;
    void *self; /* the driver's instance, alive as long as the firmware */
    const actuator_output_t *outputs;
    uint8_t output_count; /* 1..ACTUATOR_CHANNELS_MAX */
} actuator_device_t;

#endif
