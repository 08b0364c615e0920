/* The BME280 driver against the model of its registers, and against the formulas in floating point. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hal/drivers/bme280.h"
#include "model_bme280.h"

typedef struct {
    model_bme280_t model;
    sim_chip_t chip;
    hal_i2c_t bus;
    bme280_t device;
} bench_t;

/* Temperature and pressure are the worked example of the BMP280's data sheet (BST-BMP280-DS001), which has the same formulas. */
static int set_up(void **state)
{
    static bench_t bench;
    bench = (bench_t){ .bus = { &bench.chip, 1 } };
    bench.model = (model_bme280_t){
        .raw = { 519888, 30000, 415148 },
        .dig_t = { 27504, 26435, -1000 },
        .dig_p = { 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000 },
        .dig_h = { 75, 362, 0, 313, 50, 30 },
    };
    bench.chip = (sim_chip_t){ .id = "a", .addr = 0x76, .ops = &model_bme280_ops, .model = &bench.model };
    bench.device = (bme280_t){ .bus = &bench.bus, .addr = 0x76 };
    sim_i2c_power_on(&bench.bus);
    *state = &bench;
    return 0;
}

static status_t fetch(bme280_t *device, int32_t values[])
{
    status_t status = STATUS_OK;
    for (unsigned step = 0; status == STATUS_OK && step < bme280_ops.fetch_steps; step++) {
        status = bme280_ops.fetch(device, step, values);
    }
    return status;
}

static status_t sample(bme280_t *device, int32_t values[3])
{
    status_t status = bme280_ops.start(device);
    return status == STATUS_OK ? fetch(device, values) : status;
}

static void the_worked_example_of_the_data_sheet(void **state)
{
    bench_t *bench = *state;
    int32_t values[3] = { 0 };
    assert_int_equal(bme280_ops.probe(&bench->device), STATUS_OK);
    assert_int_equal(sample(&bench->device, values), STATUS_OK);
    assert_int_equal(bench->device.fine, 128422);
    assert_int_equal(values[0], 2508);
    assert_int_equal(values[2], 1006533); /* 25767236 / 256 = 100653.27 */
}

/* The data sheet's humidity in floating point, from the calibration as the model was told it. */
static double humidity(const model_bme280_t *model, double fine, double raw)
{
    const int32_t *h = model->dig_h;
    double t = fine - 76800.0;
    double v = (raw - (h[3] * 64.0 + h[4] / 16384.0 * t)) *
               (h[1] / 65536.0 * (1.0 + h[5] / 67108864.0 * t * (1.0 + h[2] / 67108864.0 * t)));
    v *= 1.0 - h[0] * v / 524288.0;
    return v < 0 ? 0 : v > 100 ? 100 : v;
}

static void humidity_is_that_of_the_formula(void **state)
{
    bench_t *bench = *state;
    static const int32_t others[][2] = { { 313, 50 }, { 333, -37 }, { -5, 0 } }; /* H4, H5: 12 bits, signed */
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        bench->model.dig_h[3] = others[i][0];
        bench->model.dig_h[4] = others[i][1];
        model_bme280_ops.power_on(&bench->model);
        assert_int_equal(bme280_ops.probe(&bench->device), STATUS_OK);
        for (int32_t raw = 0; raw < 65536; raw += 101) {
            int32_t values[3] = { 0 };
            model_bme280_ops.set(&bench->model, 1, raw);
            assert_int_equal(sample(&bench->device, values), STATUS_OK);
            double off = values[1] / 100.0 - humidity(&bench->model, bench->device.fine, raw);
            assert_true(off > -0.03 && off < 0.03);
        }
    }
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
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        int32_t values[3] = { 0 };
        sim_i2c_break(&bench->chip, faults[i].fault);
        for (int round = 0; round < 100; round++) { /* garbage is random */
            assert_int_equal(bme280_ops.probe(&bench->device), faults[i].status);
            assert_int_equal(fetch(&bench->device, values), faults[i].status);
        }
        sim_i2c_break(&bench->chip, SIM_FAULT_NONE);
        assert_int_equal(bme280_ops.probe(&bench->device), STATUS_OK);
        assert_int_equal(sample(&bench->device, values), STATUS_OK);
        assert_int_equal(values[0], 2508);
    }
}

static void a_power_cycle_gives_no_values(void **state)
{
    bench_t *bench = *state;
    int32_t values[3] = { 0 };
    assert_int_equal(bme280_ops.probe(&bench->device), STATUS_OK);
    assert_int_equal(bme280_ops.start(&bench->device), STATUS_OK);
    model_bme280_ops.power_on(&bench->model);
    assert_int_equal(fetch(&bench->device, values), STATUS_BAD_DATA);
    bench->model.registers[0xd0] = 0x58; /* a BMP280 */
    assert_int_equal(bme280_ops.probe(&bench->device), STATUS_BAD_DATA);
}

static void no_calibration_makes_it_fail_otherwise(void **state)
{
    bench_t *bench = *state;
    uint32_t noise = 1;
    for (int round = 0; round < 20000; round++) {
        int32_t values[3] = { 0 };
        for (unsigned i = 0; i < 9; i++) {
            noise = noise * 1664525u + 1013904223u;
            bench->model.dig_p[i] = (int32_t)(noise >> 16);
        }
        model_bme280_ops.power_on(&bench->model);
        assert_int_equal(bme280_ops.probe(&bench->device), STATUS_OK);
        assert_int_equal(sample(&bench->device, values), STATUS_OK);
        assert_int_equal(values[0], 2508);
    }
}

static void an_empty_address_is_a_nack(void **state)
{
    bench_t *bench = *state;
    bench->chip.absent = true;
    assert_int_equal(bme280_ops.probe(&bench->device), STATUS_NACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_worked_example_of_the_data_sheet, set_up),
        cmocka_unit_test_setup(humidity_is_that_of_the_formula, set_up),
        cmocka_unit_test_setup(each_fault_has_its_status, set_up),
        cmocka_unit_test_setup(a_power_cycle_gives_no_values, set_up),
        cmocka_unit_test_setup(no_calibration_makes_it_fail_otherwise, set_up),
        cmocka_unit_test_setup(an_empty_address_is_a_nack, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
