/* board.c - WIZnet W5500-EVB-Pico: what hangs where. */
#include "hal/cortex_m/boot_options.h"
#include "hal/drivers/emc1414.h"
#include "hal/drivers/lsm303dlhc.h"
#include "hal/drivers/tmp105.h"
#include "hal/drivers/w5500.h"
#include "hal/rp2040/cpu_temp.h"
#include "hal/rp2040/i2c.h"
#include "hal/rp2040/rp2040.h"
#include "hal/rp2040/spi.h"
#include "w5500_evb_pico.h"

#define SPI0 0x4003c000u
#define I2C0 0x40044000u

#define W5500_RESET_PIN     20u
#define W5500_INTERRUPT_PIN 21u

/* 133 MHz / 4: the chip is guaranteed to 33.3 MHz. */
static hal_spi_t w5500_spi = {
    .base = SPI0, .rx_pin = 16, .select_pin = 17, .sck_pin = 18, .tx_pin = 19, .divisor = 4
};
static w5500_t ethernet = { .spi = &w5500_spi };

/* The board's own are cpu_temp and the LED; the other chips are what may be plugged on I2C 0. */
hal_i2c_t w5500_evb_pico_i2c = { .base = I2C0, .sda_pin = 4, .scl_pin = 5 };

static tmp105_t temp0 = { .bus = &w5500_evb_pico_i2c, .addr = 0x48 };
static emc1414_t emc0 = { .bus = &w5500_evb_pico_i2c, .addr = 0x4c };
static lsm303dlhc_t mag0 = { .bus = &w5500_evb_pico_i2c, .addr = 0x1e, .temperature_shift = 4 };
static cpu_temp_t cpu_temp = { .supply_mv = 3300 };

static const sensor_device_t sensors[] = {
    { "temp0", &tmp105_ops, &temp0 },
    { "emc0", &emc1414_ops, &emc0 },
    { "mag0", &lsm303dlhc_ops, &mag0 },
    { "cpu_temp", &cpu_temp_ops, &cpu_temp },
};

static board_t board = {
    .name = "w5500-evb-pico",
    .model = "WIZnet W5500-EVB-Pico",
    .mcu = "RP2040, Cortex-M0+, 133 MHz",
    .sensors = sensors,
    .sensor_count = sizeof sensors / sizeof sensors[0],
    .options = { .log_level = 2 },
};

const board_t *board_init(void)
{
    rp2040_init();
    rp2040_eth_use(&ethernet, W5500_RESET_PIN, W5500_INTERRUPT_PIN);
    cortex_m_take_boot_options(&board);
    return &board;
}
