/* The power goes at any operation of any change: afterwards there is the old document or the new one, and a store
 * that works.
 *
 * Every single cut is tried, in each way in which an operation can be torn. Of two cuts, the second one during what
 * follows the first (start, and the same change once more), some are tried; all of them with --full, or with
 * JEMBATAN_FULL in the environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/store.h"
#include "tests/support/ram_storage.h"

#define DOCUMENTS 4u
#define LONG      1500u /* bytes: three blocks */
#define NOTHING   0u    /* version of a document that is not there */
#define LOST      255u  /* damaged */

/* One in so many of the second cuts. */
#define SAMPLE 23u

static bool full;
static store_t store;

static const char *const names[DOCUMENTS] = { "device", "sensors", "tokens", "seed" };

/* A version of a document: its number and length can be told from its text. Versions of 100 and more are long. */
static size_t text_of(unsigned document, unsigned version, char text[LONG])
{
    static const size_t lengths[DOCUMENTS] = { 20, 60, 200, 450 };
    size_t bytes = version >= 100 ? LONG : lengths[document];
    for (size_t i = 0; i < bytes; i++)
        text[i] = (char)('!' + (version * 7u + document * 31u + i * (version % 5u + 1u)) % 90u);
    text[0] = (char)version;
    return bytes;
}

static status_t put(unsigned document, unsigned version)
{
    char text[LONG];
    return store_write(&store, names[document], text, text_of(document, version, text));
}

/* The version that is there, whole; anything else ends the test. */
static unsigned version_of(unsigned document)
{
    char found[STORE_DOCUMENT_BYTES_MAX], expected[LONG];
    size_t bytes;
    status_t status = store_read(&store, names[document], found, sizeof found, &bytes);
    if (status == STATUS_NOT_FOUND) return NOTHING;
    if (status == STATUS_BAD_DATA) return LOST;
    assert_int_equal(status, STATUS_OK);
    unsigned version = (unsigned char)found[0];
    assert_int_equal(bytes, text_of(document, version, expected));
    assert_memory_equal(found, expected, bytes);
    return version;
}

/* ---- Kinds of change ----------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    void (*prepare)(unsigned fill); /* what was there; fill: how many changes there have been before */
    void (*change)(void);
    unsigned before[DOCUMENTS], after[DOCUMENTS];
    unsigned fills;  /* prepare is tried with 0..fills - 1 */
    bool starts_new; /* there is no store yet */
    store_state_t state;
} kind_t;

/* A store in which the directory has been written so many times, so that some change meets its end. */
static void some(unsigned fill)
{
    assert_int_equal(store_open(&store), STATUS_OK);
    for (unsigned i = 0; i < fill; i++) (void)put(0, 2u + i % 2u);
    (void)put(0, 1);
    (void)put(1, 1);
    (void)put(2, 1);
}

static void some_long(unsigned fill)
{
    some(fill);
    (void)put(2, 101);
}

static void nothing(unsigned fill)
{
    (void)fill;
}

static void create_small(void)
{
    (void)put(3, 5);
}
static void create_long(void)
{
    (void)put(3, 105);
}
static void replace_small(void)
{
    (void)put(0, 5);
}
static void replace_middle(void)
{
    (void)put(2, 5);
}
static void grow(void)
{
    (void)put(2, 105);
}
static void remove_one(void)
{
    (void)store_remove(&store, names[2]);
}
static void unchanged(void)
{
    (void)put(0, 1);
    (void)put(1, 1);
    (void)put(2, 1);
}
static void several(void)
{
    for (unsigned i = 0; i < DOCUMENTS; i++) (void)put(i, 6);
}
static void start(void)
{
    (void)store_open(&store);
}
static void start_and_create(void)
{
    (void)store_open(&store);
    (void)put(3, 5);
}

/* A document whose text has rotted. */
static void rotten(unsigned fill)
{
    some(fill);
    char text[LONG];
    size_t bytes = text_of(2, 1, text);
    for (size_t i = 0; i + bytes <= RAM_BYTES; i++) {
        if (memcmp(ram.image + i, text, bytes) == 0) ram.image[i + bytes / 2u] ^= 0x10;
    }
}

/* An area whose first blocks have rotted. */
static void wrecked(unsigned fill)
{
    some(fill);
    for (uint32_t i = 0; i < 2u * RAM_BLOCK_BYTES; i++) {
        ram.image[2u * RAM_BLOCK_BYTES + i] = (uint8_t)ram_random();
    }
}

static const kind_t kinds[] = {
    { "first start", nothing, start, { 0 }, { 0 }, 1, true, STORE_GOOD },
    { "first document", nothing, start_and_create, { 0 }, { 0, 0, 0, 5 }, 1, true, STORE_GOOD },
    { "create", some, create_small, { 1, 1, 1 }, { 1, 1, 1, 5 }, 12, false, STORE_GOOD },
    { "create a long one", some, create_long, { 1, 1, 1 }, { 1, 1, 1, 105 }, 4, false, STORE_GOOD },
    { "replace", some, replace_small, { 1, 1, 1 }, { 5, 1, 1 }, 12, false, STORE_GOOD },
    { "replace a block", some, replace_middle, { 1, 1, 1 }, { 1, 1, 5 }, 6, false, STORE_GOOD },
    { "grow", some, grow, { 1, 1, 1 }, { 1, 1, 105 }, 4, false, STORE_GOOD },
    { "shrink", some_long, replace_middle, { 1, 1, 101 }, { 1, 1, 5 }, 4, false, STORE_GOOD },
    { "replace a long one", some_long, grow, { 1, 1, 101 }, { 1, 1, 105 }, 4, false, STORE_GOOD },
    { "remove", some, remove_one, { 1, 1, 1 }, { 1, 1, 0 }, 12, false, STORE_GOOD },
    { "remove a long one", some_long, remove_one, { 1, 1, 101 }, { 1, 1, 0 }, 4, false, STORE_GOOD },
    { "several", some, several, { 1, 1, 1, 0 }, { 6, 6, 6, 6 }, 8, false, STORE_GOOD },
    { "replace a damaged one", rotten, replace_middle, { 1, 1, LOST }, { 1, 1, 5 }, 6, false, STORE_GOOD },
    { "move to a new area",
      wrecked,
      start,
      { LOST, LOST, LOST, LOST },
      { LOST, LOST, LOST, LOST },
      1,
      true,
      STORE_REPLACED },
};

/* ---- Cutting ------------------------------------------------------------------------------------------- */

static uint8_t snapshot[RAM_BYTES];

static void restore(void)
{
    memcpy(ram.image, snapshot, sizeof snapshot);
    ram_power_on();
}

/* Begins with the snapshot, lets the power go in the change. */
static void change_with_cut(const kind_t *kind, uint32_t at, cut_t way)
{
    restore();
    if (!kind->starts_new) assert_int_equal(store_open(&store), STATUS_OK);
    ram_cut(at, way);
    kind->change();
    assert_true(ram.dead);
}

/* How many operations the change is. */
static uint32_t operations_of(const kind_t *kind)
{
    restore();
    if (!kind->starts_new) assert_int_equal(store_open(&store), STATUS_OK);
    ram.operations = 0;
    kind->change();
    return ram.operations;
}

/* Each document is the old or the new one, and none is new where an earlier one is still old. */
static void check_documents(const kind_t *kind)
{
    bool old = false;
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        unsigned found = version_of(i);
        assert_true(found == kind->before[i] || found == kind->after[i]);
        if (kind->before[i] == kind->after[i]) continue;
        assert_false(old && found == kind->after[i]);
        old = found == kind->before[i];
    }
}

static void restart(const kind_t *kind)
{
    ram_power_on();
    assert_int_equal(store_open(&store), STATUS_OK);
    assert_int_equal(store_health(&store)->state, kind->state);
    check_documents(kind);
}

/* The change can be made now, and lasts. */
static void finish(const kind_t *kind)
{
    kind->change();
    for (int i = 0; i < 2; i++) {
        for (unsigned k = 0; k < DOCUMENTS; k++) assert_int_equal(version_of(k), kind->after[k]);
        ram_power_on();
        assert_int_equal(store_open(&store), STATUS_OK);
        assert_int_equal(ram.operations, 0);
    }
}

/* What follows a cut: start, and the change again. */
static void follow(const kind_t *kind)
{
    if (store_open(&store) != STATUS_OK) return;
    kind->change();
}

static unsigned second_cuts(const kind_t *kind)
{
    static uint8_t cut_once[RAM_BYTES];
    memcpy(cut_once, ram.image, sizeof cut_once);
    ram_power_on();
    follow(kind);
    uint32_t operations = ram.operations;
    unsigned tried = 0;
    static uint32_t sampler = 1;
    for (uint32_t at = 1; at <= operations; at++) {
        for (unsigned way = 0; way < CUT_WAYS; way++) {
            sampler = sampler * 1664525u + 1013904223u;
            if (!full && (sampler >> 8) % SAMPLE != 0) continue;
            memcpy(ram.image, cut_once, sizeof cut_once);
            ram_power_on();
            ram_cut(at, (cut_t)way);
            follow(kind);
            assert_true(ram.dead);
            restart(kind);
            finish(kind);
            tried++;
        }
    }
    return tried;
}

static void prepare(const kind_t *kind, unsigned fill)
{
    ram_erase_all();
    kind->prepare(fill);
    memcpy(snapshot, ram.image, sizeof snapshot);
}

static void every_cut_leaves_the_old_or_the_new(void **state)
{
    const kind_t *kind = *state;
    unsigned once = 0, twice = 0;
    for (unsigned fill = 0; fill < kind->fills; fill++) {
        prepare(kind, fill);
        uint32_t operations = operations_of(kind);
        assert_true(operations > 0);
        finish(kind);
        for (uint32_t at = 1; at <= operations; at++) {
            for (unsigned way = 0; way < CUT_WAYS; way++) {
                change_with_cut(kind, at, (cut_t)way);
                static uint8_t cut[RAM_BYTES];
                memcpy(cut, ram.image, sizeof cut);
                restart(kind);
                finish(kind);
                memcpy(ram.image, cut, sizeof cut);
                twice += second_cuts(kind);
                once++;
            }
        }
    }
    print_message("%s: %u single cuts, %u double ones\n", kind->name, once, twice);
}

static void what_has_not_changed_leaves_nothing_to_cut(void **state)
{
    (void)state;
    static const kind_t kind = { .change = unchanged };
    for (unsigned fill = 0; fill < 12; fill++) {
        ram_erase_all();
        some(fill);
        memcpy(snapshot, ram.image, sizeof snapshot);
        assert_int_equal(operations_of(&kind), 0);
    }
}

/* ---- Moving and erasing -------------------------------------------------------------------------------- */

static void a_damaged_area_is_never_touched(void **state)
{
    (void)state;
    static const kind_t kind = { .prepare = wrecked, .change = start, .starts_new = true };
    const size_t begin = 2u * RAM_BLOCK_BYTES, bytes = 31u * RAM_BLOCK_BYTES;
    prepare(&kind, 0);
    uint32_t operations = operations_of(&kind);
    for (uint32_t at = 1; at <= operations; at++) {
        for (unsigned way = 0; way < CUT_WAYS; way++) {
            change_with_cut(&kind, at, (cut_t)way);
            ram_power_on();
            assert_int_equal(store_open(&store), STATUS_OK);
            assert_memory_equal(ram.image + begin, snapshot + begin, bytes);
        }
    }
}

static bool holds_long_text(void)
{
    char text[LONG];
    (void)text_of(2, 101, text);
    for (size_t i = 0; i + 16u <= RAM_BYTES; i++) {
        if (memcmp(ram.image + i, text + 32, 16) == 0) return true;
    }
    return false;
}

/* All is there, or all is gone, and then no byte of it is left: also what was begun is ended by the next start. */
static void erasing_is_all_or_nothing(void **state)
{
    (void)state;
    static const kind_t kind = { .prepare = some_long, .starts_new = false };
    prepare(&kind, 3);
    ram_power_on();
    assert_int_equal(store_open(&store), STATUS_OK);
    ram.operations = 0;
    assert_int_equal(store_format(&store), STATUS_OK);
    uint32_t operations = ram.operations;
    assert_true(operations > 62);
    bool kept = false, gone = false;
    for (uint32_t at = 1; at <= operations; at++) {
        for (unsigned way = 0; way < CUT_WAYS; way++) {
            restore();
            assert_int_equal(store_open(&store), STATUS_OK);
            ram_cut(at, (cut_t)way);
            assert_int_not_equal(store_format(&store), STATUS_OK);
            ram_power_on();
            assert_int_equal(store_open(&store), STATUS_OK);
            assert_int_equal(store_health(&store)->state, STORE_GOOD);
            bool there = version_of(2) == 101;
            for (unsigned i = 0; i < 3; i++) assert_true((version_of(i) != NOTHING) == there);
            if (!there) assert_false(holds_long_text());
            kept = kept || there;
            gone = gone || !there;
        }
    }
    assert_true(kept && gone);
}

#define KINDS (sizeof kinds / sizeof kinds[0])

int main(int argc, char *argv[])
{
    full = getenv("JEMBATAN_FULL") || (argc > 1 && strcmp(argv[1], "--full") == 0);
    struct CMUnitTest tests[KINDS + 3u] = {
        cmocka_unit_test(what_has_not_changed_leaves_nothing_to_cut),
        cmocka_unit_test(a_damaged_area_is_never_touched),
        cmocka_unit_test(erasing_is_all_or_nothing),
    };
    for (size_t i = 0; i < KINDS; i++) {
        tests[3u + i] = (struct CMUnitTest){ .name = kinds[i].name,
                                             .test_func = every_cut_leaves_the_old_or_the_new,
                                             .initial_state = (void *)(uintptr_t)&kinds[i] };
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
