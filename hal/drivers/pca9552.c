#include "hal/drivers/pca9552.h"

/* Table 5. Bit 4 of a register's number makes it count up from byte to byte. */
#define REG_INPUT0     0x00u
#define REG_PSC1       0x04u
#define REG_LS0        0x06u
#define AUTO_INCREMENT 0x10u

/* Periods of the second blinker at power-on are 0xff. */
#define SIGNATURE 0x52u

#define OUTPUTS          16u
#define SELECTORS        4u
#define PER_SELECTOR     4u
#define FIRST_TO_READ    REG_PSC1
#define SELECTOR_IN_READ (REG_LS0 - REG_PSC1)

/* Table 8: two bits an output. */
#define SELECT_ON  0u
#define SELECT_OFF 1u

static uint8_t selector_of(uint16_t on, unsigned index)
{
    unsigned byte = 0;
    for (unsigned i = 0; i < PER_SELECTOR; i++) {
        bool lit = ((unsigned)on >> (index * PER_SELECTOR + i) & 1u) != 0;
        byte |= (lit ? SELECT_ON : SELECT_OFF) << (2u * i);
    }
    return (uint8_t)byte;
}

static unsigned selection(uint8_t selector, unsigned output)
{
    return (unsigned)selector >> (output % PER_SELECTOR * 2u) & 3u;
}

static status_t probe(void *self)
{
    pca9552_t *dev = self;
    const uint8_t sign[] = { REG_PSC1, SIGNATURE };
    const uint8_t from = AUTO_INCREMENT | FIRST_TO_READ;
    uint8_t registers[SELECTOR_IN_READ + SELECTORS];
    status_t status = hal_i2c_transfer(dev->bus, dev->addr, sign, sizeof sign, NULL, 0);
    if (status != STATUS_OK) return status;
    status = hal_i2c_transfer(dev->bus, dev->addr, &from, 1, registers, sizeof registers);
    if (status != STATUS_OK) return status;
    if (registers[0] != SIGNATURE) return STATUS_BAD_DATA;
    unsigned on = 0;
    for (unsigned i = 0; i < OUTPUTS; i++) {
        if (selection(registers[SELECTOR_IN_READ + i / PER_SELECTOR], i) == SELECT_ON) on |= 1u << i;
    }
    dev->on = (uint16_t)on;
    return STATUS_OK;
}

static status_t set(void *self, unsigned channel, int32_t state)
{
    pca9552_t *dev = self;
    uint16_t bit = (uint16_t)(1u << channel);
    uint16_t on = state ? (uint16_t)(dev->on | bit) : (uint16_t)(dev->on & ~(unsigned)bit);
    unsigned index = channel / PER_SELECTOR;
    const uint8_t tx[] = { (uint8_t)(REG_LS0 + index), selector_of(on, index) };
    status_t status = hal_i2c_transfer(dev->bus, dev->addr, tx, sizeof tx, NULL, 0);
    if (status == STATUS_OK) dev->on = on;
    return status;
}

static status_t read_register(const pca9552_t *dev, unsigned reg, uint8_t *value)
{
    const uint8_t tx = (uint8_t)reg;
    return hal_i2c_transfer(dev->bus, dev->addr, &tx, 1, value, 1);
}

static status_t get(void *self, unsigned channel, int32_t *state)
{
    const pca9552_t *dev = self;
    uint8_t selector, pins;
    status_t status = read_register(dev, REG_LS0 + channel / PER_SELECTOR, &selector);
    if (status != STATUS_OK) return status;
    for (unsigned i = 0; i < PER_SELECTOR; i++) {
        if (selection(selector, i) > SELECT_OFF) return STATUS_BAD_DATA;
    }
    bool on = selection(selector, channel) == SELECT_ON;
    if (on && dev->check_pins) {
        status = read_register(dev, REG_INPUT0 + channel / 8u, &pins);
        if (status != STATUS_OK) return status;
        if (((unsigned)pins >> channel % 8u & 1u) != 0) return STATUS_BAD_DATA;
    }
    *state = on;
    return STATUS_OK;
}

const actuator_ops_t pca9552_ops = {
    .chip = "pca9552",
    .kind = ACTUATOR_SWITCH,
    .min = 0,
    .max = 1,
    .channel_count = OUTPUTS,
    .probe = probe,
    .set = set,
    .get = get,
};
