#include "leds.h"

#include "hardware/regs/addressmap.h"
#include "hardware/regs/sio.h"
#include "rp2040.h"

/* A reset has made every pin an input: an LED is dark until somebody wants it lit. */
static status_t probe(void *self)
{
    const rp2040_leds_t *leds = self;
    for (unsigned i = 0; i < leds->count; i++) {
        mmio_write32(SIO_BASE + SIO_GPIO_OE_SET_OFFSET, 1u << leds->pins[i]);
        rp2040_pin(leds->pins[i], RP2040_SIO, false);
    }
    return STATUS_OK;
}

static status_t set(void *self, unsigned channel, int32_t state)
{
    const rp2040_leds_t *leds = self;
    uint32_t at = state ? SIO_GPIO_OUT_SET_OFFSET : SIO_GPIO_OUT_CLR_OFFSET;
    mmio_write32(SIO_BASE + at, 1u << leds->pins[channel]);
    return STATUS_OK;
}

static status_t get(void *self, unsigned channel, int32_t *state)
{
    const rp2040_leds_t *leds = self;
    *state = rp2040_pin_high(leds->pins[channel]);
    return STATUS_OK;
}

const actuator_ops_t rp2040_leds_ops = {
    .chip = "rp2040",
    .kind = ACTUATOR_SWITCH,
    .min = 0,
    .max = 1,
    .channel_count = RP2040_LEDS_MAX,
    .probe = probe,
    .set = set,
    .get = get,
};
