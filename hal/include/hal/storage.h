/* hal/storage.h - the board's non-volatile memory as blocks.
 *
 * A block is erased as a whole and then programmed page by page; what has been programmed is not programmed
 * again before the next erase. Operations take effect in the order in which they were called: after a power cut
 * the memory holds the effect of some first part of them, the last of which may be torn.
 *
 * Context: main loop only.
 * Time:    read, program and erase return within 1 ms but for reads before hal_storage_poll has fetched the
 *          region once (boot); sync blocks until everything is on the medium.
 */
#ifndef HAL_STORAGE_H
#define HAL_STORAGE_H

#include <stddef.h>
#include <stdint.h>

#include "hal/status.h"

typedef struct {
    uint32_t page_bytes;  /* unit of programming: addresses and sizes are multiples of it */
    uint32_t block_bytes; /* unit of erasing, a multiple of page_bytes */
    uint32_t block_count;
} hal_storage_geometry_t;

/* Starts the memory. Called once.
 * returns   STATUS_OK, STATUS_UNSUPPORTED (the board has none), STATUS_NACK, STATUS_TIMEOUT (it does not answer) */
status_t hal_storage_open(hal_storage_geometry_t *geometry);

/* Any address and size within the memory. Sees everything programmed before. */
status_t hal_storage_read(uint32_t address, uint8_t *out, size_t bytes);

status_t hal_storage_program(uint32_t address, const uint8_t *data, size_t bytes);

/* address   of the block's first byte */
status_t hal_storage_erase(uint32_t address);

/* Blocks until all operations are on the medium. */
status_t hal_storage_sync(void);

/* Does a bounded piece of pending work.
 * returns   when it wants to be called next, UINT64_MAX when nothing is pending */
uint64_t hal_storage_poll(uint64_t now_ms);

#endif
