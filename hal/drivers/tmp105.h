/* tmp105.h - Texas Instruments TMP105 temperature sensor on I2C.
 *
 * Data sheet SLLS648D. One channel, 12 bits of 1/16 degree, rounded to hundredths; accuracy 2 degrees.
 *
 * The chip has no ID register: any chip that keeps 0x60 in its second register is taken for one. Loss of
 * power is noticed: start writes the configuration anew, and a reading that a chip with power-on
 * configuration could have given is checked against the configuration before it is believed.
 */
#ifndef TMP105_H
#define TMP105_H

#include <stdint.h>

#include "hal/chip.h"

/* All of a device's state is in the chip; two of them work side by side. */
typedef struct {
    hal_i2c_t *bus; /* borrowed for the life of the device */
    uint8_t addr;   /* 0x48 or 0x49, by pin A0 */
} tmp105_t;

/* Channel 0: temperature, hundredths of a degree Celsius. Each operation is one or two transfers of at most
 * 3 bytes. self of the operations is a tmp105_t. */
extern const sensor_ops_t tmp105_ops;

/* For settings that add one. */
extern const chip_type_t tmp105_type;

#endif
