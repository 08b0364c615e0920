#include "hal/drivers/emc1414.h"

#define REG_CONFIGURATION_WRITE 0x09u
#define REG_CONFIGURATION_READ  0x03u
#define REG_DIODE_FAULT         0x1bu
#define REG_PRODUCT             0xfdu
#define REG_MANUFACTURER        0xfeu

#define PRODUCT_EMC1414   0x25u
#define MANUFACTURER_SMSC 0x5du

/* Running, default range, all features at their power-on value. */
#define CONFIGURATION 0x00u

/* Four conversions a second by default; until the first one a chip just powered reads 0 degrees. */
#define CONVERSION_MS 300u

#define HIGH_MAX      127u  /* default range */
#define LOW_UNUSED    0x1fu /* a low byte has three bits, 0.5, 0.25 and 0.125 degree */
#define LOW_SHIFT     5
#define MILLI_PER_8TH 125

#define CHANNELS 4u

/* In the low byte's register the fraction that belonged to the high byte when that was read. */
static const struct {
    uint8_t high, low;
} registers[CHANNELS] = { { 0x00, 0x29 }, { 0x01, 0x10 }, { 0x23, 0x24 }, { 0x2a, 0x2b } };

/* The default range ends at 0 and says 0 for everything below: only what is above it is a measurement. */
#define MILLI_C_MIN MILLI_PER_8TH

#define TEMPERATURE(channel_key, channel_name)                                                               \
    {                                                                                                        \
        .key = (channel_key), .name = (channel_name), .kind = SENSOR_TEMPERATURE, .unit = UNIT_CELSIUS,      \
        .decimals = 3, .min = MILLI_C_MIN, .max = 127875                                                     \
    }

static const sensor_channel_t channels[CHANNELS] = {
    TEMPERATURE("internal", "Chip temperature"),
    TEMPERATURE("remote1", "Remote temperature 1"),
    TEMPERATURE("remote2", "Remote temperature 2"),
    TEMPERATURE("remote3", "Remote temperature 3"),
};

static status_t read_register(const emc1414_t *dev, uint8_t reg, uint8_t *value)
{
    return hal_i2c_transfer(dev->bus, dev->addr, &reg, 1, value, 1);
}

static status_t expect(const emc1414_t *dev, uint8_t reg, uint8_t wanted)
{
    uint8_t value;
    status_t status = read_register(dev, reg, &value);
    if (status != STATUS_OK) return status;
    return value == wanted ? STATUS_OK : STATUS_BAD_DATA;
}

/* Also wakes a chip that something put into standby. */
static status_t configure(void *self)
{
    const emc1414_t *dev = self;
    const uint8_t tx[] = { REG_CONFIGURATION_WRITE, CONFIGURATION };
    return hal_i2c_transfer(dev->bus, dev->addr, tx, sizeof tx, NULL, 0);
}

static status_t probe(void *self)
{
    const emc1414_t *dev = self;
    status_t status = expect(dev, REG_MANUFACTURER, MANUFACTURER_SMSC);
    if (status == STATUS_OK) status = expect(dev, REG_PRODUCT, PRODUCT_EMC1414);
    if (status == STATUS_OK) status = configure(self);
    return status == STATUS_OK ? expect(dev, REG_CONFIGURATION_READ, CONFIGURATION) : status;
}

static status_t read_temperature(const emc1414_t *dev, unsigned channel, int32_t *milli_c)
{
    uint8_t high, low;
    status_t status = read_register(dev, registers[channel].high, &high);
    if (status == STATUS_OK) status = read_register(dev, registers[channel].low, &low);
    if (status != STATUS_OK) return status;
    if (high > HIGH_MAX || (low & LOW_UNUSED) != 0) return STATUS_BAD_DATA;
    *milli_c = (high * 8 + (low >> LOW_SHIFT)) * MILLI_PER_8TH;
    return STATUS_OK;
}

/* A faulty diode reads 0 degrees, so the register needs a look only then. Bit n is remote n. */
static status_t mark_fault(const emc1414_t *dev, unsigned channel, int32_t *milli_c)
{
    uint8_t faults;
    status_t status = read_register(dev, REG_DIODE_FAULT, &faults);
    if (status == STATUS_OK && ((unsigned)faults >> channel & 1u)) *milli_c = EMC1414_DIODE_FAULT;
    return status;
}

/* One channel a step. */
static status_t fetch(void *self, unsigned step, int32_t values[])
{
    const emc1414_t *dev = self;
    status_t status = read_temperature(dev, step, &values[step]);
    if (status != STATUS_OK || step == 0 || values[step] != 0) return status;
    return mark_fault(dev, step, &values[step]);
}

const sensor_ops_t emc1414_ops = {
    .chip = "emc1414",
    .channels = channels,
    .channel_count = CHANNELS,
    .conversion_ms = CONVERSION_MS,
    .probe = probe,
    .fetch_steps = CHANNELS,
    .start = configure,
    .fetch = fetch,
};

static void bind(void *self, hal_i2c_t *bus, uint8_t addr)
{
    *(emc1414_t *)self = (emc1414_t){ .bus = bus, .addr = addr };
}

const chip_type_t emc1414_type = { &emc1414_ops, NULL, sizeof(emc1414_t), bind };
