/* sim_command.h - what can be asked of the running simulator, one line each. Answers: "ok", "ok <data>" or
 * "error <why>".
 *
 *   set SENSOR VALUE   what it measures from now on, in the sensor's unit: set temp0 21.5
 *   get SENSOR         ok 21.5
 *   get ACTUATOR       ok on; what is seen from outside: on, off, or how it blinks
 *   nak DEVICE         its address is not acknowledged                (STATUS_NACK)
 *   hold DEVICE        SCL is held low while it is addressed          (STATUS_TIMEOUT)
 *   stick DEVICE       SDA is held low while it is addressed          (STATUS_BUS)
 *   garbage DEVICE     it answers with bytes that the chip never gives
 *   off DEVICE         no power: nobody acknowledges; after heal its registers are as at power-on
 *   heal DEVICE        undoes any of these, and puts in a chip that --without left out
 *   button down|up    the board's button
 *   link up|down       the network cable
 *   list               ok, then the ids of all sensors
 */
#ifndef SIM_COMMAND_H
#define SIM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "sim_i2c.h"
#include "sim_output.h"

#define SIM_COMMAND_BYTES 256u /* longest line with its newline */
#define SIM_ANSWER_BYTES  512u

typedef struct {
    hal_i2c_t *bus;
    bool *link_up;
    const sim_outputs_t *outputs;
    bool *button_down;
} sim_command_t;

/* line      without newline; it is cut up
 * answer    SIM_ANSWER_BYTES, without newline */
void sim_command_run(const sim_command_t *on, char *line, char *answer);

/* The same as "set": returns NULL, or why not: a constant. */
const char *sim_command_set(hal_i2c_t *bus, const char *sensor_id, const char *value);

#endif
