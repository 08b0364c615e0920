/* sensors/chip_table.h - which chips the device has: those of the board, without some and with others.
 *
 * The board says what it has, which buses there are, and of which types more chips may be added (hal/chip.h); a setting
 * says what is different here. The table made of both is what the sensor registry samples. It is made once, at start.
 *
 * Memory: chip_table_t, static: also the drivers' instances of chips that were added lie in it.
 * Context: main loop only.
 */
#ifndef SENSORS_CHIP_TABLE_H
#define SENSORS_CHIP_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/chip_text.h"
#include "config/limits.h"
#include "hal/chip.h"

/* What the board says; borrowed for good. */
typedef struct {
    const sensor_device_t
        *defaults; /* default_count of them, each with a place of the same id if it is on a bus */
    size_t default_count;
    const hal_bus_t *buses;
    size_t bus_count;
    const chip_place_t *places; /* also of what is no sensor */
    size_t place_count;
    const chip_type_t *const *types;
    size_t type_count;
} chip_facts_t;

/* What is wanted. The texts are the caller's. */
typedef struct {
    text_view_t removed[CHIPS_REMOVED_MAX]; /* ids of the board's sensor chips */
    size_t removed_count;
    chip_wish_t added[CHIPS_ADDED_MAX];
    size_t added_count;
} chip_wishes_t;

typedef struct {
    sensor_device_t
        devices[SENSOR_DEVICES_MAX]; /* what stays of the board's, in its order, then what was added */
    size_t device_count;
    chip_place_t places[CHIP_PLACES_MAX];
    size_t place_count;
    char ids[CHIPS_ADDED_MAX][CHIP_ID_BYTES_MAX + 1u];
    _Alignas(uint64_t) uint8_t states[CHIPS_ADDED_MAX][CHIP_STATE_BYTES];
} chip_table_t;

/* What is wrong with one of the wishes, those before it being granted: a constant for people, "must be ..."; NULL:
 * nothing. */
const char *chip_table_refuse_removed(const chip_facts_t *facts, const chip_wishes_t *wishes, size_t index);
const char *chip_table_refuse_added(const chip_facts_t *facts, const chip_wishes_t *wishes, size_t index);

/* Makes the table. Wishes that are refused are left out.
 * wishes    their texts need not live on
 * returns   how many were left out */
size_t chip_table_build(chip_table_t *table, const chip_facts_t *facts, const chip_wishes_t *wishes);

#endif
