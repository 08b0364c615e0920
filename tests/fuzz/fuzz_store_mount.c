/* libFuzzer target: the store starts on any memory, ends in bounded steps, and can be erased and used afterwards.
 *
 * Random bytes have no right check sums, so the first byte of the input chooses how the rest becomes a memory:
 *   0   as it is, from address 0; behind it the memory is erased
 *   1   parts laid over a store that has documents: address (2 bytes), count (1 byte), bytes
 *   2   as 1, and then every check sum of the header and of the directory's first commits is made right
 *   3   directory blocks from scratch: pieces of block (1 byte), count (1 byte) and that many tags of type
 *       (2 bytes), id (1 byte), size (1 byte) and data, each as a commit with a right check sum
 * After 2 and 3 nothing is written before the memory is erased: whoever can make check sums right can write tokens,
 * too, and littlefs trusts what it finds behind them when it rewrites a directory. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"
#include "tests/support/ram_storage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define AREA (2u * RAM_BLOCK_BYTES)

typedef struct {
    const uint8_t *at, *end;
} input_t;

static unsigned take(input_t *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

/* ---- The memory ---------------------------------------------------------------------------------------- */

static store_t store;
static uint8_t valid[RAM_BYTES];

static void put(const char *name, size_t bytes, char fill)
{
    char text[1200];
    memset(text, fill, sizeof text);
    if (store_write(&store, name, text, bytes) != STATUS_OK) abort();
}

static void make_valid(void)
{
    ram_erase_all();
    if (store_open(&store) != STATUS_OK) abort();
    for (char i = 0; i < 5; i++) {
        put("device", 40, (char)('a' + i));
        put("tokens", 1200, (char)('k' + i));
        put("sensors", 300, (char)('0' + i));
    }
    memcpy(valid, ram.image, sizeof valid);
}

static void lay_over(input_t *in)
{
    memcpy(ram.image, valid, sizeof valid);
    while (in->at < in->end) {
        unsigned address = take(in);
        address |= take(in) << 8;
        for (unsigned count = take(in); count > 0 && in->at < in->end; count--, address++) {
            ram.image[address % RAM_BYTES] = (uint8_t)take(in);
        }
    }
}

static void put_le32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) at[i] = (uint8_t)(value >> 8u * i);
}

static void put_be32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (24u - 8u * i));
}

static uint32_t get_be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Bytes of data behind a tag (littlefs's SPEC.md, "metadata tags"). */
static size_t tag_bytes(uint32_t tag)
{
    return (tag & 0x3ffu) == 0x3ffu ? 0 : tag & 0x3ffu;
}

/* Walks the commits of a directory block as littlefs does and makes each check sum right. */
static void mend_block(uint8_t *block)
{
    size_t at = 4;
    uint32_t tag = 0xffffffffu, sum = lfs2_crc(0xffffffffu, block, 4);
    while (at + 8u <= RAM_BLOCK_BYTES) {
        tag ^= get_be32(block + at);
        if (tag & 0x80000000u) return;
        sum = lfs2_crc(sum, block + at, 4);
        if ((tag >> 20 & 0x780u) == 0x500u && (tag >> 20 & 0x7ffu) != 0x5ffu) {
            put_le32(block + at + 4, sum);
            sum = 0xffffffffu;
            tag ^= (tag >> 20 & 1u) << 31;
            at += 4u + tag_bytes(tag & 0x7fffffffu);
            continue;
        }
        size_t bytes = tag_bytes(tag);
        if (at + 4u + bytes > RAM_BLOCK_BYTES) return;
        sum = lfs2_crc(sum, block + at + 4, bytes);
        at += 4u + bytes;
    }
}

static void mend(void)
{
    for (uint32_t block = 2; block < RAM_BLOCKS; block++) mend_block(ram.image + block * RAM_BLOCK_BYTES);
    for (uint32_t block = 0; block < 2; block++) {
        uint8_t *record = ram.image + block * RAM_BLOCK_BYTES;
        size_t bytes = 12u + 2u * STORE_NAMES_MAX;
        put_le32(record + bytes, lfs2_crc(0xffffffffu, record, bytes));
    }
}

typedef struct {
    uint8_t *block;
    size_t used;
    uint32_t tag, sum;
} commit_t;

static bool add(commit_t *commit, uint32_t tag, const uint8_t *bytes, size_t count)
{
    if (commit->used + 4u + count + 8u > RAM_BLOCK_BYTES) return false;
    uint8_t *at = commit->block + commit->used;
    put_be32(at, tag ^ commit->tag);
    memcpy(at + 4, bytes, count);
    commit->sum = lfs2_crc(commit->sum, at, 4u + count);
    commit->tag = tag & 0x7fffffffu;
    commit->used += 4u + count;
    return true;
}

static void close_commit(commit_t *commit)
{
    uint8_t *at = commit->block + commit->used;
    uint32_t tag = 0x500u << 20 | 0x3ffu << 10 | 4u;
    put_be32(at, tag ^ commit->tag);
    put_le32(at + 4, lfs2_crc(commit->sum, at, 4));
    commit->used += 8u;
    commit->tag = tag;
    commit->sum = 0xffffffffu;
}

/* What a file system of this size begins with, so that what follows is looked at. */
static void add_superblock(commit_t *commit)
{
    uint8_t facts[24];
    const uint32_t values[] = { 0x00020001,    RAM_BLOCK_BYTES, (RAM_BLOCKS - 2u) / 2u,
                                LFS2_NAME_MAX, 2147483647,      1022 };
    for (unsigned i = 0; i < 6; i++) put_le32(facts + 4u * i, values[i]);
    (void)add(commit, 0x401u << 20, (const uint8_t *)"", 0);
    (void)add(commit, 0x0ffu << 20 | 8u, (const uint8_t *)"littlefs", 8);
    (void)add(commit, 0x201u << 20 | 24u, facts, sizeof facts);
}

static void build(input_t *in)
{
    ram_erase_all();
    memcpy(ram.image, valid, AREA); /* the header */
    commit_t commits[RAM_BLOCKS] = { 0 };
    bool super = take(in) & 1u;
    while (in->at < in->end) {
        unsigned number = take(in) % 8u;
        commit_t *commit = &commits[number];
        if (!commit->block) {
            *commit = (commit_t){ ram.image + AREA + number * RAM_BLOCK_BYTES, 4, 0xffffffffu, 0 };
            put_le32(commit->block, take(in));
            commit->sum = lfs2_crc(0xffffffffu, commit->block, 4);
            if (super && number < 2) add_superblock(commit);
        }
        for (unsigned tags = take(in) % 16u; tags > 0; tags--) {
            uint32_t tag = take(in) << 28 | take(in) << 20 | take(in) << 10;
            size_t bytes = take(in);
            if (bytes > (size_t)(in->end - in->at)) bytes = (size_t)(in->end - in->at);
            if (!add(commit, tag | (uint32_t)bytes, in->at, bytes)) break;
            in->at += bytes;
        }
        if (commit->used + 8u <= RAM_BLOCK_BYTES) close_commit(commit);
    }
}

/* ---- What must hold ------------------------------------------------------------------------------------ */

static void check_bound(uint32_t runs)
{
    if (ram.reads > runs * STORE_STEPS_MAX) abort();
    ram.reads = 0;
}

static void read_all(void)
{
    static char text[STORE_DOCUMENT_BYTES_MAX];
    static const char *const names[] = { "device", "tokens", "sensors", "a" };
    size_t bytes;
    for (unsigned i = 0; i < 4; i++) {
        status_t status = store_read(&store, names[i], text, sizeof text, &bytes);
        if (status == STATUS_OK && bytes > sizeof text) abort();
        check_bound(1);
    }
}

static void write_some(void)
{
    char text[8];
    size_t bytes;
    if (store_write(&store, "device", "changed", 7) == STATUS_OK && store.usable) {
        if (store_read(&store, "device", text, sizeof text, &bytes) != STATUS_OK) abort();
        if (bytes != 7 || memcmp(text, "changed", 7) != 0) abort();
    }
    (void)store_remove(&store, "tokens");
    check_bound(3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready = false;
    if (!ready) make_valid();
    ready = true;
    input_t in = { data, data + size };
    unsigned way = take(&in) % 4u;
    ram_erase_all();
    if (way == 0) memcpy(ram.image, in.at, size ? (size - 1u < RAM_BYTES ? size - 1u : RAM_BYTES) : 0);
    if (way == 1 || way == 2) lay_over(&in);
    if (way == 2) mend();
    if (way == 3) build(&in);
    ram.flash = true;
    ram_power_on();
    status_t status = store_open(&store);
    if ((status == STATUS_OK) != store.usable) abort();
    check_bound(8);
    read_all();
    if (way < 2) write_some();
    if (store_format(&store) != STATUS_OK || store.health.state != STORE_GOOD) abort();
    put("device", 100, 'x');
    if (store_open(&store) != STATUS_OK || store.health.damaged != 0) abort();
    return 0;
}
