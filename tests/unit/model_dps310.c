#include "model_dps310.h"

#include <string.h>

enum {
    PRS = 0x00,
    TMP = 0x03,
    PRS_CFG = 0x06,
    TMP_CFG,
    MEAS_CFG,
    CFG_REG,
    PRODUCT = 0x0d,
    LOCK_1,
    LOCK_2,
    COEF = 0x10,
    COEF_SOURCE = 0x28,
    STATE = 0x32,
    CURE = 0x62
};

static void put(model_dps310_t *chip, unsigned at, int32_t value)
{
    for (unsigned i = 0; i < 3; i++)
        chip->registers[at + i] = (uint8_t)((uint32_t)value >> (16 - 8 * i) & 0xffu);
}

static void power_on(void *model)
{
    model_dps310_t *chip = model;
    memset(chip->registers, 0, sizeof chip->registers);
    put(chip, PRS, INT32_MIN >> 8);
    put(chip, TMP, INT32_MIN >> 8);
    chip->registers[PRODUCT] = 0x10;
    chip->registers[MEAS_CFG] = chip->not_ready ? 0x40 : 0xc0;
    chip->registers[COEF_SOURCE] = chip->external ? 0x80 : 0x00;
    chip->registers[STATE] = chip->ill ? 0x00 : 0x02;
    chip->cured = false;
    memcpy(chip->registers + COEF, chip->calibration, sizeof chip->calibration);
}

/* What it measures by the other sensor is another value. */
static void measure(model_dps310_t *chip)
{
    bool right = (chip->registers[TMP_CFG] & 0x80u) == (chip->registers[COEF_SOURCE] & 0x80u);
    put(chip, TMP, right ? chip->raw[0] : chip->raw[0] / 2);
    put(chip, PRS, chip->raw[1]);
}

static void write_one(model_dps310_t *chip, uint8_t reg, uint8_t value)
{
    bool open = chip->registers[LOCK_1] == 0xa5 && chip->registers[LOCK_2] == 0x96;
    if (reg == MEAS_CFG) {
        chip->registers[reg] = (uint8_t)((chip->registers[reg] & 0xc0u) | (value & 7u));
        if ((value & 7u) == 7u) measure(chip);
    } else if (reg == CURE) {
        chip->cured |= open && value == 2;
    } else if ((reg >= PRS_CFG && reg <= CFG_REG) || reg == LOCK_1 || reg == LOCK_2) {
        chip->registers[reg] = value;
    }
}

static void write_bytes(void *model, const uint8_t bytes[], size_t count)
{
    model_dps310_t *chip = model;
    chip->pointer = bytes[0];
    for (size_t i = 1; i < count; i++) write_one(chip, chip->pointer++, bytes[i]);
}

static void read_bytes(void *model, uint8_t bytes[], size_t count)
{
    model_dps310_t *chip = model;
    for (size_t i = 0; i < count; i++) bytes[i] = chip->registers[chip->pointer++];
}

static void set(void *model, unsigned quantity, int32_t value)
{
    ((model_dps310_t *)model)->raw[quantity] = value;
}

static int32_t get(const void *model, unsigned quantity)
{
    return ((const model_dps310_t *)model)->raw[quantity];
}

const sim_model_ops_t model_dps310_ops = { power_on, write_bytes, read_bytes, set, get };
