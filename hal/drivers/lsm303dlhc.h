/* lsm303dlhc.h - ST LSM303DLHC, its magnetometer half on I2C: three axes and the chip's temperature.
 *
 * Data sheet DocID018771 rev 2, sections 7.2 (registers) and 2.1 (gain). Range +-1.3 gauss: 1100 steps a gauss
 * in x and y, 980 in z; 1 gauss is 100 uT. Values are rounded to nanotesla.
 *
 * The temperature has 8 steps a degree, and no absolute offset is given for it: the sensor is made to follow
 * changes. A board says what it knows about its part in the two fields below.
 */
#ifndef LSM303DLHC_H
#define LSM303DLHC_H

#include <stdint.h>

#include "hal/chip.h"

/* Constant facts; all state is in the chip, two of them work side by side. */
typedef struct {
    hal_i2c_t *bus; /* borrowed for the life of the device */
    uint8_t addr;   /* 0x1e, fixed in silicon */

    /* How far the temperature's 12 bits stand left of bit 0 of the register pair: 4 in silicon (section
     * 7.2.9), 0 in the widespread emulation of this chip. */
    uint8_t temperature_shift;
    int32_t temperature_offset_milli_c; /* added to the chip's relative temperature */
} lsm303dlhc_t;

/* Channels 0..2 x, y, z in nanotesla (10^-9 T), 3 temperature in thousandths of a degree Celsius. self of the
 * operations is an lsm303dlhc_t. An axis that overflowed is far below its min, so that it alone is in error.
 * Fetch is a transfer of 8 bytes and one of 3. */
extern const sensor_ops_t lsm303dlhc_ops;

/* For settings that add one. */
extern const chip_type_t lsm303dlhc_type;

#endif
