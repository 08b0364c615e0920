/* sim_i2c.h - hal/i2c.h on the simulator: a bus of register-level chip models, and ways to break them.
 *
 * A model sees what the chip sees: bytes written, bytes read. What it measures is set from outside, in the
 * units below, and goes into its registers as the chip would quantise it.
 *
 * Memory: everything is the caller's and static. Context: main loop only.
 */
#ifndef SIM_I2C_H
#define SIM_I2C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/i2c.h"

/* One quantity that a chip measures. */
typedef struct {
    const char *sensor_id; /* of the API */
    unsigned decimals;     /* a value is a whole number of 10^-decimals units */
    int32_t min, max;      /* what can be set */
} sim_quantity_t;

typedef struct {
    void (*power_on)(void *model); /* registers to their power-on values; what is measured stays */
    void (*write)(void *model, const uint8_t bytes[], size_t count);
    void (*read)(void *model, uint8_t bytes[], size_t count);
    void (*set)(void *model, unsigned quantity, int32_t value);
    int32_t (*get)(const void *model, unsigned quantity);
} sim_model_ops_t;

typedef enum {
    SIM_FAULT_NONE,
    SIM_FAULT_NAK,     /* does not acknowledge its address */
    SIM_FAULT_HOLD,    /* holds SCL when addressed */
    SIM_FAULT_STICK,   /* holds SDA when addressed; nine clocks free the bus for the others */
    SIM_FAULT_GARBAGE, /* reads give bytes that the chip never would; writes are lost */
    SIM_FAULT_OFF,     /* no power */
} sim_fault_t;

typedef struct {
    const char *id; /* of the device */
    uint8_t addr;
    const sim_model_ops_t *ops;
    void *model;
    const sim_quantity_t *quantities;
    unsigned quantity_count;
    bool absent; /* not populated */
    sim_fault_t fault;
    uint32_t noise; /* state of the garbage */
} sim_chip_t;

struct hal_i2c {
    sim_chip_t *chips;
    size_t chip_count;
};

/* Powers every chip on. */
void sim_i2c_power_on(hal_i2c_t *bus);

/* Breaks a chip, or heals it with SIM_FAULT_NONE. A chip that had no power has its power-on registers. */
void sim_i2c_break(sim_chip_t *chip, sim_fault_t fault);

/* NULL when there is none. */
sim_chip_t *sim_i2c_find_device(hal_i2c_t *bus, const char *device_id);

/* The chip that measures sensor_id, and which of its quantities that is; NULL when there is none. */
sim_chip_t *sim_i2c_find_sensor(hal_i2c_t *bus, const char *sensor_id, unsigned *quantity);

#endif
