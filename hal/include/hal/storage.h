/* hal/storage.h - the board's non-volatile memory as blocks.
 *
 * A block is erased as a whole, to 0xff, and then programmed page by page; what has been programmed is not
 * programmed again before the next erase. Operations take effect in the order in which they were called: after a
 * power cut the memory holds the effect of some first part of them, the last of which may be torn (an erase with
 * only some pages erased, a page with only some bytes programmed, or with bytes that are neither old nor new).
 *
 * Operations may be queued: STATUS_OK from program and erase means accepted, and seen by every later read. Only
 * STATUS_OK from hal_storage_sync means that no power cut takes it back. What could not be written is tried again
 * and again, in order; it is never dropped.
 *
 * Context: main loop only.
 * Time:    read, program and erase return within 1 ms, but for reads before hal_storage_poll has fetched the
 *          memory once (boot), and for program and erase while the queue is full: these wait for the oldest
 *          operation. sync waits for all of them.
 */
#ifndef HAL_STORAGE_H
#define HAL_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/status.h"

typedef struct {
    uint32_t page_bytes;  /* unit of programming: addresses and sizes are multiples of it */
    uint32_t block_bytes; /* unit of erasing, a multiple of page_bytes */
    uint32_t block_count;
} hal_storage_geometry_t;

/* Starts the memory. Called once, before all others.
 * geometry  the caller's; written only on STATUS_OK
 * returns   STATUS_OK, STATUS_UNSUPPORTED (the board has none), STATUS_BUSY (somebody else uses it), STATUS_NACK,
 *           STATUS_TIMEOUT, STATUS_BUS (it does not answer). Unless STATUS_OK nothing else here may be called. */
status_t hal_storage_open(hal_storage_geometry_t *geometry);

/* Any address and size within the memory. Sees everything programmed before.
 * out       the caller's; undefined unless STATUS_OK
 * returns   STATUS_OK, STATUS_INVALID (beyond the end), what the bus says when the memory does not answer */
status_t hal_storage_read(uint32_t address, uint8_t *out, size_t bytes);

/* Programs whole pages of a block that was erased.
 * data      the caller's, taken before this returns
 * returns   STATUS_OK, STATUS_INVALID (beyond the end, or not whole pages); when the queue is full and does not
 *           get shorter, what the bus says, or STATUS_BAD_DATA (the medium does not keep what is written). Then
 *           nothing has changed, or only the first pages have. */
status_t hal_storage_program(uint32_t address, const uint8_t *data, size_t bytes);

/* Erases a block.
 * address   of its first byte
 * returns   as hal_storage_program */
status_t hal_storage_erase(uint32_t address);

/* Blocks until all operations are on the medium.
 * returns   STATUS_OK; else why not: they stay queued, in order */
status_t hal_storage_sync(void);

/* Whether a power cut now could take back an operation that was accepted. */
bool hal_storage_busy(void);

/* Does a bounded piece of pending work.
 * returns   when it wants to be called next, UINT64_MAX when nothing is pending */
uint64_t hal_storage_poll(uint64_t now_ms);

#endif
