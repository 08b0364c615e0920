#include "model_bme280.h"

#include <string.h>

enum {
    T1 = 0x88,
    P1 = 0x8e,
    H1 = 0xa1,
    ID = 0xd0,
    H2 = 0xe1,
    CTRL_HUM = 0xf2,
    CTRL_MEAS = 0xf4,
    CONFIG,
    DATA = 0xf7
};

#define MODE   3u
#define FORCED 1u

static void put(model_bme280_t *chip, unsigned at, int32_t value)
{
    chip->registers[at] = (uint8_t)((uint32_t)value & 0xffu);
    chip->registers[at + 1] = (uint8_t)((uint32_t)value >> 8 & 0xffu);
}

static void put_20_bits(model_bme280_t *chip, unsigned at, uint32_t value)
{
    chip->registers[at] = (uint8_t)(value >> 12);
    chip->registers[at + 1] = (uint8_t)(value >> 4);
    chip->registers[at + 2] = (uint8_t)(value << 4);
}

static void put_data(model_bme280_t *chip, uint32_t t, uint32_t h, uint32_t p)
{
    put_20_bits(chip, DATA, p);
    put_20_bits(chip, DATA + 3, t);
    chip->registers[DATA + 6] = (uint8_t)(h >> 8);
    chip->registers[DATA + 7] = (uint8_t)h;
}

static void power_on(void *model)
{
    model_bme280_t *chip = model;
    memset(chip->registers, 0, sizeof chip->registers);
    chip->registers[ID] = 0x60;
    for (unsigned i = 0; i < 3; i++) put(chip, T1 + 2 * i, chip->dig_t[i]);
    for (unsigned i = 0; i < 9; i++) put(chip, P1 + 2 * i, chip->dig_p[i]);
    uint32_t h4 = (uint32_t)chip->dig_h[3], h5 = (uint32_t)chip->dig_h[4];
    chip->registers[H1] = (uint8_t)chip->dig_h[0];
    put(chip, H2, chip->dig_h[1]);
    chip->registers[H2 + 2] = (uint8_t)chip->dig_h[2];
    chip->registers[H2 + 3] = (uint8_t)(h4 >> 4 & 0xffu);
    chip->registers[H2 + 4] = (uint8_t)((h4 & 15u) | (h5 & 15u) << 4);
    chip->registers[H2 + 5] = (uint8_t)(h5 >> 4 & 0xffu);
    chip->registers[H2 + 6] = (uint8_t)((uint32_t)chip->dig_h[5] & 0xffu);
    put_data(chip, 0x80000, 0x8000, 0x80000);
}

/* Pairs of a register and its value. A forced measurement is over at once. */
static void write_bytes(void *model, const uint8_t bytes[], size_t count)
{
    model_bme280_t *chip = model;
    chip->pointer = bytes[0];
    for (size_t i = 0; i + 1 < count; i += 2) {
        uint8_t reg = bytes[i], value = bytes[i + 1];
        if (reg != CTRL_HUM && reg != CTRL_MEAS && reg != CONFIG) continue;
        if (reg == CTRL_MEAS && (value & MODE) == FORCED) {
            uint32_t h = chip->registers[CTRL_HUM] == 0 ? 0x8000u : (uint32_t)chip->raw[1];
            put_data(chip, (uint32_t)chip->raw[0], h, (uint32_t)chip->raw[2]);
            value = (uint8_t)(value & ~MODE);
        }
        chip->registers[reg] = value;
    }
}

static void read_bytes(void *model, uint8_t bytes[], size_t count)
{
    model_bme280_t *chip = model;
    for (size_t i = 0; i < count; i++) bytes[i] = chip->registers[chip->pointer++];
}

static void set(void *model, unsigned quantity, int32_t value)
{
    ((model_bme280_t *)model)->raw[quantity] = value;
}

static int32_t get(const void *model, unsigned quantity)
{
    return ((const model_bme280_t *)model)->raw[quantity];
}

const sim_model_ops_t model_bme280_ops = { power_on, write_bytes, read_bytes, set, get };
