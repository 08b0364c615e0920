/* The actuator registry and chips that fail: made-up ones, and PCA9552s that a simulated bus breaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_actuators.h"
#include "hal/drivers/pca9552.h"
#include "model_pca9552.h"

/* ---- Failures ---------------------------------------------------------------------------------------- */

static void an_output_that_does_not_follow_is_an_error_of_its_own(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    bench->leds.deaf = 1u << 0;
    ask(bench, LED0, 1);
    ask(bench, LED1, 1);
    actuator_bench_run(bench, 5 * ACTUATOR_CHECK_MS);
    expect(bench, LED0, ACTUATOR_ERROR, 0);
    expect(bench, LED1, ACTUATOR_OK, 1);
    uint64_t tag = at(bench, LED0)->tag;
    for (unsigned i = 0; i < 3 * ACTUATOR_CHECK_MS;
         i++) { /* it is tried again, and shown as it is all the time */
        actuator_bench_run(bench, 1);
        assert_true(tag == at(bench, LED0)->tag);
    }
    assert_int_equal(bench->leds.probes, 1);
    bench->leds.deaf = 0;
    actuator_bench_run(bench, ACTUATOR_CHECK_MS);
    expect(bench, LED0, ACTUATOR_OK, 1);
}

static void an_output_that_reads_as_nonsense_is_an_error_of_its_own(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    bench->leds.bad = 1u << 3;
    actuator_bench_run(bench, ACTUATOR_CHECK_MS);
    expect(bench, LED0, ACTUATOR_OK, 0);
    expect(bench, LED1, ACTUATOR_ERROR, 0);
    bench->leds.bad = 0;
    bench->leds.states[3] = 1;
    actuator_bench_run(bench, ACTUATOR_CHECK_MS);
    expect(bench, LED1, ACTUATOR_OK, 0);
    assert_int_equal(bench->leds.states[3], 0);
}

static void a_chip_that_never_answered_is_missing_and_gets_its_state_when_it_does(void **state)
{
    actuator_bench_t *bench = *state;
    bench->leds.probe = STATUS_NACK;
    actuator_bench_run(bench, 100);
    expect(bench, LED0, ACTUATOR_MISSING, 0);
    expect(bench, LED1, ACTUATOR_MISSING, 0);
    expect(bench, LAMP, ACTUATOR_OK, 0);
    ask(bench, LED1, 1);
    actuator_bench_run(bench, 100);
    expect(bench, LED1, ACTUATOR_MISSING, 0); /* not pending: nothing is under way */
    assert_int_equal(at(bench, LED1)->requested, 1);
    assert_int_equal(bench->leds.probes, 1);
    bench->leds.probe = STATUS_OK;
    actuator_bench_run(bench, ACTUATOR_RETRY_MS);
    expect(bench, LED0, ACTUATOR_OK, 0);
    expect(bench, LED1, ACTUATOR_OK, 1);
}

static void a_chip_that_dies_is_an_error_and_is_as_it_was_when_it_comes_back(void **state)
{
    actuator_bench_t *bench = *state;
    ask(bench, LED0, 1);
    ask(bench, LED1, 1);
    actuator_bench_run(bench, 100);
    bench->leds.probe = bench->leds.set = bench->leds.get = STATUS_TIMEOUT;
    actuator_bench_run(bench, ACTUATOR_CHECK_MS);
    expect(bench, LED0, ACTUATOR_ERROR, 0);
    expect(bench, LED1, ACTUATOR_ERROR, 0);
    ask(bench, LED0, 0);
    unsigned before = fake_operations(&bench->leds);
    actuator_bench_run(bench, 10 * ACTUATOR_RETRY_MS);
    assert_in_range(fake_operations(&bench->leds) - before, 9, 10); /* one try a second, nothing else */
    expect(bench, LED0, ACTUATOR_ERROR, 0);
    for (unsigned i = 0; i < FAKE_CHANNELS; i++) bench->leds.states[i] = 0; /* it has lost its power */
    bench->leds.probe = bench->leds.set = bench->leds.get = STATUS_OK;
    actuator_bench_run(bench, ACTUATOR_RETRY_MS);
    expect(bench, LED0, ACTUATOR_OK, 0);
    expect(bench, LED1, ACTUATOR_OK, 1);
    assert_int_equal(bench->leds.states[3], 1);
}

static void a_failing_write_is_a_failing_chip(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    bench->leds.set = STATUS_BUS;
    ask(bench, LED0, 1);
    actuator_bench_run(bench, 10);
    expect(bench, LED0, ACTUATOR_ERROR, 0);
    expect(bench, LED1, ACTUATOR_ERROR, 0);
    bench->leds.set = STATUS_OK;
    actuator_bench_run(bench, ACTUATOR_RETRY_MS);
    expect(bench, LED0, ACTUATOR_OK, 1);
    expect(bench, LED1, ACTUATOR_OK, 0);
}

static void what_changes_by_itself_is_set_again(void **state)
{
    actuator_bench_t *bench = *state;
    ask(bench, LAMP, 300);
    actuator_bench_run(bench, 100);
    bench->lamps.states[1] = 0; /* a brown-out between two looks: every transfer works */
    for (unsigned i = 0; i < 2 * ACTUATOR_CHECK_MS && at(bench, LAMP)->quality == ACTUATOR_OK; i++) {
        (void)actuator_registry_poll(&bench->registry, bench->now_ms + i);
    }
    assert_int_equal(at(bench, LAMP)->quality, ACTUATOR_PENDING);
    assert_true(at(bench, LAMP)->known);
    assert_int_equal(at(bench, LAMP)->actual, 0);
    actuator_bench_run(bench, ACTUATOR_CHECK_MS);
    expect(bench, LAMP, ACTUATOR_OK, 300);
    assert_int_equal(bench->lamps.states[1], 300);
    assert_int_equal(bench->lamps.probes, 1);
}

static void one_poll_does_one_operation_and_a_dead_chip_starves_nobody(void **state)
{
    actuator_bench_t *bench = *state;
    bench->leds.probe = STATUS_NACK;
    for (unsigned i = 1; i <= 4; i++) {
        (void)actuator_registry_poll(&bench->registry, 0);
        assert_int_equal(fake_operations(&bench->leds) + fake_operations(&bench->lamps), i);
    }
    expect(bench, LAMP, ACTUATOR_OK, 0);
}

/* Somebody who asks all the time for one output does not keep another from being set and looked at. */
static void a_busy_output_starves_nobody(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    ask(bench, LED1, 1);
    for (int32_t i = 0; i < 8; i++) {
        ask(bench, LED0, (i + 1) % 2);
        (void)actuator_registry_poll(&bench->registry, bench->now_ms);
    }
    expect(bench, LED1, ACTUATOR_OK, 1);
}

static void a_busy_chip_starves_no_other(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    ask(bench, LAMP, 50);
    for (int32_t i = 0; i < 8; i++) {
        ask(bench, LED0, (i + 1) % 2);
        (void)actuator_registry_poll(&bench->registry, bench->now_ms);
    }
    expect(bench, LAMP, ACTUATOR_OK, 50);
}

static void an_idle_registry_wakes_once_a_second(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    uint64_t next_ms = actuator_registry_poll(&bench->registry, bench->now_ms);
    assert_int_equal(next_ms, ACTUATOR_CHECK_MS);
    unsigned before = fake_operations(&bench->leds) + fake_operations(&bench->lamps);
    actuator_bench_run(bench, 10 * ACTUATOR_CHECK_MS);
    assert_int_equal(fake_operations(&bench->leds) + fake_operations(&bench->lamps), before + 30);
    actuator_registry_t empty;
    assert_int_equal(actuator_registry_init(&empty, NULL, 0), STATUS_OK);
    assert_true(actuator_registry_poll(&empty, 5) == UINT64_MAX);
}

/* ---- Real drivers on a bus that breaks ----------------------------------------------------------------- */

typedef struct {
    model_pca9552_t models[2];
    sim_chip_t chips[2];
    hal_i2c_t bus;
    pca9552_t drivers[2];
    actuator_device_t devices[2];
    actuator_registry_t registry;
    uint64_t now_ms;
} bus_bench_t;

static const actuator_output_t outputs[2][2] = { { { "a0", "A0", 0 }, { "a9", "A9", 9 } },
                                                 { { "b0", "B0", 0 }, { "b9", "B9", 9 } } };

static int set_up_bus(void **state)
{
    static bus_bench_t bench;
    bench = (bus_bench_t){ .bus = { bench.chips, 2 } };
    for (unsigned i = 0; i < 2; i++) {
        uint8_t addr = (uint8_t)(0x60 + i);
        bench.chips[i] = (sim_chip_t){
            .id = i ? "b" : "a", .addr = addr, .ops = &model_pca9552_ops, .model = &bench.models[i]
        };
        bench.drivers[i] = (pca9552_t){ .bus = &bench.bus, .addr = addr, .check_pins = true };
        bench.devices[i] =
            (actuator_device_t){ i ? "b" : "a", &pca9552_ops, &bench.drivers[i], outputs[i], 2 };
    }
    sim_i2c_power_on(&bench.bus);
    *state = &bench;
    return actuator_registry_init(&bench.registry, bench.devices, 2) == STATUS_OK ? 0 : -1;
}

static void run_bus(bus_bench_t *bench, uint64_t ms)
{
    actuator_poll_until(&bench->registry, &bench->now_ms, bench->now_ms + ms);
}

static void expect_chip(const bus_bench_t *bench, unsigned chip, actuator_quality_t quality, bool lit)
{
    for (unsigned i = 0; i < 2; i++) {
        const actuator_t *actuator = &bench->registry.actuators[2u * chip + i];
        assert_string_equal(actuator_quality_name(actuator->quality), actuator_quality_name(quality));
        if (quality != ACTUATOR_OK) continue;
        assert_int_equal(actuator->actual, lit);
        assert_string_equal(model_pca9552_led(&bench->models[chip], 9u * i), lit ? "on" : "off");
    }
}

static void each_fault_of_a_chip_is_shown_and_mended_and_the_other_goes_on(void **state)
{
    static const sim_fault_t faults[] = { SIM_FAULT_NAK, SIM_FAULT_HOLD, SIM_FAULT_STICK, SIM_FAULT_GARBAGE,
                                          SIM_FAULT_OFF };
    bus_bench_t *bench = *state;
    actuator_registry_t *registry = &bench->registry;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        for (size_t j = 0; j < 2; j++) assert_int_equal(actuator_registry_set(registry, j, 1), STATUS_OK);
        run_bus(bench, 100);
        expect_chip(bench, 0, ACTUATOR_OK, true);
        sim_i2c_break(&bench->chips[0], faults[i]);
        for (size_t j = 0; j < 2; j++) assert_int_equal(actuator_registry_set(registry, 2 + j, 1), STATUS_OK);
        run_bus(bench, 3 * ACTUATOR_CHECK_MS);
        expect_chip(bench, 0, ACTUATOR_ERROR, false);
        expect_chip(bench, 1, ACTUATOR_OK, true);
        sim_i2c_break(&bench->chips[0], SIM_FAULT_NONE);
        for (size_t j = 0; j < 2; j++) assert_int_equal(actuator_registry_set(registry, 2 + j, 0), STATUS_OK);
        run_bus(bench, 2 * ACTUATOR_CHECK_MS);
        expect_chip(bench, 0, ACTUATOR_OK, true);
        expect_chip(bench, 1, ACTUATOR_OK, false);
    }
}

static void a_chip_that_is_not_there_is_missing_and_can_be_put_in(void **state)
{
    bus_bench_t *bench = *state;
    bench->chips[1].absent = true;
    assert_int_equal(actuator_registry_set(&bench->registry, 2, 1), STATUS_OK);
    assert_int_equal(actuator_registry_set(&bench->registry, 3, 1), STATUS_OK);
    run_bus(bench, 100);
    expect_chip(bench, 0, ACTUATOR_OK, false);
    expect_chip(bench, 1, ACTUATOR_MISSING, false);
    sim_i2c_break(&bench->chips[1], SIM_FAULT_NONE);
    run_bus(bench, ACTUATOR_RETRY_MS);
    expect_chip(bench, 1, ACTUATOR_OK, true);
}

/* Somebody else on the bus lets an LED blink: mended at the next look, and no error is shown meanwhile. */
static void an_output_that_somebody_lets_blink_is_set_again(void **state)
{
    bus_bench_t *bench = *state;
    const uint8_t led1_by_pwm0[] = { 0x06, 0x59 };
    run_bus(bench, 100);
    assert_int_equal(hal_i2c_transfer(&bench->bus, 0x60, led1_by_pwm0, 2, NULL, 0), STATUS_OK);
    for (unsigned i = 0; i < ACTUATOR_CHECK_MS; i++) {
        run_bus(bench, 1);
        assert_true(bench->registry.actuators[0].quality != ACTUATOR_ERROR);
    }
    expect_chip(bench, 0, ACTUATOR_OK, false);
    assert_string_equal(model_pca9552_led(&bench->models[0], 1), "off");
}

/* Too short for any transfer to fail. */
static void a_dip_of_the_supply_is_mended(void **state)
{
    bus_bench_t *bench = *state;
    assert_int_equal(actuator_registry_set(&bench->registry, 0, 1), STATUS_OK);
    assert_int_equal(actuator_registry_set(&bench->registry, 1, 1), STATUS_OK);
    run_bus(bench, 100);
    model_pca9552_ops.power_on(&bench->models[0]);
    assert_string_equal(model_pca9552_led(&bench->models[0], 9), "off");
    run_bus(bench, ACTUATOR_CHECK_MS);
    expect_chip(bench, 0, ACTUATOR_OK, true);
}

/* The output is shorted to the supply: the chip is well, the LED stays dark. */
static void an_output_that_is_held_is_an_error_until_it_is_let_go(void **state)
{
    bus_bench_t *bench = *state;
    bench->models[0].held_high = 1u << 9;
    assert_int_equal(actuator_registry_set(&bench->registry, 0, 1), STATUS_OK);
    assert_int_equal(actuator_registry_set(&bench->registry, 1, 1), STATUS_OK);
    run_bus(bench, 100);
    assert_int_equal(bench->registry.actuators[0].quality, ACTUATOR_OK);
    assert_int_equal(bench->registry.actuators[1].quality, ACTUATOR_ERROR);
    bench->models[0].held_high = 0;
    run_bus(bench, ACTUATOR_CHECK_MS);
    expect_chip(bench, 0, ACTUATOR_OK, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_output_that_does_not_follow_is_an_error_of_its_own, actuator_bench_set_up),
        cmocka_unit_test_setup(an_output_that_reads_as_nonsense_is_an_error_of_its_own,
                               actuator_bench_set_up),
        cmocka_unit_test_setup(a_chip_that_never_answered_is_missing_and_gets_its_state_when_it_does,
                               actuator_bench_set_up),
        cmocka_unit_test_setup(a_chip_that_dies_is_an_error_and_is_as_it_was_when_it_comes_back,
                               actuator_bench_set_up),
        cmocka_unit_test_setup(a_failing_write_is_a_failing_chip, actuator_bench_set_up),
        cmocka_unit_test_setup(what_changes_by_itself_is_set_again, actuator_bench_set_up),
        cmocka_unit_test_setup(one_poll_does_one_operation_and_a_dead_chip_starves_nobody,
                               actuator_bench_set_up),
        cmocka_unit_test_setup(a_busy_output_starves_nobody, actuator_bench_set_up),
        cmocka_unit_test_setup(a_busy_chip_starves_no_other, actuator_bench_set_up),
        cmocka_unit_test_setup(an_idle_registry_wakes_once_a_second, actuator_bench_set_up),
        cmocka_unit_test_setup(each_fault_of_a_chip_is_shown_and_mended_and_the_other_goes_on, set_up_bus),
        cmocka_unit_test_setup(a_chip_that_is_not_there_is_missing_and_can_be_put_in, set_up_bus),
        cmocka_unit_test_setup(an_output_that_somebody_lets_blink_is_set_again, set_up_bus),
        cmocka_unit_test_setup(a_dip_of_the_supply_is_mended, set_up_bus),
        cmocka_unit_test_setup(an_output_that_is_held_is_an_error_until_it_is_let_go, set_up_bus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
