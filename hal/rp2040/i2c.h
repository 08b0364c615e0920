/* i2c.h - hal/i2c.h on an I2C block of the RP2040 (a DW_apb_i2c, section 4.3) at 100 kHz. */
#ifndef RP2040_I2C_H
#define RP2040_I2C_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/i2c.h"

struct hal_i2c {
    uintptr_t base; /* I2C0_BASE or I2C1_BASE */
    uint8_t sda_pin,
        scl_pin;  /* GPIOs that belong to the block; the pull-ups of the pins are turned on, too */
    bool started; /* the driver's own */
};

#endif
