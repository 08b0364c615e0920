/* model_dps310.h - the registers of a DPS310 (data sheet revision 1.2). It measures raw values. */
#ifndef MODEL_DPS310_H
#define MODEL_DPS310_H

#include "sim_i2c.h"

typedef struct {
    int32_t raw[2];          /* what it measures, as its converter says it: temperature, pressure; 24 bits */
    uint8_t calibration[18]; /* registers 0x10 ... 0x21 */
    bool external;           /* the calibration belongs to the sensor on the pressure element */
    bool not_ready;          /* its calibration cannot be read yet */
    bool ill;                /* wants the sequence that no data sheet has */
    bool cured;              /* and was given it */
    uint8_t pointer;
    uint8_t registers[256];
} model_dps310_t;

/* Quantities 0 and 1: the raw values. */
extern const sim_model_ops_t model_dps310_ops;

#endif
