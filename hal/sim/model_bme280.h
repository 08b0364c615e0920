/* model_bme280.h - the registers of a BME280 (data sheet BST-BME280-DS002). It measures raw values. */
#ifndef MODEL_BME280_H
#define MODEL_BME280_H

#include "sim_i2c.h"

typedef struct {
    int32_t raw[3]; /* what it measures, as its converters say it: temperature, humidity, pressure */
    int32_t dig_t[3], dig_p[9], dig_h[6]; /* calibration, numbered from 0 */
    uint8_t pointer;
    uint8_t registers[256];
} model_bme280_t;

/* Quantities 0..2: the raw values. */
extern const sim_model_ops_t model_bme280_ops;

#endif
