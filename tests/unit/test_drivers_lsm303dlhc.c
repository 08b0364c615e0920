/* The LSM303DLHC driver against the model of its registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hal/drivers/lsm303dlhc.h"
#include "model_lsm303dlhc.h"

typedef struct {
    model_lsm303dlhc_t models[2];
    sim_chip_t chips[2];
    hal_i2c_t buses[2]; /* the chip has one address only */
    lsm303dlhc_t devices[2];
} bench_t;

static int set_up(void **state)
{
    static bench_t bench;
    bench = (bench_t){ 0 };
    for (unsigned i = 0; i < 2; i++) {
        bench.chips[i] = (sim_chip_t){
            .id = "mag0", .addr = 0x1e, .ops = &model_lsm303dlhc_ops, .model = &bench.models[i]
        };
        bench.buses[i] = (hal_i2c_t){ &bench.chips[i], 1 };
        bench.devices[i] = (lsm303dlhc_t){ .bus = &bench.buses[i], .addr = 0x1e };
        sim_i2c_power_on(&bench.buses[i]);
    }
    *state = &bench;
    return 0;
}

static status_t fetch(void *device, int32_t values[])
{
    status_t status = STATUS_OK;
    for (unsigned step = 0; status == STATUS_OK && step < lsm303dlhc_ops.fetch_steps; step++) {
        status = lsm303dlhc_ops.fetch(device, step, values);
    }
    return status;
}

static status_t sample(lsm303dlhc_t *device, int32_t values[4])
{
    status_t status = lsm303dlhc_ops.start(device);
    return status == STATUS_OK ? fetch(device, values) : status;
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

static void set_values(model_lsm303dlhc_t *model, int32_t x, int32_t y, int32_t z, int32_t milli_c)
{
    *model = (model_lsm303dlhc_t){ .nanotesla = { x, y, z }, .milli_c = milli_c };
    model_lsm303dlhc_ops.power_on(model);
}

static void two_devices_and_their_axes_keep_apart(void **state)
{
    bench_t *bench = *state;
    static const int32_t wanted[2][4] = { { 20000, 5000, 45000, 22000 }, { -20000, 0, -50000, -8125 } };
    for (unsigned i = 0; i < 2; i++) {
        set_values(&bench->models[i], wanted[i][0], wanted[i][1], wanted[i][2], wanted[i][3]);
        assert_int_equal(lsm303dlhc_ops.probe(&bench->devices[i]), STATUS_OK);
    }
    for (unsigned i = 0; i < 2; i++) {
        int32_t values[4] = { 0 };
        assert_int_equal(sample(&bench->devices[i], values), STATUS_OK);
        for (unsigned j = 0; j < 4; j++) assert_int_equal(values[j], wanted[i][j]);
    }
}

static void every_step_is_rounded_half_away_from_zero(void **state)
{
    bench_t *bench = *state;
    assert_int_equal(lsm303dlhc_ops.probe(&bench->devices[0]), STATUS_OK);
    for (int32_t step = -2048; step <= 2047; step++) {
        /* The first nanotesla of which the chip says this step: it cuts towards zero. */
        int32_t gauss = step * 100000;
        bench->models[0].nanotesla[0] = outwards(gauss, 1100);
        bench->models[0].nanotesla[1] = bench->models[0].nanotesla[0];
        bench->models[0].nanotesla[2] = outwards(gauss, 980);
        int32_t values[4] = { 0 };
        assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
        assert_int_equal(values[0], nearest(gauss, 1100));
        assert_int_equal(values[1], nearest(gauss, 1100));
        assert_int_equal(values[2], nearest(gauss, 980));
        for (unsigned i = 0; i < 3; i++) {
            assert_in_range(values[i] + 1000000, lsm303dlhc_ops.channels[i].min + 1000000,
                            lsm303dlhc_ops.channels[i].max + 1000000);
        }
    }
}

static void an_overflow_is_the_axis_own_error(void **state)
{
    bench_t *bench = *state;
    int32_t values[4] = { 0 };
    set_values(&bench->models[0], 20000, -300000, 45000, 22000);
    assert_int_equal(lsm303dlhc_ops.probe(&bench->devices[0]), STATUS_OK);
    assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
    assert_int_equal(values[0], 20000);
    assert_true(values[1] < lsm303dlhc_ops.channels[1].min);
    assert_int_equal(values[2], 45000);
}

static void temperature_in_eighths_of_both_signs(void **state)
{
    bench_t *bench = *state;
    assert_int_equal(lsm303dlhc_ops.probe(&bench->devices[0]), STATUS_OK);
    for (int32_t milli_c = -40000; milli_c <= 85000; milli_c += 125) {
        int32_t values[4] = { 0 };
        bench->models[0].milli_c = milli_c;
        assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
        assert_int_equal(values[3], milli_c);
    }
}

/* As the data sheet has it: the model's 12 bits four places to the left, and a part with a known offset. */
static void a_left_aligned_temperature_with_an_offset(void **state)
{
    bench_t *bench = *state;
    int32_t values[4] = { 0 };
    bench->devices[0].temperature_shift = 4;
    bench->devices[0].temperature_offset_milli_c = 20500;
    bench->models[0].milli_c = -3125 * 16;
    assert_int_equal(lsm303dlhc_ops.probe(&bench->devices[0]), STATUS_OK);
    assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
    assert_int_equal(values[3], 20500 - 3125);
    bench->models[0].milli_c = 125; /* a bit below the 12 */
    assert_int_equal(sample(&bench->devices[0], values), STATUS_BAD_DATA);
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
    lsm303dlhc_t *device = &bench->devices[0];
    bench->models[0].nanotesla[0] = 20000;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        int32_t values[4] = { 0 };
        sim_i2c_break(&bench->chips[0], faults[i].fault);
        for (int round = 0; round < 100; round++) { /* garbage is random */
            assert_int_equal(lsm303dlhc_ops.probe(device), faults[i].status);
            assert_int_equal(fetch(device, values), faults[i].status);
        }
        sim_i2c_break(&bench->chips[0], SIM_FAULT_NONE);
        assert_int_equal(lsm303dlhc_ops.probe(device), STATUS_OK);
        assert_int_equal(sample(device, values), STATUS_OK);
        assert_int_equal(values[0], 20000);
    }
}

static void a_chip_that_fell_asleep_gives_no_values(void **state)
{
    bench_t *bench = *state;
    int32_t values[4] = { 0 };
    set_values(&bench->models[0], 20000, 5000, 45000, 22000);
    assert_int_equal(lsm303dlhc_ops.probe(&bench->devices[0]), STATUS_OK);
    assert_int_equal(lsm303dlhc_ops.start(&bench->devices[0]), STATUS_OK);
    model_lsm303dlhc_ops.power_on(&bench->models[0]);
    assert_int_equal(fetch(&bench->devices[0], values), STATUS_BAD_DATA);
    assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
    assert_int_equal(values[0], 20000);
    assert_int_equal(values[3], 22000);
}

static void probe_undoes_a_foreign_gain(void **state)
{
    bench_t *bench = *state;
    const uint8_t gain_8_gauss[] = { 0x01, 0xe0 };
    int32_t values[4] = { 0 };
    set_values(&bench->models[0], 20000, 5000, 45000, 22000);
    assert_int_equal(hal_i2c_transfer(&bench->buses[0], 0x1e, gain_8_gauss, 2, NULL, 0), STATUS_OK);
    assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
    assert_int_not_equal(values[0], 20000); /* the model does have gains: the test can fail */
    assert_int_equal(lsm303dlhc_ops.probe(&bench->devices[0]), STATUS_OK);
    assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
    assert_int_equal(values[0], 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(two_devices_and_their_axes_keep_apart, set_up),
        cmocka_unit_test_setup(every_step_is_rounded_half_away_from_zero, set_up),
        cmocka_unit_test_setup(an_overflow_is_the_axis_own_error, set_up),
        cmocka_unit_test_setup(temperature_in_eighths_of_both_signs, set_up),
        cmocka_unit_test_setup(a_left_aligned_temperature_with_an_offset, set_up),
        cmocka_unit_test_setup(each_fault_has_its_status, set_up),
        cmocka_unit_test_setup(a_chip_that_fell_asleep_gives_no_values, set_up),
        cmocka_unit_test_setup(probe_undoes_a_foreign_gain, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
