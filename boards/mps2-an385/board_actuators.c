/* board_actuators.c - Arm MPS2+ (AN385): what can be switched. */
#include "hal/drivers/pca9552.h"
#include "hal/mps2/leds.h"
#include "mps2_an385.h"

static pca9552_t leds = { .bus = &mps2_an385_shield1, .addr = 0x60 };
static mps2_leds_t board_leds = { .base = MPS2_FPGAIO };

static const actuator_output_t led_outputs[] = {
    { "led0", "LED 0", 0 },
    { "led1", "LED 1", 1 },
    { "led2", "LED 2", 2 },
    { "led3", "LED 3", 3 },
};

static const actuator_output_t board_led_outputs[] = {
    { "board_led0", "Board LED 0", 0 },
    { "board_led1", "Board LED 1", 1 },
};

static const actuator_device_t actuators[] = {
    { "leds", &pca9552_ops, &leds, led_outputs, sizeof led_outputs / sizeof led_outputs[0] },
    { "board_leds", &mps2_leds_ops, &board_leds, board_led_outputs,
      sizeof board_led_outputs / sizeof board_led_outputs[0] },
};

static const board_actuators_t board = { actuators, sizeof actuators / sizeof actuators[0], "board_led0" };

const board_actuators_t *board_actuators(void)
{
    leds.check_pins = !mps2_an385_emulated();
    return &board;
}
