/* The EMC1414 driver against the model of its registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hal/drivers/emc1414.h"
#include "model_emc1414.h"

typedef struct {
    model_emc1414_t models[2];
    sim_chip_t chips[2];
    hal_i2c_t bus;
    emc1414_t devices[2];
} bench_t;

static int set_up(void **state)
{
    static bench_t bench;
    bench = (bench_t){ .bus = { bench.chips, 2 } };
    for (unsigned i = 0; i < 2; i++) {
        bench.chips[i] = (sim_chip_t){ .id = i ? "b" : "a",
                                       .addr = (uint8_t)(0x4c + i),
                                       .ops = &model_emc1414_ops,
                                       .model = &bench.models[i] };
        bench.models[i] = (model_emc1414_t){ .milli_c = { 24000, 25000, 26000, 27000 } };
        bench.devices[i] = (emc1414_t){ &bench.bus, (uint8_t)(0x4c + i) };
    }
    sim_i2c_power_on(&bench.bus);
    *state = &bench;
    return 0;
}

static status_t fetch(void *device, int32_t values[])
{
    status_t status = STATUS_OK;
    for (unsigned step = 0; status == STATUS_OK && step < emc1414_ops.fetch_steps; step++) {
        status = emc1414_ops.fetch(device, step, values);
    }
    return status;
}

static status_t sample(emc1414_t *device, int32_t values[4])
{
    status_t status = emc1414_ops.start(device);
    return status == STATUS_OK ? fetch(device, values) : status;
}

static void two_devices_and_four_channels_keep_apart(void **state)
{
    bench_t *bench = *state;
    for (unsigned i = 0; i < 4; i++) bench->models[1].milli_c[i] = 60000 + (int32_t)i * 125;
    int32_t a[4] = { 0 }, b[4] = { 0 };
    for (unsigned i = 0; i < 2; i++) assert_int_equal(emc1414_ops.probe(&bench->devices[i]), STATUS_OK);
    assert_int_equal(sample(&bench->devices[0], a), STATUS_OK);
    assert_int_equal(sample(&bench->devices[1], b), STATUS_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(a[i], 24000 + i * 1000);
        assert_int_equal(b[i], 60000 + i * 125);
    }
}

static void every_eighth_of_a_degree(void **state)
{
    bench_t *bench = *state;
    assert_int_equal(emc1414_ops.probe(&bench->devices[0]), STATUS_OK);
    for (int32_t milli_c = 0; milli_c < 128000; milli_c += 125) {
        int32_t values[4] = { 0 };
        for (unsigned i = 0; i < 4; i++) bench->models[0].milli_c[i] = milli_c + (int32_t)i * 41;
        assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
        for (unsigned i = 0; i < 4; i++) assert_int_equal(values[i], milli_c);
    }
}

static void a_broken_diode_is_its_own_error(void **state)
{
    bench_t *bench = *state;
    int32_t values[4] = { 0 };
    bench->models[0].milli_c[3] = 0; /* an honest zero beside it */
    bench->models[0].diode_faults = 1u << 2;
    assert_int_equal(emc1414_ops.probe(&bench->devices[0]), STATUS_OK);
    assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
    assert_int_equal(values[0], 24000);
    assert_int_equal(values[1], 25000);
    assert_int_equal(values[2], EMC1414_DIODE_FAULT);
    assert_true(values[2] < emc1414_ops.channels[2].min);
    assert_int_equal(values[3], 0);
    assert_true(values[3] < emc1414_ops.channels[3].min); /* 0 may be anything below, so it is no value */
    bench->models[0].diode_faults = 0;
    assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
    assert_int_equal(values[2], 26000);
}

static void each_fault_has_its_status(void **state)
{
    static const struct {
        sim_fault_t fault;
        status_t status;
    } faults[] = {
        { SIM_FAULT_NAK, STATUS_NACK },         { SIM_FAULT_HOLD, STATUS_TIMEOUT },
        { SIM_FAULT_STICK, STATUS_BUS },        { SIM_FAULT_OFF, STATUS_NACK },
        { SIM_FAULT_GARBAGE, STATUS_BAD_DATA },
    };
    bench_t *bench = *state;
    emc1414_t *device = &bench->devices[0];
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        int32_t values[4] = { 0 };
        sim_i2c_break(&bench->chips[0], faults[i].fault);
        for (int round = 0; round < 100; round++) { /* garbage is random */
            assert_int_equal(emc1414_ops.probe(device), faults[i].status);
            assert_int_equal(fetch(device, values), faults[i].status);
        }
        sim_i2c_break(&bench->chips[0], SIM_FAULT_NONE);
        assert_int_equal(emc1414_ops.probe(device), STATUS_OK);
        assert_int_equal(sample(device, values), STATUS_OK);
        assert_int_equal(values[1], 25000);
    }
}

/* The driver uses the range that the chip wakes up with, so that losing power cannot move the scale. */
static void a_power_cycle_does_not_move_the_scale(void **state)
{
    bench_t *bench = *state;
    int32_t values[4] = { 0 };
    assert_int_equal(emc1414_ops.probe(&bench->devices[0]), STATUS_OK);
    model_emc1414_ops.power_on(&bench->models[0]);
    assert_int_equal(fetch(&bench->devices[0], values), STATUS_OK);
    assert_int_equal(values[3], 27000);
}

static void start_undoes_a_foreign_configuration(void **state)
{
    bench_t *bench = *state;
    const uint8_t extended_range[] = { 0x09, 0x04 };
    int32_t values[4] = { 0 };
    assert_int_equal(hal_i2c_transfer(&bench->bus, 0x4c, extended_range, 2, NULL, 0), STATUS_OK);
    assert_int_equal(fetch(&bench->devices[0], values), STATUS_OK);
    assert_int_equal(values[0], 88000); /* the model does move its scale: the test can fail */
    assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
    assert_int_equal(values[0], 24000);
}

/* The model of a chip that has one register with another content. */
typedef struct {
    uint8_t at, value;
    model_emc1414_t real;
} other_chip_t;

static void other_write(void *model, const uint8_t bytes[], size_t count)
{
    model_emc1414_ops.write(&((other_chip_t *)model)->real, bytes, count);
}

static void other_read(void *model, uint8_t bytes[], size_t count)
{
    other_chip_t *other = model;
    model_emc1414_ops.read(&other->real, bytes, count);
    if (other->real.pointer == other->at) bytes[0] = other->value;
}

static void another_chip_is_refused(void **state)
{
    bench_t *bench = *state;
    static const sim_model_ops_t ops = { .write = other_write, .read = other_read };
    /* the EMC1413; another maker; a configuration that does not take */
    other_chip_t others[] = { { .at = 0xfd, .value = 0x21 },
                              { .at = 0xfe, .value = 0x41 },
                              { .at = 0x03, .value = 0x40 } };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        bench->chips[0].ops = &ops;
        bench->chips[0].model = &others[i];
        assert_int_equal(emc1414_ops.probe(&bench->devices[0]), STATUS_BAD_DATA);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(two_devices_and_four_channels_keep_apart, set_up),
        cmocka_unit_test_setup(every_eighth_of_a_degree, set_up),
        cmocka_unit_test_setup(a_broken_diode_is_its_own_error, set_up),
        cmocka_unit_test_setup(each_fault_has_its_status, set_up),
        cmocka_unit_test_setup(a_power_cycle_does_not_move_the_scale, set_up),
        cmocka_unit_test_setup(start_undoes_a_foreign_configuration, set_up),
        cmocka_unit_test_setup(another_chip_is_refused, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
