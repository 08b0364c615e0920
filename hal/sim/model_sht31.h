/* model_sht31.h - the commands of an SHT31 (data sheet SHT3x-DIS version 5).
 *
 * A read without a measurement gives 0xff, as a bus that nobody drives; the chip would not acknowledge. */
#ifndef MODEL_SHT31_H
#define MODEL_SHT31_H

#include "sim_i2c.h"

typedef struct {
    int32_t milli_c;       /* what it measures */
    int32_t milli_percent; /* relative humidity */
    uint16_t status;
    uint16_t command;  /* the last one: it says what is read next; 0 for nothing */
    bool periodic;     /* measures by itself and takes no single shot */
    uint8_t crc_error; /* bit n: the checksum of word n that is read is wrong */
} model_sht31_t;

/* Quantities 0: temperature, 3 decimals; 1: relative humidity, 3 decimals. */
#define MODEL_SHT31_TEMPERATURE_MIN (-45000)
#define MODEL_SHT31_TEMPERATURE_MAX 130000
#define MODEL_SHT31_HUMIDITY_MAX    100000
extern const sim_model_ops_t model_sht31_ops;

#endif
