/* The TMP105 driver against the model of its registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hal/drivers/tmp105.h"
#include "model_tmp105.h"

typedef struct {
    model_tmp105_t models[2];
    sim_chip_t chips[2];
    hal_i2c_t bus;
    tmp105_t devices[2];
} bench_t;

static int set_up(void **state)
{
    static bench_t bench;
    bench = (bench_t){ .bus = { bench.chips, 2 } };
    for (unsigned i = 0; i < 2; i++) {
        bench.chips[i] = (sim_chip_t){ .id = i ? "b" : "a",
                                       .addr = (uint8_t)(0x48 + i),
                                       .ops = &model_tmp105_ops,
                                       .model = &bench.models[i] };
        bench.devices[i] = (tmp105_t){ &bench.bus, (uint8_t)(0x48 + i) };
    }
    sim_i2c_power_on(&bench.bus);
    *state = &bench;
    return 0;
}

static status_t fetch(void *device, int32_t values[])
{
    status_t status = STATUS_OK;
    for (unsigned step = 0; status == STATUS_OK && step < tmp105_ops.fetch_steps; step++) {
        status = tmp105_ops.fetch(device, step, values);
    }
    return status;
}

static status_t sample(tmp105_t *device, int32_t *value)
{
    status_t status = tmp105_ops.start(device);
    return status == STATUS_OK ? fetch(device, value) : status;
}

/* n / d, to the next whole number away from zero, and to the nearest one, half away from zero. */
static int32_t outwards(int32_t n, int32_t d)
{
    return n < 0 ? -((-n + d - 1) / d) : (n + d - 1) / d;
}

static int32_t nearest(int32_t n, int32_t d)
{
    return n < 0 ? -((-2 * n + d) / (2 * d)) : (2 * n + d) / (2 * d);
}

static void two_devices_keep_apart(void **state)
{
    bench_t *bench = *state;
    bench->models[0].milli_c = 21500;
    bench->models[1].milli_c = -4250;
    for (unsigned i = 0; i < 2; i++) assert_int_equal(tmp105_ops.probe(&bench->devices[i]), STATUS_OK);
    int32_t a = 0, b = 0;
    assert_int_equal(sample(&bench->devices[0], &a), STATUS_OK);
    assert_int_equal(sample(&bench->devices[1], &b), STATUS_OK);
    assert_int_equal(a, 2150);
    assert_int_equal(b, -425);
}

static void every_step_is_rounded_half_away_from_zero(void **state)
{
    bench_t *bench = *state;
    assert_int_equal(tmp105_ops.probe(&bench->devices[0]), STATUS_OK);
    for (int32_t step = -55 * 16; step <= 2047; step++) {
        /* The first thousandth of which the chip says this step: it cuts towards zero. */
        bench->models[0].milli_c = outwards(step * 1000, 16);
        int32_t value = 0;
        assert_int_equal(sample(&bench->devices[0], &value), STATUS_OK);
        assert_int_equal(value, nearest(step * 100, 16));
    }
}

static void range_ends(void **state)
{
    bench_t *bench = *state;
    assert_int_equal(tmp105_ops.probe(&bench->devices[0]), STATUS_OK);
    int32_t value = 0;
    bench->models[0].milli_c = 127999;
    assert_int_equal(sample(&bench->devices[0], &value), STATUS_OK);
    assert_int_equal(value, 12794);
    bench->models[0].milli_c = -55000;
    assert_int_equal(sample(&bench->devices[0], &value), STATUS_OK);
    assert_int_equal(value, -5500);
    bench->models[0].milli_c = -55063;
    assert_int_equal(sample(&bench->devices[0], &value), STATUS_BAD_DATA);
}

static void each_fault_has_its_status(void **state)
{
    static const struct {
        sim_fault_t fault;
        status_t probe, fetch;
    } faults[] = {
        { SIM_FAULT_NAK, STATUS_NACK, STATUS_NACK },
        { SIM_FAULT_HOLD, STATUS_TIMEOUT, STATUS_TIMEOUT },
        { SIM_FAULT_STICK, STATUS_BUS, STATUS_BUS },
        { SIM_FAULT_OFF, STATUS_NACK, STATUS_NACK },
        { SIM_FAULT_GARBAGE, STATUS_BAD_DATA, STATUS_BAD_DATA },
    };
    bench_t *bench = *state;
    tmp105_t *device = &bench->devices[0];
    bench->models[0].milli_c = 30000;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        int32_t value = 0;
        sim_i2c_break(&bench->chips[0], faults[i].fault);
        for (int round = 0; round < 100; round++) { /* garbage is random */
            assert_int_equal(tmp105_ops.probe(device), faults[i].probe);
            assert_int_equal(fetch(device, &value), faults[i].fetch);
        }
        assert_int_equal(tmp105_ops.probe(&bench->devices[1]), STATUS_OK);
        sim_i2c_break(&bench->chips[0], SIM_FAULT_NONE);
        assert_int_equal(tmp105_ops.probe(device), STATUS_OK);
        assert_int_equal(sample(device, &value), STATUS_OK);
        assert_int_equal(value, 3000);
    }
}

static void no_reading_of_a_chip_that_lost_its_configuration_is_believed(void **state)
{
    bench_t *bench = *state;
    tmp105_t *device = &bench->devices[0];
    for (int32_t milli_c = -55000; milli_c < 128000; milli_c += 37) {
        int32_t value = 0;
        bench->models[0].milli_c = milli_c;
        assert_int_equal(tmp105_ops.start(device), STATUS_OK);
        model_tmp105_ops.power_on(&bench->models[0]);
        assert_int_equal(fetch(device, &value), STATUS_BAD_DATA);
    }
}

static void start_brings_the_configuration_back(void **state)
{
    bench_t *bench = *state;
    assert_int_equal(tmp105_ops.probe(&bench->devices[0]), STATUS_OK);
    model_tmp105_ops.power_on(&bench->models[0]);
    bench->models[0].milli_c = 21438;
    int32_t value = 0;
    assert_int_equal(sample(&bench->devices[0], &value), STATUS_OK);
    assert_int_equal(value, 2144);
}

static void an_empty_address_is_a_nack(void **state)
{
    bench_t *bench = *state;
    bench->chips[0].absent = true;
    assert_int_equal(tmp105_ops.probe(&bench->devices[0]), STATUS_NACK);
    tmp105_t nobody = { &bench->bus, 0x4f };
    assert_int_equal(tmp105_ops.probe(&nobody), STATUS_NACK);
}

/* Not the driver's need, but the chip's other registers must hold what is written, as a second master sees. */
static void the_model_has_limit_registers(void **state)
{
    bench_t *bench = *state;
    const uint8_t tx[] = { 3, 0x19, 0x80 };
    uint8_t rx[3] = { 0 };
    assert_int_equal(hal_i2c_transfer(&bench->bus, 0x48, tx, 1, rx, 2), STATUS_OK);
    assert_int_equal(rx[0] << 8 | rx[1], 0x5000);
    assert_int_equal(hal_i2c_transfer(&bench->bus, 0x48, tx, 3, rx, 3), STATUS_OK);
    assert_int_equal(rx[0] << 8 | rx[1], 0x1980);
    assert_int_equal(rx[2], 0xff);
    assert_int_equal(hal_i2c_transfer(&bench->bus, 0x80, tx, 1, rx, 2), STATUS_INVALID);
    assert_int_equal(hal_i2c_transfer(&bench->bus, 0x48, tx, 0, rx, 0), STATUS_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(two_devices_keep_apart, set_up),
        cmocka_unit_test_setup(every_step_is_rounded_half_away_from_zero, set_up),
        cmocka_unit_test_setup(range_ends, set_up),
        cmocka_unit_test_setup(each_fault_has_its_status, set_up),
        cmocka_unit_test_setup(no_reading_of_a_chip_that_lost_its_configuration_is_believed, set_up),
        cmocka_unit_test_setup(start_brings_the_configuration_back, set_up),
        cmocka_unit_test_setup(an_empty_address_is_a_nack, set_up),
        cmocka_unit_test_setup(the_model_has_limit_registers, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
