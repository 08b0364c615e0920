/* model_tmp105.h - the registers of a TMP105 (data sheet SLLS648D). */
#ifndef MODEL_TMP105_H
#define MODEL_TMP105_H

#include "sim_i2c.h"

typedef struct {
    int32_t milli_c; /* what it measures */
    uint8_t pointer;
    uint8_t configuration;
    uint8_t limits[2][2]; /* T_LOW, T_HIGH */
} model_tmp105_t;

/* One quantity: temperature, 3 decimals, MODEL_TMP105_MIN .. MODEL_TMP105_MAX. */
#define MODEL_TMP105_MIN (-128000)
#define MODEL_TMP105_MAX 127999
extern const sim_model_ops_t model_tmp105_ops;

#endif
