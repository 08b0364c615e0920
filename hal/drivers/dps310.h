/* dps310.h - Infineon DPS310: barometric pressure and temperature on I2C.
 *
 * Data sheet DPS310, revision 1.2: sections 4.6 and 4.9.1 (compensation), 4.9.3 (scale factors, table 9), 5.7 (operating
 * modes), 7 (registers), 8.11 (calibration). The chip measures by itself, four times a second, pressure with sixteenfold
 * oversampling (0.5 Pa rms), temperature once.
 *
 * The calibration is 18 bytes, too long for probe: the first sample after a probe fetches it in steps, later samples pass
 * over these.
 *
 * Some chips read 60 degrees in a room of 20. Infineon's and Linux's drivers cure them by a sequence that no data sheet
 * has; so does this one, where the chip's register 0x32 asks for it.
 */
#ifndef DPS310_H
#define DPS310_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/chip.h"

/* Two of them work side by side. What follows addr is the driver's and starts as zeros. */
typedef struct {
    hal_i2c_t *bus;          /* borrowed for the life of the device */
    uint8_t addr;            /* 0x76 or 0x77, by pin SDO */
    bool calibrated, ill;    /* ill: it needs the sequence above */
    uint8_t ready;           /* bits of meas_cfg that it has once its calibration can be read */
    uint8_t tmp_cfg;         /* with the sensor that the calibration belongs to */
    uint8_t calibration[18]; /* registers 0x10 ... 0x21 */
} dps310_t;

/* Channels 0 temperature, hundredths of a degree Celsius; 1 pressure, tenths of a pascal. self of the operations is a
 * dps310_t. Each step of fetch is at most 10 bytes on the bus. fetch returns STATUS_BAD_DATA for a chip that lost its
 * configuration or has not measured yet. */
extern const sensor_ops_t dps310_ops;

/* For settings that add one. */
extern const chip_type_t dps310_type;

#endif
