/* store/store.h - small documents by name that survive a power cut at any moment.
 *
 * Documents are files of littlefs on hal/storage.h. A document that is written is a new file, which takes the old
 * one's name when it is whole: after a power cut a reader finds the old document or the new one. What has not
 * changed is not written. Each document carries a check sum over its name and text.
 *
 * The memory is divided into two blocks of header and two areas, of which one is in use. The header says which,
 * and what was being done to it, so that a cut while an area is made, or while everything is erased, is made up for
 * by the next start. An area that is damaged (no file system in it, or its structure is broken somewhere) is kept as
 * it is for whoever wants to look, and the other one begins anew. When both are damaged nothing is erased and
 * nothing lasts. A document that is damaged counts as missing; when it is written again the damaged one stays
 * beside it as "<name>.bad".
 *
 * Ownership that was lost must not look like ownership that never was. A rotten bit in a directory can take it back
 * to an earlier state, in which there was no such document; so the header remembers the names of those that there
 * are, and a document is STATUS_NOT_FOUND only where there is no sign that it may have been lost. (An earlier state
 * with an earlier version of the document is not noticed.)
 *
 * Context: main loop only; one store a device (littlefs_port.h).
 * Time:    store_open reads headers, directory and every document: at 100 kHz on I2C 6 ms for each 64 bytes of
 *          them, and half of the memory when there is no header yet. store_write takes a Cortex-M3 at 25 MHz about
 *          4 ms for a document of 300 bytes, plus what hal/storage.h says of a full queue. No operation takes more
 *          than STORE_STEPS_MAX accesses, whatever the memory holds.
 * Stack:   about 1 KiB.
 * Memory:  3 * STORE_PAGE_BYTES_MAX and 400 bytes.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lfs2.h"

#include "config/limits.h"
#include "hal/status.h"
#include "hal/storage.h"
#include "store/store_health.h"

/* What the header says. */
typedef struct {
    uint32_t sequence;
    uint8_t phase; /* store_phase_t */
    uint8_t area;  /* the one in use, or being made */
    uint8_t kept;  /* bit n: area n is damaged and kept */
    uint8_t name_count;
    uint16_t names[STORE_NAMES_MAX]; /* hashes of the names of all documents that there are */
} store_header_t;

typedef struct {
    store_health_t health;
    bool usable;
    hal_storage_geometry_t geometry;
    store_header_t header;
    bool stale;      /* a document was found that the header does not know */
    uint32_t base;   /* address of the area in use */
    uint32_t steps;  /* accesses that are left to this operation */
    status_t medium; /* the first that hal_storage answered to this operation but STATUS_OK */
    lfs2_t fs;
    struct lfs2_config config;
    _Alignas(4) uint8_t read_buffer[STORE_PAGE_BYTES_MAX];
    uint8_t program_buffer[STORE_PAGE_BYTES_MAX];
    uint8_t file_buffer[STORE_PAGE_BYTES_MAX];
    _Alignas(8) uint8_t lookahead[STORE_LOOKAHEAD_BYTES];
} store_t;

/* Starts the memory, finds the area in use or makes one, checks all that is in it, and says in the log what it
 * found. Writes nothing where there is nothing to make. Called once.
 * returns   STATUS_OK: documents can be read and written (health says more); else nothing lasts: STATUS_UNSUPPORTED
 *           (no memory, or one that is too small), STATUS_BAD_DATA (STORE_UNUSABLE), or what the memory answered */
status_t store_open(store_t *store);

/* Reads a document.
 * name      [a-z0-9_]+, less than STORE_NAME_BYTES of them; here and in all that follows
 * text      the caller's, capacity bytes of it; undefined unless STATUS_OK
 * bytes     written only on STATUS_OK
 * returns   STATUS_OK; STATUS_NOT_FOUND (it was never written, or was removed); STATUS_BAD_DATA (there is or may
 *           have been one, but it is damaged or lost); STATUS_NO_MEMORY (longer than capacity); STATUS_INVALID
 *           (name); STATUS_UNSUPPORTED (the store cannot be used, so nobody knows); else what the memory answered */
status_t store_read(store_t *store, const char *name, char *text, size_t capacity, size_t *bytes);

/* Writes a document, unless it has this text already. It is safe (see above) when this returns, and lasts when
 * store_sync has returned.
 * text      bytes of it, at most STORE_DOCUMENT_BYTES_MAX
 * returns   STATUS_OK; STATUS_NO_MEMORY (the area is full, or there are STORE_NAMES_MAX others); STATUS_INVALID (name, or too long);
 *           STATUS_UNSUPPORTED (the store cannot be used); STATUS_BAD_DATA (damage that was not there at start); else
 *           what the memory answered. Unless STATUS_OK the old document is still there. */
status_t store_write(store_t *store, const char *name, const char *text, size_t bytes);

/* Removes a document, and the damaged one beside it.
 * returns   STATUS_OK, also when there was none; else as store_write */
status_t store_remove(store_t *store, const char *name);

/* Erases every byte of every document, of both areas and all that littlefs left of older ones, then begins anew.
 * Blocks for as long as the memory takes (32 KiB on I2C at 100 kHz: up to 15 s). A cut within it is made up for by
 * the next start.
 * returns   STATUS_OK (all of it is on the medium); STATUS_UNSUPPORTED (no memory); else what the memory answered */
status_t store_format(store_t *store);

/* Blocks until all that was written lasts.
 * returns   STATUS_OK, also when the store cannot be used; else what the memory answered */
status_t store_sync(store_t *store);

/* Whether a power cut now could take back something that was written. */
bool store_busy(const store_t *store);

/* Does a bounded piece of pending work.
 * returns   when it wants to be called next */
uint64_t store_poll(store_t *store, uint64_t now_ms);

static inline const store_health_t *store_health(const store_t *store)
{
    return &store->health;
}

/* Whether a text will do as a document's name. */
bool store_name_is_valid(const char *name);

#endif
