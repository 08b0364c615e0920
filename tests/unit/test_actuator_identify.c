/* An actuator that blinks to show which device this is, and then is as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_actuators.h"

static void identify(actuator_bench_t *bench, size_t index, uint32_t duration_ms)
{
    actuator_registry_identify(&bench->registry, index, duration_ms, bench->now_ms);
}

/* Milliseconds of light of the lamp in the next ms milliseconds, and how often it went on. */
static unsigned watch(actuator_bench_t *bench, unsigned ms, unsigned *flashes)
{
    unsigned light_ms = 0;
    bool lit = bench->lamps.states[1] == ACTUATOR_LEVEL_MAX;
    *flashes = 0;
    for (unsigned i = 0; i < ms; i++) {
        actuator_bench_run(bench, 1);
        bool now = bench->lamps.states[1] == ACTUATOR_LEVEL_MAX;
        if (now && !lit) ++*flashes;
        if (now) light_ms++;
        lit = now;
    }
    return light_ms;
}

static void it_blinks_for_as_long_as_it_is_asked_and_is_as_it_was(void **state)
{
    actuator_bench_t *bench = *state;
    unsigned flashes;
    ask(bench, LAMP, 300);
    actuator_bench_run(bench, 100);
    uint64_t tag = bench->registry.tag;
    uint32_t changes = bench->registry.changes;
    identify(bench, LAMP, 3000);
    assert_in_range(watch(bench, 2990, &flashes), 1490, 1510);
    assert_int_equal(flashes, 6);
    expect(bench, LAMP, ACTUATOR_OK, 300); /* what it will be again */
    actuator_bench_run(bench, 20);
    assert_int_equal(bench->lamps.states[1], 300);
    assert_false(bench->registry.blink.active);
    expect(bench, LAMP, ACTUATOR_OK, 300);
    assert_int_equal(watch(bench, 2000, &flashes), 0);
    assert_true(tag == bench->registry.tag);
    assert_int_equal(bench->registry.changes, changes);
    assert_int_equal(bench->leds.states[0], 0);
}

static void it_can_be_stopped(void **state)
{
    actuator_bench_t *bench = *state;
    unsigned flashes;
    actuator_bench_run(bench, 100);
    identify(bench, LAMP, 10000);
    actuator_bench_run(bench, 10);
    assert_int_equal(bench->lamps.states[1], ACTUATOR_LEVEL_MAX);
    identify(bench, LAMP, 0);
    actuator_bench_run(bench, 10);
    assert_int_equal(bench->lamps.states[1], 0);
    assert_int_equal(watch(bench, 1000, &flashes), 0);
}

static void a_second_call_takes_the_place_of_the_first(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    identify(bench, LAMP, 10000);
    actuator_bench_run(bench, 10);
    identify(bench, LED1, 600);
    actuator_bench_run(bench, 10);
    assert_int_equal(bench->lamps.states[1], 0);
    assert_int_equal(bench->leds.states[3], 1);
    actuator_bench_run(bench, 300);
    assert_int_equal(bench->leds.states[3], 0);
    identify(bench, LED1, 1000); /* longer, from now on */
    actuator_bench_run(bench, 10);
    assert_int_equal(bench->leds.states[3], 1);
    actuator_bench_run(bench, 900);
    assert_true(bench->registry.blink.active);
    actuator_bench_run(bench, 100);
    assert_false(bench->registry.blink.active);
    assert_int_equal(bench->leds.states[3], 0);
}

static void a_state_that_is_asked_for_meanwhile_comes_afterwards(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    identify(bench, LAMP, 1000);
    actuator_bench_run(bench, 100);
    ask(bench, LAMP, 700);
    actuator_bench_run(bench, 500);
    assert_int_equal(at(bench, LAMP)->quality, ACTUATOR_PENDING);
    assert_int_equal(at(bench, LAMP)->requested, 700);
    assert_true(bench->lamps.states[1] == 0 || bench->lamps.states[1] == ACTUATOR_LEVEL_MAX);
    actuator_bench_run(bench, 410);
    assert_int_equal(bench->lamps.states[1], 700);
    expect(bench, LAMP, ACTUATOR_OK, 700);
}

static void the_longest_time_is_bounded(void **state)
{
    actuator_bench_t *bench = *state;
    identify(bench, LAMP, UINT32_MAX);
    actuator_bench_run(bench, ACTUATOR_IDENTIFY_MS_MAX);
    assert_false(bench->registry.blink.active);
}

static void a_chip_that_fails_meanwhile_is_an_error_and_comes_back_as_it_was(void **state)
{
    actuator_bench_t *bench = *state;
    ask(bench, LAMP, 300);
    actuator_bench_run(bench, 100);
    identify(bench, LAMP, 3000);
    actuator_bench_run(bench, 500);
    bench->lamps.probe = bench->lamps.set = bench->lamps.get = STATUS_NACK;
    actuator_bench_run(bench, 1000);
    expect(bench, LAMP, ACTUATOR_ERROR, 0);
    bench->lamps.probe = bench->lamps.set = bench->lamps.get = STATUS_OK;
    actuator_bench_run(bench, 3000);
    expect(bench, LAMP, ACTUATOR_OK, 300);
    assert_int_equal(bench->lamps.states[1], 300);
}

/* One call of blink, one look by a person: what somebody else switches meanwhile works. */
static void others_can_be_switched_meanwhile(void **state)
{
    actuator_bench_t *bench = *state;
    actuator_bench_run(bench, 100);
    identify(bench, LED0, 2000);
    ask(bench, LED1, 1);
    actuator_bench_run(bench, 10);
    expect(bench, LED1, ACTUATOR_OK, 1);
    assert_int_equal(bench->leds.states[0], 1);
    actuator_bench_run(bench, 2000);
    expect(bench, LED0, ACTUATOR_OK, 0);
    expect(bench, LED1, ACTUATOR_OK, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_blinks_for_as_long_as_it_is_asked_and_is_as_it_was, actuator_bench_set_up),
        cmocka_unit_test_setup(it_can_be_stopped, actuator_bench_set_up),
        cmocka_unit_test_setup(a_second_call_takes_the_place_of_the_first, actuator_bench_set_up),
        cmocka_unit_test_setup(a_state_that_is_asked_for_meanwhile_comes_afterwards, actuator_bench_set_up),
        cmocka_unit_test_setup(the_longest_time_is_bounded, actuator_bench_set_up),
        cmocka_unit_test_setup(a_chip_that_fails_meanwhile_is_an_error_and_comes_back_as_it_was,
                               actuator_bench_set_up),
        cmocka_unit_test_setup(others_can_be_switched_meanwhile, actuator_bench_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
