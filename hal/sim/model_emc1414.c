#include "model_emc1414.h"

#define RANGE_EXTENDED 0x04u

static void power_on(void *model)
{
    model_emc1414_t *chip = model;
    chip->pointer = 0;
    chip->configuration = 0;
}

static void write_bytes(void *model, const uint8_t bytes[], size_t count)
{
    model_emc1414_t *chip = model;
    chip->pointer = bytes[0];
    if (count > 1 && (chip->pointer == 0x03 || chip->pointer == 0x09)) chip->configuration = bytes[1];
}

/* In eighths of a degree; the extended range counts from -64. */
static unsigned eighths(const model_emc1414_t *chip, unsigned channel)
{
    if ((unsigned)chip->diode_faults >> channel & 1u) return 0;
    int32_t milli_c = chip->milli_c[channel] + (chip->configuration & RANGE_EXTENDED ? 64000 : 0);
    return milli_c < 0 ? 0 : (unsigned)milli_c / 125u;
}

static uint8_t high(const model_emc1414_t *chip, unsigned channel)
{
    return (uint8_t)(eighths(chip, channel) >> 3);
}

static uint8_t low(const model_emc1414_t *chip, unsigned channel)
{
    return (uint8_t)((eighths(chip, channel) & 7u) << 5);
}

static uint8_t value_of(const model_emc1414_t *chip)
{
    switch (chip->pointer) {
    case 0x00: return high(chip, 0);
    case 0x29: return low(chip, 0);
    case 0x01: return high(chip, 1);
    case 0x10: return low(chip, 1);
    case 0x23: return high(chip, 2);
    case 0x24: return low(chip, 2);
    case 0x2a: return high(chip, 3);
    case 0x2b: return low(chip, 3);
    case 0x03:
    case 0x09: return chip->configuration;
    case 0x1b: return chip->diode_faults;
    case 0xfd: return 0x25;
    case 0xfe: return 0x5d;
    case 0xff: return 0x04;
    default: return 0x00;
    }
}

static void read_bytes(void *model, uint8_t bytes[], size_t count)
{
    for (size_t i = 0; i < count; i++) bytes[i] = i == 0 ? value_of(model) : 0xff;
}

static void set(void *model, unsigned quantity, int32_t value)
{
    ((model_emc1414_t *)model)->milli_c[quantity] = value;
}

static int32_t get(const void *model, unsigned quantity)
{
    return ((const model_emc1414_t *)model)->milli_c[quantity];
}

const sim_model_ops_t model_emc1414_ops = { power_on, write_bytes, read_bytes, set, get };
