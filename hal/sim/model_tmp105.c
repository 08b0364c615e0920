#include "model_tmp105.h"

#include <string.h>

enum { TEMPERATURE, CONFIGURATION, T_LOW, T_HIGH };

static void power_on(void *model)
{
    static const uint8_t limits[2][2] = { { 0x4b, 0x00 }, { 0x50, 0x00 } }; /* 75 and 80 degrees */
    model_tmp105_t *chip = model;
    chip->pointer = TEMPERATURE;
    chip->configuration = 0;
    memcpy(chip->limits, limits, sizeof limits);
}

static void write_bytes(void *model, const uint8_t bytes[], size_t count)
{
    model_tmp105_t *chip = model;
    chip->pointer = bytes[0] & 3u;
    for (size_t i = 1; i < count; i++) {
        if (chip->pointer == CONFIGURATION) chip->configuration = bytes[i];
        if (chip->pointer >= T_LOW && i <= 2) chip->limits[chip->pointer - T_LOW][i - 1] = bytes[i];
    }
}

/* 1/256 degree, cut towards zero as by QEMU, less the bits that the resolution leaves at zero. */
static uint16_t temperature_register(const model_tmp105_t *chip)
{
    unsigned unused_bits = 7u - (chip->configuration >> 5 & 3u);
    unsigned bits = (unsigned)(chip->milli_c * 256 / 1000);
    return (uint16_t)(bits >> unused_bits << unused_bits);
}

static void read_bytes(void *model, uint8_t bytes[], size_t count)
{
    const model_tmp105_t *chip = model;
    uint16_t value = temperature_register(chip);
    uint8_t registers[4][2] = {
        [TEMPERATURE] = { (uint8_t)(value >> 8), (uint8_t)value },
        [CONFIGURATION] = { chip->configuration, 0xff },
        [T_LOW] = { chip->limits[0][0], chip->limits[0][1] },
        [T_HIGH] = { chip->limits[1][0], chip->limits[1][1] },
    };
    for (size_t i = 0; i < count; i++) bytes[i] = i < 2 ? registers[chip->pointer][i] : 0xff;
}

static void set(void *model, unsigned quantity, int32_t value)
{
    (void)quantity;
    ((model_tmp105_t *)model)->milli_c = value;
}

static int32_t get(const void *model, unsigned quantity)
{
    (void)quantity;
    return ((const model_tmp105_t *)model)->milli_c;
}

const sim_model_ops_t model_tmp105_ops = { power_on, write_bytes, read_bytes, set, get };
