/* sbcon_i2c.h - hal/i2c.h over Arm's SBCON two-wire interface: two open-drain pins in a register, the
 * protocol in software at 400 kHz at most (fast mode).
 *
 * AN385 section 3.14 (SBCon), I2C-bus specification UM10204 (timing: table 10, standard mode).
 */
#ifndef SBCON_I2C_H
#define SBCON_I2C_H

#include <stdint.h>

#include "hal/i2c.h"

/* Const for the family: nothing of a transfer outlives it. */
struct hal_i2c {
    uintptr_t base; /* of the SBCON registers */
};

#endif
