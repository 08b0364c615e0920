/* What answers on a bus, told from what does not and from what must not be asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sensors/bus_scan.h"
#include "sim_i2c.h"

typedef struct {
    unsigned reads;
} chip_t;

static void power_on(void *model)
{
    (void)model;
}

static void write(void *model, const uint8_t bytes[], size_t count)
{
    (void)model;
    (void)bytes;
    fail_msg("a scan writes nothing: %u bytes", (unsigned)count);
}

static void read(void *model, uint8_t bytes[], size_t count)
{
    chip_t *chip = model;
    chip->reads++;
    assert_int_equal(count, 1);
    bytes[0] = 0;
}

static const sim_model_ops_t model = { .power_on = power_on, .write = write, .read = read };

static chip_t first, last;
static sim_chip_t chips[2];
static hal_i2c_t i2c = { .chips = chips, .chip_count = 2 };
static hal_i2c_t empty = { .chips = chips, .chip_count = 0 };
static const hal_bus_t buses[] = { { "empty", &empty }, { "i2c0", &i2c } };
static const chip_place_t places[] = { { "low", "part", 1, CHIP_ADDRESS_FIRST },
                                       { "away", "part", 0, 0x50 } };
static bus_scan_t scan;

static int set_up(void **state)
{
    (void)state;
    first = last = (chip_t){ 0 };
    chips[0] = (sim_chip_t){ .id = "low", .addr = CHIP_ADDRESS_FIRST, .ops = &model, .model = &first };
    chips[1] = (sim_chip_t){ .id = "high", .addr = CHIP_ADDRESS_LAST, .ops = &model, .model = &last };
    bus_scan_init(&scan, buses, 2, places, 2, NULL, NULL);
    return 0;
}

/* returns   how many steps it took */
static unsigned run(uint64_t now_ms)
{
    unsigned steps = 1;
    bus_scan_begin(&scan, 7);
    for (uint64_t next_ms; (next_ms = bus_scan_step(&scan, now_ms)) != 0; steps++) now_ms = next_ms;
    return steps;
}

static unsigned answers(uint8_t bus)
{
    unsigned count = 0;
    for (uint8_t addr = 0; addr < 128; addr++) count += bus_scan_answered(&scan, bus, addr);
    return count;
}

static void the_first_and_the_last_address_of_a_bus_are_found(void **state)
{
    (void)state;
    unsigned steps = run(1000);
    assert_int_equal(answers(0), 0);
    assert_int_equal(answers(1), 2);
    assert_true(bus_scan_answered(&scan, 1, CHIP_ADDRESS_FIRST));
    assert_true(bus_scan_answered(&scan, 1, CHIP_ADDRESS_LAST));
    assert_true(steps <= 2u * 2u * (112u / BUS_SCAN_ADDRESSES) + 2u);
    assert_int_equal(first.reads, 1); /* what has answered is not asked again */
}

static void what_is_busy_first_time_is_found_the_second(void **state)
{
    (void)state;
    chips[1].fault = SIM_FAULT_NAK;
    bus_scan_begin(&scan, 7);
    uint64_t now_ms = 1000, next_ms;
    while ((next_ms = bus_scan_step(&scan, now_ms)) == now_ms) {}
    assert_int_equal(next_ms, now_ms + BUS_SCAN_PAUSE_MS);
    chips[1].fault = SIM_FAULT_NONE;
    for (now_ms = next_ms; (next_ms = bus_scan_step(&scan, now_ms)) != 0;) assert_int_equal(next_ms, now_ms);
    assert_int_equal(answers(1), 2);
}

static void a_bus_that_is_held_is_given_up_and_the_next_scan_begins_anew(void **state)
{
    (void)state;
    chips[0].fault = SIM_FAULT_HOLD;
    (void)run(1000);
    assert_true(scan.held[1]);
    assert_false(scan.held[0]);
    assert_int_equal(answers(1), 0);
    assert_int_equal(last.reads, 0);
    chips[0].fault = SIM_FAULT_STICK;
    (void)run(2000);
    assert_true(scan.held[1]);
    chips[0].fault = SIM_FAULT_NONE;
    (void)run(3000);
    assert_false(scan.held[1]);
    assert_int_equal(answers(1), 2);
}

static bool first_is_known(void *context, uint8_t bus, uint8_t addr, bool *is_there)
{
    *is_there = *(const bool *)context;
    return bus == 1 && addr == CHIP_ADDRESS_FIRST;
}

static void a_chip_in_use_is_not_asked(void **state)
{
    bool there = true;
    (void)state;
    bus_scan_init(&scan, buses, 2, places, 2, first_is_known, &there);
    (void)run(1000);
    assert_int_equal(first.reads, 0);
    assert_int_equal(answers(1), 2);
    there = false;
    (void)run(2000);
    assert_int_equal(first.reads, 0);
    assert_int_equal(answers(1), 1);
}

static void places_are_told_by_bus_and_address(void **state)
{
    (void)state;
    assert_string_equal(bus_scan_place(&scan, 1, CHIP_ADDRESS_FIRST)->id, "low");
    assert_string_equal(bus_scan_place(&scan, 0, 0x50)->id, "away");
    assert_null(bus_scan_place(&scan, 0, CHIP_ADDRESS_FIRST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_and_the_last_address_of_a_bus_are_found, set_up),
        cmocka_unit_test_setup(what_is_busy_first_time_is_found_the_second, set_up),
        cmocka_unit_test_setup(a_bus_that_is_held_is_given_up_and_the_next_scan_begins_anew, set_up),
        cmocka_unit_test_setup(a_chip_in_use_is_not_asked, set_up),
        cmocka_unit_test_setup(places_are_told_by_bus_and_address, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
