/* leds.h - LEDs on pins of the RP2040, lit by a high level (RP2040 Datasheet, section 2.3.1.2: SIO). */
#ifndef RP2040_LEDS_H
#define RP2040_LEDS_H

#include <stdint.h>

#include "hal/actuator.h"

#define RP2040_LEDS_MAX 4u

typedef struct {
    uint8_t pins[RP2040_LEDS_MAX]; /* GPIO of each channel, by the board */
    uint8_t count;
} rp2040_leds_t;

/* count switches; self of the operations is an rp2040_leds_t. What is read back is the level on the pin. */
extern const actuator_ops_t rp2040_leds_ops;

#endif
