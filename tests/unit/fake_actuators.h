/* fake_actuators.h - two made-up chips under an actuator registry, for its tests. */
#ifndef FAKE_ACTUATORS_H
#define FAKE_ACTUATORS_H

#include "actuators/actuator_registry.h"

#define FAKE_CHANNELS 4u

/* A chip whose every operation can be told what to return. */
typedef struct {
    status_t probe, set, get;
    uint32_t deaf, bad; /* bit n: channel n ignores set; get of it gives STATUS_BAD_DATA */
    int32_t states[FAKE_CHANNELS];
    unsigned probes, sets, gets;
} fake_chip_t;

unsigned fake_operations(const fake_chip_t *chip);

extern const actuator_ops_t fake_switches, fake_levels;

/* LED0 is channel 0 of leds, LED1 its channel 3, LAMP channel 1 of lamps. */
enum { LED0, LED1, LAMP };

typedef struct {
    fake_chip_t leds, lamps;
    actuator_device_t devices[2];
    actuator_registry_t registry;
    uint64_t now_ms;
} actuator_bench_t;

/* A cmocka set-up: *state is the bench, at 0 ms and not polled yet. */
int actuator_bench_set_up(void **state);

/* Polls as the main loop does, for so long. */
void actuator_bench_run(actuator_bench_t *bench, uint64_t ms);

/* The same for any registry; *now_ms goes on to until_ms. */
void actuator_poll_until(actuator_registry_t *registry, uint64_t *now_ms, uint64_t until_ms);

const actuator_t *at(const actuator_bench_t *bench, size_t index);

/* Asks for a state that must be taken. */
void ask(actuator_bench_t *bench, size_t index, int32_t wanted);

/* What must be shown now; actual is known exactly when quality is ACTUATOR_OK. */
void expect(const actuator_bench_t *bench, size_t index, actuator_quality_t quality, int32_t actual);

#endif
