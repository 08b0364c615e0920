/* store_areas.c - which area is in use, and what is done when it cannot be. */
#include <string.h>

#include "base/log.h"
#include "store/store_parts.h"

/* magic, sequence, phase, area, kept, count of names, names, check sum; little-endian */
#define RECORD_NAMES 12u
#define RECORD_SUM   (RECORD_NAMES + 2u * STORE_NAMES_MAX)
#define RECORD_BYTES (RECORD_SUM + 4u)

_Static_assert(RECORD_BYTES <= STORE_PAGE_BYTES_MAX, "the record fits in the buffer of a page");

static const uint8_t magic[4] = { 'J', 'B', 'S', '1' };

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put_u32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) at[i] = (uint8_t)(value >> 8u * i);
}

/* ---- The header ---------------------------------------------------------------------------------------- */

static bool parse_record(const uint8_t record[RECORD_BYTES], store_header_t *header)
{
    if (memcmp(record, magic, sizeof magic) != 0) return false;
    if (get_u32(record + RECORD_SUM) != lfs2_crc(0xffffffffu, record, RECORD_SUM)) return false;
    *header = (store_header_t){ .sequence = get_u32(record + 4),
                                .phase = record[8],
                                .area = record[9],
                                .kept = record[10],
                                .name_count = record[11] };
    for (unsigned i = 0; i < STORE_NAMES_MAX; i++) {
        header->names[i] = (uint16_t)get_u32(record + RECORD_NAMES + 2u * i);
    }
    return header->name_count <= STORE_NAMES_MAX && header->phase >= PHASE_ACTIVE &&
           header->phase <= PHASE_ERASING && header->area < STORE_AREAS && header->kept < 1u << STORE_AREAS;
}

/* The newer of the two records. phase 0: there is none. */
static status_t read_header(store_t *store)
{
    store->header = (store_header_t){ 0 };
    for (uint32_t block = 0; block < STORE_HEADER_BLOCKS; block++) {
        uint8_t record[RECORD_BYTES];
        store_header_t found;
        status_t status = hal_storage_read(block * store->geometry.block_bytes, record, sizeof record);
        if (status != STATUS_OK) return status;
        if (!parse_record(record, &found)) continue;
        /* They are one apart, also where the number begins anew. */
        if (store->header.phase && (int32_t)(found.sequence - store->header.sequence) < 0) continue;
        store->header = found;
    }
    return STATUS_OK;
}

/* Bytes of a record in whole pages. */
static size_t record_pages(const store_t *store)
{
    size_t page = store->geometry.page_bytes;
    return (RECORD_BYTES + page - 1u) / page * page;
}

/* Over the older record, so that a cut leaves the newer one. */
static status_t write_header(store_t *store, store_phase_t phase, uint32_t area, unsigned kept)
{
    store_header_t next = store->header;
    next.sequence++;
    next.phase = (uint8_t)phase;
    next.area = (uint8_t)area;
    next.kept = (uint8_t)kept;
    uint8_t page[STORE_PAGE_BYTES_MAX];
    memset(page, 0xff, sizeof page);
    memcpy(page, magic, sizeof magic);
    put_u32(page + 4, next.sequence);
    page[8] = next.phase;
    page[9] = next.area;
    page[10] = next.kept;
    page[11] = next.name_count;
    for (unsigned i = 0; i < STORE_NAMES_MAX; i++) {
        page[RECORD_NAMES + 2u * i] = (uint8_t)next.names[i];
        page[RECORD_NAMES + 2u * i + 1u] = (uint8_t)(next.names[i] >> 8);
    }
    put_u32(page + RECORD_SUM, lfs2_crc(0xffffffffu, page, RECORD_SUM));
    uint32_t address = next.sequence % STORE_HEADER_BLOCKS * store->geometry.block_bytes;
    status_t status = hal_storage_erase(address);
    if (status == STATUS_OK) status = hal_storage_program(address, page, record_pages(store));
    if (status != STATUS_OK) return status;
    store->header = next;
    store->stale = false;
    return STATUS_OK;
}

static uint16_t hash_of(const char *name)
{
    return (uint16_t)lfs2_crc(0xffffffffu, name, strlen(name));
}

bool store_knows(const store_t *store, const char *name)
{
    for (unsigned i = 0; i < store->header.name_count; i++) {
        if (store->header.names[i] == hash_of(name)) return true;
    }
    return false;
}

static status_t rewrite_header(store_t *store)
{
    return write_header(store, PHASE_ACTIVE, store->header.area, store->header.kept);
}

status_t store_remember(store_t *store, const char *name)
{
    if (store_knows(store, name)) return STATUS_OK;
    if (store->header.name_count == STORE_NAMES_MAX) return STATUS_NO_MEMORY;
    store->header.names[store->header.name_count++] = hash_of(name);
    store->stale = true;
    return store->usable ? rewrite_header(store) : STATUS_OK;
}

status_t store_forget(store_t *store, const char *name)
{
    store_header_t *header = &store->header;
    for (unsigned i = 0; i < header->name_count; i++) {
        if (header->names[i] != hash_of(name)) continue;
        header->names[i] = header->names[--header->name_count];
        return rewrite_header(store);
    }
    return STATUS_OK;
}

/* ---- One area ------------------------------------------------------------------------------------------ */

static int mount_work(store_t *store, void *unused)
{
    (void)unused;
    return lfs2_mount(&store->fs, &store->config);
}

static int format_work(store_t *store, void *unused)
{
    (void)unused;
    return lfs2_format(&store->fs, &store->config);
}

/* Mounts an area and looks at all that is in it.
 * returns   STATUS_OK, STATUS_BAD_DATA (damaged), or what the memory answered */
static status_t try_area(store_t *store, uint32_t area)
{
    store_select_area(store, area);
    store->health.damaged = 0;
    int error = store_run(store, mount_work, NULL);
    if (error >= 0) error = store_run(store, store_check, NULL);
    if (error >= 0) return STATUS_OK;
    return store->medium != STATUS_OK ? store->medium : STATUS_BAD_DATA;
}

/* Formats an area and begins to use it. A cut within it is seen in the header. */
static status_t make_area(store_t *store, uint32_t area, unsigned kept)
{
    status_t status = STATUS_OK;
    if (store->header.phase != PHASE_MAKING || store->header.area != area || store->header.kept != kept) {
        status = write_header(store, PHASE_MAKING, area, kept);
    }
    if (status != STATUS_OK) return status;
    store_select_area(store, area);
    int error = store_run(store, format_work, NULL);
    if (error < 0) return store_status(store, error);
    status = write_header(store, PHASE_ACTIVE, area, kept);
    return status == STATUS_OK ? try_area(store, area) : status;
}

static status_t is_blank(const store_t *store, uint32_t area, bool *blank)
{
    const hal_storage_geometry_t *geometry = &store->geometry;
    uint32_t bytes = (geometry->block_count - STORE_HEADER_BLOCKS) / STORE_AREAS * geometry->block_bytes;
    uint32_t begin = STORE_HEADER_BLOCKS * geometry->block_bytes + area * bytes;
    *blank = true;
    for (uint32_t at = 0; at < bytes && *blank; at += 32u) {
        uint8_t piece[32];
        status_t status = hal_storage_read(begin + at, piece, sizeof piece);
        if (status != STATUS_OK) return status;
        for (size_t i = 0; i < sizeof piece; i++) {
            if (piece[i] != 0xff) *blank = false;
        }
    }
    return STATUS_OK;
}

/* ---- Both ---------------------------------------------------------------------------------------------- */

/* The area in use turned out to be damaged: it is kept, the other one begins, unless that is kept, too. */
static status_t replace_area(store_t *store)
{
    unsigned kept = store->header.kept | 1u << store->header.area;
    uint32_t other = 1u - store->header.area;
    log_error("store", "area %u is damaged and kept as it is", (unsigned)store->header.area);
    if (kept >> other & 1u) return STATUS_BAD_DATA;
    return make_area(store, other, kept);
}

/* No header can be read: a new memory, a cut within the first start, or damage. An area that is sound is used, one
 * that is blank is made, one that is neither is kept. The second one was never begun while the first is blank. */
static status_t open_without_header(store_t *store)
{
    unsigned kept = 0;
    for (uint32_t area = 0; area < STORE_AREAS; area++) {
        bool blank;
        status_t status = is_blank(store, area, &blank);
        if (status != STATUS_OK) return status;
        if (blank) return make_area(store, area, kept);
        status = try_area(store, area);
        if (status == STATUS_OK) {
            log_warning("store", "the header was lost; area %u is sound", (unsigned)area);
            return write_header(store, PHASE_ACTIVE, area, kept);
        }
        if (status != STATUS_BAD_DATA) return status;
        log_error("store", "area %u holds nothing that can be read and is kept as it is", (unsigned)area);
        kept |= 1u << area;
        store->header = (store_header_t){ 0 };
    }
    return STATUS_BAD_DATA;
}

status_t store_areas_open(store_t *store)
{
    status_t status = read_header(store);
    if (status != STATUS_OK) return status;
    switch (store->header.phase) {
    case PHASE_ACTIVE:
        status = try_area(store, store->header.area);
        if (status == STATUS_OK && store->stale) return rewrite_header(store);
        return status == STATUS_BAD_DATA ? replace_area(store) : status;
    case PHASE_MAKING: return make_area(store, store->header.area, store->header.kept);
    case PHASE_ERASING: return store_areas_erase(store);
    default: return open_without_header(store);
    }
}

status_t store_areas_erase(store_t *store)
{
    store->header.name_count = 0;
    status_t status = write_header(store, PHASE_ERASING, 0, 0);
    const hal_storage_geometry_t *geometry = &store->geometry;
    for (uint32_t i = STORE_HEADER_BLOCKS; i < geometry->block_count && status == STATUS_OK; i++) {
        status = hal_storage_erase(i * geometry->block_bytes);
    }
    return status == STATUS_OK ? make_area(store, 0, 0) : status;
}
