#include "hal/drivers/lsm303dlhc.h"

#include <stdbool.h>
#include <string.h>

#define REG_CRA         0x00u
#define REG_CRB         0x01u
#define REG_MR          0x02u /* x, z, y follow it, high byte first */
#define REG_IRA         0x0au
#define REG_TEMPERATURE 0x31u

#define CRA_TEMPERATURE_75_HZ 0x98u
#define CRB_GAIN_1_3_GAUSS    0x20u
#define MR_CONTINUOUS         0x00u /* power-on value: 0x03, asleep */

/* Two periods at 75 Hz: what stood in the registers before start is gone then. */
#define CONVERSION_MS 30u

#define RAW_MIN      (-2048)
#define RAW_MAX      2047
#define RAW_OVERFLOW (-4096)

#define XY_STEPS_PER_GAUSS  1100
#define Z_STEPS_PER_GAUSS   980
#define NANOTESLA_PER_GAUSS 100000
#define MILLI_C_PER_STEP    125

#define FIELD(channel_key, channel_name, least, most)                                                        \
    {                                                                                                        \
        .key = (channel_key), .name = (channel_name), .kind = SENSOR_MAGNETIC_FLUX_DENSITY,                  \
        .unit = UNIT_TESLA, .decimals = 9, .min = (least), .max = (most)                                     \
    }

/* What 12 bits can say. */
static const sensor_channel_t channels[] = {
    FIELD("x", "Magnetic field X", -186182, 186091),
    FIELD("y", "Magnetic field Y", -186182, 186091),
    FIELD("z", "Magnetic field Z", -208980, 208878),
    { .key = "temperature",
      .name = "Magnetometer temperature",
      .kind = SENSOR_TEMPERATURE,
      .unit = UNIT_CELSIUS,
      .decimals = 3,
      .min = -60000,
      .max = 125000 },
};

/* One register a transfer: the chip does not advance its address while it is written. */
static status_t write_register(const lsm303dlhc_t *dev, uint8_t reg, uint8_t value)
{
    const uint8_t tx[] = { reg, value };
    return hal_i2c_transfer(dev->bus, dev->addr, tx, sizeof tx, NULL, 0);
}

static status_t probe(void *self)
{
    const lsm303dlhc_t *dev = self;
    const uint8_t reg = REG_IRA;
    uint8_t identity[3];
    status_t status = hal_i2c_transfer(dev->bus, dev->addr, &reg, 1, identity, sizeof identity);
    if (status != STATUS_OK) return status;
    if (memcmp(identity, "H43", sizeof identity) != 0) return STATUS_BAD_DATA;
    return write_register(dev, REG_CRB, CRB_GAIN_1_3_GAUSS);
}

/* CRB is not written again: its power-on value is ours. */
static status_t start(void *self)
{
    const lsm303dlhc_t *dev = self;
    status_t status = write_register(dev, REG_CRA, CRA_TEMPERATURE_75_HZ);
    return status == STATUS_OK ? write_register(dev, REG_MR, MR_CONTINUOUS) : status;
}

static int32_t big_endian_16(const uint8_t bytes[])
{
    return (int16_t)(uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* Half away from zero. */
static int32_t nanotesla(int32_t raw, int32_t steps_per_gauss)
{
    int32_t half = steps_per_gauss / 2;
    return (raw * NANOTESLA_PER_GAUSS + (raw < 0 ? -half : half)) / steps_per_gauss;
}

static bool possible(int32_t raw)
{
    return (raw >= RAW_MIN && raw <= RAW_MAX) || raw == RAW_OVERFLOW;
}

/* The mode register comes along for one byte more: it tells whether the chip slept or lost power. */
static status_t fetch_field(const lsm303dlhc_t *dev, int32_t values[])
{
    const uint8_t reg = REG_MR;
    uint8_t rx[7];
    status_t status = hal_i2c_transfer(dev->bus, dev->addr, &reg, 1, rx, sizeof rx);
    if (status != STATUS_OK) return status;
    int32_t x = big_endian_16(rx + 1), z = big_endian_16(rx + 3), y = big_endian_16(rx + 5);
    if (rx[0] != MR_CONTINUOUS || !possible(x) || !possible(y) || !possible(z)) return STATUS_BAD_DATA;
    values[0] = nanotesla(x, XY_STEPS_PER_GAUSS);
    values[1] = nanotesla(y, XY_STEPS_PER_GAUSS);
    values[2] = nanotesla(z, Z_STEPS_PER_GAUSS);
    return STATUS_OK;
}

static status_t fetch_temperature(const lsm303dlhc_t *dev, int32_t *milli_c)
{
    const uint8_t reg = REG_TEMPERATURE;
    uint8_t rx[2];
    status_t status = hal_i2c_transfer(dev->bus, dev->addr, &reg, 1, rx, sizeof rx);
    if (status != STATUS_OK) return status;
    int32_t bits = big_endian_16(rx);
    int32_t scale = (int32_t)1 << dev->temperature_shift;
    int32_t steps = bits / scale;
    if (bits % scale != 0 || steps < RAW_MIN || steps > RAW_MAX) return STATUS_BAD_DATA;
    *milli_c = steps * MILLI_C_PER_STEP + dev->temperature_offset_milli_c;
    return STATUS_OK;
}

static status_t fetch(void *self, unsigned step, int32_t values[])
{
    return step == 0 ? fetch_field(self, values) : fetch_temperature(self, &values[3]);
}

const sensor_ops_t lsm303dlhc_ops = {
    .chip = "lsm303dlhc",
    .channels = channels,
    .channel_count = sizeof channels / sizeof channels[0],
    .conversion_ms = CONVERSION_MS,
    .probe = probe,
    .fetch_steps = 2,
    .start = start,
    .fetch = fetch,
};

static void bind(void *self, hal_i2c_t *bus, uint8_t addr)
{
    *(lsm303dlhc_t *)self = (lsm303dlhc_t){ .bus = bus, .addr = addr, .temperature_shift = 4 };
}

static const uint8_t addresses[] = { 0x1e, 0 };

const chip_type_t lsm303dlhc_type = { &lsm303dlhc_ops, addresses, sizeof(lsm303dlhc_t), bind };
