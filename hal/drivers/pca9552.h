/* pca9552.h - NXP PCA9552: 16 open-drain LED outputs on I2C.
 *
 * Data sheet PCA9552 rev. 06, section 6 (registers). An output is on when it pulls its pin low. The blinkers are
 * not used, but one of their registers serves to tell the chip: it has no ID register, so any chip that keeps
 * 0x52 in its fifth register is taken for one.
 *
 * The driver keeps what it has set and writes a whole selector register of four outputs each time: a selector is
 * never read to be written back, so noise on a reading cannot switch an output.
 */
#ifndef PCA9552_H
#define PCA9552_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/actuator.h"
#include "hal/i2c.h"

/* Two of them work side by side. */
typedef struct {
    hal_i2c_t *bus;  /* borrowed for the life of the device */
    uint8_t addr;    /* 0x60..0x67, by pins A0..A2 */
    bool check_pins; /* get looks whether an output that is on really is low; QEMU before 9.0 has the levels
                      * of the pins upside down */
    uint16_t on;     /* the driver's: bit n set: output n is on */
} pca9552_t;

/* 16 switches; self of the operations is a pca9552_t.
 * probe takes over the outputs as the chip has them, so that a restart of the firmware alone does not make them
 * flicker. get returns STATUS_BAD_DATA when an output of the same register blinks, which set never asks for, and
 * with check_pins when the output is on but something outside holds its pin high. */
extern const actuator_ops_t pca9552_ops;

#endif
