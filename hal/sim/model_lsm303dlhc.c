#include "model_lsm303dlhc.h"

#include <string.h>

enum { CRA, CRB, MR, OUT_X_H, OUT_Y_L = 0x08, SR, IRA, IRC = 0x0c, TEMP_H = 0x31, TEMP_L };

#define CRA_TEMPERATURE_ON 0x80u
#define OVERFLOW_BITS      (-4096)

static void power_on(void *model)
{
    static const uint8_t defaults[3] = { 0x10, 0x20, 0x03 };
    model_lsm303dlhc_t *chip = model;
    chip->pointer = 0;
    memcpy(chip->registers, defaults, sizeof defaults);
}

static void write_bytes(void *model, const uint8_t bytes[], size_t count)
{
    model_lsm303dlhc_t *chip = model;
    chip->pointer = bytes[0];
    if (count > 1 && chip->pointer <= MR) chip->registers[chip->pointer] = bytes[1];
}

/* Steps by the gain in CRB, cut towards zero as by QEMU. */
static int32_t steps(const model_lsm303dlhc_t *chip, unsigned axis)
{
    static const int32_t per_gauss[8][2] = {
        { 1100, 980 }, { 1100, 980 }, { 855, 760 }, { 670, 600 },
        { 450, 400 },  { 400, 355 },  { 330, 295 }, { 230, 205 },
    };
    int32_t gain = per_gauss[chip->registers[CRB] >> 5][axis == 2];
    int64_t raw = (int64_t)chip->nanotesla[axis] * gain / 100000;
    return raw < -2048 || raw > 2047 ? OVERFLOW_BITS : (int32_t)raw;
}

/* Asleep, the chip keeps what it measured last; just powered that is zero. */
static uint8_t field_byte(const model_lsm303dlhc_t *chip)
{
    static const unsigned axes[3] = { 0, 2, 1 };
    if ((chip->registers[MR] & 3u) > 1u) return 0;
    unsigned at = chip->pointer - (unsigned)OUT_X_H;
    unsigned bits = (unsigned)steps(chip, axes[at / 2]);
    return (uint8_t)(at % 2 == 0 ? bits >> 8 : bits);
}

static uint8_t temperature_byte(const model_lsm303dlhc_t *chip)
{
    if ((chip->registers[CRA] & CRA_TEMPERATURE_ON) == 0) return 0;
    unsigned bits = (unsigned)(chip->milli_c / 125);
    return (uint8_t)(chip->pointer == TEMP_H ? bits >> 8 : bits);
}

static uint8_t value_of(const model_lsm303dlhc_t *chip)
{
    if (chip->pointer <= MR) return chip->registers[chip->pointer];
    if (chip->pointer <= OUT_Y_L) return field_byte(chip);
    if (chip->pointer == SR) return 0x01;
    if (chip->pointer <= IRC) return (uint8_t) "H43"[chip->pointer - IRA];
    if (chip->pointer == TEMP_H || chip->pointer == TEMP_L) return temperature_byte(chip);
    return 0;
}

/* Reading advances the address, in two circles: the six bytes of the field, and all that a master may need
 * at once. */
static void read_bytes(void *model, uint8_t bytes[], size_t count)
{
    model_lsm303dlhc_t *chip = model;
    for (size_t i = 0; i < count; i++) {
        bytes[i] = value_of(chip);
        if (chip->pointer == OUT_Y_L) {
            chip->pointer = OUT_X_H;
        } else if (chip->pointer == IRC) {
            chip->pointer = CRA;
        } else {
            chip->pointer++;
        }
    }
}

static void set(void *model, unsigned quantity, int32_t value)
{
    model_lsm303dlhc_t *chip = model;
    *(quantity < 3 ? &chip->nanotesla[quantity] : &chip->milli_c) = value;
}

static int32_t get(const void *model, unsigned quantity)
{
    const model_lsm303dlhc_t *chip = model;
    return quantity < 3 ? chip->nanotesla[quantity] : chip->milli_c;
}

const sim_model_ops_t model_lsm303dlhc_ops = { power_on, write_bytes, read_bytes, set, get };
