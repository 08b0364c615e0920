/* The SHT31 driver against the model of its commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hal/drivers/sht31.h"
#include "model_sht31.h"

typedef struct {
    model_sht31_t models[2];
    sim_chip_t chips[2];
    hal_i2c_t bus;
    sht31_t devices[2];
} bench_t;

static int set_up(void **state)
{
    static bench_t bench;
    bench = (bench_t){ .bus = { bench.chips, 2 } };
    for (unsigned i = 0; i < 2; i++) {
        bench.chips[i] = (sim_chip_t){ .id = i ? "b" : "a",
                                       .addr = (uint8_t)(0x44 + i),
                                       .ops = &model_sht31_ops,
                                       .model = &bench.models[i] };
        bench.models[i] = (model_sht31_t){ .milli_c = 21500, .milli_percent = 45000 };
        bench.devices[i] = (sht31_t){ .bus = &bench.bus, .addr = (uint8_t)(0x44 + i) };
    }
    sim_i2c_power_on(&bench.bus);
    *state = &bench;
    return 0;
}

static status_t fetch(void *device, int32_t values[])
{
    status_t status = STATUS_OK;
    for (unsigned step = 0; status == STATUS_OK && step < sht31_ops.fetch_steps; step++) {
        status = sht31_ops.fetch(device, step, values);
    }
    return status;
}

static status_t sample(sht31_t *device, int32_t values[2])
{
    status_t status = sht31_ops.start(device);
    return status == STATUS_OK ? fetch(device, values) : status;
}

/* A chip whose next read gives these bytes, whatever was written. */
typedef struct {
    uint8_t bytes[6];
} fixed_t;

static void fixed_write(void *model, const uint8_t bytes[], size_t count)
{
    (void)model;
    (void)bytes;
    (void)count;
}

static void fixed_read(void *model, uint8_t bytes[], size_t count)
{
    const fixed_t *fixed = model;
    for (size_t i = 0; i < count; i++) bytes[i] = fixed->bytes[i];
}

static const sim_model_ops_t fixed_ops = { .write = fixed_write, .read = fixed_read };

static void two_devices_and_two_channels_keep_apart(void **state)
{
    bench_t *bench = *state;
    int32_t a[2] = { 0 }, b[2] = { 0 };
    model_sht31_ops.set(&bench->models[1], 0, -12340);
    model_sht31_ops.set(&bench->models[1], 1, 87650);
    for (unsigned i = 0; i < 2; i++) assert_int_equal(sht31_ops.probe(&bench->devices[i]), STATUS_OK);
    assert_int_equal(sample(&bench->devices[0], a), STATUS_OK);
    assert_int_equal(sample(&bench->devices[1], b), STATUS_OK);
    assert_int_equal(a[0], 2150);
    assert_int_equal(a[1], 4500);
    assert_int_equal(b[0], -1234);
    assert_int_equal(b[1], 8765);
}

/* Only the first start follows a probe: after that the driver begins each conversion by itself. */
static void every_word_is_rounded_to_the_nearest_hundredth(void **state)
{
    bench_t *bench = *state;
    assert_int_equal(sht31_ops.probe(&bench->devices[0]), STATUS_OK);
    for (int64_t raw = 0; raw <= 65535; raw += 13) {
        int32_t values[2] = { 0 };
        bench->models[0].milli_c = (int32_t)((raw * 175000 + 32767) / 65535 - 45000);
        bench->models[0].milli_percent = (int32_t)((raw * 100000 + 32767) / 65535);
        assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
        /* 65535 is odd, so nothing is ever half way. */
        int64_t centi_c = (2 * raw * 17500 + 65535) / (2 * 65535) - 4500;
        assert_int_equal(values[0], centi_c);
        assert_int_equal(values[1], (2 * raw * 10000 + 65535) / (2 * 65535));
    }
}

/* The data sheet's example of a checksum, section 4.12: 0xbeef has 0x92. */
static void the_checksum_of_the_data_sheet(void **state)
{
    bench_t *bench = *state;
    fixed_t fixed = { { 0xbe, 0xef, 0x92, 0xbe, 0xef, 0x92 } };
    int32_t values[2] = { 0 };
    bench->chips[0].ops = &fixed_ops;
    bench->chips[0].model = &fixed;
    assert_int_equal(sht31_ops.fetch(&bench->devices[0], 0, values), STATUS_OK);
    assert_int_equal(values[0], 8552); /* -45 + 175 * 48879 / 65535 = 85.523 */
    assert_int_equal(values[1], 7458);
    for (size_t byte = 0; byte < sizeof fixed.bytes; byte++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            fixed.bytes[byte] ^= (uint8_t)(1u << bit);
            assert_int_equal(sht31_ops.fetch(&bench->devices[0], 0, values), STATUS_BAD_DATA);
            fixed.bytes[byte] ^= (uint8_t)(1u << bit);
        }
    }
}

static void a_wrong_checksum_is_no_value(void **state)
{
    bench_t *bench = *state;
    sht31_t *device = &bench->devices[0];
    int32_t values[2] = { 0 };
    for (unsigned word = 0; word < 2; word++) {
        bench->models[0].crc_error = (uint8_t)(1u << word);
        assert_int_equal(sht31_ops.probe(device), STATUS_OK);
        assert_int_equal(sample(device, values), STATUS_BAD_DATA);
    }
    bench->models[0].crc_error = 0;
    assert_int_equal(sht31_ops.probe(device), STATUS_OK);
    assert_int_equal(sample(device, values), STATUS_OK);
    assert_int_equal(values[0], 2150);
}

static void each_fault_has_its_status(void **state)
{
    static const struct {
        sim_fault_t fault;
        status_t probe, fetch;
    } faults[] = {
        { SIM_FAULT_NAK, STATUS_NACK, STATUS_NACK },       { SIM_FAULT_HOLD, STATUS_TIMEOUT, STATUS_TIMEOUT },
        { SIM_FAULT_STICK, STATUS_BUS, STATUS_BUS },       { SIM_FAULT_OFF, STATUS_NACK, STATUS_NACK },
        { SIM_FAULT_GARBAGE, STATUS_OK, STATUS_BAD_DATA },
    };
    bench_t *bench = *state;
    sht31_t *device = &bench->devices[0];
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        int32_t values[2] = { 0 };
        sim_i2c_break(&bench->chips[0], faults[i].fault);
        for (int round = 0; round < 100; round++) { /* garbage is random */
            assert_int_equal(sht31_ops.probe(device), faults[i].probe);
            assert_int_equal(fetch(device, values), faults[i].fetch);
        }
        sim_i2c_break(&bench->chips[0], SIM_FAULT_NONE);
        assert_int_equal(sht31_ops.probe(device), STATUS_OK);
        assert_int_equal(sample(device, values), STATUS_OK);
        assert_int_equal(values[1], 4500);
    }
}

static void a_power_cycle_during_the_conversion_gives_no_values(void **state)
{
    bench_t *bench = *state;
    int32_t values[2] = { 0 };
    assert_int_equal(sht31_ops.probe(&bench->devices[0]), STATUS_OK);
    assert_int_equal(sht31_ops.start(&bench->devices[0]), STATUS_OK);
    model_sht31_ops.power_on(&bench->models[0]);
    assert_int_equal(fetch(&bench->devices[0], values), STATUS_BAD_DATA);
    assert_int_equal(sht31_ops.probe(&bench->devices[0]), STATUS_OK);
    assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
    assert_int_equal(values[0], 2150);
}

static void a_soft_reset_undoes_what_others_did(void **state)
{
    static const uint8_t foreign[][2] = { { 0x30, 0x6d }, { 0x21, 0x30 } }; /* heater; periodic mode */
    bench_t *bench = *state;
    int32_t values[2] = { 0 };
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        assert_int_equal(hal_i2c_transfer(&bench->bus, 0x44, foreign[i], 2, NULL, 0), STATUS_OK);
        assert_int_equal(sht31_ops.probe(&bench->devices[0]), STATUS_OK);
        assert_int_equal(sample(&bench->devices[0], values), STATUS_BAD_DATA);
        assert_int_equal(sht31_ops.probe(&bench->devices[0]), STATUS_OK);
        assert_int_equal(sample(&bench->devices[0], values), STATUS_OK);
    }
}

static void an_empty_address_is_a_nack(void **state)
{
    bench_t *bench = *state;
    int32_t values[2] = { 0 };
    bench->chips[0].absent = true;
    assert_int_equal(sht31_ops.probe(&bench->devices[0]), STATUS_NACK);
    assert_int_equal(sample(&bench->devices[0], values), STATUS_NACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(two_devices_and_two_channels_keep_apart, set_up),
        cmocka_unit_test_setup(every_word_is_rounded_to_the_nearest_hundredth, set_up),
        cmocka_unit_test_setup(the_checksum_of_the_data_sheet, set_up),
        cmocka_unit_test_setup(a_wrong_checksum_is_no_value, set_up),
        cmocka_unit_test_setup(each_fault_has_its_status, set_up),
        cmocka_unit_test_setup(a_power_cycle_during_the_conversion_gives_no_values, set_up),
        cmocka_unit_test_setup(a_soft_reset_undoes_what_others_did, set_up),
        cmocka_unit_test_setup(an_empty_address_is_a_nack, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
