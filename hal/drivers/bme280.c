#include "hal/drivers/bme280.h"

#include <stddef.h>

#define REG_CALIBRATION 0x88u
#define REG_DIG_H1      0xa1u
#define REG_ID          0xd0u
#define REG_DIG_H2      0xe1u
#define REG_CTRL_HUM    0xf2u /* status, ctrl_meas, config follow it */
#define REG_CTRL_MEAS   0xf4u
#define REG_CONFIG      0xf5u
#define REG_PRESSURE    0xf7u /* temperature follows it */
#define REG_HUMIDITY    0xfdu

#define ID_BME280       0x60u
#define HUMIDITY_X1     0x01u
#define FORCED_X1       0x25u
#define ASLEEP_X1       0x24u /* what FORCED_X1 becomes by itself */
#define STATUS_BUSY     0x09u /* measuring, or copying the calibration */
#define SKIPPED_20_BITS 0x80000
#define SKIPPED_16_BITS 0x8000

/* 9.3 ms at most; the tick may be about to end when start is called. */
#define CONVERSION_MS 11u

/* Where the parts of the calibration begin in bme280_t. */
enum { DIG_T1 = 0, DIG_P1 = 6, DIG_H1 = 24, DIG_H2 = 25 };

enum { STEP_CHECK, STEP_CALIBRATION, STEP_PRESSURE = 6, STEP_HUMIDITY, FETCH_STEPS };

/* Beyond it nothing is a measurement, and the sums below would not fit. */
#define FINE_MIN (-40 * 5120)
#define FINE_MAX (85 * 5120)

static const sensor_channel_t channels[] = {
    { .key = "temperature",
      .name = "Temperature",
      .kind = SENSOR_TEMPERATURE,
      .unit = UNIT_CELSIUS,
      .decimals = 2,
      .min = -4000,
      .max = 8500 },
    { .key = "humidity",
      .name = "Relative humidity",
      .kind = SENSOR_RELATIVE_HUMIDITY,
      .unit = UNIT_PERCENT_RH,
      .decimals = 2,
      .min = 0,
      .max = 10000 },
    { .key = "pressure",
      .name = "Pressure",
      .kind = SENSOR_PRESSURE,
      .unit = UNIT_PASCAL,
      .decimals = 1,
      .min = 300000,
      .max = 1100000 },
};

static status_t read_registers(const bme280_t *dev, uint8_t reg, uint8_t rx[], size_t count)
{
    return hal_i2c_transfer(dev->bus, dev->addr, &reg, 1, rx, count);
}

static status_t probe(void *self)
{
    bme280_t *dev = self;
    const uint8_t tx[] = { REG_CONFIG, 0 };
    uint8_t id;
    dev->calibrated = false;
    status_t status = read_registers(dev, REG_ID, &id, 1);
    if (status != STATUS_OK) return status;
    if (id != ID_BME280) return STATUS_BAD_DATA;
    return hal_i2c_transfer(dev->bus, dev->addr, tx, sizeof tx, NULL, 0);
}

/* The humidity's setting takes effect with the write of ctrl_meas. */
static status_t start(void *self)
{
    const bme280_t *dev = self;
    const uint8_t tx[] = { REG_CTRL_HUM, HUMIDITY_X1, REG_CTRL_MEAS, FORCED_X1 };
    return hal_i2c_transfer(dev->bus, dev->addr, tx, sizeof tx, NULL, 0);
}

static int64_t u16(const bme280_t *dev, unsigned at)
{
    return dev->calibration[at] | dev->calibration[at + 1] << 8;
}

static int64_t s16(const bme280_t *dev, unsigned at)
{
    return (int16_t)(uint16_t)u16(dev, at);
}

/* Divided by 2^bits, towards minus infinity. */
static int64_t down(int64_t value, unsigned bits)
{
    return value < 0 ? ~(~value >> bits) : value >> bits;
}

static int64_t up(int64_t value, unsigned bits)
{
    return value * ((int64_t)1 << bits);
}

static int32_t fine_temperature(const bme280_t *dev, int32_t raw)
{
    int64_t linear = down((down(raw, 3) - 2 * u16(dev, DIG_T1)) * s16(dev, DIG_T1 + 2), 11);
    int64_t off = down(raw, 4) - u16(dev, DIG_T1);
    int64_t fine = linear + down(down(off * off, 12) * s16(dev, DIG_T1 + 4), 14);
    return fine < FINE_MIN || fine > FINE_MAX ? INT32_MAX : (int32_t)fine;
}

static int64_t dig_p(const bme280_t *dev, unsigned number)
{
    return s16(dev, DIG_P1 + 2 * (number - 1));
}

/* 1/256 pascal; SENSOR_NO_VALUE where a calibration makes no sense: the bounds keep all sums within 64 bits. */
static int32_t pressure(const bme280_t *dev, int32_t raw)
{
    int64_t t = (int64_t)dev->fine - 128000;
    int64_t p1 = u16(dev, DIG_P1);
    int64_t offset = t * t * dig_p(dev, 6) + up(t * dig_p(dev, 5), 17) + up(dig_p(dev, 4), 35);
    int64_t slope = up(1, 47) + down(t * t * dig_p(dev, 3), 8) + up(t * dig_p(dev, 2), 12);
    if (p1 == 0 || slope <= 0 || slope > INT64_MAX / p1) return SENSOR_NO_VALUE;
    slope = down(slope * p1, 33);
    int64_t p = up(1048576 - raw, 31) - offset;
    if (slope == 0 || p <= 0 || p > INT64_MAX / 3125) return SENSOR_NO_VALUE;
    p = p * 3125 / slope;
    if (p >= up(1, 36)) return SENSOR_NO_VALUE;
    int64_t square = down(dig_p(dev, 9) * down(p, 13) * down(p, 13), 25);
    p = down(p + square + down(dig_p(dev, 8) * p, 19), 8) + up(dig_p(dev, 7), 4);
    return p < 0 || p > up(110001, 8) ? SENSOR_NO_VALUE : (int32_t)p;
}

/* 1/1024 per cent. */
static int32_t humidity(const bme280_t *dev, int32_t raw)
{
    const uint8_t *h = &dev->calibration[DIG_H2];
    int64_t h3 = h[2], h6 = (h[6] ^ 0x80) - 0x80;
    int64_t h4 = (int8_t)h[3] * 16 + (h[4] & 15), h5 = (int8_t)h[5] * 16 + (h[4] >> 4);
    int64_t t = (int64_t)dev->fine - 76800;
    int64_t measured = down(up(raw, 14) - up(h4, 20) - h5 * t + 16384, 15);
    int64_t by_t = down(down(t * h6, 10) * (down(t * h3, 11) + 32768), 10) + 2097152;
    int64_t v = measured * down(by_t * s16(dev, DIG_H2) + 8192, 14);
    v -= down(down(down(v, 15) * down(v, 15), 7) * dev->calibration[DIG_H1], 4);
    if (v < 0) return 0;
    return v > up(100, 22) ? 100 * 1024 : (int32_t)down(v, 12);
}

static status_t check(const bme280_t *dev)
{
    uint8_t rx[4];
    status_t status = read_registers(dev, REG_CTRL_HUM, rx, sizeof rx);
    if (status != STATUS_OK) return status;
    bool measured = (rx[1] & STATUS_BUSY) == 0 && rx[2] == ASLEEP_X1;
    return measured && rx[0] == HUMIDITY_X1 && rx[3] == 0 ? STATUS_OK : STATUS_BAD_DATA;
}

static status_t calibrate(bme280_t *dev, unsigned part)
{
    static const struct {
        uint8_t reg, at, count;
    } parts[] = { { REG_CALIBRATION, 0, 8 },
                  { REG_CALIBRATION + 8, 8, 8 },
                  { REG_CALIBRATION + 16, 16, 8 },
                  { REG_DIG_H1, DIG_H1, 1 },
                  { REG_DIG_H2, DIG_H2, 7 } };
    if (dev->calibrated) return STATUS_OK;
    status_t status =
        read_registers(dev, parts[part].reg, dev->calibration + parts[part].at, parts[part].count);
    if (status == STATUS_OK && part == sizeof parts / sizeof parts[0] - 1) dev->calibrated = true;
    return status;
}

static int32_t raw_20_bits(const uint8_t rx[3])
{
    return rx[0] << 12 | rx[1] << 4 | rx[2] >> 4;
}

static status_t fetch_pressure(bme280_t *dev, int32_t values[])
{
    uint8_t rx[6];
    status_t status = read_registers(dev, REG_PRESSURE, rx, sizeof rx);
    if (status != STATUS_OK) return status;
    int32_t raw_p = raw_20_bits(rx), raw_t = raw_20_bits(rx + 3);
    if (raw_p == SKIPPED_20_BITS || raw_t == SKIPPED_20_BITS) return STATUS_BAD_DATA;
    dev->fine = fine_temperature(dev, raw_t);
    if (dev->fine == INT32_MAX) return STATUS_BAD_DATA;
    values[0] = (int32_t)down((int64_t)dev->fine * 5 + 128, 8);
    int32_t p = pressure(dev, raw_p);
    values[2] = p == SENSOR_NO_VALUE ? p : (int32_t)down((int64_t)p * 10 + 128, 8);
    return STATUS_OK;
}

static status_t fetch_humidity(const bme280_t *dev, int32_t values[])
{
    uint8_t rx[2];
    status_t status = read_registers(dev, REG_HUMIDITY, rx, sizeof rx);
    if (status != STATUS_OK) return status;
    int32_t raw = rx[0] << 8 | rx[1];
    if (raw == SKIPPED_16_BITS) return STATUS_BAD_DATA;
    values[1] = (humidity(dev, raw) * 100 + 512) / 1024;
    return STATUS_OK;
}

static status_t fetch(void *self, unsigned step, int32_t values[])
{
    if (step == STEP_CHECK) return check(self);
    if (step == STEP_PRESSURE) return fetch_pressure(self, values);
    return step == STEP_HUMIDITY ? fetch_humidity(self, values) : calibrate(self, step - STEP_CALIBRATION);
}

const sensor_ops_t bme280_ops = {
    .chip = "bme280",
    .channels = channels,
    .channel_count = sizeof channels / sizeof channels[0],
    .conversion_ms = CONVERSION_MS,
    .probe = probe,
    .fetch_steps = FETCH_STEPS,
    .start = start,
    .fetch = fetch,
};

static void bind(void *self, hal_i2c_t *bus, uint8_t addr)
{
    *(bme280_t *)self = (bme280_t){ .bus = bus, .addr = addr };
}

static const uint8_t addresses[] = { 0x76, 0x77, 0 };

const chip_type_t bme280_type = { &bme280_ops, addresses, sizeof(bme280_t), bind };
