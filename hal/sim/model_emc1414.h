/* model_emc1414.h - the registers of an EMC1414 (data sheet DS20005274A). Byte reads only. */
#ifndef MODEL_EMC1414_H
#define MODEL_EMC1414_H

#include "sim_i2c.h"

typedef struct {
    int32_t milli_c[4];   /* what it measures: internal, remote 1..3 */
    uint8_t diode_faults; /* bit n: remote n is open or shorted */
    uint8_t pointer;
    uint8_t configuration;
} model_emc1414_t;

/* Four quantities: temperatures, 3 decimals, 0 .. MODEL_EMC1414_MAX (the default range). */
#define MODEL_EMC1414_MAX 127999
extern const sim_model_ops_t model_emc1414_ops;

#endif
