#include "hal/drivers/tmp105.h"

#define REG_TEMPERATURE   0x00u
#define REG_CONFIGURATION 0x01u

/* R1 R0 = 11: 12 bits; no shutdown, comparator mode. OS reads as zero. Power-on value: 0x00, 9 bits. */
#define CONFIGURATION 0x60u

/* 12 bits take 220 ms typically, 300 ms at most; until then a chip just powered reads 0 degrees. */
#define CONVERSION_MS 320u

/* The last bits of the temperature register that are zero: always, and with the power-on configuration. */
#define ZEROS_12_BITS 0x000fu
#define ZEROS_9_BITS  0x007fu

static const sensor_channel_t channels[] = {
    { .key = "temperature",
      .name = "Temperature",
      .kind = SENSOR_TEMPERATURE,
      .unit = UNIT_CELSIUS,
      .decimals = 2,
      .min = -5500,
      .max = 12800 },
};

static status_t configure(void *self)
{
    const tmp105_t *dev = self;
    const uint8_t tx[] = { REG_CONFIGURATION, CONFIGURATION };
    return hal_i2c_transfer(dev->bus, dev->addr, tx, sizeof tx, NULL, 0);
}

static status_t check_configuration(const tmp105_t *dev)
{
    const uint8_t reg = REG_CONFIGURATION;
    uint8_t value;
    status_t status = hal_i2c_transfer(dev->bus, dev->addr, &reg, 1, &value, 1);
    if (status != STATUS_OK) return status;
    return value == CONFIGURATION ? STATUS_OK : STATUS_BAD_DATA;
}

static status_t probe(void *self)
{
    status_t status = configure(self);
    return status == STATUS_OK ? check_configuration(self) : status;
}

/* 1/256 degree to hundredths, half away from zero. */
static int32_t centi_celsius(int32_t raw)
{
    return (raw * 100 + (raw < 0 ? -128 : 128)) / 256;
}

static status_t fetch(void *self, unsigned step, int32_t values[])
{
    (void)step;
    const tmp105_t *dev = self;
    const uint8_t reg = REG_TEMPERATURE;
    uint8_t rx[2];
    status_t status = hal_i2c_transfer(dev->bus, dev->addr, &reg, 1, rx, sizeof rx);
    if (status != STATUS_OK) return status;
    uint16_t bits = (uint16_t)(rx[0] << 8 | rx[1]);
    if ((bits & ZEROS_12_BITS) != 0) return STATUS_BAD_DATA;
    if ((bits & ZEROS_9_BITS) == 0) {
        status = check_configuration(dev);
        if (status != STATUS_OK) return status;
    }
    values[0] = centi_celsius((int16_t)bits);
    return values[0] < channels[0].min ? STATUS_BAD_DATA : STATUS_OK;
}

const sensor_ops_t tmp105_ops = {
    .chip = "tmp105",
    .channels = channels,
    .channel_count = 1,
    .conversion_ms = CONVERSION_MS,
    .probe = probe,
    .fetch_steps = 1,
    .start = configure,
    .fetch = fetch,
};

static void bind(void *self, hal_i2c_t *bus, uint8_t addr)
{
    *(tmp105_t *)self = (tmp105_t){ .bus = bus, .addr = addr };
}

static const uint8_t addresses[] = { 0x48, 0x49, 0 };

const chip_type_t tmp105_type = { &tmp105_ops, addresses, sizeof(tmp105_t), bind };
