/* board_actuators.c - WIZnet W5500-EVB-Pico: what can be switched. */
#include "hal/drivers/pca9552.h"
#include "hal/rp2040/i2c.h"
#include "hal/rp2040/leds.h"
#include "w5500_evb_pico.h"

static pca9552_t leds = { .bus = &w5500_evb_pico_i2c, .addr = 0x60, .check_pins = true };
static rp2040_leds_t board_leds = { .pins = { 25 }, .count = 1 };

static const actuator_output_t led_outputs[] = {
    { "led0", "LED 0", 0 },
    { "led1", "LED 1", 1 },
    { "led2", "LED 2", 2 },
    { "led3", "LED 3", 3 },
};

static const actuator_output_t board_led_outputs[] = {
    { "board_led0", "Board LED", 0 },
};

static const actuator_device_t actuators[] = {
    { "leds", &pca9552_ops, &leds, led_outputs, sizeof led_outputs / sizeof led_outputs[0] },
    { "board_leds", &rp2040_leds_ops, &board_leds, board_led_outputs,
      sizeof board_led_outputs / sizeof board_led_outputs[0] },
};

static const board_actuators_t board = { actuators, sizeof actuators / sizeof actuators[0], "board_led0" };

const board_actuators_t *board_actuators(void)
{
    return &board;
}
