/* board_chips.c - Arm MPS2+: what sits on the bus of the first shield, and what else may. */
#include "hal/drivers/bme280.h"
#include "hal/drivers/dps310.h"
#include "hal/drivers/emc1414.h"
#include "hal/drivers/lsm303dlhc.h"
#include "hal/drivers/sht31.h"
#include "hal/drivers/tmp105.h"
#include "mps2_an385.h"

static const hal_bus_t buses[] = { { "shield1", &mps2_an385_shield1 } };

static const chip_place_t places[] = {
    { "temp0", "tmp105", 0, 0x48 }, { "emc0", "emc1414", 0, 0x4c },     { "mag0", "lsm303dlhc", 0, 0x1e },
    { "leds", "pca9552", 0, 0x60 }, { "storage", "at24c256", 0, 0x50 },
};

static const chip_type_t *const types[] = { &bme280_type,     &dps310_type, &emc1414_type,
                                            &lsm303dlhc_type, &sht31_type,  &tmp105_type };

static const board_chips_t chips = { buses,  sizeof buses / sizeof buses[0],
                                     places, sizeof places / sizeof places[0],
                                     types,  sizeof types / sizeof types[0] };

const board_chips_t *board_chips(void)
{
    return &chips;
}
