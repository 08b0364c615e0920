#include "store/store.h"

#include <string.h>

#include "base/log.h"
#include "store/store_parts.h"

/* What an area must have: two blocks of directory, as many to move it to, and some for a document. */
#define AREA_BLOCKS_MIN 6u

const char *store_state_name(store_state_t state)
{
    static const char *const names[] = {
        [STORE_GOOD] = "good",         [STORE_NONE] = "none",         [STORE_SILENT] = "silent",
        [STORE_REPLACED] = "replaced", [STORE_UNUSABLE] = "unusable",
    };
    return names[state];
}

bool store_name_is_valid(const char *name)
{
    size_t bytes = 0;
    for (; name[bytes]; bytes++) {
        char c = name[bytes];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
        if (bytes + 1u == STORE_NAME_BYTES) return false;
    }
    return bytes > 0;
}

static bool suits(const hal_storage_geometry_t *geometry)
{
    return geometry->page_bytes >= 16u && geometry->page_bytes <= STORE_PAGE_BYTES_MAX &&
           geometry->page_bytes % 16u == 0 && geometry->block_bytes >= 128u &&
           geometry->block_bytes % geometry->page_bytes == 0 &&
           geometry->block_count >= STORE_HEADER_BLOCKS + STORE_AREAS * AREA_BLOCKS_MIN;
}

static store_state_t judge(const store_t *store, status_t status)
{
    if (status == STATUS_OK) return store->header.kept ? STORE_REPLACED : STORE_GOOD;
    if (status == STATUS_UNSUPPORTED) return STORE_NONE;
    return status == STATUS_BAD_DATA ? STORE_UNUSABLE : STORE_SILENT;
}

static status_t settle(store_t *store, status_t status)
{
    store->usable = status == STATUS_OK;
    store->health.state = judge(store, status);
    if (status == STATUS_OK) {
        log_info("store", "%s, area %u, %u of %u bytes used", store_state_name(store->health.state),
                 (unsigned)store->header.area, (unsigned)store->health.used_bytes,
                 (unsigned)store->health.size_bytes);
    } else {
        log_error("store", "%s: nothing lasts", store_state_name(store->health.state));
    }
    return status;
}

status_t store_open(store_t *store)
{
    memset(store, 0, sizeof *store);
    status_t status = hal_storage_open(&store->geometry);
    if (status != STATUS_OK) {
        store->geometry.block_count = 0; /* store_format has nothing to work on */
        return settle(store, status);
    }
    if (!suits(&store->geometry)) {
        store->geometry.block_count = 0;
        return settle(store, STATUS_UNSUPPORTED);
    }
    return settle(store, store_areas_open(store));
}

status_t store_read(store_t *store, const char *name, char *text, size_t capacity, size_t *bytes)
{
    if (!store_name_is_valid(name)) return STATUS_INVALID;
    if (!store->usable) return STATUS_UNSUPPORTED;
    store_file_t file = { .name = name, .buffer = text, .bytes = capacity };
    int finding = store_run(store, store_file_read, &file);
    if (finding == LFS2_ERR_FBIG) return STATUS_NO_MEMORY;
    if (finding < 0) return store_status(store, finding);
    if (finding == FILE_MISSING) return STATUS_NOT_FOUND;
    if (finding == FILE_DAMAGED) return STATUS_BAD_DATA;
    *bytes = file.bytes;
    return STATUS_OK;
}

/* A change that was begun: what came of it. */
static status_t changed(store_t *store, const char *name, int error)
{
    if (error >= 0) return STATUS_OK;
    status_t status = store_status(store, error);
    store->health.write_failures++;
    log_error("store", "document %s cannot be written (%d)", name, error);
    return status == STATUS_NOT_FOUND ? STATUS_BAD_DATA : status;
}

status_t store_write(store_t *store, const char *name, const char *text, size_t bytes)
{
    if (!store_name_is_valid(name) || bytes > STORE_DOCUMENT_BYTES_MAX) return STATUS_INVALID;
    if (!store->usable) return STATUS_UNSUPPORTED;
    store_file_t file = { .name = name, .text = text, .bytes = bytes };
    if (!store_knows(store, name) && store->header.name_count == STORE_NAMES_MAX) return STATUS_NO_MEMORY;
    status_t status = changed(store, name, store_run(store, store_file_write, &file));
    /* Not before: a cut in between must not make a document look lost that never was. */
    return status == STATUS_OK ? store_remember(store, name) : status;
}

status_t store_remove(store_t *store, const char *name)
{
    if (!store_name_is_valid(name)) return STATUS_INVALID;
    if (!store->usable) return STATUS_UNSUPPORTED;
    store_file_t file = { .name = name };
    status_t status = store_forget(store, name);
    return status == STATUS_OK ? changed(store, name, store_run(store, store_file_remove, &file)) : status;
}

status_t store_format(store_t *store)
{
    if (store->geometry.block_count == 0) return STATUS_UNSUPPORTED;
    log_warning("store", "everything is erased");
    status_t status = settle(store, store_areas_erase(store));
    return status == STATUS_OK ? hal_storage_sync() : status;
}

status_t store_sync(store_t *store)
{
    return store->usable ? hal_storage_sync() : STATUS_OK;
}

bool store_busy(const store_t *store)
{
    return store->usable && hal_storage_busy();
}

uint64_t store_poll(store_t *store, uint64_t now_ms)
{
    return store->geometry.block_count ? hal_storage_poll(now_ms) : UINT64_MAX;
}
