/* store_files.c - a document as a file: check sum, comparing, replacing. */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/store_parts.h"

#define PIECE_BYTES 64u

_Static_assert(LFS2_NAME_MAX + 1u >= STORE_NAME_BYTES + sizeof STORE_BAD_SUFFIX, "names fit in littlefs");

static uint32_t sum_begin(const char *name)
{
    return lfs2_crc(0xffffffffu, name, strlen(name) + 1u);
}

static void put_sum(uint8_t out[STORE_SUM_BYTES], uint32_t sum)
{
    for (unsigned i = 0; i < STORE_SUM_BYTES; i++) out[i] = (uint8_t)(sum >> 8u * i);
}

static int open_file(store_t *store, lfs2_file_t *handle, struct lfs2_file_config *config, const char *name,
                     int flags)
{
    *config = (struct lfs2_file_config){ .buffer = store->file_buffer };
    return lfs2_file_opencfg(&store->fs, handle, name, flags, config);
}

/* Exactly so many bytes, or LFS2_ERR_CORRUPT. */
static int read_exactly(store_t *store, lfs2_file_t *handle, void *out, size_t bytes)
{
    lfs2_ssize_t count = lfs2_file_read(&store->fs, handle, out, (lfs2_size_t)bytes);
    if (count < 0) return count;
    return (size_t)count == bytes ? 0 : LFS2_ERR_CORRUPT;
}

/* The text behind the check sum. What is compared need not be as long. */
static int examine_text(store_t *store, lfs2_file_t *handle, const store_file_t *file, size_t bytes,
                        const uint8_t expected[STORE_SUM_BYTES])
{
    bool same = file->text && file->bytes == bytes;
    uint32_t sum = sum_begin(file->name);
    for (size_t at = 0; at < bytes; at += PIECE_BYTES) {
        uint8_t piece[PIECE_BYTES];
        size_t count = bytes - at < sizeof piece ? bytes - at : sizeof piece;
        int error = read_exactly(store, handle, piece, count);
        if (error) return error;
        sum = lfs2_crc(sum, piece, count);
        if (same) same = memcmp(piece, file->text + at, count) == 0;
        if (file->buffer) memcpy(file->buffer + at, piece, count);
    }
    uint8_t found[STORE_SUM_BYTES];
    put_sum(found, sum);
    if (memcmp(found, expected, sizeof found) != 0) return FILE_DAMAGED;
    return same ? FILE_SAME : FILE_DIFFERS;
}

/* Size of the text, or an error; LFS2_ERR_CORRUPT when no document has such a size. */
static lfs2_soff_t text_size(store_t *store, lfs2_file_t *handle)
{
    lfs2_soff_t size = lfs2_file_size(&store->fs, handle);
    if (size < 0) return size;
    if (size < (lfs2_soff_t)STORE_SUM_BYTES) return LFS2_ERR_CORRUPT;
    size -= (lfs2_soff_t)STORE_SUM_BYTES;
    return size <= (lfs2_soff_t)STORE_DOCUMENT_BYTES_MAX ? size : LFS2_ERR_CORRUPT;
}

static int examine_open(store_t *store, lfs2_file_t *handle, const store_file_t *file, size_t *found)
{
    lfs2_soff_t bytes = text_size(store, handle);
    if (bytes < 0) return bytes;
    *found = (size_t)bytes;
    if (file->buffer && (size_t)bytes > file->bytes) return LFS2_ERR_FBIG;
    uint8_t expected[STORE_SUM_BYTES];
    int error = read_exactly(store, handle, expected, sizeof expected);
    return error ? error : examine_text(store, handle, file, (size_t)bytes, expected);
}

static int examine(store_t *store, const store_file_t *file, size_t *found)
{
    lfs2_file_t handle;
    struct lfs2_file_config config;
    int result = open_file(store, &handle, &config, file->name, LFS2_O_RDONLY);
    if (result == LFS2_ERR_NOENT) return FILE_MISSING;
    if (result == 0) {
        result = examine_open(store, &handle, file, found);
        int error = lfs2_file_close(&store->fs, &handle);
        if (result >= 0 && error) result = error;
    }
    return result == LFS2_ERR_CORRUPT ? FILE_DAMAGED : result;
}

/* Reads a whole file and judges it.
 * returns   a store_finding_t (without a text to compare with FILE_DIFFERS), or an error */
static int judge(store_t *store, const store_file_t *file)
{
    size_t found;
    return examine(store, file, &found);
}

/* name and STORE_BAD_SUFFIX */
static void bad_name(char out[LFS2_NAME_MAX + 1u], const char *name)
{
    text_writer_t writer = text_writer(out, LFS2_NAME_MAX);
    text_string(&writer, name);
    text_string(&writer, STORE_BAD_SUFFIX);
    *writer.at = '\0';
}

/* A document that is missing and should not be is damaged: it was lost, or its whole area was. */
static int missing(const store_t *store, const char *name)
{
    return store->header.kept || store_knows(store, name) ? FILE_DAMAGED : FILE_MISSING;
}

int store_file_read(store_t *store, void *argument)
{
    store_file_t *file = argument;
    size_t found = 0;
    int finding = examine(store, file, &found);
    file->bytes = found;
    return finding == FILE_MISSING ? missing(store, file->name) : finding;
}

static int write_new(store_t *store, const store_file_t *file)
{
    uint8_t sum[STORE_SUM_BYTES];
    put_sum(sum, lfs2_crc(sum_begin(file->name), file->text, file->bytes));
    lfs2_file_t handle;
    struct lfs2_file_config config;
    int error =
        open_file(store, &handle, &config, STORE_NEW_NAME, LFS2_O_WRONLY | LFS2_O_CREAT | LFS2_O_TRUNC);
    if (error) return error;
    lfs2_ssize_t count = lfs2_file_write(&store->fs, &handle, sum, sizeof sum);
    if (count >= 0) count = lfs2_file_write(&store->fs, &handle, file->text, (lfs2_size_t)file->bytes);
    error = lfs2_file_close(&store->fs, &handle);
    return count < 0 ? count : error;
}

static int count_block(void *count, lfs2_block_t block)
{
    (void)block;
    ++*(uint32_t *)count;
    return 0;
}

static int count_used(store_t *store)
{
    uint32_t blocks = 0;
    int error = lfs2_fs_traverse(&store->fs, count_block, &blocks);
    if (blocks > store->config.block_count) blocks = store->config.block_count; /* counted once a user */
    store->health.used_bytes = blocks * store->config.block_size;
    return error;
}

int store_file_write(store_t *store, void *argument)
{
    const store_file_t *file = argument;
    int finding = judge(store, file);
    if (finding < 0 || finding == FILE_SAME) return finding;
    int error = 0;
    if (finding == FILE_DAMAGED) {
        char bad[LFS2_NAME_MAX + 1u];
        bad_name(bad, file->name);
        error = lfs2_rename(&store->fs, file->name, bad);
    }
    if (error == 0) error = write_new(store, file);
    if (error == 0) error = lfs2_rename(&store->fs, STORE_NEW_NAME, file->name);
    if (error == 0) {
        store->health.writes++;
        error = count_used(store);
    } else if (store->medium == STATUS_OK) {
        (void)lfs2_remove(&store->fs,
                          STORE_NEW_NAME); /* its room is needed; the next one would replace it, too */
    }
    return error;
}

int store_file_remove(store_t *store, void *argument)
{
    const store_file_t *file = argument;
    char bad[LFS2_NAME_MAX + 1u];
    bad_name(bad, file->name);
    int error = lfs2_remove(&store->fs, bad);
    if (error && error != LFS2_ERR_NOENT) return error;
    error = lfs2_remove(&store->fs, file->name);
    return error == LFS2_ERR_NOENT ? 0 : error;
}

/* ---- At start ------------------------------------------------------------------------------------------ */

static int check_entry(store_t *store, const struct lfs2_info *info)
{
    if (info->type != LFS2_TYPE_REG) return 0;
    if (info->size > STORE_DOCUMENT_BYTES_MAX + STORE_SUM_BYTES) return LFS2_ERR_CORRUPT;
    if (!store_name_is_valid(info->name)) return 0;
    int finding = judge(store, &(store_file_t){ .name = info->name });
    if (finding == FILE_DAMAGED) {
        log_error("store", "document %s is damaged", info->name);
        store->health.damaged++;
    }
    if (finding < 0) return finding;
    return store_remember(store, info->name) == STATUS_OK ? 0 : LFS2_ERR_CORRUPT;
}

int store_check(store_t *store, void *unused)
{
    (void)unused;
    lfs2_dir_t folder;
    int result = lfs2_dir_open(&store->fs, &folder, "/");
    if (result) return result;
    struct lfs2_info info;
    while ((result = lfs2_dir_read(&store->fs, &folder, &info)) > 0) {
        result = check_entry(store, &info);
        if (result < 0) break;
    }
    int error = lfs2_dir_close(&store->fs, &folder);
    if (result == 0) result = error;
    return result ? result : count_used(store);
}
