/* sensors/bus_scan.h - which addresses of the board's buses answer.
 *
 * Each address is asked by reading one byte of it, which changes nothing in nearly all chips. One that acknowledges no
 * read while it has nothing to say, as an SHT31 that was not told to measure, is not found; a write would find it, and might
 * change others. What answered no first time is asked once more after BUS_SCAN_PAUSE_MS: a memory that is writing does not
 * answer. A bus whose lines are held is given up. Addresses whose chip is in use are not disturbed: whoever begins the scan
 * knows how they are.
 *
 * Memory: bus_scan_t, static; no allocation.
 * Context: main loop only.
 */
#ifndef SENSORS_BUS_SCAN_H
#define SENSORS_BUS_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/limits.h"
#include "hal/chip.h"

/* Whether a chip at this place is in use.
 * answers   written when it is: it answered when it was last used */
typedef bool (*bus_scan_known_t)(void *context, uint8_t bus, uint8_t addr, bool *answers);

typedef struct {
    const hal_bus_t *buses; /* of the board */
    size_t bus_count;
    const chip_place_t *places;
    size_t place_count;
    uint32_t run; /* for whom it was made; 0: none has begun */
    uint8_t bus, addr, pass;
    bool held[BUSES_MAX]; /* given up: what is known of the bus is not all */
    uint8_t answered[BUSES_MAX][16];
    bus_scan_known_t known;
    void *context;
} bus_scan_t;

/* What a scan has to look at: the board's tables, borrowed for good.
 * known     NULL: no chip is in use */
void bus_scan_init(bus_scan_t *scan, const hal_bus_t *buses, size_t bus_count, const chip_place_t *places,
                   size_t place_count, bus_scan_known_t known, void *context);

/* Forgets what the last scan found.
 * run       not 0 */
void bus_scan_begin(bus_scan_t *scan, uint32_t run);

/* Asks the next BUS_SCAN_ADDRESSES addresses, within 1 ms.
 * returns   when it wants to be called next; 0: it has ended */
uint64_t bus_scan_step(bus_scan_t *scan, uint64_t now_ms);

bool bus_scan_answered(const bus_scan_t *scan, uint8_t bus, uint8_t addr);

/* The chip that is meant to be there; NULL: none that is known. */
const chip_place_t *bus_scan_place(const bus_scan_t *scan, uint8_t bus, uint8_t addr);

#endif
