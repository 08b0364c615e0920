/* The PCA9552 driver against the model of its registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hal/drivers/pca9552.h"
#include "model_pca9552.h"

#define OUTPUTS 16u

typedef struct {
    model_pca9552_t models[2];
    sim_chip_t chips[2];
    hal_i2c_t bus;
    pca9552_t devices[2];
} bench_t;

static int set_up(void **state)
{
    static bench_t bench;
    bench = (bench_t){ .bus = { bench.chips, 2 } };
    for (unsigned i = 0; i < 2; i++) {
        bench.chips[i] = (sim_chip_t){ .id = i ? "b" : "a",
                                       .addr = (uint8_t)(0x60 + i),
                                       .ops = &model_pca9552_ops,
                                       .model = &bench.models[i] };
        bench.devices[i] = (pca9552_t){ .bus = &bench.bus, .addr = (uint8_t)(0x60 + i), .check_pins = true };
    }
    sim_i2c_power_on(&bench.bus);
    *state = &bench;
    return 0;
}

static int set_up_probed(void **state)
{
    set_up(state);
    bench_t *bench = *state;
    for (unsigned i = 0; i < 2; i++) {
        if (pca9552_ops.probe(&bench->devices[i]) != STATUS_OK) return -1;
    }
    return 0;
}

static void set(pca9552_t *device, unsigned output, int32_t state)
{
    assert_int_equal(pca9552_ops.set(device, output, state), STATUS_OK);
}

static int32_t get(pca9552_t *device, unsigned output)
{
    int32_t state = -1;
    assert_int_equal(pca9552_ops.get(device, output, &state), STATUS_OK);
    return state;
}

/* What is seen of the LEDs: bit n for LED n. */
static unsigned lit(const model_pca9552_t *model)
{
    unsigned leds = 0;
    for (unsigned i = 0; i < OUTPUTS; i++) {
        const char *seen = model_pca9552_led(model, i);
        if (seen[1] == 'n') leds |= 1u << i;
    }
    return leds;
}

static void all_are_off_after_power_on(void **state)
{
    bench_t *bench = *state;
    assert_int_equal(lit(&bench->models[0]), 0);
    for (unsigned i = 0; i < OUTPUTS; i++) assert_int_equal(get(&bench->devices[0], i), 0);
}

static void each_output_is_switched_alone_on_each_of_two_chips(void **state)
{
    bench_t *bench = *state;
    for (unsigned i = 0; i < OUTPUTS; i++) {
        set(&bench->devices[0], i, 1);
        assert_int_equal(lit(&bench->models[0]), 1u << i);
        assert_int_equal(lit(&bench->models[1]), 0);
        for (unsigned j = 0; j < OUTPUTS; j++) assert_int_equal(get(&bench->devices[0], j), i == j);
        set(&bench->devices[0], i, 0);
        assert_int_equal(lit(&bench->models[0]), 0);
    }
    unsigned expected = 0;
    for (unsigned i = 0; i < OUTPUTS; i++) {
        unsigned output = i * 7u % OUTPUTS; /* all of them, neighbours far apart */
        set(&bench->devices[1], output, 1);
        expected |= 1u << output;
        assert_int_equal(lit(&bench->models[1]), expected);
        assert_int_equal(lit(&bench->models[0]), 0);
    }
}

static void a_restart_of_the_firmware_alone_leaves_the_outputs(void **state)
{
    bench_t *bench = *state;
    for (unsigned i = 0; i < OUTPUTS; i += 3) set(&bench->devices[0], i, 1);
    unsigned before = lit(&bench->models[0]);
    pca9552_t restarted = { .bus = &bench->bus, .addr = 0x60, .check_pins = true };
    assert_int_equal(pca9552_ops.probe(&restarted), STATUS_OK);
    assert_int_equal(lit(&bench->models[0]), before);
    set(&restarted, 1, 1);
    assert_int_equal(lit(&bench->models[0]), before | 2u);
}

static void a_chip_that_lost_power_is_seen_dark_and_can_be_used_again(void **state)
{
    bench_t *bench = *state;
    set(&bench->devices[0], 4, 1);
    set(&bench->devices[0], 5, 1);
    sim_i2c_break(&bench->chips[0], SIM_FAULT_OFF);
    sim_i2c_break(&bench->chips[0], SIM_FAULT_NONE);
    assert_int_equal(get(&bench->devices[0], 4), 0); /* also without a probe: it is read from the chip */
    assert_int_equal(pca9552_ops.probe(&bench->devices[0]), STATUS_OK);
    set(&bench->devices[0], 4, 1);
    assert_int_equal(lit(&bench->models[0]), 1u << 4);
}

static void each_fault_has_its_status_and_passes(void **state)
{
    static const struct {
        sim_fault_t fault;
        status_t reading, writing;
    } faults[] = {
        { SIM_FAULT_NAK, STATUS_NACK, STATUS_NACK },       { SIM_FAULT_HOLD, STATUS_TIMEOUT, STATUS_TIMEOUT },
        { SIM_FAULT_STICK, STATUS_BUS, STATUS_BUS },       { SIM_FAULT_OFF, STATUS_NACK, STATUS_NACK },
        { SIM_FAULT_GARBAGE, STATUS_BAD_DATA, STATUS_OK },
    };
    bench_t *bench = *state;
    pca9552_t *device = &bench->devices[0];
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        set(device, 2, 1);
        sim_i2c_break(&bench->chips[0], faults[i].fault);
        for (unsigned round = 0; round < 100; round++) { /* garbage is random */
            int32_t got;
            unsigned output = round % OUTPUTS;
            assert_int_equal(pca9552_ops.probe(device), faults[i].reading);
            assert_int_equal(pca9552_ops.get(device, output, &got), faults[i].reading);
            assert_int_equal(pca9552_ops.set(device, output, 0), faults[i].writing);
            set(&bench->devices[1], output, round / OUTPUTS % 2); /* the other one on the bus is well */
        }
        sim_i2c_break(&bench->chips[0], SIM_FAULT_NONE);
        assert_int_equal(pca9552_ops.probe(device), STATUS_OK);
        set(device, 2, 1);
        assert_int_equal(get(device, 2), 1);
        assert_int_equal(lit(&bench->models[0]), 1u << 2);
    }
}

static void what_a_failed_transfer_should_have_set_does_not_come_later(void **state)
{
    bench_t *bench = *state;
    sim_i2c_break(&bench->chips[0], SIM_FAULT_NAK);
    assert_int_equal(pca9552_ops.set(&bench->devices[0], 0, 1), STATUS_NACK);
    sim_i2c_break(&bench->chips[0], SIM_FAULT_NONE);
    set(&bench->devices[0], 1, 1);
    assert_int_equal(lit(&bench->models[0]), 1u << 1);
}

static void an_output_that_blinks_is_no_state_of_ours_and_set_ends_it(void **state)
{
    bench_t *bench = *state;
    const uint8_t led1_by_pwm0[] = { 0x06, 0x59 };
    int32_t got;
    assert_int_equal(hal_i2c_transfer(&bench->bus, 0x60, led1_by_pwm0, 2, NULL, 0), STATUS_OK);
    assert_string_equal(model_pca9552_led(&bench->models[0], 1), "pwm0");
    assert_int_equal(pca9552_ops.get(&bench->devices[0], 1, &got), STATUS_BAD_DATA);
    assert_int_equal(get(&bench->devices[0], 4), 0); /* another register */
    set(&bench->devices[0], 0, 1);
    assert_int_equal(get(&bench->devices[0], 1), 0);
    assert_int_equal(lit(&bench->models[0]), 1u << 0);
}

static void an_output_whose_pin_does_not_follow_is_not_on(void **state)
{
    bench_t *bench = *state;
    int32_t got;
    bench->models[0].held_high = 1u << 9;
    set(&bench->devices[0], 9, 1);
    set(&bench->devices[0], 10, 1);
    assert_int_equal(pca9552_ops.get(&bench->devices[0], 9, &got), STATUS_BAD_DATA);
    assert_int_equal(get(&bench->devices[0], 10), 1);
    bench->devices[0].check_pins = false;
    assert_int_equal(get(&bench->devices[0], 9), 1); /* all that the register tells */
    bench->devices[0].check_pins = true;
    set(&bench->devices[0], 9, 0);
    assert_int_equal(get(&bench->devices[0], 9), 0); /* high is what an output that is off may be */
}

/* A chip that counts the bytes on its bus, and can forget what it is written. */
typedef struct {
    model_pca9552_t real;
    bool read_only;
    unsigned bytes;
} spy_t;

static void spy_power_on(void *model)
{
    model_pca9552_ops.power_on(&((spy_t *)model)->real);
}

static void spy_write(void *model, const uint8_t bytes[], size_t count)
{
    spy_t *spy = model;
    spy->bytes += 1u + (unsigned)count;
    model_pca9552_ops.write(&spy->real, bytes, spy->read_only ? 1 : count);
}

static void spy_read(void *model, uint8_t bytes[], size_t count)
{
    spy_t *spy = model;
    spy->bytes += 1u + (unsigned)count;
    model_pca9552_ops.read(&spy->real, bytes, count);
}

static const sim_model_ops_t spy_ops = { spy_power_on, spy_write, spy_read, NULL, NULL };

static void a_chip_that_does_not_keep_our_mark_is_refused(void **state)
{
    bench_t *bench = *state;
    spy_t spy = { .read_only = true };
    spy_power_on(&spy);
    bench->chips[0].ops = &spy_ops;
    bench->chips[0].model = &spy;
    assert_int_equal(pca9552_ops.probe(&bench->devices[0]), STATUS_BAD_DATA);
    spy.read_only = false;
    assert_int_equal(pca9552_ops.probe(&bench->devices[0]), STATUS_OK);
}

/* 9 bits of 10 us a byte, and four edges of START and STOP: 10 bytes are 0.94 ms. */
static void every_operation_keeps_its_time_on_the_bus(void **state)
{
    bench_t *bench = *state;
    int32_t got;
    spy_t spy = { .bytes = 0 };
    spy_power_on(&spy);
    bench->chips[0].ops = &spy_ops;
    bench->chips[0].model = &spy;
    assert_int_equal(pca9552_ops.probe(&bench->devices[0]), STATUS_OK);
    assert_in_range(spy.bytes, 1, 20); /* 2 ms */
    spy.bytes = 0;
    assert_int_equal(pca9552_ops.set(&bench->devices[0], 15, 1), STATUS_OK);
    assert_in_range(spy.bytes, 1, 10);
    spy.bytes = 0;
    assert_int_equal(pca9552_ops.get(&bench->devices[0], 15, &got), STATUS_OK);
    assert_in_range(spy.bytes, 1, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_are_off_after_power_on, set_up_probed),
        cmocka_unit_test_setup(each_output_is_switched_alone_on_each_of_two_chips, set_up_probed),
        cmocka_unit_test_setup(a_restart_of_the_firmware_alone_leaves_the_outputs, set_up_probed),
        cmocka_unit_test_setup(a_chip_that_lost_power_is_seen_dark_and_can_be_used_again, set_up_probed),
        cmocka_unit_test_setup(each_fault_has_its_status_and_passes, set_up_probed),
        cmocka_unit_test_setup(what_a_failed_transfer_should_have_set_does_not_come_later, set_up_probed),
        cmocka_unit_test_setup(an_output_that_blinks_is_no_state_of_ours_and_set_ends_it, set_up_probed),
        cmocka_unit_test_setup(an_output_whose_pin_does_not_follow_is_not_on, set_up_probed),
        cmocka_unit_test_setup(a_chip_that_does_not_keep_our_mark_is_refused, set_up),
        cmocka_unit_test_setup(every_operation_keeps_its_time_on_the_bus, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
