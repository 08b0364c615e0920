/* at24c.h - EEPROMs on I2C with 64-byte pages and 16-bit addresses: AT24C128, AT24C256 and their like.
 *
 * Data sheet Atmel/Microchip 20006270 (AT24C256C): section 7.2 page write, 7.3 acknowledge polling, 8 read.
 * A page write takes the chip up to 5 ms, during which it does not acknowledge its address.
 *
 * The driver implements hal/storage.h for a family; see there. Writes go into a queue which at24c_poll works off
 * in its order, one piece at a time; each piece is read back before the next one goes out, so a chip that does not
 * keep what it is given (worn out, write-protected) is noticed. Reads come from an image in RAM, which is filled
 * page by page when somebody reads, and in the background by at24c_poll. What would not change a byte is not
 * written: neither the 0xff of a page programmed in part nor the erasing of what is blank.
 *
 * Context: main loop only.
 * Time:    at24c_poll: one transfer of at most chunk_bytes and 4 more, that is (chunk_bytes + 4) * 9 bits.
 *          at24c_read: about 6 ms at 100 kHz for each page that is not in the image yet, else a copy.
 *          at24c_program and at24c_erase: a copy, unless the queue is full; then about 20 ms a page at 100 kHz.
 *          at24c_sync: the same for each page that is queued. A chip that does not answer any more is given up
 *          after AT24C_PATIENCE_MS by each of them.
 */
#ifndef AT24C_H
#define AT24C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/i2c.h"
#include "hal/storage.h"

#define AT24C_PAGE_BYTES  64u
#define AT24C_PATIENCE_MS 100u

/* Bytes of the bit map of the pages that are in the image. */
#define AT24C_KNOWN_BYTES(bytes) ((bytes) / AT24C_PAGE_BYTES / 8u)

/* What is to be written. An erase covers a block and needs no data. */
typedef struct {
    uint32_t address;
    uint16_t bytes;
    bool erase;
    uint8_t data[AT24C_PAGE_BYTES];
} at24c_write_t;

typedef struct {
    /* Facts, by the board. Buffers are its own, alive as long as the firmware. */
    hal_i2c_t *bus;
    uint8_t addr;         /* 0x50..0x57, by pins */
    uint8_t chunk_bytes;  /* moved by one at24c_poll, 1..AT24C_PAGE_BYTES */
    uint8_t queue_size;   /* of queue: a small document changes about 10 pages, each takes one */
    uint32_t bytes;       /* of the chip that are used, from address 0: less than all of them on a board with
                           * little RAM. A multiple of block_bytes and of 512 */
    uint32_t block_bytes; /* unit of erasing, a multiple of AT24C_PAGE_BYTES */
    uint8_t *image;       /* bytes of RAM */
    uint8_t *known;       /* AT24C_KNOWN_BYTES(bytes), zero at start */
    at24c_write_t *queue;

    /* The driver's own, zero at start. */
    uint8_t first, count;           /* of the queue */
    uint8_t piece;                  /* bytes that were sent and are not confirmed yet; 0: send */
    uint8_t mismatches;             /* in a row */
    uint16_t done;                  /* bytes of the first entry */
    status_t failure;               /* of the last piece; STATUS_OK: it went well */
    uint64_t next_ms, sent_ms;      /* when to go on; when the chip began to write */
    uint32_t fetch_page, fetch_off; /* where the background fetch is */
} at24c_t;

/* Looks whether the chip answers. It may be busy with what the last life of the firmware gave it. */
status_t at24c_open(at24c_t *chip, hal_storage_geometry_t *geometry);

/* As hal_storage_... */
status_t at24c_read(at24c_t *chip, uint32_t address, uint8_t *out, size_t bytes);
status_t at24c_program(at24c_t *chip, uint32_t address, const uint8_t *data, size_t bytes);
status_t at24c_erase(at24c_t *chip, uint32_t address);
status_t at24c_sync(at24c_t *chip);
bool at24c_busy(const at24c_t *chip);
uint64_t at24c_poll(at24c_t *chip, uint64_t now_ms);

#endif
