/* store_littlefs.c - littlefs on one area of the memory, and a fence around it: bounded in steps, and with a way
 * out where it finds that its own state cannot be. */
#include <setjmp.h>

#include "store/littlefs_port.h"
#include "store/store_parts.h"

#define READ_BYTES 16u

/* Where a failed assertion of littlefs's goes. Nobody's struct can own it: an assertion gets no context. */
static jmp_buf *way_out;

void store_littlefs_failed(void)
{
    longjmp(*way_out, 1);
}

/* ---- What littlefs calls ------------------------------------------------------------------------------- */

static int step(store_t *store, status_t status)
{
    if (status == STATUS_OK) return LFS2_ERR_OK;
    if (store->medium == STATUS_OK) store->medium = status;
    return LFS2_ERR_IO;
}

/* Where a part of a block is: never beyond the area, and never without end.
 * returns   0, or an error of littlefs's */
static int locate(const struct lfs2_config *config, lfs2_block_t block, lfs2_off_t off, lfs2_size_t size,
                  uint32_t *address)
{
    store_t *store = config->context;
    if (store->steps == 0) return LFS2_ERR_IO;
    store->steps--;
    if (block >= config->block_count || off > config->block_size || size > config->block_size - off) {
        return LFS2_ERR_CORRUPT;
    }
    *address = store->base + block * config->block_size + off;
    return LFS2_ERR_OK;
}

static int read_part(const struct lfs2_config *config, lfs2_block_t block, lfs2_off_t off, void *buffer,
                     lfs2_size_t size)
{
    uint32_t address;
    int error = locate(config, block, off, size, &address);
    return error ? error : step(config->context, hal_storage_read(address, buffer, size));
}

static int program_part(const struct lfs2_config *config, lfs2_block_t block, lfs2_off_t off,
                        const void *buffer, lfs2_size_t size)
{
    uint32_t address;
    int error = locate(config, block, off, size, &address);
    return error ? error : step(config->context, hal_storage_program(address, buffer, size));
}

static int erase_block(const struct lfs2_config *config, lfs2_block_t block)
{
    uint32_t address;
    int error = locate(config, block, 0, config->block_size, &address);
    return error ? error : step(config->context, hal_storage_erase(address));
}

/* Operations keep their order, which is all that littlefs needs; when they must last store_sync is called. */
static int sync_order(const struct lfs2_config *config)
{
    (void)config;
    return LFS2_ERR_OK;
}

/* ---- The fence ----------------------------------------------------------------------------------------- */

void store_select_area(store_t *store, uint32_t area)
{
    const hal_storage_geometry_t *geometry = &store->geometry;
    uint32_t blocks = (geometry->block_count - STORE_HEADER_BLOCKS) / STORE_AREAS;
    store->base = (STORE_HEADER_BLOCKS + area * blocks) * geometry->block_bytes;
    store->config = (struct lfs2_config){
        .context = store,
        .read = read_part,
        .prog = program_part,
        .erase = erase_block,
        .sync = sync_order,
        .read_size = READ_BYTES,
        .prog_size = geometry->page_bytes,
        .block_size = geometry->block_bytes,
        .block_count = blocks,
        .block_cycles = STORE_BLOCK_CYCLES,
        .cache_size = geometry->page_bytes,
        .lookahead_size = STORE_LOOKAHEAD_BYTES,
        .read_buffer = store->read_buffer,
        .prog_buffer = store->program_buffer,
        .lookahead_buffer = store->lookahead,
    };
    store->health.size_bytes = blocks * geometry->block_bytes;
}

int store_run(store_t *store, store_work_t work, void *argument)
{
    jmp_buf here;
    volatile int result = LFS2_ERR_CORRUPT;
    store->steps = STORE_STEPS_MAX;
    store->medium = STATUS_OK;
    way_out = &here;
    if (setjmp(here) == 0) {
        result = work(store, argument);
    } else {
        /* What littlefs knows of open files lies in frames that are gone: only mounting anew ends that. */
        store->usable = false;
        store->health.state = STORE_UNUSABLE;
    }
    way_out = NULL;
    if (store->steps == 0) result = LFS2_ERR_CORRUPT;
    return result;
}

status_t store_status(const store_t *store, int error)
{
    if (error >= 0) return STATUS_OK;
    if (store->medium != STATUS_OK) return store->medium;
    switch (error) {
    case LFS2_ERR_NOENT: return STATUS_NOT_FOUND;
    case LFS2_ERR_NOSPC:
    case LFS2_ERR_NOMEM: return STATUS_NO_MEMORY;
    default: return STATUS_BAD_DATA;
    }
}
