/* The AT24C driver against a chip that takes its time: order, bounds, wear, failures. Clock and bus are this
 * file's: a transfer takes 90 us a byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hal/clock.h"
#include "hal/drivers/at24c.h"

#define BYTES       4096u
#define BLOCK_BYTES 512u
#define PAGE        AT24C_PAGE_BYTES
#define QUEUE       6u
#define CHUNK       4u
#define WRITE_US    4700u

struct hal_i2c {
    uint8_t memory[BYTES];
    uint64_t now_us, busy_until_us, leap_us;
    uint32_t pointer;
    unsigned transfers, writes, written_bytes; /* that changed or would have changed the memory */
    size_t longest;                            /* bytes of a transfer with the addresses */
    bool write_protected;
    void (*written)(void); /* called after each write */
    status_t broken;
};

static struct hal_i2c wire;
static uint8_t image[BYTES], known[AT24C_KNOWN_BYTES(BYTES)];
static at24c_write_t queue[QUEUE];
static at24c_t chip;
static hal_storage_geometry_t geometry;

uint64_t hal_clock_ms(void)
{
    wire.now_us += wire.leap_us + 20; /* asking takes time, too: nobody waits for ever */
    return wire.now_us / 1000u;
}

static void chip_write(const uint8_t *data, size_t bytes)
{
    assert_in_range(bytes, 1, PAGE);
    assert_int_equal(wire.pointer / PAGE, (wire.pointer + bytes - 1u) / PAGE); /* it would wrap around */
    wire.writes++;
    wire.written_bytes += (unsigned)bytes;
    if (!wire.write_protected) memcpy(wire.memory + wire.pointer, data, bytes);
    wire.busy_until_us = wire.now_us + WRITE_US;
    if (wire.written) wire.written();
}

status_t hal_i2c_transfer(hal_i2c_t *bus, uint8_t addr, const uint8_t *tx, size_t tx_bytes, uint8_t *rx,
                          size_t rx_bytes)
{
    size_t length = 1u + tx_bytes + (rx_bytes ? 1u + rx_bytes : 0);
    assert_ptr_equal(bus, &wire);
    assert_int_equal(addr, 0x50);
    wire.transfers++;
    if (wire.broken != STATUS_OK) {
        wire.now_us += 500;
        return wire.broken;
    }
    if (wire.now_us < wire.busy_until_us) {
        wire.now_us += 90;
        return STATUS_NACK;
    }
    wire.now_us += 90u * length;
    if (length > wire.longest) wire.longest = length;
    assert_true(tx_bytes >= 2);
    wire.pointer = (uint32_t)(tx[0] << 8 | tx[1]);
    assert_true(wire.pointer < BYTES);
    if (tx_bytes > 2) chip_write(tx + 2, tx_bytes - 2);
    for (size_t i = 0; i < rx_bytes; i++) rx[i] = wire.memory[(wire.pointer + i) % BYTES];
    return STATUS_OK;
}

static void driver_starts(void)
{
    memset(known, 0, sizeof known);
    memset(image, 0x55, sizeof image);
    chip = (at24c_t){ .bus = &wire,
                      .addr = 0x50,
                      .chunk_bytes = CHUNK,
                      .queue_size = QUEUE,
                      .bytes = BYTES,
                      .block_bytes = BLOCK_BYTES,
                      .image = image,
                      .known = known,
                      .queue = queue };
    assert_int_equal(at24c_open(&chip, &geometry), STATUS_OK);
    wire.transfers = wire.writes = wire.written_bytes = 0;
    wire.longest = 0;
}

static int set_up(void **state)
{
    (void)state;
    wire = (struct hal_i2c){ .now_us = 1000000 };
    for (size_t i = 0; i < BYTES; i++) wire.memory[i] = (uint8_t)(i * 7u + i / 256u);
    driver_starts();
    return 0;
}

static const uint8_t *pattern(unsigned seed)
{
    static uint8_t data[4 * PAGE];
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)(seed * 37u + i * 3u);
    return data;
}

static void program(uint32_t address, unsigned seed, size_t bytes)
{
    assert_int_equal(at24c_program(&chip, address, pattern(seed), bytes), STATUS_OK);
}

static void expect(uint32_t address, unsigned seed, size_t bytes)
{
    uint8_t found[4 * PAGE];
    assert_int_equal(at24c_read(&chip, address, found, bytes), STATUS_OK);
    assert_memory_equal(found, pattern(seed), bytes);
}

/* Like the main loop, until nothing is queued. returns how many polls it took */
static unsigned work(void)
{
    unsigned polls = 0;
    while (chip.count > 0) {
        uint64_t before_us = wire.now_us;
        uint64_t next_ms = at24c_poll(&chip, wire.now_us / 1000u);
        assert_true(wire.now_us - before_us <= 1000u);
        if (next_ms * 1000u > wire.now_us) wire.now_us = next_ms * 1000u;
        assert_true(++polls < 100000);
    }
    return polls;
}

static void geometry_is_the_boards(void **state)
{
    (void)state;
    assert_int_equal(geometry.page_bytes, 64);
    assert_int_equal(geometry.block_bytes, 512);
    assert_int_equal(geometry.block_count, 8);
}

static void a_chip_that_is_still_writing_is_waited_for(void **state)
{
    (void)state;
    wire.busy_until_us = wire.now_us + 5000;
    assert_int_equal(at24c_open(&chip, &geometry), STATUS_OK);
    wire.busy_until_us = wire.now_us + 10000000;
    assert_int_equal(at24c_open(&chip, &geometry), STATUS_NACK);
}

static void no_chip_is_said_at_once(void **state)
{
    (void)state;
    wire.broken = STATUS_NACK;
    uint64_t before_us = wire.now_us;
    assert_int_equal(at24c_open(&chip, &geometry), STATUS_NACK);
    assert_true(wire.now_us - before_us < 30000);
    wire.broken = STATUS_BUS;
    assert_int_equal(at24c_open(&chip, &geometry), STATUS_BUS);
}

static void reads_are_kept(void **state)
{
    (void)state;
    uint8_t found[100];
    assert_int_equal(at24c_read(&chip, 100, found, sizeof found), STATUS_OK);
    assert_memory_equal(found, wire.memory + 100, sizeof found);
    unsigned transfers = wire.transfers;
    assert_int_equal(at24c_read(&chip, 64, found, sizeof found), STATUS_OK);
    assert_memory_equal(found, wire.memory + 64, sizeof found);
    assert_int_equal(wire.transfers, transfers);
    assert_int_equal(at24c_read(&chip, 0, found, 0), STATUS_OK);
    assert_int_equal(wire.transfers, transfers);
}

static void what_is_written_is_read_before_it_is_on_the_medium(void **state)
{
    (void)state;
    program(128, 1, 64);
    assert_int_equal(wire.writes, 0);
    expect(128, 1, 64);
    work();
    assert_memory_equal(wire.memory + 128, pattern(1), 64);
    driver_starts();
    expect(128, 1, 64);
}

static void it_is_busy_until_all_is_on_the_medium(void **state)
{
    uint8_t page[PAGE];
    (void)state;
    assert_false(at24c_busy(&chip));
    memset(page, 0x5a, sizeof page);
    assert_int_equal(at24c_program(&chip, 0, page, sizeof page), STATUS_OK);
    assert_true(at24c_busy(&chip));
    while (at24c_busy(&chip)) (void)at24c_poll(&chip, hal_clock_ms());
    assert_memory_equal(wire.memory, page, sizeof page);
}

static void a_clock_that_leaps_is_no_chip_that_hangs(void **state)
{
    uint8_t page[PAGE];
    (void)state;
    memset(page, 0x5a, sizeof page);
    wire.leap_us = 150000;
    for (uint32_t at = 0; at < 4u * PAGE; at += PAGE)
        assert_int_equal(at24c_program(&chip, at, page, sizeof page), STATUS_OK);
    assert_int_equal(at24c_sync(&chip), STATUS_OK);
    wire.leap_us = 0;
    assert_memory_equal(wire.memory + 3u * PAGE, page, sizeof page);
}

static void a_poll_is_one_short_transfer(void **state)
{
    (void)state;
    program(0, 1, 4 * PAGE);
    unsigned polls = work();
    assert_int_equal(wire.longest, 1 + 2 + 1 + CHUNK);
    assert_true(polls >= 2u * 4u * PAGE / CHUNK);
    assert_memory_equal(wire.memory, pattern(1), 4 * PAGE);
}

static void only_what_changes_is_written(void **state)
{
    (void)state;
    uint8_t page[PAGE];
    assert_int_equal(at24c_read(&chip, 0, page, PAGE), STATUS_OK);
    assert_int_equal(at24c_program(&chip, 0, page, PAGE), STATUS_OK);
    assert_int_equal(chip.count, 0);
    page[10] ^= 1u;
    page[12] ^= 1u;
    assert_int_equal(at24c_program(&chip, 0, page, PAGE), STATUS_OK);
    work();
    assert_int_equal(wire.written_bytes, 3);
    assert_int_equal(wire.writes, 1);
    assert_memory_equal(wire.memory, page, PAGE);

    assert_int_equal(at24c_erase(&chip, 512), STATUS_OK);
    assert_int_equal(at24c_sync(&chip), STATUS_OK);
    unsigned writes = wire.writes;
    assert_int_equal(at24c_erase(&chip, 512), STATUS_OK);
    assert_int_equal(at24c_sync(&chip), STATUS_OK);
    assert_int_equal(wire.writes, writes);
    for (size_t i = 0; i < BLOCK_BYTES; i++) assert_int_equal(wire.memory[512 + i], 0xff);
    /* A page that ends with 0xff on one that is erased. */
    memset(page + 20, 0xff, PAGE - 20);
    wire.written_bytes = 0;
    assert_int_equal(at24c_program(&chip, 576, page, PAGE), STATUS_OK);
    work();
    assert_int_equal(wire.written_bytes, 20);
    assert_memory_equal(wire.memory + 576, page, PAGE);
}

static void arguments_are_checked(void **state)
{
    (void)state;
    uint8_t data[PAGE] = { 0 };
    assert_int_equal(at24c_read(&chip, BYTES, data, 1), STATUS_INVALID);
    assert_int_equal(at24c_read(&chip, BYTES - 1, data, 2), STATUS_INVALID);
    assert_int_equal(at24c_read(&chip, 0xffffffffu, data, 2), STATUS_INVALID);
    assert_int_equal(at24c_program(&chip, BYTES, data, PAGE), STATUS_INVALID);
    assert_int_equal(at24c_program(&chip, 32, data, PAGE), STATUS_INVALID);
    assert_int_equal(at24c_program(&chip, 0, data, 32), STATUS_INVALID);
    assert_int_equal(at24c_erase(&chip, 64), STATUS_INVALID);
    assert_int_equal(at24c_erase(&chip, BYTES), STATUS_INVALID);
    assert_int_equal(chip.count, 0);
}

#define STEPS 200u

static struct {
    uint8_t after[STEPS + 1u][BYTES]; /* each operation */
    unsigned made, seen;              /* operations: called, and whole on the medium */
} history;

/* The memory is what some first part of the operations made, and the next one begun. */
static void check_history(void)
{
    while (history.seen < history.made && memcmp(wire.memory, history.after[history.seen + 1u], BYTES) == 0) {
        history.seen++;
    }
    if (memcmp(wire.memory, history.after[history.seen], BYTES) == 0) return;
    assert_true(history.seen < history.made);
    const uint8_t *old = history.after[history.seen], *next = history.after[history.seen + 1u];
    for (size_t i = 0; i < BYTES; i++) { assert_true(wire.memory[i] == old[i] || wire.memory[i] == next[i]); }
}

/* The same three pages again and again. */
static void make_operation(unsigned number)
{
    uint8_t *after = history.after[number];
    uint32_t from = number * 5u % 3u * PAGE;
    memcpy(after, history.after[number - 1u], BYTES);
    history.made = number;
    if (number % 4u == 0) {
        memset(after, 0xff, BLOCK_BYTES);
        assert_int_equal(at24c_erase(&chip, 0), STATUS_OK);
    } else {
        memcpy(after + from, pattern(number), PAGE);
        program(from, number, PAGE);
    }
}

static void the_medium_never_sees_them_in_another_order(void **state)
{
    (void)state;
    memset(&history, 0, sizeof history);
    memcpy(history.after[0], wire.memory, BYTES);
    wire.written = check_history;
    for (unsigned i = 1; i <= STEPS; i++) {
        make_operation(i);
        for (unsigned polls = 0; polls < i % 7u * 10u; polls++) {
            uint64_t next_ms = at24c_poll(&chip, wire.now_us / 1000u);
            if (next_ms != UINT64_MAX && next_ms * 1000u > wire.now_us) wire.now_us = next_ms * 1000u;
        }
    }
    assert_int_equal(at24c_sync(&chip), STATUS_OK);
    assert_memory_equal(wire.memory, history.after[STEPS], BYTES);
}

static void a_full_queue_waits_for_the_oldest_only(void **state)
{
    (void)state;
    for (unsigned i = 0; i < QUEUE; i++) program(i * PAGE, i + 1, PAGE);
    assert_int_equal(wire.transfers, 0);
    program(QUEUE * PAGE, 50, PAGE);
    assert_int_equal(chip.count, QUEUE);
    assert_int_equal(wire.writes, 1); /* a whole page at once */
    assert_memory_equal(wire.memory, pattern(1), PAGE);
    work();
    assert_memory_equal(wire.memory + QUEUE * PAGE, pattern(50), PAGE);
}

static void sync_takes_a_page_at_a_time(void **state)
{
    (void)state;
    program(0, 1, 4 * PAGE);
    (void)at24c_poll(&chip, wire.now_us / 1000u); /* in the middle of a page */
    uint64_t before_us = wire.now_us;
    assert_int_equal(at24c_sync(&chip), STATUS_OK);
    assert_true(wire.now_us - before_us < 5u * 20000u);
    assert_int_equal(chip.count, 0);
    assert_int_equal(wire.writes, 5);
    assert_memory_equal(wire.memory, pattern(1), 4 * PAGE);
}

static void a_chip_that_vanishes_loses_nothing(void **state)
{
    (void)state;
    program(0, 1, 2 * PAGE);
    for (int i = 0; i < 5; i++) wire.now_us = 1000u * at24c_poll(&chip, wire.now_us / 1000u);
    wire.broken = STATUS_TIMEOUT;
    uint64_t before_us = wire.now_us;
    assert_int_equal(at24c_sync(&chip), STATUS_TIMEOUT);
    assert_true(wire.now_us - before_us < 200000u);
    /* In the background it is asked seldom. */
    unsigned transfers = wire.transfers;
    for (before_us = wire.now_us; wire.now_us < before_us + 1000000u;) {
        wire.now_us = 1000u * at24c_poll(&chip, wire.now_us / 1000u);
    }
    assert_true(wire.transfers - transfers <= 11);
    for (unsigned i = 0; i < QUEUE - 2u; i++) program((4u + i) * PAGE, i + 10, PAGE);
    assert_int_equal(at24c_program(&chip, 0, pattern(9), PAGE), STATUS_TIMEOUT);
    expect(0, 1, 2 * PAGE);
    wire.broken = STATUS_OK;
    assert_int_equal(at24c_sync(&chip), STATUS_OK);
    assert_memory_equal(wire.memory, pattern(1), 2 * PAGE);
    assert_memory_equal(wire.memory + 4 * PAGE, pattern(10), PAGE);
}

static void a_chip_that_keeps_nothing_is_found_out(void **state)
{
    (void)state;
    wire.write_protected = true;
    program(0, 1, PAGE);
    assert_int_equal(at24c_sync(&chip), STATUS_BAD_DATA);
    for (int i = 0; i < 100; i++) wire.now_us = 1000u * at24c_poll(&chip, wire.now_us / 1000u);
    assert_int_equal(chip.count, 1);
    assert_int_equal(chip.failure, STATUS_BAD_DATA);
    wire.write_protected = false;
    work();
    assert_memory_equal(wire.memory, pattern(1), PAGE);
    assert_int_equal(chip.failure, STATUS_OK);
}

static void the_whole_memory_is_fetched_in_the_background(void **state)
{
    (void)state;
    uint64_t next_ms;
    uint8_t found[PAGE];
    program(256, 3, PAGE);
    while ((next_ms = at24c_poll(&chip, wire.now_us / 1000u)) != UINT64_MAX) {
        if (next_ms * 1000u > wire.now_us) wire.now_us = next_ms * 1000u;
        if (wire.transfers == 300) assert_int_equal(at24c_read(&chip, 1024, found, PAGE), STATUS_OK);
        if (wire.transfers == 400) program(2048, 4, PAGE);
        assert_true(wire.now_us < 3600000000u);
    }
    assert_true(wire.longest <= 1u + 2u + 1u + PAGE);
    wire.broken = STATUS_NACK;
    for (uint32_t at = 0; at < BYTES; at += PAGE) {
        assert_int_equal(at24c_read(&chip, at, found, PAGE), STATUS_OK);
        assert_memory_equal(found, wire.memory + at, PAGE);
    }
    assert_memory_equal(wire.memory + 256, pattern(3), PAGE);
    assert_memory_equal(wire.memory + 2048, pattern(4), PAGE);
}

static void a_read_that_fails_is_not_kept(void **state)
{
    (void)state;
    uint8_t found[4];
    wire.broken = STATUS_BUS;
    assert_int_equal(at24c_read(&chip, 0, found, 4), STATUS_BUS);
    wire.broken = STATUS_OK;
    assert_int_equal(at24c_read(&chip, 0, found, 4), STATUS_OK);
    assert_memory_equal(found, wire.memory, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(geometry_is_the_boards, set_up),
        cmocka_unit_test_setup(a_chip_that_is_still_writing_is_waited_for, set_up),
        cmocka_unit_test_setup(no_chip_is_said_at_once, set_up),
        cmocka_unit_test_setup(reads_are_kept, set_up),
        cmocka_unit_test_setup(what_is_written_is_read_before_it_is_on_the_medium, set_up),
        cmocka_unit_test_setup(it_is_busy_until_all_is_on_the_medium, set_up),
        cmocka_unit_test_setup(a_clock_that_leaps_is_no_chip_that_hangs, set_up),
        cmocka_unit_test_setup(a_poll_is_one_short_transfer, set_up),
        cmocka_unit_test_setup(only_what_changes_is_written, set_up),
        cmocka_unit_test_setup(arguments_are_checked, set_up),
        cmocka_unit_test_setup(the_medium_never_sees_them_in_another_order, set_up),
        cmocka_unit_test_setup(a_full_queue_waits_for_the_oldest_only, set_up),
        cmocka_unit_test_setup(sync_takes_a_page_at_a_time, set_up),
        cmocka_unit_test_setup(a_chip_that_vanishes_loses_nothing, set_up),
        cmocka_unit_test_setup(a_chip_that_keeps_nothing_is_found_out, set_up),
        cmocka_unit_test_setup(the_whole_memory_is_fetched_in_the_background, set_up),
        cmocka_unit_test_setup(a_read_that_fails_is_not_kept, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
