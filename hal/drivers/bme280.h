/* bme280.h - Bosch BME280: temperature, relative humidity and pressure on I2C.
 *
 * Data sheet BST-BME280-DS002, revision 1.6: sections 4.2.2 (calibration), 4.2.3 (compensation), 5.4 (registers), 9.1
 * (measurement time). Forced mode, each quantity measured once (oversampling x1), no filter; asleep
 * between samples. The raw values are corrected by the chip's calibration in whole numbers, as the data sheet
 * has it: 64 bits for the pressure.
 *
 * The calibration is 32 bytes, too long for probe: the first sample after a probe fetches it in steps, later
 * samples pass over these.
 */
#ifndef BME280_H
#define BME280_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/chip.h"

/* Two of them work side by side. What follows addr is the driver's and starts as zeros. */
typedef struct {
    hal_i2c_t *bus; /* borrowed for the life of the device */
    uint8_t addr;   /* 0x76 or 0x77, by pin SDO */
    bool calibrated;
    uint8_t calibration[32]; /* registers 0x88 ... 0x9f, 0xa1, 0xe1 ... 0xe7 */
    int32_t fine;            /* temperature of this sample, 1/5120 degree */
} bme280_t;

/* Channels 0 temperature, hundredths of a degree Celsius; 1 humidity, hundredths of a per cent; 2 pressure,
 * tenths of a pascal. self of the operations is a bme280_t. Each step of fetch is a transfer of at most 9 bytes.
 * fetch returns STATUS_BAD_DATA for a chip that lost its configuration or has not measured, and for a
 * calibration that no BME280 has. */
extern const sensor_ops_t bme280_ops;

/* For settings that add one. */
extern const chip_type_t bme280_type;

#endif
