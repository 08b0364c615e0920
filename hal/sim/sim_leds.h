/* sim_leds.h - LEDs on a port of the simulated processor: nothing between them and the firmware can fail. */
#ifndef SIM_LEDS_H
#define SIM_LEDS_H

#include "hal/actuator.h"
#include "sim_output.h"

#define SIM_LEDS 2u

typedef struct {
    unsigned port; /* bit n: LED n is on */
} sim_leds_t;

/* SIM_LEDS switches; self of the operations is a sim_leds_t. */
extern const actuator_ops_t sim_leds_ops;

/* A sim_output_t's read. */
const char *sim_leds_read(const void *leds, unsigned led);

#endif
