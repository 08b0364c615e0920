/* The limit on wrong credentials: its schedule, its bound, and that it never stands in an owner's way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "security/limiter.h"

#define LONGEST_WAIT_S (LIMITER_ADDRESS_BURST * LIMITER_ADDRESS_INTERVAL_MS / 1000u)

typedef struct {
    uint8_t bytes[LIMITER_ADDRESS_BYTES];
} address_t;

static address_t ipv4(uint32_t host)
{
    address_t address = { { 0 } };
    address.bytes[10] = address.bytes[11] = 0xff;
    for (unsigned i = 0; i < 4; i++) address.bytes[12 + i] = (uint8_t)(host >> (24 - 8 * i));
    return address;
}

static const uint32_t OWNER = 0xc0a80002, GUESSER = 0xc0a80003;

static uint16_t check(const limiter_t *limiter, uint32_t host, uint64_t now_ms)
{
    address_t address = ipv4(host);
    return limiter_check(limiter, address.bytes, now_ms);
}

static void wrong_try(limiter_t *limiter, uint32_t host, uint64_t now_ms)
{
    address_t address = ipv4(host);
    limiter_failed(limiter, address.bytes, now_ms);
}

static void an_address_has_a_burst_and_then_one_in_an_interval(void **state)
{
    (void)state;
    limiter_t limiter = { 0 };
    uint64_t now_ms = 5;
    for (unsigned i = 0; i < LIMITER_ADDRESS_BURST; i++) {
        assert_int_equal(check(&limiter, GUESSER, now_ms), 0);
        wrong_try(&limiter, GUESSER, now_ms);
    }
    for (unsigned round = 0; round < 5; round++) {
        assert_int_equal(check(&limiter, GUESSER, now_ms), LIMITER_ADDRESS_INTERVAL_MS / 1000u);
        assert_int_equal(check(&limiter, GUESSER, now_ms + LIMITER_ADDRESS_INTERVAL_MS - 1), 1);
        now_ms += LIMITER_ADDRESS_INTERVAL_MS;
        assert_int_equal(check(&limiter, GUESSER, now_ms), 0);
        wrong_try(&limiter, GUESSER, now_ms);
    }
}

/* Who waits as long as told is let in, and a second earlier is not. */
static void retry_after_is_the_truth(void **state)
{
    (void)state;
    limiter_t limiter = { 0 };
    uint64_t now_ms = 1;
    for (unsigned i = 0; i < 200; i++, now_ms += 37u * i) {
        uint16_t wait_s = check(&limiter, GUESSER, now_ms);
        if (wait_s > 0) {
            assert_int_equal(check(&limiter, GUESSER, now_ms + 1000u * wait_s), 0);
            assert_true(check(&limiter, GUESSER, now_ms + 1000u * (wait_s - 1u)) > 0);
        } else {
            wrong_try(&limiter, GUESSER, now_ms);
        }
    }
}

static void a_pause_fills_the_bucket_and_no_further(void **state)
{
    (void)state;
    limiter_t limiter = { 0 };
    for (unsigned i = 0; i < LIMITER_ADDRESS_BURST; i++) wrong_try(&limiter, GUESSER, 0);
    const uint64_t later_ms = 1000000000;
    for (unsigned i = 0; i < LIMITER_ADDRESS_BURST; i++) {
        assert_int_equal(check(&limiter, GUESSER, later_ms), 0);
        wrong_try(&limiter, GUESSER, later_ms);
    }
    assert_true(check(&limiter, GUESSER, later_ms) > 0);
}

static void an_owner_elsewhere_notices_nothing(void **state)
{
    (void)state;
    limiter_t limiter = { 0 };
    for (uint64_t now_ms = 0; now_ms < 600000; now_ms += 100) {
        wrong_try(&limiter, GUESSER, now_ms);
        assert_int_equal(check(&limiter, OWNER, now_ms), 0);
    }
}

static void an_address_without_a_failure_is_never_refused(void **state)
{
    (void)state;
    limiter_t limiter = { 0 };
    for (uint32_t host = 0; host < 5000; host++) {
        wrong_try(&limiter, host, host);
        assert_int_equal(check(&limiter, OWNER, host), 0);
    }
}

/* With all the network guessing, and after one slip of the owner's: nobody else can prolong the wait. */
static void no_wait_is_longer_than_ones_own_failures_make_it(void **state)
{
    (void)state;
    limiter_t limiter = { 0 };
    uint64_t now_ms = 1;
    for (uint32_t host = 0; host < 1000; host++) wrong_try(&limiter, host, now_ms);
    wrong_try(&limiter, OWNER, now_ms);
    assert_in_range(check(&limiter, OWNER, now_ms), 1, LIMITER_ADDRESS_INTERVAL_MS / 1000u);
    for (unsigned i = 0; i < LIMITER_ADDRESS_INTERVAL_MS / 100; i++, now_ms += 100)
        for (uint32_t host = 0; host < 100; host++) wrong_try(&limiter, host, now_ms);
    assert_int_equal(check(&limiter, OWNER, now_ms), 0);

    for (unsigned i = 0; i < 1000; i++) wrong_try(&limiter, OWNER, now_ms);
    assert_in_range(check(&limiter, OWNER, now_ms), 1, LONGEST_WAIT_S);
    assert_int_equal(check(&limiter, OWNER, now_ms + 1000u * LONGEST_WAIT_S), 0);
}

/* Addresses that share the work of guessing lose their bursts. */
static void addresses_together_are_slowed(void **state)
{
    (void)state;
    limiter_t limiter = { 0 };
    const uint32_t hosts = 10;
    unsigned let_in = 0;
    for (uint64_t now_ms = 0; now_ms < LIMITER_ADDRESS_INTERVAL_MS; now_ms += 50) {
        for (uint32_t host = 1; host <= hosts; host++) {
            if (check(&limiter, host, now_ms) > 0) continue;
            let_in++;
            wrong_try(&limiter, host, now_ms);
        }
    }
    unsigned together = LIMITER_ALL_BURST + LIMITER_ADDRESS_INTERVAL_MS / LIMITER_ALL_INTERVAL_MS;
    assert_in_range(let_in, LIMITER_ALL_BURST, together);
    assert_true(together < hosts * LIMITER_ADDRESS_BURST);
}

static void a_flood_of_addresses_does_not_wash_out_one_that_failed_often(void **state)
{
    (void)state;
    limiter_t limiter = { 0 };
    for (unsigned i = 0; i < LIMITER_ADDRESS_BURST; i++) wrong_try(&limiter, GUESSER, 0);
    for (uint32_t host = 0; host < 1000; host++) wrong_try(&limiter, host, 1 + host);
    assert_true(check(&limiter, GUESSER, 1001) > 0);
}

static void forgiven_addresses_make_room(void **state)
{
    (void)state;
    limiter_t limiter = { 0 };
    for (uint32_t host = 0; host < LIMITER_ADDRESSES_MAX; host++)
        for (unsigned i = 0; i < LIMITER_ADDRESS_BURST; i++) wrong_try(&limiter, host, 0);
    const uint64_t later_ms = LONGEST_WAIT_S * 1000u;
    for (uint32_t host = 100; host < 100 + LIMITER_ADDRESSES_MAX; host++)
        for (unsigned i = 0; i < LIMITER_ADDRESS_BURST; i++) wrong_try(&limiter, host, later_ms);
    for (uint32_t host = 100; host < 100 + LIMITER_ADDRESSES_MAX; host++)
        assert_true(check(&limiter, host, later_ms) > 0);
}

static void addresses_that_differ_in_one_bit_are_two(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 8 * LIMITER_ADDRESS_BYTES; bit++) {
        limiter_t limiter = { 0 };
        address_t one = ipv4(GUESSER), other = one;
        other.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        for (unsigned i = 0; i < LIMITER_ADDRESS_BURST; i++) limiter_failed(&limiter, one.bytes, 0);
        assert_true(limiter_check(&limiter, one.bytes, 0) > 0);
        assert_int_equal(limiter_check(&limiter, other.bytes, 0), 0);
    }
}

/* The unspecified address is also what a free slot holds. */
static void the_address_of_zeros_is_like_any_other(void **state)
{
    (void)state;
    static const address_t zeros;
    limiter_t limiter = { 0 };
    assert_int_equal(limiter_check(&limiter, zeros.bytes, 0), 0);
    for (unsigned i = 0; i < LIMITER_ADDRESS_BURST; i++) limiter_failed(&limiter, zeros.bytes, 0);
    assert_int_equal(limiter_check(&limiter, zeros.bytes, 0), LIMITER_ADDRESS_INTERVAL_MS / 1000u);
    assert_int_equal(check(&limiter, OWNER, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_has_a_burst_and_then_one_in_an_interval),
        cmocka_unit_test(retry_after_is_the_truth),
        cmocka_unit_test(a_pause_fills_the_bucket_and_no_further),
        cmocka_unit_test(an_owner_elsewhere_notices_nothing),
        cmocka_unit_test(an_address_without_a_failure_is_never_refused),
        cmocka_unit_test(no_wait_is_longer_than_ones_own_failures_make_it),
        cmocka_unit_test(addresses_together_are_slowed),
        cmocka_unit_test(a_flood_of_addresses_does_not_wash_out_one_that_failed_often),
        cmocka_unit_test(forgiven_addresses_make_room),
        cmocka_unit_test(addresses_that_differ_in_one_bit_are_two),
        cmocka_unit_test(the_address_of_zeros_is_like_any_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
