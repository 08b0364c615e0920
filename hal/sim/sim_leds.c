#include "sim_leds.h"

static status_t probe(void *self)
{
    (void)self;
    return STATUS_OK;
}

static status_t set(void *self, unsigned channel, int32_t state)
{
    sim_leds_t *leds = self;
    unsigned bit = 1u << channel;
    leds->port = state ? leds->port | bit : leds->port & ~bit;
    return STATUS_OK;
}

static status_t get(void *self, unsigned channel, int32_t *state)
{
    const sim_leds_t *leds = self;
    *state = (int32_t)(leds->port >> channel & 1u);
    return STATUS_OK;
}

const actuator_ops_t sim_leds_ops = {
    .chip = "port",
    .kind = ACTUATOR_SWITCH,
    .min = 0,
    .max = 1,
    .channel_count = SIM_LEDS,
    .probe = probe,
    .set = set,
    .get = get,
};

const char *sim_leds_read(const void *leds, unsigned led)
{
    return (((const sim_leds_t *)leds)->port >> led & 1u) != 0 ? "on" : "off";
}
