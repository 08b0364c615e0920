/* hal/chip.h - which chips a board may have on its buses, and which it has: data, not code.
 *
 * A chip type is what a driver offers; a place is where a chip of the board sits. From both come what a scan of the
 * buses says, and what a setting may add.
 *
 * Everything here is constant and lives as long as the firmware.
 */
#ifndef HAL_CHIP_H
#define HAL_CHIP_H

#include <stddef.h>
#include <stdint.h>

#include "hal/i2c.h"
#include "hal/sensor.h"

/* 7-bit addresses that a chip may have: the others are reserved (UM10204 section 3.1.12). */
#define CHIP_ADDRESS_FIRST 0x08u
#define CHIP_ADDRESS_LAST  0x77u

typedef struct {
    const char *name; /* [a-z0-9]+, as the board's manual calls it, e.g. "shield1" */
    hal_i2c_t *i2c;
} hal_bus_t;

/* What a sensor's driver offers. */
typedef struct {
    const sensor_ops_t *ops;  /* ops->chip is the type's name */
    const uint8_t *addresses; /* that the chip can have, 0 behind the last; NULL: any */
    size_t bytes;             /* of the driver's instance, at most CHIP_STATE_BYTES of limits.h */

    /* Makes an instance of bytes bytes, aligned for any type, into one chip. Nothing is asked of it yet. */
    void (*bind)(void *self, hal_i2c_t *bus, uint8_t addr);
} chip_type_t;

typedef struct {
    const char
        *id; /* of the device: of a sensor's or an actuator's table, or what it is for, e.g. "storage" */
    const char *part; /* part number in lower case, e.g. "at24c256" */
    uint8_t bus;      /* index among the board's buses */
    uint8_t addr;     /* 7 bits */
} chip_place_t;

#endif
