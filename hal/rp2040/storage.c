/* storage.c - hal/storage.h on the end of the flash memory that the firmware runs from.
 *
 * Operations go into a queue, one is carried out at each call of hal_storage_poll. While flash changes, nothing else can
 * run: a page stops the loop for 0.4 ms and a sector for 45 ms typically (flash_chip.h), which is longer than the contract
 * wants of a turn of the loop. Frames wait in the Ethernet chip meanwhile, it has room for ten of the longest.
 */
#include "hal/storage.h"

#include <string.h>

#include "flash_chip.h"
#include "hardware/regs/addressmap.h"
#include "rp2040.h"

/* A small document changes about three pages, a new one erases a sector or two. */
#define QUEUE_SIZE 16u

/* After a change that did not hold. */
#define RETRY_MS     100u
#define SYNC_RETRIES 3u

typedef struct {
    uint32_t address; /* within the storage */
    bool erase;
    uint8_t data[FLASH_PAGE_BYTES];
} change_t;

extern uint8_t __storage_start[], __storage_end[]; /* from the linker script */

static struct {
    change_t queue[QUEUE_SIZE];
    unsigned first, count;
    status_t failure; /* of the last change that was tried */
    uint64_t next_ms;
} storage;

static uint32_t size(void)
{
    return (uint32_t)(__storage_end - __storage_start);
}

/* Past the cache: what was just written must be read, not what was there. */
static const uint8_t *flash_at(uint32_t address)
{
    return __storage_start + address + (XIP_NOCACHE_NOALLOC_BASE - XIP_BASE);
}

static uint32_t chip_offset(uint32_t address)
{
    return (uint32_t)((uintptr_t)__storage_start - XIP_BASE) + address;
}

status_t hal_storage_open(hal_storage_geometry_t *geometry)
{
    storage.first = storage.count = 0;
    storage.failure = STATUS_OK;
    *geometry = (hal_storage_geometry_t){ .page_bytes = FLASH_PAGE_BYTES,
                                          .block_bytes = FLASH_SECTOR_BYTES,
                                          .block_count = size() / FLASH_SECTOR_BYTES };
    return STATUS_OK;
}

/* ---- The queue ------------------------------------------------------------------------------------------- */

static uint32_t change_bytes(const change_t *change)
{
    return change->erase ? FLASH_SECTOR_BYTES : FLASH_PAGE_BYTES;
}

static change_t *nth(unsigned n)
{
    return &storage.queue[(storage.first + n) % QUEUE_SIZE];
}

static bool holds(const change_t *change)
{
    const uint8_t *at = flash_at(change->address);
    if (!change->erase) return memcmp(at, change->data, FLASH_PAGE_BYTES) == 0;
    for (uint32_t i = 0; i < FLASH_SECTOR_BYTES; i++) {
        if (at[i] != 0xff) return false;
    }
    return true;
}

/* What is there already is not done again: flash wears out. */
static void carry_out_first(void)
{
    const change_t *change = nth(0);
    if (!holds(change)) {
        if (change->erase) {
            flash_chip_erase(chip_offset(change->address));
        } else {
            flash_chip_program(chip_offset(change->address), change->data);
        }
    }
    storage.failure = holds(change) ? STATUS_OK : STATUS_BAD_DATA;
    if (storage.failure != STATUS_OK) return;
    storage.first = (storage.first + 1u) % QUEUE_SIZE;
    storage.count--;
}

static status_t make_room(void)
{
    for (unsigned i = 0; storage.count == QUEUE_SIZE && i < SYNC_RETRIES; i++) carry_out_first();
    return storage.count < QUEUE_SIZE ? STATUS_OK : storage.failure;
}

static status_t append(uint32_t address, const uint8_t *data)
{
    status_t status = make_room();
    if (status != STATUS_OK) return status;
    change_t *change = nth(storage.count++);
    change->address = address;
    change->erase = data == NULL;
    if (data) memcpy(change->data, data, FLASH_PAGE_BYTES);
    return STATUS_OK;
}

/* ---- The contract ---------------------------------------------------------------------------------------- */

static bool within(uint32_t address, size_t bytes)
{
    return address <= size() && bytes <= size() - address;
}

/* What of a read will be changed by what is still queued. */
static void overlay(const change_t *change, uint32_t address, uint8_t *out, size_t bytes)
{
    uint32_t begin = change->address > address ? change->address : address;
    uint32_t end = change->address + change_bytes(change);
    if (end > address + bytes) end = address + (uint32_t)bytes;
    if (begin >= end) return;
    if (change->erase) {
        memset(out + (begin - address), 0xff, end - begin);
    } else {
        memcpy(out + (begin - address), change->data + (begin - change->address), end - begin);
    }
}

status_t hal_storage_read(uint32_t address, uint8_t *out, size_t bytes)
{
    if (!within(address, bytes)) return STATUS_INVALID;
    memcpy(out, flash_at(address), bytes);
    for (unsigned i = 0; i < storage.count; i++) overlay(nth(i), address, out, bytes);
    return STATUS_OK;
}

status_t hal_storage_program(uint32_t address, const uint8_t *data, size_t bytes)
{
    if (!within(address, bytes) || address % FLASH_PAGE_BYTES != 0 || bytes % FLASH_PAGE_BYTES != 0)
        return STATUS_INVALID;
    status_t status = STATUS_OK;
    for (size_t done = 0; done < bytes && status == STATUS_OK; done += FLASH_PAGE_BYTES)
        status = append(address + (uint32_t)done, data + done);
    return status;
}

status_t hal_storage_erase(uint32_t address)
{
    if (!within(address, FLASH_SECTOR_BYTES) || address % FLASH_SECTOR_BYTES != 0) return STATUS_INVALID;
    return append(address, NULL);
}

status_t hal_storage_sync(void)
{
    unsigned failures = 0;
    while (storage.count > 0 && failures < SYNC_RETRIES) {
        carry_out_first();
        failures = storage.failure == STATUS_OK ? 0 : failures + 1u;
        rp2040_watchdog_feed();
    }
    return storage.count == 0 ? STATUS_OK : storage.failure;
}

bool hal_storage_busy(void)
{
    return storage.count > 0;
}

uint64_t hal_storage_poll(uint64_t now_ms)
{
    if (storage.count == 0) return UINT64_MAX;
    if (storage.failure != STATUS_OK && now_ms < storage.next_ms) return storage.next_ms;
    carry_out_first();
    if (storage.failure != STATUS_OK) return storage.next_ms = now_ms + RETRY_MS;
    return storage.count > 0 ? now_ms : UINT64_MAX;
}
