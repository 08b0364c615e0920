#include "leds.h"

#include "hal/mmio.h"

#define FPGAIO_LED0 0x0u

static status_t probe(void *self)
{
    (void)self;
    return STATUS_OK;
}

static status_t set(void *self, unsigned channel, int32_t state)
{
    const mps2_leds_t *leds = self;
    uint32_t lit = mmio_read32(leds->base + FPGAIO_LED0);
    uint32_t bit = UINT32_C(1) << channel;
    mmio_write32(leds->base + FPGAIO_LED0, state ? lit | bit : lit & ~bit);
    return STATUS_OK;
}

static status_t get(void *self, unsigned channel, int32_t *state)
{
    const mps2_leds_t *leds = self;
    *state = (int32_t)(mmio_read32(leds->base + FPGAIO_LED0) >> channel & 1u);
    return STATUS_OK;
}

const actuator_ops_t mps2_leds_ops = {
    .chip = "fpgaio",
    .kind = ACTUATOR_SWITCH,
    .min = 0,
    .max = 1,
    .channel_count = MPS2_LEDS,
    .probe = probe,
    .set = set,
    .get = get,
};
