#include "fake_actuators.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static status_t fake_probe(void *self)
{
    fake_chip_t *chip = self;
    chip->probes++;
    return chip->probe;
}

static status_t fake_set(void *self, unsigned channel, int32_t state)
{
    fake_chip_t *chip = self;
    chip->sets++;
    if (chip->set == STATUS_OK && (chip->deaf >> channel & 1u) == 0) chip->states[channel] = state;
    return chip->set;
}

static status_t fake_get(void *self, unsigned channel, int32_t *state)
{
    fake_chip_t *chip = self;
    chip->gets++;
    *state = chip->get == STATUS_OK ? chip->states[channel] : 77;
    if ((chip->bad >> channel & 1u) != 0) return STATUS_BAD_DATA;
    return chip->get;
}

unsigned fake_operations(const fake_chip_t *chip)
{
    return chip->probes + chip->sets + chip->gets;
}

const actuator_ops_t fake_switches = {
    "switches", ACTUATOR_SWITCH, 0, 1, FAKE_CHANNELS, fake_probe, fake_set, fake_get,
};
const actuator_ops_t fake_levels = {
    "levels", ACTUATOR_LEVEL, 0, ACTUATOR_LEVEL_MAX, FAKE_CHANNELS, fake_probe, fake_set, fake_get,
};
static const actuator_output_t led_outputs[] = { { "led0", "LED 0", 0 }, { "led1", "LED 1", 3 } };
static const actuator_output_t lamp_outputs[] = { { "lamp", "Lamp", 1 } };

int actuator_bench_set_up(void **state)
{
    static actuator_bench_t bench;
    bench = (actuator_bench_t){ .now_ms = 0 };
    bench.devices[0] = (actuator_device_t){ "leds", &fake_switches, &bench.leds, led_outputs, 2 };
    bench.devices[1] = (actuator_device_t){ "lamps", &fake_levels, &bench.lamps, lamp_outputs, 1 };
    *state = &bench;
    return actuator_registry_init(&bench.registry, bench.devices, 2) == STATUS_OK ? 0 : -1;
}

void actuator_poll_until(actuator_registry_t *registry, uint64_t *now_ms, uint64_t until_ms)
{
    for (unsigned i = 0; i < 100000; i++) {
        uint64_t next_ms = actuator_registry_poll(registry, *now_ms);
        if (next_ms > until_ms) break;
        if (next_ms > *now_ms) *now_ms = next_ms;
    }
    *now_ms = until_ms;
}

void actuator_bench_run(actuator_bench_t *bench, uint64_t ms)
{
    actuator_poll_until(&bench->registry, &bench->now_ms, bench->now_ms + ms);
}

const actuator_t *at(const actuator_bench_t *bench, size_t index)
{
    return &bench->registry.actuators[index];
}

void expect(const actuator_bench_t *bench, size_t index, actuator_quality_t quality, int32_t actual)
{
    const actuator_t *actuator = at(bench, index);
    assert_string_equal(actuator_quality_name(actuator->quality), actuator_quality_name(quality));
    assert_int_equal(actuator->known, quality == ACTUATOR_OK);
    assert_int_equal(actuator->actual, actual);
}

void ask(actuator_bench_t *bench, size_t index, int32_t wanted)
{
    assert_int_equal(actuator_registry_set(&bench->registry, index, wanted), STATUS_OK);
}
