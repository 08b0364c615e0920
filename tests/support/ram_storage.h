/* ram_storage.h - hal/storage.h in RAM, for the tests of what lies on it: cuts the power at any operation, counts
 * them, and watches that its user keeps to the contract.
 *
 * Included by one file of a program: that file's hal_storage_... are the program's. */
#ifndef TESTS_SUPPORT_RAM_STORAGE_H
#define TESTS_SUPPORT_RAM_STORAGE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/storage.h"

#define RAM_PAGE_BYTES  64u
#define RAM_BLOCK_BYTES 512u
#define RAM_BLOCKS      64u
#define RAM_BYTES       (RAM_BLOCK_BYTES * RAM_BLOCKS)

/* What becomes of the operation during which the power goes. */
typedef enum {
    CUT_BEFORE,  /* nothing */
    CUT_HALF,    /* its first half is done */
    CUT_GARBAGE, /* its first half, and then some bytes that are neither old nor new */
    CUT_MIXED,   /* of some bytes the old value, of others the new one */
    CUT_WAYS
} cut_t;

typedef struct {
    uint8_t image[RAM_BYTES];
    hal_storage_geometry_t geometry; /* what open says; zero: the whole of it */
    bool flash;                      /* what is programmed twice loses bits, instead of ending the test */
    bool busy;                       /* what it says of itself */
    bool dead;                       /* the power is gone, or the chip */
    uint32_t operations;             /* programs (of a page) and erases since they were last set to zero */
    uint32_t reads;
    uint32_t erases[RAM_BLOCKS];
    uint32_t cut_at; /* the operation during which it goes: 1 the next one; 0 never */
    cut_t cut_way;
    uint32_t random;
    status_t sync_status;         /* what sync answers although all was written */
    status_t open_status, broken; /* broken: what programs and erases answer instead of doing it */
} ram_storage_t;

static ram_storage_t ram;

static inline uint32_t ram_random(void)
{
    ram.random = ram.random * 1664525u + 1013904223u;
    return ram.random >> 8;
}

static inline void ram_erase_all(void)
{
    memset(&ram, 0, sizeof ram);
    memset(ram.image, 0xff, sizeof ram.image);
    ram.random = 1;
}

/* The power is there again. */
static inline void ram_power_on(void)
{
    ram.dead = false;
    ram.cut_at = 0;
    ram.operations = 0;
    ram.reads = 0;
}

static inline void ram_cut(uint32_t at, cut_t way)
{
    ram.cut_at = at;
    ram.cut_way = way;
    ram.operations = 0;
}

/* data NULL: erases. */
static inline void ram_tear(uint32_t address, const uint8_t *data, size_t bytes)
{
    size_t half = ram.cut_way == CUT_BEFORE ? 0 : bytes / 2u;
    for (size_t i = 0; i < bytes; i++) {
        uint8_t *at = &ram.image[address + i];
        uint8_t fresh = data ? data[i] : 0xff;
        if (ram.cut_way == CUT_MIXED) {
            if (ram_random() % 2u) *at = fresh;
        } else if (i < half) {
            *at = fresh;
        } else if (ram.cut_way == CUT_GARBAGE && i < half + 8u) {
            *at = (uint8_t)ram_random();
        }
    }
}

static inline status_t ram_change(uint32_t address, const uint8_t *data, size_t bytes)
{
    if (ram.dead) return STATUS_NACK;
    if (ram.broken != STATUS_OK) return ram.broken;
    ram.operations++;
    if (ram.operations == ram.cut_at) {
        ram.dead = true;
        ram_tear(address, data, bytes);
        return STATUS_NACK;
    }
    for (size_t i = 0; i < bytes; i++) {
        uint8_t old = ram.flash && data ? ram.image[address + i] : 0xff;
        ram.image[address + i] = data ? data[i] & old : 0xff;
    }
    return STATUS_OK;
}

static inline void ram_contract(bool kept, const char *what)
{
    if (kept) return;
    (void)fprintf(stderr, "hal/storage.h: %s\n", what);
    abort();
}

status_t hal_storage_open(hal_storage_geometry_t *geometry)
{
    if (ram.open_status != STATUS_OK) return ram.open_status;
    *geometry = ram.geometry.page_bytes
                    ? ram.geometry
                    : (hal_storage_geometry_t){ RAM_PAGE_BYTES, RAM_BLOCK_BYTES, RAM_BLOCKS };
    return STATUS_OK;
}

status_t hal_storage_read(uint32_t address, uint8_t *out, size_t bytes)
{
    ram_contract(address <= RAM_BYTES && bytes <= RAM_BYTES - address, "read beyond the end");
    ram.reads++;
    if (ram.dead) return STATUS_NACK;
    memcpy(out, ram.image + address, bytes);
    return STATUS_OK;
}

status_t hal_storage_program(uint32_t address, const uint8_t *data, size_t bytes)
{
    ram_contract(address % RAM_PAGE_BYTES == 0 && bytes % RAM_PAGE_BYTES == 0, "not whole pages");
    ram_contract(address <= RAM_BYTES && bytes <= RAM_BYTES - address, "programmed beyond the end");
    for (size_t at = 0; at < bytes; at += RAM_PAGE_BYTES) {
        for (size_t i = 0; i < RAM_PAGE_BYTES && !ram.dead && !ram.flash; i++) {
            ram_contract(ram.image[address + at + i] == 0xff, "programmed what was not erased");
        }
        status_t status = ram_change(address + (uint32_t)at, data + at, RAM_PAGE_BYTES);
        if (status != STATUS_OK) return status;
    }
    return STATUS_OK;
}

status_t hal_storage_erase(uint32_t address)
{
    ram_contract(address % RAM_BLOCK_BYTES == 0 && address < RAM_BYTES, "not a block");
    if (!ram.dead) ram.erases[address / RAM_BLOCK_BYTES]++;
    return ram_change(address, NULL, RAM_BLOCK_BYTES);
}

status_t hal_storage_sync(void)
{
    if (ram.sync_status != STATUS_OK) return ram.sync_status;
    return ram.dead ? STATUS_NACK : ram.broken;
}

bool hal_storage_busy(void)
{
    return ram.busy;
}

uint64_t hal_storage_poll(uint64_t now_ms)
{
    (void)now_ms;
    return UINT64_MAX;
}

#endif
