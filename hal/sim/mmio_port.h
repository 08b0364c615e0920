/* mmio_port.h - hal/mmio.h on the host: every access asks a model of the chip.
 *
 * The two functions come from whoever brings a model, today unit tests. The simulator itself has no
 * memory-mapped chip, so it links no driver that would need them. */
#ifndef MMIO_PORT_H
#define MMIO_PORT_H

#include <stddef.h>
#include <stdint.h>

uint32_t sim_mmio_read32(uintptr_t address);
void sim_mmio_write32(uintptr_t address, uint32_t value);

static inline uint32_t mmio_read32(uintptr_t address)
{
    return sim_mmio_read32(address);
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
    sim_mmio_write32(address, value);
}

static inline void mmio_read_fifo(uintptr_t address, uint32_t *to, size_t words)
{
    while (words-- > 0) *to++ = sim_mmio_read32(address);
}

static inline void mmio_write_fifo(uintptr_t address, const uint32_t *from, size_t words)
{
    while (words-- > 0) sim_mmio_write32(address, *from++);
}

#endif
