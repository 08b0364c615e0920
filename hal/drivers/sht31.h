/* sht31.h - Sensirion SHT31 (SHT30, SHT35): temperature and relative humidity on I2C.
 *
 * Data sheet SHT3x-DIS version 5, sections 4.3 (single shot), 4.11 (status), 4.12 (checksum) and 4.13
 * (conversion). High repeatability, no clock stretching; both values are rounded to hundredths.
 *
 * The chip has no ID register: it is known by its checksums. It takes no two commands within 1 ms, so probe is
 * itself the command that begins the first conversion, and the start that follows it has nothing left to do.
 * A chip that does not do as it should (periodic mode, heater on) gets a soft reset when that is noticed; the
 * next probe finds it as it is after power-on.
 */
#ifndef SHT31_H
#define SHT31_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/chip.h"

/* Two of them work side by side. */
typedef struct {
    hal_i2c_t *bus; /* borrowed for the life of the device */
    uint8_t addr;   /* 0x44 or 0x45, by pin ADDR */
    bool begun;     /* the driver's: probe has begun the conversion that start is for; false at first */
} sht31_t;

/* Channels 0 temperature, hundredths of a degree Celsius; 1 humidity, hundredths of a per cent. self of the
 * operations is an sht31_t. Fetch is a transfer of 6 bytes and one of 5; each may be followed by one of 2.
 * fetch returns STATUS_BAD_DATA for a wrong checksum, a chip that heats itself, and a status register with
 * bits that no SHT31 sets. */
extern const sensor_ops_t sht31_ops;

/* For settings that add one. */
extern const chip_type_t sht31_type;

#endif
