/* Whatever the memory holds, starting on it ends, and what is read is what somebody wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "store/store.h"
#include "tests/support/ram_storage.h"

#define DOCUMENTS 3u
#define VERSIONS  9u

/* What a start may take: reading everything that could be there some times over. */
#define READS_MAX (3u * STORE_STEPS_MAX)

static store_t store;
static uint8_t valid[RAM_BYTES];

static const char *const names[DOCUMENTS] = { "device", "sensors", "tokens" };

static size_t text_of(unsigned document, unsigned version, char text[1000])
{
    static const size_t lengths[DOCUMENTS] = { 40, 200, 900 };
    for (size_t i = 0; i < lengths[document]; i++) {
        text[i] = (char)('!' + (version * 13u + document * 31u + i * (version + 1u)) % 90u);
    }
    text[0] = (char)('0' + version);
    return lengths[document];
}

static void put(unsigned document, unsigned version)
{
    char text[1000];
    size_t bytes = text_of(document, version, text);
    assert_int_equal(store_write(&store, names[document], text, bytes), STATUS_OK);
}

/* A store with a past: every document has been written several times. */
static int make_valid(void **state)
{
    (void)state;
    ram_erase_all();
    ram.flash = true;
    if (store_open(&store) != STATUS_OK) return -1;
    for (unsigned version = 0; version < VERSIONS; version++) {
        for (unsigned i = 0; i < DOCUMENTS; i++) put(i, version);
    }
    memcpy(valid, ram.image, sizeof valid);
    return 0;
}

/* What is read was written once, whole. */
static status_t read_document(unsigned document)
{
    char found[STORE_DOCUMENT_BYTES_MAX], expected[1000];
    size_t bytes;
    status_t status = store_read(&store, names[document], found, sizeof found, &bytes);
    if (status != STATUS_OK) return status;
    unsigned version = (unsigned)(found[0] - '0');
    assert_in_range(version, 0, VERSIONS - 1);
    assert_int_equal(bytes, text_of(document, version, expected));
    assert_memory_equal(found, expected, bytes);
    return STATUS_OK;
}

static void start(void)
{
    ram_power_on();
    status_t status = store_open(&store);
    assert_true(status == STATUS_OK || status == STATUS_BAD_DATA);
    assert_true(ram.reads < READS_MAX);
}

/* A damaged store still takes what is written, or says that it does not. */
static void write_and_restart(void)
{
    char text[1000];
    size_t bytes = text_of(1, 0, text);
    bool taken = store_write(&store, names[1], text, bytes) == STATUS_OK;
    start();
    if (taken) assert_int_equal(read_document(1), STATUS_OK);
}

static void every_byte_may_rot(void **state)
{
    (void)state;
    unsigned damaged = 0;
    for (uint32_t at = 0; at < RAM_BYTES; at++) {
        memcpy(ram.image, valid, sizeof valid);
        ram.image[at] ^= (uint8_t)(1u << ram_random() % 8u);
        start();
        assert_true(store.usable);
        for (unsigned i = 0; i < DOCUMENTS; i++) {
            status_t status = read_document(i);
            /* Never: nobody wrote it. */
            assert_true(status == STATUS_OK || status == STATUS_BAD_DATA);
            damaged += status == STATUS_BAD_DATA;
        }
        assert_int_equal(store_health(&store)->state, STORE_GOOD);
        write_and_restart();
    }
    print_message("%u documents were damaged\n", damaged);
    assert_true(damaged > 0);
}

static void many_bits_may_rot(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        memcpy(ram.image, valid, sizeof valid);
        unsigned flips = 1u << ram_random() % 12u;
        uint32_t begin = ram_random() % RAM_BYTES, range = 64u << ram_random() % 10u;
        for (unsigned flip = 0; flip < flips; flip++) {
            ram.image[(begin + ram_random() % range) % RAM_BYTES] ^= (uint8_t)(1u << ram_random() % 8u);
        }
        start();
        if (!store.usable) continue;
        for (unsigned k = 0; k < DOCUMENTS; k++) (void)read_document(k);
        write_and_restart();
    }
}

/* Blocks of a valid memory in another order: everything has its check sum, and nothing fits. */
static void blocks_may_change_places(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        memcpy(ram.image, valid, sizeof valid);
        for (unsigned moves = 1u + ram_random() % 20u; moves > 0; moves--) {
            uint32_t from = ram_random() % RAM_BLOCKS, to = ram_random() % RAM_BLOCKS;
            memcpy(ram.image + to * RAM_BLOCK_BYTES, valid + from * RAM_BLOCK_BYTES, RAM_BLOCK_BYTES);
        }
        start();
        if (!store.usable) continue;
        for (unsigned k = 0; k < DOCUMENTS; k++) (void)read_document(k);
        write_and_restart();
    }
}

static void anything_may_be_there(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        uint8_t mask = (uint8_t)ram_random();
        for (uint32_t at = 0; at < RAM_BYTES; at++) {
            ram.image[at] = i % 2u ? (uint8_t)ram_random() : (uint8_t)(ram_random() & mask);
        }
        start();
        assert_int_equal(ram.operations, 0);
        assert_int_equal(store_health(&store)->state, STORE_UNUSABLE);
    }
    /* And it can be made good. */
    assert_int_equal(store_format(&store), STATUS_OK);
    put(0, 3);
    start();
    assert_int_equal(read_document(0), STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_may_rot),
        cmocka_unit_test(many_bits_may_rot),
        cmocka_unit_test(blocks_may_change_places),
        cmocka_unit_test(anything_may_be_there),
    };
    return cmocka_run_group_tests(tests, make_valid, NULL);
}
