#include "sim_i2c.h"

#include <string.h>

/* Neither zero nor any plausible register: a driver that uses rx after a failure is caught by its tests. */
#define UNDEFINED_RX 0xa5

void sim_i2c_power_on(hal_i2c_t *bus)
{
    for (size_t i = 0; i < bus->chip_count; i++) bus->chips[i].ops->power_on(bus->chips[i].model);
}

void sim_i2c_break(sim_chip_t *chip, sim_fault_t fault)
{
    chip->fault = fault;
    if (fault == SIM_FAULT_NONE) chip->absent = false; /* healing a chip that was left out puts it in */
    if (fault == SIM_FAULT_OFF) chip->ops->power_on(chip->model);
}

sim_chip_t *sim_i2c_find_device(hal_i2c_t *bus, const char *device_id)
{
    for (size_t i = 0; i < bus->chip_count; i++) {
        if (strcmp(bus->chips[i].id, device_id) == 0) return &bus->chips[i];
    }
    return NULL;
}

sim_chip_t *sim_i2c_find_sensor(hal_i2c_t *bus, const char *sensor_id, unsigned *quantity)
{
    for (size_t i = 0; i < bus->chip_count; i++) {
        sim_chip_t *chip = &bus->chips[i];
        for (unsigned j = 0; j < chip->quantity_count; j++) {
            if (strcmp(chip->quantities[j].sensor_id, sensor_id) != 0) continue;
            *quantity = j;
            return chip;
        }
    }
    return NULL;
}

/* Noise with the first and the last bit of each byte set: random, yet never by chance a sound register of
 * one of the chips here, so that a test does not fail once in a hundred runs. */
static void garbage(sim_chip_t *chip, uint8_t *rx, size_t rx_bytes)
{
    for (size_t i = 0; i < rx_bytes; i++) {
        chip->noise = chip->noise * 1664525u + 1013904223u;
        rx[i] = (uint8_t)(chip->noise >> 24 | 0x81u);
    }
}

static sim_chip_t *addressed(hal_i2c_t *bus, uint8_t addr)
{
    for (size_t i = 0; i < bus->chip_count; i++) {
        if (bus->chips[i].addr == addr && !bus->chips[i].absent) return &bus->chips[i];
    }
    return NULL;
}

status_t hal_i2c_transfer(hal_i2c_t *bus, uint8_t addr, const uint8_t *tx, size_t tx_bytes, uint8_t *rx,
                          size_t rx_bytes)
{
    if (addr > 0x7fu || (tx_bytes == 0 && rx_bytes == 0)) return STATUS_INVALID;
    if (rx_bytes > 0) memset(rx, UNDEFINED_RX, rx_bytes);
    sim_chip_t *chip = addressed(bus, addr);
    if (!chip) return STATUS_NACK;
    switch (chip->fault) {
    case SIM_FAULT_NAK:
    case SIM_FAULT_OFF: return STATUS_NACK;
    case SIM_FAULT_HOLD: return STATUS_TIMEOUT;
    case SIM_FAULT_STICK: return STATUS_BUS;
    case SIM_FAULT_GARBAGE: garbage(chip, rx, rx_bytes); return STATUS_OK;
    case SIM_FAULT_NONE: break;
    }
    if (tx_bytes > 0) chip->ops->write(chip->model, tx, tx_bytes);
    if (rx_bytes > 0) chip->ops->read(chip->model, rx, rx_bytes);
    return STATUS_OK;
}
