/* board.c - the simulator: what hangs where, and what it measures when nobody says otherwise. One file, because its chips
 * are there whoever uses them. */
#include "board.h"

#include <string.h>

#include "hal/drivers/bme280.h"
#include "hal/drivers/dps310.h"
#include "hal/drivers/emc1414.h"
#include "hal/drivers/lsm303dlhc.h"
#include "hal/drivers/pca9552.h"
#include "hal/drivers/sht31.h"
#include "hal/drivers/tmp105.h"
#include "model_bme280.h"
#include "model_emc1414.h"
#include "model_lsm303dlhc.h"
#include "model_pca9552.h"
#include "model_sht31.h"
#include "model_tmp105.h"
#include "sim.h"
#include "sim_leds.h"

/* ---- The chips ---------------------------------------------------------------------------------------- */

static model_tmp105_t temp0_model = { .milli_c = 21500 };
static model_emc1414_t emc0_model = { .milli_c = { 24000, 25000, 26000, 27000 } };
static model_lsm303dlhc_t mag0_model = { .nanotesla = { 20000, 5000, 45000 }, .milli_c = 22000 };

static model_pca9552_t leds_model;

/* Not in the device's table: for settings that add chips. The BME280 measures the worked example of the data sheet of its
 * kin, the BMP280 (BST-BMP280-DS001, section 3.12): 25.08 degrees, 1006.53 hPa. */
static model_sht31_t spare_sht31_model = { .milli_c = 19500, .milli_percent = 48000 };
static model_bme280_t spare_bme280_model = {
    .raw = { 519888, 30000, 415148 },
    .dig_t = { 27504, 26435, -1000 },
    .dig_p = { 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000 },
    .dig_h = { 75, 362, 0, 313, 50, 30 },
};

static const sim_quantity_t spare_sht31_quantities[] = {
    { "spare_temperature", 3, MODEL_SHT31_TEMPERATURE_MIN, MODEL_SHT31_TEMPERATURE_MAX },
    { "spare_humidity", 3, 0, MODEL_SHT31_HUMIDITY_MAX },
};

static const sim_quantity_t temp0_quantities[] = {
    { "temp0", 3, MODEL_TMP105_MIN, MODEL_TMP105_MAX },
};

static const sim_quantity_t emc0_quantities[] = {
    { "emc0_internal", 3, 0, MODEL_EMC1414_MAX },
    { "emc0_remote1", 3, 0, MODEL_EMC1414_MAX },
    { "emc0_remote2", 3, 0, MODEL_EMC1414_MAX },
    { "emc0_remote3", 3, 0, MODEL_EMC1414_MAX },
};

static const sim_quantity_t mag0_quantities[] = {
    { "mag0_x", 9, -MODEL_LSM303DLHC_FIELD_MAX, MODEL_LSM303DLHC_FIELD_MAX },
    { "mag0_y", 9, -MODEL_LSM303DLHC_FIELD_MAX, MODEL_LSM303DLHC_FIELD_MAX },
    { "mag0_z", 9, -MODEL_LSM303DLHC_FIELD_MAX, MODEL_LSM303DLHC_FIELD_MAX },
    { "mag0_temperature", 3, MODEL_LSM303DLHC_TEMPERATURE_MIN, MODEL_LSM303DLHC_TEMPERATURE_MAX },
};

#define CHIP(name, address, chip)                                                                            \
    {                                                                                                        \
        .id = #name, .addr = (address), .ops = &model_##chip##_ops, .model = &name##_model,                  \
        .quantities = name##_quantities,                                                                     \
        .quantity_count = sizeof name##_quantities / sizeof name##_quantities[0]                             \
    }

static sim_chip_t chips[] = {
    CHIP(temp0, 0x48, tmp105),
    CHIP(emc0, 0x4c, emc1414),
    CHIP(mag0, 0x1e, lsm303dlhc),
    { .id = "leds", .addr = 0x60, .ops = &model_pca9552_ops, .model = &leds_model },
    CHIP(spare_sht31, 0x44, sht31),
    { .id = "spare_bme280", .addr = 0x76, .ops = &model_bme280_ops, .model = &spare_bme280_model },
};

static hal_i2c_t bus = { .chips = chips, .chip_count = sizeof chips / sizeof chips[0] };

/* ---- What the firmware knows of them ------------------------------------------------------------------ */

static tmp105_t temp0 = { .bus = &bus, .addr = 0x48 };
static emc1414_t emc0 = { .bus = &bus, .addr = 0x4c };
static lsm303dlhc_t mag0 = { .bus = &bus, .addr = 0x1e };

static const sensor_device_t sensors[] = {
    { "temp0", &tmp105_ops, &temp0 },
    { "emc0", &emc1414_ops, &emc0 },
    { "mag0", &lsm303dlhc_ops, &mag0 },
};

static pca9552_t leds = { .bus = &bus, .addr = 0x60, .check_pins = true };
static sim_leds_t board_leds;

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
    { "board_leds", &sim_leds_ops, &board_leds, board_led_outputs,
      sizeof board_led_outputs / sizeof board_led_outputs[0] },
};

static const hal_bus_t buses[] = { { "i2c0", &bus } };

static const chip_place_t places[] = {
    { "temp0", "tmp105", 0, 0x48 },
    { "emc0", "emc1414", 0, 0x4c },
    { "mag0", "lsm303dlhc", 0, 0x1e },
    { "leds", "pca9552", 0, 0x60 },
};

static const chip_type_t *const types[] = { &bme280_type,     &dps310_type, &emc1414_type,
                                            &lsm303dlhc_type, &sht31_type,  &tmp105_type };

static const board_chips_t known = { buses,  sizeof buses / sizeof buses[0],
                                     places, sizeof places / sizeof places[0],
                                     types,  sizeof types / sizeof types[0] };

const board_chips_t *board_chips(void)
{
    return &known;
}

/* ---- What is seen from outside ------------------------------------------------------------------------ */

static const sim_output_t outputs[] = {
    { "led0", model_pca9552_led, &leds_model, 0 },   { "led1", model_pca9552_led, &leds_model, 1 },
    { "led2", model_pca9552_led, &leds_model, 2 },   { "led3", model_pca9552_led, &leds_model, 3 },
    { "board_led0", sim_leds_read, &board_leds, 0 }, { "board_led1", sim_leds_read, &board_leds, 1 },
};

static board_t board = {
    .name = "sim",
    .model = "Jembatan simulator",
    .mcu = "Linux process",
    .localhost_is_us = true,
    .sensors = sensors,
    .sensor_count = sizeof sensors / sizeof sensors[0],
};

static const board_actuators_t switched = { actuators, sizeof actuators / sizeof actuators[0], "board_led0" };

const board_actuators_t *board_actuators(void)
{
    return &switched;
}

const board_t *board_init(void)
{
    sim_show_outputs(outputs, sizeof outputs / sizeof outputs[0]);
    const sim_options_t *from = sim_start_from_command_line(&bus);
    board_options_t *to = &board.options;
    to->log_level = from->log_level;
    to->insecure_tokens = from->insecure_tokens;
    to->ipv4_static = from->ipv4_static;
    memcpy(to->ipv4_address, &from->ipv4_address, 4);
    memcpy(to->ipv4_netmask, &from->ipv4_netmask, 4);
    memcpy(to->ipv4_gateway, &from->ipv4_gateway, 4);
    return &board;
}
