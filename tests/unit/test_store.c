/* Documents in the store: reading, writing, replacing, damage, wear. Power cuts are in test_store_power_cut.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/store.h"
#include "tests/support/ram_storage.h"

#define AREA_BYTES (31u * RAM_BLOCK_BYTES)
#define AREA_A     (2u * RAM_BLOCK_BYTES)
#define AREA_B     (AREA_A + AREA_BYTES)

static store_t store;

static int blank(void **state)
{
    (void)state;
    ram_erase_all();
    assert_int_equal(store_open(&store), STATUS_OK);
    return 0;
}

static void reboot(void)
{
    ram_power_on();
    assert_int_equal(store_open(&store), STATUS_OK);
}

static void put(const char *name, const char *text)
{
    assert_int_equal(store_write(&store, name, text, strlen(text)), STATUS_OK);
}

/* The document's text; "(<status>)" when it cannot be read. */
static const char *get(const char *name)
{
    static char text[STORE_DOCUMENT_BYTES_MAX + 1];
    size_t bytes;
    status_t status = store_read(&store, name, text, sizeof text - 1, &bytes);
    if (status == STATUS_OK) {
        text[bytes] = '\0';
    } else {
        (void)snprintf(text, sizeof text, "(%d)", (int)status);
    }
    return text;
}

#define MISSING "(10)"
#define DAMAGED "(4)"

/* Where a text lies in the memory. */
static uint8_t *find(const char *text)
{
    size_t bytes = strlen(text);
    for (size_t i = 0; i + bytes <= RAM_BYTES; i++) {
        if (memcmp(ram.image + i, text, bytes) == 0) return ram.image + i;
    }
    return NULL;
}

static void the_statuses_that_tests_show(void **state)
{
    (void)state;
    assert_int_equal(STATUS_NOT_FOUND, 10);
    assert_int_equal(STATUS_BAD_DATA, 4);
}

static void what_is_written_is_read_after_a_restart(void **state)
{
    (void)state;
    assert_string_equal(get("device"), MISSING);
    put("device", "{\"name\":\"one\"}");
    put("tokens", "{}");
    put("empty", "");
    reboot();
    assert_string_equal(get("device"), "{\"name\":\"one\"}");
    assert_string_equal(get("tokens"), "{}");
    assert_string_equal(get("empty"), "");
    put("device", "{\"name\":\"two\"}");
    assert_string_equal(get("device"), "{\"name\":\"two\"}");
    reboot();
    assert_string_equal(get("device"), "{\"name\":\"two\"}");
    assert_int_equal(store_health(&store)->state, STORE_GOOD);
    assert_int_equal(store_health(&store)->damaged, 0);
}

static void the_longest_document_fits_several_times(void **state)
{
    (void)state;
    static char text[STORE_DOCUMENT_BYTES_MAX];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)('a' + i * i % 26);
    assert_int_equal(store_write(&store, "one", text, sizeof text), STATUS_OK);
    for (int i = 0; i < 10; i++) {
        text[0] = (char)('0' + i);
        assert_int_equal(store_write(&store, "two", text, sizeof text), STATUS_OK);
    }
    assert_int_equal(store_write(&store, "two", text, sizeof text + 1), STATUS_INVALID);
    reboot();
    char back[STORE_DOCUMENT_BYTES_MAX];
    size_t bytes = 0;
    assert_int_equal(store_read(&store, "two", back, sizeof back, &bytes), STATUS_OK);
    assert_int_equal(bytes, sizeof text);
    assert_memory_equal(back, text, bytes);
    assert_int_equal(store_read(&store, "two", back, sizeof back - 1, &bytes), STATUS_NO_MEMORY);
}

static void a_full_area_keeps_what_it_has(void **state)
{
    (void)state;
    static char text[STORE_DOCUMENT_BYTES_MAX];
    memset(text, 'x', sizeof text);
    put("device", "kept");
    char name[] = "a";
    status_t status = STATUS_OK;
    for (; status == STATUS_OK && name[0] < 'z'; name[0]++) {
        status = store_write(&store, name, text, sizeof text);
    }
    assert_int_equal(status, STATUS_NO_MEMORY);
    assert_int_equal(store_health(&store)->write_failures, 1);
    assert_string_equal(get("device"), "kept");
    put("device", "and changed");
    assert_int_equal(store_remove(&store, "a"), STATUS_OK);
    name[0]--;
    assert_int_equal(store_write(&store, name, text, sizeof text), STATUS_OK);
    reboot();
    assert_string_equal(get("device"), "and changed");
    assert_string_equal(get("a"), MISSING);
}

static void names_are_checked(void **state)
{
    (void)state;
    size_t bytes;
    char text[4];
    static const char *const bad[] = { "",      "A",    "a-b", "../a",
                                       "a.bad", "~new", "a/b", "name_of_24_characters_xx" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(store_write(&store, bad[i], "", 0), STATUS_INVALID);
        assert_int_equal(store_read(&store, bad[i], text, sizeof text, &bytes), STATUS_INVALID);
        assert_int_equal(store_remove(&store, bad[i]), STATUS_INVALID);
    }
    put("name_of_23_characters_x", "ok");
    assert_string_equal(get("name_of_23_characters_x"), "ok");
}

static void removing(void **state)
{
    (void)state;
    put("device", "x");
    assert_int_equal(store_remove(&store, "device"), STATUS_OK);
    assert_string_equal(get("device"), MISSING);
    assert_int_equal(store_remove(&store, "device"), STATUS_OK);
    reboot();
    assert_string_equal(get("device"), MISSING);
}

/* ---- Wear ---------------------------------------------------------------------------------------------- */

static void what_has_not_changed_is_not_written(void **state)
{
    (void)state;
    put("device", "{\"name\":\"one\"}");
    reboot();
    put("device", "{\"name\":\"one\"}");
    assert_string_equal(get("device"), "{\"name\":\"one\"}");
    reboot();
    assert_int_equal(ram.operations, 0);
    assert_int_equal(store_health(&store)->writes, 0);
}

static void ten_thousand_changes_wear_all_blocks_alike(void **state)
{
    (void)state;
    put("tokens", "this one stays");
    ram_power_on();
    memset(ram.erases, 0, sizeof ram.erases);
    char text[301];
    memset(text, '.', sizeof text - 1);
    text[300] = '\0';
    for (int i = 0; i < 10000; i++) {
        char number[12];
        (void)snprintf(number, sizeof number, "%06d", i);
        memcpy(text, number, 6);
        put("device", text);
    }
    uint32_t most = 0, total = 0;
    for (size_t i = 0; i < RAM_BLOCKS; i++) {
        total += ram.erases[i];
        if (ram.erases[i] > most) most = ram.erases[i];
    }
    print_message("erased: %u blocks, one at most %u times; %u operations\n", total, most, ram.operations);
    assert_true(total < 16000u); /* one of the text, and the directory every other time */
    assert_true(most < 5u * total / 31u);
    assert_true(ram.operations < 10000u * 14u);
    assert_true(store_health(&store)->used_bytes <= 6u * RAM_BLOCK_BYTES);
    reboot();
    assert_string_equal(get("tokens"), "this one stays");
    assert_memory_equal(get("device"), "009999", 6);
}

/* ---- Damage -------------------------------------------------------------------------------------------- */

static void a_damaged_document_is_known_for_one_until_it_is_written(void **state)
{
    (void)state;
    static char text[300];
    memset(text, 'q', sizeof text - 1);
    memcpy(text, "unmistakable", 12);
    put("device", text);
    put("tokens", "sound");
    *find("unmistakable") ^= 0x04;
    reboot();
    assert_int_equal(store_health(&store)->state, STORE_GOOD);
    assert_int_equal(store_health(&store)->damaged, 1);
    assert_string_equal(get("device"), DAMAGED);
    assert_string_equal(get("tokens"), "sound");
    put("device", "new");
    assert_string_equal(get("device"), "new");
    reboot();
    assert_int_equal(store_health(&store)->damaged, 0);
    assert_string_equal(get("device"), "new");
    assert_non_null(find("nmistakable")); /* kept beside it */
    assert_int_equal(store_remove(&store, "device"), STATUS_OK);
    assert_string_equal(get("device"), MISSING);
}

/* The .bad name alone, as a cut between the two renames leaves it. */
static void a_document_of_which_only_the_damaged_one_is_left_is_not_missing(void **state)
{
    (void)state;
    put("tokens", "0123456789012345678901234567890123456789012345678901234567890123456789");
    *find("0123456789") ^= 0x01;
    reboot();
    ram.cut_at = ram.operations + 2;
    assert_int_not_equal(store_write(&store, "tokens", "new", 3), STATUS_OK);
    reboot();
    assert_string_equal(get("tokens"), DAMAGED);
    assert_string_equal(get("device"), MISSING);
}

/* One name a byte, until no more are remembered. */
static void only_so_many_names(void **state)
{
    (void)state;
    char name[] = "a";
    for (unsigned i = 0; i < STORE_NAMES_MAX; i++, name[0]++) put(name, "x");
    assert_int_equal(store_write(&store, name, "x", 1), STATUS_NO_MEMORY);
    assert_string_equal(get(name), MISSING);
    assert_int_equal(store_remove(&store, "c"), STATUS_OK);
    put(name, "x");
    reboot();
    assert_int_equal(ram.operations, 0);
    assert_string_equal(get(name), "x");
    assert_string_equal(get("c"), MISSING);
}

static void garble(uint32_t from, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++) ram.image[from + i] = (uint8_t)ram_random();
}

static void a_damaged_area_is_kept_and_the_other_begins(void **state)
{
    (void)state;
    put("device", "old");
    garble(AREA_A, 2u * RAM_BLOCK_BYTES);
    static uint8_t before[AREA_BYTES];
    memcpy(before, ram.image + AREA_A, AREA_BYTES);
    reboot();
    assert_int_equal(store_health(&store)->state, STORE_REPLACED);
    /* It may have been lost, so it is not missing. */
    assert_string_equal(get("device"), DAMAGED);
    put("device", "new");
    reboot();
    assert_int_equal(store_health(&store)->state, STORE_REPLACED);
    assert_string_equal(get("device"), "new");
    assert_memory_equal(before, ram.image + AREA_A, AREA_BYTES);
}

static void when_both_are_damaged_nothing_is_touched(void **state)
{
    (void)state;
    put("device", "old");
    garble(AREA_A, 2u * RAM_BLOCK_BYTES);
    reboot();
    put("device", "new");
    garble(AREA_B, 2u * RAM_BLOCK_BYTES);
    ram_power_on();
    assert_int_equal(store_open(&store), STATUS_BAD_DATA);
    assert_int_equal(store_health(&store)->state, STORE_UNUSABLE);
    assert_int_equal(store_write(&store, "device", "x", 1), STATUS_UNSUPPORTED);
    assert_string_equal(get("device"), "(8)");
    assert_int_equal(store_remove(&store, "device"), STATUS_UNSUPPORTED);
    assert_int_equal(store_sync(&store), STATUS_OK);
    assert_int_equal(ram.operations, 0);
    assert_int_equal(store_format(&store), STATUS_OK);
    assert_int_equal(store_health(&store)->state, STORE_GOOD);
    assert_string_equal(get("device"), MISSING);
    put("device", "newer");
    reboot();
    assert_string_equal(get("device"), "newer");
}

static void a_chip_with_something_else_on_it_is_not_erased(void **state)
{
    (void)state;
    ram_erase_all();
    garble(0, RAM_BYTES);
    ram_power_on();
    assert_int_equal(store_open(&store), STATUS_BAD_DATA);
    assert_int_equal(ram.operations, 0);

    ram_erase_all();
    garble(0, RAM_BLOCK_BYTES * 5u);
    reboot();
    assert_int_equal(store_health(&store)->state, STORE_REPLACED);
    put("device", "in the other area");
    reboot();
    assert_string_equal(get("device"), "in the other area");
}

static void a_lost_header_is_made_up_for(void **state)
{
    (void)state;
    put("device", "still here");
    garble(0, 2u * RAM_BLOCK_BYTES);
    reboot();
    assert_int_equal(store_health(&store)->state, STORE_GOOD);
    assert_string_equal(get("device"), "still here");
    reboot();
    assert_int_equal(ram.operations, 0);
    assert_string_equal(get("device"), "still here");
}

static void erasing_leaves_no_trace(void **state)
{
    (void)state;
    char text[100];
    for (int i = 0; i < 20; i++) {
        (void)snprintf(
            text, sizeof text,
            "{\"secret\":\"a_secret_that_is_longer_than_what_fits_in_a_directory_of_files\",\"n\":%d}", i);
        put("tokens", text);
        put("seed", "a_secret");
    }
    garble(AREA_A, 64);
    garble(AREA_A + RAM_BLOCK_BYTES, 64);
    reboot();
    put("tokens", text);
    assert_int_equal(store_health(&store)->state, STORE_REPLACED);
    assert_non_null(find("a_secret"));
    assert_int_equal(store_format(&store), STATUS_OK);
    assert_null(find("a_secret"));
    assert_int_equal(store_health(&store)->state, STORE_GOOD);
    assert_string_equal(get("tokens"), MISSING);
    reboot();
    assert_int_equal(store_health(&store)->state, STORE_GOOD);
    assert_string_equal(get("tokens"), MISSING);
}

/* ---- The memory itself --------------------------------------------------------------------------------- */

static void a_board_without_memory_works_without(void **state)
{
    (void)state;
    ram.open_status = STATUS_UNSUPPORTED;
    assert_int_equal(store_open(&store), STATUS_UNSUPPORTED);
    assert_int_equal(store_health(&store)->state, STORE_NONE);
    assert_int_equal(store_write(&store, "device", "x", 1), STATUS_UNSUPPORTED);
    assert_int_equal(store_format(&store), STATUS_UNSUPPORTED);
    assert_true(store_poll(&store, 5) == UINT64_MAX);
    assert_int_equal(store_sync(&store), STATUS_OK);
}

static void a_memory_that_does_not_answer_is_not_a_damaged_one(void **state)
{
    (void)state;
    put("device", "old");
    ram.open_status = STATUS_NACK;
    assert_int_equal(store_open(&store), STATUS_NACK);
    assert_int_equal(store_health(&store)->state, STORE_SILENT);
    ram.open_status = STATUS_OK;
    ram.dead = true; /* answers once, and no more */
    assert_int_equal(store_open(&store), STATUS_NACK);
    assert_int_equal(store_health(&store)->state, STORE_SILENT);
    reboot();
    assert_int_equal(store_health(&store)->state, STORE_GOOD);
    assert_string_equal(get("device"), "old");
}

static void a_memory_that_fails_later_says_so(void **state)
{
    (void)state;
    put("device", "old");
    ram.broken = STATUS_TIMEOUT;
    assert_int_equal(store_write(&store, "device", "new", 3), STATUS_TIMEOUT);
    assert_int_equal(store_health(&store)->write_failures, 1);
    assert_int_equal(store_sync(&store), STATUS_TIMEOUT);
    assert_string_equal(get("device"), "old");
    ram.broken = STATUS_OK;
    put("device", "new");
    reboot();
    assert_string_equal(get("device"), "new");
}

static void a_memory_that_is_too_small_or_too_coarse_is_none(void **state)
{
    (void)state;
    static const hal_storage_geometry_t bad[] = {
        { 64, 512, 13 }, { 512, 4096, 64 }, { 64, 64, 512 }, { 8, 512, 64 }, { 64, 500, 64 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ram.geometry = bad[i];
        assert_int_equal(store_open(&store), STATUS_UNSUPPORTED);
        assert_int_equal(store_health(&store)->state, STORE_NONE);
    }
    ram_erase_all();
    ram.geometry = (hal_storage_geometry_t){ 64, 512, 14 };
    reboot();
    put("device", "small");
    ram.geometry = (hal_storage_geometry_t){ 64, 512, 14 };
    reboot();
    assert_string_equal(get("device"), "small");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_statuses_that_tests_show),
        cmocka_unit_test_setup(what_is_written_is_read_after_a_restart, blank),
        cmocka_unit_test_setup(the_longest_document_fits_several_times, blank),
        cmocka_unit_test_setup(a_full_area_keeps_what_it_has, blank),
        cmocka_unit_test_setup(names_are_checked, blank),
        cmocka_unit_test_setup(removing, blank),
        cmocka_unit_test_setup(only_so_many_names, blank),
        cmocka_unit_test_setup(what_has_not_changed_is_not_written, blank),
        cmocka_unit_test_setup(ten_thousand_changes_wear_all_blocks_alike, blank),
        cmocka_unit_test_setup(a_damaged_document_is_known_for_one_until_it_is_written, blank),
        cmocka_unit_test_setup(a_document_of_which_only_the_damaged_one_is_left_is_not_missing, blank),
        cmocka_unit_test_setup(a_damaged_area_is_kept_and_the_other_begins, blank),
        cmocka_unit_test_setup(when_both_are_damaged_nothing_is_touched, blank),
        cmocka_unit_test_setup(a_chip_with_something_else_on_it_is_not_erased, blank),
        cmocka_unit_test_setup(a_lost_header_is_made_up_for, blank),
        cmocka_unit_test_setup(erasing_leaves_no_trace, blank),
        cmocka_unit_test_setup(a_board_without_memory_works_without, blank),
        cmocka_unit_test_setup(a_memory_that_does_not_answer_is_not_a_damaged_one, blank),
        cmocka_unit_test_setup(a_memory_that_fails_later_says_so, blank),
        cmocka_unit_test_setup(a_memory_that_is_too_small_or_too_coarse_is_none, blank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
