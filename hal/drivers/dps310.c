#include "hal/drivers/dps310.h"

#include <stddef.h>

#define REG_PRESSURE    0x00u /* temperature follows it */
#define REG_PRS_CFG     0x06u /* tmp_cfg, meas_cfg, cfg_reg follow it */
#define REG_TMP_CFG     0x07u
#define REG_MEAS_CFG    0x08u
#define REG_CFG_REG     0x09u
#define REG_PRODUCT     0x0du
#define REG_CALIBRATION 0x10u
#define REG_COEF_SOURCE 0x28u

/* Not in the data sheet: the cure. */
#define REG_CURE_NEEDED 0x32u
#define CURED           0x02u
#define REG_LOCK_1      0x0eu
#define UNLOCK_1        0xa5u
#define REG_LOCK_2      0x0fu
#define UNLOCK_2        0x96u
#define REG_CURE        0x62u
#define CURE            0x02u

#define PRODUCT_REVISION 0x10u
#define PRODUCT_EMULATED                                                                                     \
    0xffu /* what the widespread emulation of this chip says, which is never ready either */

#define PRS_CFG_4_HZ_X16   0x24u
#define TMP_CFG_4_HZ_X1    0x20u
#define COEF_EXTERNAL      0x80u /* in both: the sensor on the pressure element */
#define CFG_PRESSURE_SHIFT 0x04u /* as x16 needs it */
#define MEAS_READY         0xc0u /* calibration and sensor */
#define MEAS_CONTROL       0x07u
#define MEAS_CONTINUOUS    0x07u

/* Table 9. The temperature's is 2^19. */
#define SCALE_PRESSURE_X16        253952
#define SCALE_TEMPERATURE_X1_BITS 19u

/* Both at 4 Hz; until the first sample the registers hold what no sample is. */
#define CONVERSION_MS 300u
#define RAW_NONE      (-8388608)

/* Scaled raw values are fractions of 2^24, coefficients are in 2^-8 of their unit. A pressure is beyond what the chip can
 * measure long before its scaled raw value is 4, up to which all sums fit 64 bits. */
#define FRACTION_BITS 24u
#define SCALED_MAX    ((int64_t)4 << FRACTION_BITS)

enum { STEP_CHECK, STEP_CALIBRATION, STEP_UNLOCK = 4, STEP_CURE, STEP_SAMPLE, FETCH_STEPS };

static const sensor_channel_t channels[] = {
    { .key = "temperature",
      .name = "Temperature",
      .kind = SENSOR_TEMPERATURE,
      .unit = UNIT_CELSIUS,
      .decimals = 2,
      .min = -4000,
      .max = 8500 },
    { .key = "pressure",
      .name = "Pressure",
      .kind = SENSOR_PRESSURE,
      .unit = UNIT_PASCAL,
      .decimals = 1,
      .min = 300000,
      .max = 1200000 },
};

static status_t read_registers(const dps310_t *dev, uint8_t reg, uint8_t rx[], size_t count)
{
    return hal_i2c_transfer(dev->bus, dev->addr, &reg, 1, rx, count);
}

static status_t write_register(const dps310_t *dev, uint8_t reg, uint8_t value)
{
    const uint8_t tx[] = { reg, value };
    return hal_i2c_transfer(dev->bus, dev->addr, tx, sizeof tx, NULL, 0);
}

static status_t probe(void *self)
{
    dps310_t *dev = self;
    uint8_t product, source;
    dev->calibrated = false;
    status_t status = read_registers(dev, REG_PRODUCT, &product, 1);
    if (status != STATUS_OK) return status;
    if (product != PRODUCT_REVISION && product != PRODUCT_EMULATED) return STATUS_BAD_DATA;
    dev->ready = product == PRODUCT_EMULATED ? 0 : MEAS_READY;
    status = read_registers(dev, REG_COEF_SOURCE, &source, 1);
    if (status != STATUS_OK) return status;
    dev->tmp_cfg = (source & COEF_EXTERNAL) | TMP_CFG_4_HZ_X1;
    status = write_register(dev, REG_PRS_CFG, PRS_CFG_4_HZ_X16);
    if (status == STATUS_OK) status = write_register(dev, REG_TMP_CFG, dev->tmp_cfg);
    return status == STATUS_OK ? write_register(dev, REG_CFG_REG, CFG_PRESSURE_SHIFT) : status;
}

/* Also wakes a chip that something put to sleep. */
static status_t start(void *self)
{
    return write_register(self, REG_MEAS_CFG, MEAS_CONTINUOUS);
}

/* A chip that lost power in between measures with another scale: its values would look like others. */
static status_t check(const dps310_t *dev)
{
    uint8_t rx[4];
    status_t status = read_registers(dev, REG_PRS_CFG, rx, sizeof rx);
    if (status != STATUS_OK) return status;
    bool ready = (rx[2] & dev->ready) == dev->ready && (rx[2] & MEAS_CONTROL) == MEAS_CONTINUOUS;
    bool ours = rx[0] == PRS_CFG_4_HZ_X16 && rx[1] == dev->tmp_cfg && rx[3] == CFG_PRESSURE_SHIFT;
    return ready && ours ? STATUS_OK : STATUS_BAD_DATA;
}

static status_t calibrate(dps310_t *dev, unsigned part)
{
    enum { PART_BYTES = 6 };
    if (dev->calibrated) return STATUS_OK;
    return read_registers(dev, (uint8_t)(REG_CALIBRATION + part * PART_BYTES),
                          dev->calibration + part * PART_BYTES, PART_BYTES);
}

static status_t cure_begin(dps310_t *dev)
{
    uint8_t state;
    if (dev->calibrated) return STATUS_OK;
    status_t status = read_registers(dev, REG_CURE_NEEDED, &state, 1);
    if (status != STATUS_OK) return status;
    dev->ill = (state & CURED) == 0;
    if (!dev->ill) return STATUS_OK;
    status = write_register(dev, REG_LOCK_1, UNLOCK_1);
    return status == STATUS_OK ? write_register(dev, REG_LOCK_2, UNLOCK_2) : status;
}

static status_t cure_end(dps310_t *dev)
{
    status_t status = STATUS_OK;
    if (dev->calibrated) return STATUS_OK;
    if (dev->ill) {
        status = write_register(dev, REG_CURE, CURE);
        if (status == STATUS_OK) status = write_register(dev, REG_LOCK_1, 0);
        if (status == STATUS_OK) status = write_register(dev, REG_LOCK_2, 0);
    }
    dev->calibrated = status == STATUS_OK;
    return status;
}

/* ---- Compensation ----------------------------------------------------------------------------------------- */

/* bits of a two's complement number. */
static int64_t signed_bits(uint32_t value, unsigned bits)
{
    return value >> (bits - 1u) & 1u ? (int64_t)value - ((int64_t)1 << bits) : (int64_t)value;
}

static int64_t big_endian_16(const uint8_t at[2])
{
    return signed_bits((uint32_t)(at[0] << 8 | at[1]), 16);
}

/* Divided by 2^bits, towards minus infinity. */
static int64_t down(int64_t value, unsigned bits)
{
    return value < 0 ? ~(~value >> bits) : value >> bits;
}

static int64_t times(int64_t coefficient, int64_t fraction)
{
    return down(coefficient * fraction, FRACTION_BITS);
}

/* Section 8.11; c00 is 4.9.1's. In 2^-8 of their unit. */
typedef struct {
    int64_t c0, c1, c00, c10, c01, c11, c20, c21, c30;
} coefficients_t;

static coefficients_t coefficients(const uint8_t c[18])
{
    return (coefficients_t){
        .c0 = 256 * signed_bits((uint32_t)(c[0] << 4 | c[1] >> 4), 12),
        .c1 = 256 * signed_bits((uint32_t)((c[1] & 15) << 8 | c[2]), 12),
        .c00 = 256 * signed_bits((uint32_t)(c[3] << 12 | c[4] << 4 | c[5] >> 4), 20),
        .c10 = 256 * signed_bits((uint32_t)((c[5] & 15) << 16 | c[6] << 8 | c[7]), 20),
        .c01 = 256 * big_endian_16(c + 8),
        .c11 = 256 * big_endian_16(c + 10),
        .c20 = 256 * big_endian_16(c + 12),
        .c21 = 256 * big_endian_16(c + 14),
        .c30 = 256 * big_endian_16(c + 16),
    };
}

/* Of a value in 2^-8, times a scale, to the nearest. */
static int32_t rounded(int64_t value, int64_t scale)
{
    return (int32_t)down(value * scale + 128, 8);
}

static status_t sample(const dps310_t *dev, int32_t values[])
{
    uint8_t rx[6];
    status_t status = read_registers(dev, REG_PRESSURE, rx, sizeof rx);
    if (status != STATUS_OK) return status;
    int64_t raw_p = signed_bits((uint32_t)(rx[0] << 16 | rx[1] << 8 | rx[2]), 24);
    int64_t raw_t = signed_bits((uint32_t)(rx[3] << 16 | rx[4] << 8 | rx[5]), 24);
    if (raw_p == RAW_NONE || raw_t == RAW_NONE) return STATUS_BAD_DATA;
    int64_t p = raw_p * ((int64_t)1 << FRACTION_BITS) / SCALE_PRESSURE_X16;
    int64_t t = raw_t * ((int64_t)1 << (FRACTION_BITS - SCALE_TEMPERATURE_X1_BITS));
    if (p < -SCALED_MAX || p > SCALED_MAX || t < -SCALED_MAX || t > SCALED_MAX) return STATUS_BAD_DATA;
    const coefficients_t c = coefficients(dev->calibration);
    int64_t by_p = times(c.c10 + times(c.c20 + times(c.c30, p), p), p);
    int64_t by_t = times(c.c01 + times(c.c11 + times(c.c21, p), p), t);
    values[0] = rounded(down(c.c0, 1) + times(c.c1, t), 100);
    values[1] = rounded(c.c00 + by_p + by_t, 10);
    return STATUS_OK;
}

static status_t fetch(void *self, unsigned step, int32_t values[])
{
    switch (step) {
    case STEP_CHECK: return check(self);
    case STEP_UNLOCK: return cure_begin(self);
    case STEP_CURE: return cure_end(self);
    case STEP_SAMPLE: return sample(self, values);
    default: return calibrate(self, step - STEP_CALIBRATION);
    }
}

const sensor_ops_t dps310_ops = {
    .chip = "dps310",
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
    *(dps310_t *)self = (dps310_t){ .bus = bus, .addr = addr };
}

static const uint8_t addresses[] = { 0x76, 0x77, 0 };

const chip_type_t dps310_type = { &dps310_ops, addresses, sizeof(dps310_t), bind };
