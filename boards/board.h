/* board.h - what a board must give.
 *
 * A board is facts: which devices hang on which bus, what it is called, how it is configured before any
 * setting exists. boards/<name>/board*.c define what is declared here; everything else comes from a hal family.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/actuator.h"
#include "hal/chip.h"
#include "hal/sensor.h"

#define BOARD_SEED_BYTES 32u /* 256 bits */

/* What was asked for at start-up: on the simulator by options, in QEMU by a block in memory, on a real board
 * nothing, so the defaults. */
typedef struct {
    uint8_t log_level;       /* log_level_t of firmware/base/log.h: 0 error, 1 warning, 2 info, 3 debug */
    bool ipv4_static;        /* false: DHCP, with a link-local address when nobody answers */
    uint8_t ipv4_address[4]; /* the three below only when ipv4_static */
    uint8_t ipv4_netmask[4];
    uint8_t ipv4_gateway[4]; /* 0.0.0.0: none */
    uint8_t *seed;           /* BOARD_SEED_BYTES of secret randomness for this start alone, which who takes
                              * them wipes; NULL: none, as on boards with a generator of their own */
    bool insecure_tokens;    /* for this start, tokens are taken by plain HTTP, whatever the setting says */
} board_options_t;

typedef struct {
    const char *name;               /* as in ./dev build NAME, e.g. "mps2-an385" */
    const char *model;              /* for people, e.g. "Arm MPS2+ (AN385)" */
    const char *mcu;                /* e.g. "Cortex-M3, 25 MHz" */
    bool localhost_is_us;           /* a Host header of "localhost" means this device (simulator, QEMU) */
    const sensor_device_t *sensors; /* sensor_count of them, alive as long as the firmware */
    size_t sensor_count;
    board_options_t options;
} board_t;

typedef struct {
    const actuator_device_t *devices; /* count of them, alive as long as the firmware */
    size_t count;
    const char *identify_id; /* the actuator that blinks to show which device this is; NULL: none */
} board_actuators_t;

typedef struct {
    const hal_bus_t *buses; /* bus_count of them, at most BUSES_MAX of limits.h */
    size_t bus_count;
    const chip_place_t *places; /* of all chips that the firmware knows of */
    size_t place_count;
    const chip_type_t *const *types; /* of which settings may add chips */
    size_t type_count;
} board_chips_t;

/* Brings up clocks, console and buses. Called once, first thing. Returns the board's facts, never NULL,
 * alive as long as the firmware. */
const board_t *board_init(void);

/* What the board can switch; never NULL. After board_init. In a file of its own (board_actuators.c), so that an image
 * which does not ask has none of their drivers. */
const board_actuators_t *board_actuators(void);

/* What sits on which bus; never NULL. After board_init. In a file of its own as well (board_chips.c). */
const board_chips_t *board_chips(void);

#endif
