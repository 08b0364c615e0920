/* The DPS310 driver against the model of its registers, and its whole numbers against the data sheet's formulas. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hal/drivers/dps310.h"
#include "model_dps310.h"

typedef struct {
    hal_i2c_t bus;
    sim_chip_t chip;
    model_dps310_t model;
    dps310_t device;
} bench_t;

/* Coefficients and raw values of the widespread emulation of this chip. */
static int set_up(void **state)
{
    static bench_t bench;
    bench = (bench_t){ .bus = { &bench.chip, 1 } };
    bench.model = (model_dps310_t){
        .raw = { 0x0269a6, -118802 },
        .calibration = { 0x0e, 0x1e, 0xdd, 0x13, 0xca, 0x5f, 0x21, 0x52, 0xf9, 0xc6, 0x04, 0xd1, 0xdb, 0x47,
                         0x00, 0x5b, 0xfb, 0x3a },
        .external = true,
    };
    bench.chip = (sim_chip_t){ .id = "a", .addr = 0x77, .ops = &model_dps310_ops, .model = &bench.model };
    bench.device = (dps310_t){ .bus = &bench.bus, .addr = 0x77 };
    sim_i2c_power_on(&bench.bus);
    *state = &bench;
    return 0;
}

static status_t sample(dps310_t *device, int32_t values[2])
{
    status_t status = dps310_ops.start(device);
    for (unsigned step = 0; status == STATUS_OK && step < dps310_ops.fetch_steps; step++)
        status = dps310_ops.fetch(device, step, values);
    return status;
}

/* Section 4.9.1, in double precision, with these coefficients. */
static double pressure(int32_t raw_p, int32_t raw_t)
{
    double p = raw_p / 253952.0, t = raw_t / 524288.0;
    return 81061.0 + p * (-57006.0 + p * (-9401.0 + p * -1222.0)) + t * -1594.0 + t * p * (1233.0 + p * 91.0);
}

static void a_sample_is_what_the_formulas_give(void **state)
{
    bench_t *bench = *state;
    int32_t values[2] = { 0 };
    assert_int_equal(dps310_ops.probe(&bench->device), STATUS_OK);
    assert_int_equal(sample(&bench->device, values), STATUS_OK);
    assert_int_equal(values[0], 2474);
    assert_int_equal(values[1], 1051482);
    assert_false(bench->model.cured); /* it is not ill */
}

static void whole_numbers_stay_with_the_formulas_over_the_range(void **state)
{
    bench_t *bench = *state;
    int32_t values[2];
    assert_int_equal(dps310_ops.probe(&bench->device), STATUS_OK);
    for (int32_t raw_p = -600000; raw_p <= 600000; raw_p += 9973) {
        for (int32_t raw_t = -300000; raw_t <= 700000; raw_t += 99991) {
            model_dps310_ops.set(&bench->model, 0, raw_t);
            model_dps310_ops.set(&bench->model, 1, raw_p);
            assert_int_equal(sample(&bench->device, values), STATUS_OK);
            assert_true(fabs(values[0] / 100.0 - (112.5 - 291.0 * raw_t / 524288.0)) < 0.011);
            assert_true(fabs(values[1] / 10.0 - pressure(raw_p, raw_t)) < 0.11);
        }
    }
}

static void raw_values_that_no_sample_has_are_none(void **state)
{
    bench_t *bench = *state;
    int32_t values[2];
    assert_int_equal(dps310_ops.probe(&bench->device), STATUS_OK);
    const int32_t wrong[][2] = { { 0, -8388608 }, { -8388608, 0 }, { 0, 8388607 }, { 8388607, 0 } };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        model_dps310_ops.set(&bench->model, 0, wrong[i][0]);
        model_dps310_ops.set(&bench->model, 1, wrong[i][1]);
        assert_int_equal(sample(&bench->device, values), STATUS_BAD_DATA);
    }
}

static void the_sensor_is_the_one_that_the_calibration_belongs_to(void **state)
{
    bench_t *bench = *state;
    int32_t values[2];
    bench->model.external = false;
    sim_i2c_power_on(&bench->bus);
    assert_int_equal(dps310_ops.probe(&bench->device), STATUS_OK);
    assert_int_equal(sample(&bench->device, values), STATUS_OK);
    assert_int_equal(values[0], 2474);
}

static void a_chip_that_lost_power_gives_no_values_until_it_is_probed(void **state)
{
    bench_t *bench = *state;
    int32_t values[2];
    assert_int_equal(dps310_ops.probe(&bench->device), STATUS_OK);
    assert_int_equal(sample(&bench->device, values), STATUS_OK);
    sim_i2c_power_on(&bench->bus);
    assert_int_equal(sample(&bench->device, values), STATUS_BAD_DATA);
    assert_int_equal(dps310_ops.probe(&bench->device), STATUS_OK);
    assert_int_equal(sample(&bench->device, values), STATUS_OK);
    assert_int_equal(values[1], 1051482);
}

static void a_chip_whose_calibration_is_not_ready_gives_no_values(void **state)
{
    bench_t *bench = *state;
    int32_t values[2];
    bench->model.not_ready = true;
    sim_i2c_power_on(&bench->bus);
    assert_int_equal(dps310_ops.probe(&bench->device), STATUS_OK);
    assert_int_equal(sample(&bench->device, values), STATUS_BAD_DATA);
}

static void a_chip_that_wants_the_cure_gets_it_once(void **state)
{
    bench_t *bench = *state;
    int32_t values[2];
    bench->model.ill = true;
    sim_i2c_power_on(&bench->bus);
    assert_int_equal(dps310_ops.probe(&bench->device), STATUS_OK);
    assert_int_equal(sample(&bench->device, values), STATUS_OK);
    assert_true(bench->model.cured);
    assert_int_equal(bench->model.registers[0x0e], 0);
    assert_int_equal(bench->model.registers[0x0f], 0);
    bench->model.cured = false;
    assert_int_equal(sample(&bench->device, values), STATUS_OK);
    assert_false(bench->model.cured);
}

static void another_chip_at_its_address_is_told_from_it(void **state)
{
    bench_t *bench = *state;
    bench->model.registers[0x0d] = 0x60;
    assert_int_equal(dps310_ops.probe(&bench->device), STATUS_BAD_DATA);
    bench->chip.fault = SIM_FAULT_NAK;
    assert_int_equal(dps310_ops.probe(&bench->device), STATUS_NACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_sample_is_what_the_formulas_give, set_up),
        cmocka_unit_test_setup(whole_numbers_stay_with_the_formulas_over_the_range, set_up),
        cmocka_unit_test_setup(raw_values_that_no_sample_has_are_none, set_up),
        cmocka_unit_test_setup(the_sensor_is_the_one_that_the_calibration_belongs_to, set_up),
        cmocka_unit_test_setup(a_chip_that_lost_power_gives_no_values_until_it_is_probed, set_up),
        cmocka_unit_test_setup(a_chip_whose_calibration_is_not_ready_gives_no_values, set_up),
        cmocka_unit_test_setup(a_chip_that_wants_the_cure_gets_it_once, set_up),
        cmocka_unit_test_setup(another_chip_at_its_address_is_told_from_it, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
