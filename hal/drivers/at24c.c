#include "hal/drivers/at24c.h"

#include <string.h>

#include "hal/clock.h"

#define ADDRESS_BYTES 2u
#define ERASED        0xffu

/* The data sheet's 5 ms, four times: other makers' chips take up to 10 ms. */
#define WRITE_CYCLE_MS_MAX 20u

/* Not worth asking earlier whether a write has ended. */
#define WRITE_CYCLE_MS_MIN 2u

#define TRIES_MIN      8u
#define RETRY_MS       100u /* after a failure */
#define FETCH_MS       5u   /* between two pieces of the background fetch: it has time */
#define MISMATCHES_MAX 3u

/* ---- The bus ------------------------------------------------------------------------------------------- */

static status_t receive(const at24c_t *chip, uint32_t address, uint8_t *out, size_t bytes)
{
    const uint8_t tx[ADDRESS_BYTES] = { (uint8_t)(address >> 8), (uint8_t)address };
    return hal_i2c_transfer(chip->bus, chip->addr, tx, sizeof tx, out, bytes);
}

/* data NULL: the erased value. Must not cross a page: the chip would wrap around. */
static status_t send(const at24c_t *chip, uint32_t address, const uint8_t *data, size_t bytes)
{
    uint8_t tx[ADDRESS_BYTES + AT24C_PAGE_BYTES];
    tx[0] = (uint8_t)(address >> 8);
    tx[1] = (uint8_t)address;
    if (data) {
        memcpy(tx + ADDRESS_BYTES, data, bytes);
    } else {
        memset(tx + ADDRESS_BYTES, ERASED, bytes);
    }
    return hal_i2c_transfer(chip->bus, chip->addr, tx, ADDRESS_BYTES + bytes, NULL, 0);
}

/* Reads although the chip may still be writing. */
static status_t receive_patiently(const at24c_t *chip, uint32_t address, uint8_t *out, size_t bytes)
{
    uint64_t start_ms = hal_clock_ms();
    status_t status;
    do {
        status = receive(chip, address, out, bytes);
    } while (status == STATUS_NACK && hal_clock_ms() - start_ms <= WRITE_CYCLE_MS_MAX);
    return status;
}

/* ---- The image ----------------------------------------------------------------------------------------- */

static bool is_known(const at24c_t *chip, uint32_t page)
{
    return ((unsigned)chip->known[page / 8u] >> (page % 8u) & 1u) != 0;
}

static void set_known(const at24c_t *chip, uint32_t page)
{
    chip->known[page / 8u] = (uint8_t)(chip->known[page / 8u] | 1u << (page % 8u));
}

static bool inside(const at24c_t *chip, uint32_t address, size_t bytes)
{
    return address <= chip->bytes && bytes <= chip->bytes - address;
}

status_t at24c_read(at24c_t *chip, uint32_t address, uint8_t *out, size_t bytes)
{
    if (!inside(chip, address, bytes)) return STATUS_INVALID;
    if (bytes == 0) return STATUS_OK;
    uint32_t last = (address + (uint32_t)bytes - 1u) / AT24C_PAGE_BYTES;
    for (uint32_t page = address / AT24C_PAGE_BYTES; page <= last; page++) {
        if (is_known(chip, page)) continue;
        uint32_t at = page * AT24C_PAGE_BYTES;
        status_t status = receive_patiently(chip, at, chip->image + at, AT24C_PAGE_BYTES);
        if (status != STATUS_OK) return status;
        set_known(chip, page);
    }
    memcpy(out, chip->image + address, bytes);
    return STATUS_OK;
}

/* ---- The queue ----------------------------------------------------------------------------------------- */

static const at24c_write_t *oldest(const at24c_t *chip)
{
    return &chip->queue[chip->first];
}

static void go_on(at24c_t *chip)
{
    chip->done = (uint16_t)(chip->done + chip->piece);
    chip->piece = 0;
    chip->mismatches = 0;
    chip->failure = STATUS_OK;
    if (chip->done < oldest(chip)->bytes) return;
    chip->done = 0;
    chip->first = (uint8_t)((chip->first + 1u) % chip->queue_size);
    chip->count--;
}

static status_t fail(at24c_t *chip, status_t status, uint64_t now_ms)
{
    chip->piece = 0; /* nobody knows what has arrived: send it again */
    chip->failure = status;
    chip->next_ms = now_ms + RETRY_MS;
    return status;
}

static status_t send_piece(at24c_t *chip, size_t most, uint64_t now_ms)
{
    const at24c_write_t *write = oldest(chip);
    uint32_t address = write->address + chip->done;
    size_t bytes = AT24C_PAGE_BYTES - address % AT24C_PAGE_BYTES;
    if (bytes > (size_t)write->bytes - chip->done) bytes = (size_t)write->bytes - chip->done;
    if (bytes > most) bytes = most;
    status_t status = send(chip, address, write->erase ? NULL : write->data + chip->done, bytes);
    if (status != STATUS_OK) return fail(chip, status, now_ms);
    chip->piece = (uint8_t)bytes;
    chip->sent_ms = now_ms;
    chip->next_ms = now_ms + WRITE_CYCLE_MS_MIN;
    return STATUS_OK;
}

static bool matches(const at24c_write_t *write, size_t offset, const uint8_t *found, size_t bytes)
{
    if (!write->erase) return memcmp(found, write->data + offset, bytes) == 0;
    for (size_t i = 0; i < bytes; i++) {
        if (found[i] != ERASED) return false;
    }
    return true;
}

/* The reading is the acknowledge polling, too. */
static status_t confirm_piece(at24c_t *chip, uint64_t now_ms)
{
    uint8_t found[AT24C_PAGE_BYTES];
    const at24c_write_t *write = oldest(chip);
    status_t status = receive(chip, write->address + chip->done, found, chip->piece);
    if (status == STATUS_NACK && now_ms - chip->sent_ms <= WRITE_CYCLE_MS_MAX) {
        chip->next_ms = now_ms + 1u;
        return STATUS_BUSY;
    }
    if (status != STATUS_OK) return fail(chip, status, now_ms);
    chip->next_ms = now_ms;
    if (matches(write, chip->done, found, chip->piece)) {
        go_on(chip);
        return STATUS_OK;
    }
    chip->piece = 0;
    if (++chip->mismatches < MISMATCHES_MAX) return STATUS_OK;
    chip->mismatches = 0;
    return fail(chip, STATUS_BAD_DATA, now_ms);
}

/* Works until at most this many are left, page by page, without regard to the loop. */
static status_t drain(at24c_t *chip, uint8_t left)
{
    uint64_t moved_ms = hal_clock_ms();
    unsigned tries = 0; /* since then: time alone may have been spent by whoever runs the emulator */
    while (chip->count > left) {
        uint64_t now_ms = hal_clock_ms();
        if (now_ms < chip->next_ms && chip->failure == STATUS_OK) continue;
        status_t status =
            chip->piece == 0 ? send_piece(chip, AT24C_PAGE_BYTES, now_ms) : confirm_piece(chip, now_ms);
        tries++;
        if (status == STATUS_OK && chip->piece == 0 && chip->mismatches == 0) {
            moved_ms = now_ms;
            tries = 0;
        }
        if (status == STATUS_BAD_DATA) return status;
        if (now_ms - moved_ms > AT24C_PATIENCE_MS && tries >= TRIES_MIN)
            return status == STATUS_OK ? STATUS_TIMEOUT : status;
    }
    return STATUS_OK;
}

static status_t enqueue(at24c_t *chip, uint32_t address, const uint8_t *data, size_t bytes)
{
    if (chip->count == chip->queue_size) {
        status_t status = drain(chip, (uint8_t)(chip->queue_size - 1u));
        if (status != STATUS_OK) return status;
    }
    if (chip->count == 0) chip->next_ms = 0;
    at24c_write_t *write = &chip->queue[(unsigned)(chip->first + chip->count) % chip->queue_size];
    write->address = address;
    write->bytes = (uint16_t)bytes;
    write->erase = !data;
    if (data) memcpy(write->data, data, bytes);
    chip->count++;
    return STATUS_OK;
}

/* Whether byte i of what will be on the medium by then differs from what is to be written. */
static bool differs(const at24c_t *chip, uint32_t address, const uint8_t *data, size_t i)
{
    uint32_t at = address + (uint32_t)i;
    return !is_known(chip, at / AT24C_PAGE_BYTES) || chip->image[at] != (data ? data[i] : ERASED);
}

/* Puts into the queue what is between the first and the last byte that changes, and into the image. */
static status_t change(at24c_t *chip, uint32_t address, const uint8_t *data, size_t bytes)
{
    size_t from = 0, to = bytes;
    while (from < to && !differs(chip, address, data, from)) from++;
    while (to > from && !differs(chip, address, data, to - 1u)) to--;
    if (from == to) return STATUS_OK;
    status_t status = enqueue(chip, address + (uint32_t)from, data ? data + from : NULL, to - from);
    if (status != STATUS_OK) return status;
    if (data) {
        memcpy(chip->image + address, data, bytes);
    } else {
        memset(chip->image + address, ERASED, bytes);
    }
    for (size_t i = 0; i < bytes; i += AT24C_PAGE_BYTES) {
        set_known(chip, (address + (uint32_t)i) / AT24C_PAGE_BYTES);
    }
    return STATUS_OK;
}

status_t at24c_program(at24c_t *chip, uint32_t address, const uint8_t *data, size_t bytes)
{
    if (!inside(chip, address, bytes) || address % AT24C_PAGE_BYTES || bytes % AT24C_PAGE_BYTES) {
        return STATUS_INVALID;
    }
    for (size_t i = 0; i < bytes; i += AT24C_PAGE_BYTES) {
        status_t status = change(chip, address + (uint32_t)i, data + i, AT24C_PAGE_BYTES);
        if (status != STATUS_OK) return status;
    }
    return STATUS_OK;
}

status_t at24c_erase(at24c_t *chip, uint32_t address)
{
    if (!inside(chip, address, chip->block_bytes) || address % chip->block_bytes) return STATUS_INVALID;
    return change(chip, address, NULL, chip->block_bytes);
}

status_t at24c_sync(at24c_t *chip)
{
    return drain(chip, 0);
}

/* ---- In the background --------------------------------------------------------------------------------- */

static uint64_t fetch(at24c_t *chip, uint64_t now_ms)
{
    uint32_t pages = chip->bytes / AT24C_PAGE_BYTES;
    while (chip->fetch_page < pages && is_known(chip, chip->fetch_page)) {
        chip->fetch_page++;
        chip->fetch_off = 0;
    }
    if (chip->fetch_page == pages) return UINT64_MAX;
    if (now_ms < chip->next_ms) return chip->next_ms;
    uint32_t at = chip->fetch_page * AT24C_PAGE_BYTES + chip->fetch_off;
    uint32_t bytes = AT24C_PAGE_BYTES - chip->fetch_off;
    if (bytes > chip->chunk_bytes) bytes = chip->chunk_bytes;
    status_t status = receive(chip, at, chip->image + at, bytes);
    chip->next_ms = now_ms + (status == STATUS_OK ? FETCH_MS : RETRY_MS);
    if (status != STATUS_OK) return chip->next_ms;
    chip->fetch_off += bytes;
    if (chip->fetch_off == AT24C_PAGE_BYTES) set_known(chip, chip->fetch_page);
    return chip->next_ms;
}

bool at24c_busy(const at24c_t *chip)
{
    return chip->count > 0;
}

uint64_t at24c_poll(at24c_t *chip, uint64_t now_ms)
{
    if (chip->count == 0) return fetch(chip, now_ms);
    if (now_ms < chip->next_ms) return chip->next_ms;
    if (chip->piece == 0) {
        (void)send_piece(chip, chip->chunk_bytes, now_ms);
    } else {
        (void)confirm_piece(chip, now_ms);
    }
    return chip->count == 0 ? now_ms : chip->next_ms;
}

status_t at24c_open(at24c_t *chip, hal_storage_geometry_t *geometry)
{
    uint8_t byte;
    status_t status = receive_patiently(chip, 0, &byte, 1);
    if (status != STATUS_OK) return status;
    *geometry = (hal_storage_geometry_t){ .page_bytes = AT24C_PAGE_BYTES,
                                          .block_bytes = chip->block_bytes,
                                          .block_count = chip->bytes / chip->block_bytes };
    return STATUS_OK;
}
