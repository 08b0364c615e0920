#include "cpu_temp.h"

#include "hardware/regs/adc.h"
#include "hardware/regs/addressmap.h"
#include "hardware/regs/resets.h"
#include "rp2040.h"

#define CS      (ADC_BASE + ADC_CS_OFFSET)
#define INPUT   4u
#define COUNTS  4096
#define AT_27_C 706000 /* microvolts */
#define PER_K   1721   /* microvolts */

/* 96 cycles of 48 MHz are 2 us. */
#define CONVERSION_MS 1u

static const sensor_channel_t channels[] = {
    { .key = "temperature",
      .name = "Processor temperature",
      .kind = SENSOR_TEMPERATURE,
      .unit = UNIT_CELSIUS,
      .decimals = 1,
      .min = -400,
      .max = 1250 },
};

/* The ADC and the diode's current stay on: 40 uA. */
static status_t probe(void *self)
{
    (void)self;
    rp2040_unreset(RESETS_RESET_ADC_BITS);
    mmio_write32(CS, ADC_CS_EN_BITS | ADC_CS_TS_EN_BITS | INPUT << ADC_CS_AINSEL_LSB);
    return STATUS_OK;
}

static status_t start(void *self)
{
    (void)self;
    if ((mmio_read32(CS) & ADC_CS_READY_BITS) == 0) return STATUS_TIMEOUT;
    rp2040_set(CS, ADC_CS_START_ONCE_BITS);
    return STATUS_OK;
}

static status_t fetch(void *self, unsigned step, int32_t values[])
{
    (void)step;
    const cpu_temp_t *dev = self;
    uint32_t state = mmio_read32(CS);
    if ((state & ADC_CS_READY_BITS) == 0) return STATUS_TIMEOUT;
    if (state & ADC_CS_ERR_BITS) return STATUS_BAD_DATA;
    uint32_t counts = mmio_read32(ADC_BASE + ADC_RESULT_OFFSET);
    if (counts >= COUNTS) return STATUS_BAD_DATA;
    int32_t uv = (int32_t)(counts * dev->supply_mv / COUNTS * 1000u +
                           counts * dev->supply_mv % COUNTS * 1000u / COUNTS);
    int32_t above = (AT_27_C - uv) * 10;
    values[0] = 270 + (above + (above < 0 ? -PER_K / 2 : PER_K / 2)) / PER_K;
    return STATUS_OK;
}

const sensor_ops_t cpu_temp_ops = {
    .chip = "rp2040",
    .channels = channels,
    .channel_count = 1,
    .conversion_ms = CONVERSION_MS,
    .probe = probe,
    .fetch_steps = 1,
    .start = start,
    .fetch = fetch,
};
