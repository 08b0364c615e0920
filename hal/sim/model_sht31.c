#include "model_sht31.h"

enum {
    PERIODIC_1_HZ = 0x2130,
    SINGLE_SHOT = 0x2400,
    HEATER_ON = 0x306d,
    SOFT_RESET = 0x30a2,
    STATUS = 0xf32d,
};

#define STATUS_AFTER_RESET 0x0010u
#define STATUS_HEATER      0x2000u

static void power_on(void *model)
{
    model_sht31_t *chip = model;
    chip->command = 0;
    chip->status = STATUS_AFTER_RESET;
    chip->periodic = false;
}

static void write_bytes(void *model, const uint8_t bytes[], size_t count)
{
    model_sht31_t *chip = model;
    if (count < 2) return;
    uint16_t command = (uint16_t)(bytes[0] << 8 | bytes[1]);
    switch (command) {
    case SOFT_RESET: power_on(chip); return;
    case HEATER_ON: chip->status |= STATUS_HEATER; return;
    case PERIODIC_1_HZ: chip->periodic = true; return;
    case SINGLE_SHOT:
        if (!chip->periodic) chip->command = command;
        return;
    case STATUS: chip->command = command; return;
    default: return;
    }
}

/* The checksum by remainder of a division: the message and 8 zeros, its first byte inverted. */
static uint8_t checksum(uint16_t word)
{
    uint32_t rest = (uint32_t)(word ^ 0xff00u) << 8;
    for (int bit = 23; bit >= 8; bit--) {
        if ((rest >> bit & 1u) != 0) rest ^= (uint32_t)0x131u << (bit - 8);
    }
    return (uint8_t)rest;
}

static uint16_t word(const model_sht31_t *chip, unsigned index)
{
    if (chip->command == STATUS) return chip->status;
    int64_t part = index == 0 ? chip->milli_c + 45000 : chip->milli_percent;
    int64_t whole = index == 0 ? 175000 : 100000;
    return (uint16_t)((part * 65535 + whole / 2) / whole);
}

static void read_bytes(void *model, uint8_t bytes[], size_t count)
{
    model_sht31_t *chip = model;
    size_t words = chip->command == 0 ? 0 : chip->command == STATUS ? 1 : 2;
    for (size_t i = 0; i < count; i++) {
        unsigned index = (unsigned)(i / 3);
        if (index >= words) {
            bytes[i] = 0xff;
            continue;
        }
        uint16_t value = word(chip, index);
        uint8_t wrong = ((unsigned)chip->crc_error >> index & 1u) != 0 ? 0x01u : 0;
        const uint8_t parts[] = { (uint8_t)(value >> 8), (uint8_t)value, checksum(value) ^ wrong };
        bytes[i] = parts[i % 3];
    }
    chip->command = 0;
}

static void set(void *model, unsigned quantity, int32_t value)
{
    model_sht31_t *chip = model;
    *(quantity == 0 ? &chip->milli_c : &chip->milli_percent) = value;
}

static int32_t get(const void *model, unsigned quantity)
{
    const model_sht31_t *chip = model;
    return quantity == 0 ? chip->milli_c : chip->milli_percent;
}

const sim_model_ops_t model_sht31_ops = { power_on, write_bytes, read_bytes, set, get };
