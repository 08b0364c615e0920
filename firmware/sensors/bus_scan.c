#include "sensors/bus_scan.h"

#include <string.h>

#define PASSES 2u

void bus_scan_init(bus_scan_t *scan, const hal_bus_t *buses, size_t bus_count, const chip_place_t *places,
                   size_t place_count, bus_scan_known_t known, void *context)
{
    *scan = (bus_scan_t){
        .buses = buses,
        .bus_count = bus_count < BUSES_MAX ? bus_count : BUSES_MAX,
        .places = places,
        .place_count = place_count,
        .known = known,
        .context = context,
    };
}

void bus_scan_begin(bus_scan_t *scan, uint32_t run)
{
    memset(scan->answered, 0, sizeof scan->answered);
    memset(scan->held, 0, sizeof scan->held);
    scan->run = run;
    scan->bus = 0;
    scan->pass = 0;
    scan->addr = CHIP_ADDRESS_FIRST;
}

bool bus_scan_answered(const bus_scan_t *scan, uint8_t bus, uint8_t addr)
{
    return (unsigned)scan->answered[bus][addr / 8u] >> addr % 8u & 1u;
}

const chip_place_t *bus_scan_place(const bus_scan_t *scan, uint8_t bus, uint8_t addr)
{
    for (size_t i = 0; i < scan->place_count; i++) {
        if (scan->places[i].bus == bus && scan->places[i].addr == addr) return &scan->places[i];
    }
    return NULL;
}

static void look(bus_scan_t *scan)
{
    bool answers = false;
    if (!scan->known || !scan->known(scan->context, scan->bus, scan->addr, &answers)) {
        uint8_t byte;
        status_t status =
            hal_i2c_transfer(scan->buses[scan->bus].i2c, scan->addr, NULL, 0, &byte, sizeof byte);
        scan->held[scan->bus] |= status == STATUS_TIMEOUT || status == STATUS_BUS;
        answers = status == STATUS_OK;
    }
    if (answers) scan->answered[scan->bus][scan->addr / 8u] |= (uint8_t)(1u << scan->addr % 8u);
}

/* Past the addresses that need no look: those that answered, and those of a bus that is held. */
static bool go_on(bus_scan_t *scan)
{
    while (scan->bus < scan->bus_count) {
        if (scan->addr > CHIP_ADDRESS_LAST || scan->held[scan->bus]) {
            scan->bus++;
            scan->addr = CHIP_ADDRESS_FIRST;
        } else if (bus_scan_answered(scan, scan->bus, scan->addr)) {
            scan->addr++;
        } else {
            return true;
        }
    }
    return false;
}

uint64_t bus_scan_step(bus_scan_t *scan, uint64_t now_ms)
{
    for (unsigned i = 0; i < BUS_SCAN_ADDRESSES && go_on(scan); i++) {
        look(scan);
        scan->addr++;
    }
    if (go_on(scan)) return now_ms;
    if (++scan->pass == PASSES) return 0;
    scan->bus = 0;
    scan->addr = CHIP_ADDRESS_FIRST;
    return now_ms + BUS_SCAN_PAUSE_MS;
}
