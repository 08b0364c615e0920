/* board.c - Arm MPS2+ by one of its FPGA images: what hangs where. What they differ in is in board_facts.h. */
#include "mps2_an385.h"

#include <board_facts.h> /* of the board that is built, not of this folder */

#include "hal/cortex_m/boot_options.h"
#include "hal/drivers/emc1414.h"
#include "hal/drivers/lsm303dlhc.h"
#include "hal/drivers/tmp105.h"
#include "hal/mmio.h"
#include "hal/mps2/mps2.h"

#define LAN9118_ID_REV 0x50u

hal_i2c_t mps2_an385_shield1 = { .base = MPS2_I2C_SHIELD1 };

static tmp105_t temp0 = { .bus = &mps2_an385_shield1, .addr = 0x48 };
static emc1414_t emc0 = { .bus = &mps2_an385_shield1, .addr = 0x4c };
static lsm303dlhc_t mag0 = { .bus = &mps2_an385_shield1, .addr = 0x1e };

static const sensor_device_t sensors[] = {
    { "temp0", &tmp105_ops, &temp0 },
    { "emc0", &emc1414_ops, &emc0 },
    { "mag0", &lsm303dlhc_ops, &mag0 },
};

static board_t board = {
    .name = BOARD_NAME,
    .model = BOARD_MODEL,
    .mcu = BOARD_MCU,
    .sensors = sensors,
    .sensor_count = sizeof sensors / sizeof sensors[0],
    .options = { .log_level = 2 },
};

bool mps2_an385_emulated(void)
{
    return mmio_read32(MPS2_ETHERNET + LAN9118_ID_REV) >> 16 == 0x0118u;
}

const board_t *board_init(void)
{
    mps2_init();
    board.localhost_is_us = mps2_an385_emulated();
    mag0.temperature_shift = mps2_an385_emulated() ? 0 : 4;
    cortex_m_take_boot_options(&board);
    return &board;
}
