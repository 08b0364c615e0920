/* model_lsm303dlhc.h - the registers of the magnetometer in an LSM303DLHC (data sheet DocID018771 rev 2).
 *
 * The temperature stands right-aligned in its registers and without offset, as QEMU has it, so that one board
 * configuration of the driver reads the same on both. */
#ifndef MODEL_LSM303DLHC_H
#define MODEL_LSM303DLHC_H

#include "sim_i2c.h"

typedef struct {
    int32_t nanotesla[3]; /* what it measures: x, y, z */
    int32_t milli_c;
    uint8_t pointer;
    uint8_t registers[3]; /* CRA, CRB, MR */
} model_lsm303dlhc_t;

/* Quantities 0..2: x, y, z, 9 decimals; beyond +-1.3 gauss the chip reports an overflow. 3: temperature,
 * 3 decimals. */
#define MODEL_LSM303DLHC_FIELD_MAX       800000
#define MODEL_LSM303DLHC_TEMPERATURE_MIN (-40000)
#define MODEL_LSM303DLHC_TEMPERATURE_MAX 85000
extern const sim_model_ops_t model_lsm303dlhc_ops;

#endif
