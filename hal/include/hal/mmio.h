/* hal/mmio.h - how a driver of a memory-mapped chip reads and writes its registers.
 *
 * Each family brings mmio_port.h. On a microcontroller it is a volatile access and costs one instruction; on
 * the host it asks a register-level model, so that the same driver runs under sanitizers.
 *
 * Context: anywhere the register itself may be touched.
 *
 * uint32_t mmio_read32(uintptr_t address);
 * void     mmio_write32(uintptr_t address, uint32_t value);
 *     address   absolute, a multiple of 4
 *
 * Of a FIFO that shows at each of 32 bytes from an address on, which lets a core move more than a word at a time:
 *
 * void     mmio_read_fifo(uintptr_t address, uint32_t *to, size_t words);
 * void     mmio_write_fifo(uintptr_t address, const uint32_t *from, size_t words);
 */
#ifndef HAL_MMIO_H
#define HAL_MMIO_H

#include <stddef.h>
#include <stdint.h>

#include "mmio_port.h"

#endif
