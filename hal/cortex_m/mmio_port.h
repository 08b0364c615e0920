/* mmio_port.h - hal/mmio.h on a microcontroller: one volatile access. */
#ifndef MMIO_PORT_H
#define MMIO_PORT_H

#include <stdint.h>

static inline uint32_t mmio_read32(uintptr_t address)
{
    return *(const volatile uint32_t *)address;
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

#endif
