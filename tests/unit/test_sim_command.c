/* The simulator's control commands: what is set, what is seen, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "hal/drivers/pca9552.h"
#include "model_pca9552.h"
#include "model_tmp105.h"
#include "sim_command.h"
#include "sim_leds.h"

typedef struct {
    model_tmp105_t thermometer;
    model_pca9552_t lamps;
    sim_leds_t port;
    sim_chip_t chips[2];
    hal_i2c_t bus;
    sim_output_t list[2];
    sim_outputs_t outputs;
    bool link_up, button_down;
    pca9552_t driver;
} bench_t;

static const sim_quantity_t quantities[] = { { "temp0", 3, MODEL_TMP105_MIN, MODEL_TMP105_MAX } };

static int set_up(void **state)
{
    static bench_t bench;
    bench = (bench_t){ .thermometer = { .milli_c = 21500 }, .bus = { bench.chips, 2 } };
    bench.chips[0] = (sim_chip_t){ .id = "temp0",
                                   .addr = 0x48,
                                   .ops = &model_tmp105_ops,
                                   .model = &bench.thermometer,
                                   .quantities = quantities,
                                   .quantity_count = 1 };
    bench.chips[1] =
        (sim_chip_t){ .id = "leds", .addr = 0x60, .ops = &model_pca9552_ops, .model = &bench.lamps };
    bench.list[0] = (sim_output_t){ "led3", model_pca9552_led, &bench.lamps, 3 };
    bench.list[1] = (sim_output_t){ "board_led1", sim_leds_read, &bench.port, 1 };
    bench.outputs = (sim_outputs_t){ bench.list, 2 };
    bench.driver = (pca9552_t){ .bus = &bench.bus, .addr = 0x60, .check_pins = true };
    sim_i2c_power_on(&bench.bus);
    *state = &bench;
    return 0;
}

static void says(bench_t *bench, const char *command, const char *expected)
{
    const sim_command_t on = { &bench->bus, &bench->link_up, &bench->outputs, &bench->button_down };
    char line[SIM_COMMAND_BYTES], answer[SIM_ANSWER_BYTES];
    (void)snprintf(line, sizeof line, "%s", command);
    sim_command_run(&on, line, answer);
    assert_string_equal(answer, expected);
}

static void leds_are_seen_as_they_are(void **state)
{
    bench_t *bench = *state;
    says(bench, "get led3", "ok off");
    assert_int_equal(pca9552_ops.set(&bench->driver, 3, 1), STATUS_OK);
    says(bench, "get led3", "ok on");
    says(bench, "off leds", "ok"); /* without power it is dark */
    says(bench, "get led3", "ok off");
    says(bench, "heal leds", "ok");
    says(bench, "get board_led1", "ok off");
    assert_int_equal(sim_leds_ops.set(&bench->port, 0, 1), STATUS_OK);
    says(bench, "get board_led1", "ok off");
    assert_int_equal(sim_leds_ops.set(&bench->port, 1, 1), STATUS_OK);
    says(bench, "get board_led1", "ok on");
    const uint8_t led3_by_pwm1[] = { 0x06, 0xd5 };
    assert_int_equal(hal_i2c_transfer(&bench->bus, 0x60, led3_by_pwm1, 2, NULL, 0), STATUS_OK);
    says(bench, "get led3", "ok pwm1");
}

static void leds_are_not_set_from_outside(void **state)
{
    bench_t *bench = *state;
    says(bench, "set led3 1", "error no such sensor");
    says(bench, "get led4", "error no such sensor or actuator");
    says(bench, "get leds", "error no such sensor or actuator");
    says(bench, "get", "error wrong number of words");
}

static void sensors_are_set_and_listed(void **state)
{
    bench_t *bench = *state;
    says(bench, "get temp0", "ok 21.5");
    says(bench, "set temp0 -4.25", "ok");
    says(bench, "get temp0", "ok -4.25");
    says(bench, "set temp0 128", "error the chip cannot measure this value");
    says(bench, "set temp0 warm", "error the value must be a decimal number");
    says(bench, "list", "ok temp0");
    says(bench, "nak nobody", "error no such device");
    says(bench, "link up", "ok");
    assert_true(bench->link_up);
    says(bench, "link sideways", "error link is up or down");
    says(bench, "frobnicate", "error unknown command");
    says(bench, "  ", "error empty command");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(leds_are_seen_as_they_are, set_up),
        cmocka_unit_test_setup(leds_are_not_set_from_outside, set_up),
        cmocka_unit_test_setup(sensors_are_set_and_listed, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
