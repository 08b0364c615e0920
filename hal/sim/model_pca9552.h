/* model_pca9552.h - the registers of a PCA9552 (data sheet rev. 06), with an LED to the supply on each pin. */
#ifndef MODEL_PCA9552_H
#define MODEL_PCA9552_H

#include "sim_i2c.h"
#include "sim_output.h"

#define MODEL_PCA9552_REGISTERS 10u

typedef struct {
    uint8_t pointer;
    uint8_t
        registers[MODEL_PCA9552_REGISTERS]; /* as written; those of the pins are made when they are read */
    uint16_t held_high; /* bit n: something outside holds pin n high, and its LED stays dark */
} model_pca9552_t;

/* It measures nothing: no quantities. */
extern const sim_model_ops_t model_pca9552_ops;

/* A sim_output_t's read: "on", "off", "pwm0", "pwm1" for LED 0..15. */
const char *model_pca9552_led(const void *model, unsigned led);

#endif
