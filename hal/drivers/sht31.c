#include "hal/drivers/sht31.h"

#include <stddef.h>

#define COMMAND_MEASURE     0x2400u
#define COMMAND_SOFT_RESET  0x30a2u
#define COMMAND_READ_STATUS 0xf32du

/* At most 15 ms; one more because a tick may be about to end when start is called. */
#define CONVERSION_MS 16u

#define STATUS_UNUSED 0x500cu /* reserved and 0; bits 9 ... 5 are reserved and undefined */
#define STATUS_HEATER 0x2000u

#define CRC_POLYNOMIAL 0x31u
#define CRC_START      0xffu

#define RAW_MAX            65535
#define CENTI_C_LOWEST     (-4500)
#define CENTI_C_SPAN       17500
#define CENTI_PERCENT_SPAN 10000
#define BYTES_OF_WORD      3u /* with its checksum */
#define MEASUREMENT_WORDS  2u
#define FETCH_STEPS        2u

static const sensor_channel_t channels[] = {
    { .key = "temperature",
      .name = "Temperature",
      .kind = SENSOR_TEMPERATURE,
      .unit = UNIT_CELSIUS,
      .decimals = 2,
      .min = -4000,
      .max = 12500 },
    { .key = "humidity",
      .name = "Relative humidity",
      .kind = SENSOR_RELATIVE_HUMIDITY,
      .unit = UNIT_PERCENT_RH,
      .decimals = 2,
      .min = 0,
      .max = 10000 },
};

static status_t command(const sht31_t *dev, uint16_t code, uint8_t rx[], size_t rx_bytes)
{
    const uint8_t tx[] = { (uint8_t)(code >> 8), (uint8_t)code };
    return hal_i2c_transfer(dev->bus, dev->addr, tx, sizeof tx, rx, rx_bytes);
}

static uint8_t crc(const uint8_t bytes[], size_t count)
{
    unsigned sum = CRC_START;
    for (size_t i = 0; i < count; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            sum = (sum & 0x80u) != 0 ? (sum << 1 ^ CRC_POLYNOMIAL) & 0xffu : sum << 1;
        }
    }
    return (uint8_t)sum;
}

static status_t word_of(const uint8_t rx[BYTES_OF_WORD], uint16_t *word)
{
    if (crc(rx, 2) != rx[2]) return STATUS_BAD_DATA;
    *word = (uint16_t)(rx[0] << 8 | rx[1]);
    return STATUS_OK;
}

static status_t probe(void *self)
{
    sht31_t *dev = self;
    status_t status = command(dev, COMMAND_MEASURE, NULL, 0);
    dev->begun = status == STATUS_OK;
    return status;
}

static status_t start(void *self)
{
    sht31_t *dev = self;
    if (!dev->begun) return command(dev, COMMAND_MEASURE, NULL, 0);
    dev->begun = false;
    return STATUS_OK;
}

/* To the nearest, half away from zero. */
static int32_t scaled(uint16_t raw, int32_t lowest, int32_t span)
{
    int32_t value = raw * span + lowest * RAW_MAX;
    return (value + (value < 0 ? -RAW_MAX / 2 : RAW_MAX / 2)) / RAW_MAX;
}

/* No command precedes the data, they wait in the chip. Without any it does not acknowledge. */
static status_t fetch_values(const sht31_t *dev, int32_t values[])
{
    uint8_t rx[MEASUREMENT_WORDS * BYTES_OF_WORD];
    uint16_t temperature, humidity;
    status_t status = hal_i2c_transfer(dev->bus, dev->addr, NULL, 0, rx, sizeof rx);
    if (status == STATUS_OK) status = word_of(rx, &temperature);
    if (status == STATUS_OK) status = word_of(rx + BYTES_OF_WORD, &humidity);
    if (status != STATUS_OK) return status;
    values[0] = scaled(temperature, CENTI_C_LOWEST, CENTI_C_SPAN);
    values[1] = scaled(humidity, 0, CENTI_PERCENT_SPAN);
    return STATUS_OK;
}

static status_t check_status(const sht31_t *dev)
{
    uint8_t rx[BYTES_OF_WORD];
    uint16_t bits;
    status_t status = command(dev, COMMAND_READ_STATUS, rx, sizeof rx);
    if (status == STATUS_OK) status = word_of(rx, &bits);
    if (status != STATUS_OK) return status;
    return (bits & (STATUS_UNUSED | STATUS_HEATER)) == 0 ? STATUS_OK : STATUS_BAD_DATA;
}

/* A bus that is held is left alone: a second attempt would take longer than a step may. */
static status_t fetch(void *self, unsigned step, int32_t values[])
{
    const sht31_t *dev = self;
    status_t status = step == 0 ? fetch_values(dev, values) : check_status(dev);
    if (status == STATUS_BAD_DATA || status == STATUS_NACK) (void)command(dev, COMMAND_SOFT_RESET, NULL, 0);
    return status;
}

const sensor_ops_t sht31_ops = {
    .chip = "sht31",
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
    *(sht31_t *)self = (sht31_t){ .bus = bus, .addr = addr };
}

static const uint8_t addresses[] = { 0x44, 0x45, 0 };

const chip_type_t sht31_type = { &sht31_ops, addresses, sizeof(sht31_t), bind };
