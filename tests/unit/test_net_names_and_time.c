/* What net decides by itself about names and time, without lwIP and without a wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/mdns_message.h"
#include "net/sntp_answer.h"

/* ---- Names ------------------------------------------------------------------------------------------ */

static void a_number_goes_behind_the_name(void **state)
{
    (void)state;
    char out[NET_HOST_NAME_BYTES];
    net_mdns_numbered(out, "greenhouse", 0);
    assert_string_equal(out, "greenhouse");
    net_mdns_numbered(out, "greenhouse", 2);
    assert_string_equal(out, "greenhouse-2");
    net_mdns_numbered(out, "greenhouse-2", 99);
    assert_string_equal(out, "greenhouse-2-99");
}

static void a_name_is_cut_so_that_the_number_fits_the_label(void **state)
{
    (void)state;
    char longest[NET_HOST_NAME_BYTES], out[NET_HOST_NAME_BYTES];
    memset(longest, 'n', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    net_mdns_numbered(out, longest, 0);
    assert_string_equal(out, longest);
    net_mdns_numbered(out, longest, 42);
    assert_int_equal(strlen(out), 63);
    assert_string_equal(out + 59, "n-42");
}

/* ---- Messages of mDNS ------------------------------------------------------------------------------- */

static bool plausible(const void *bytes, size_t count)
{
    struct pbuf message = { .payload = (void *)bytes, .len = (u16_t)count, .tot_len = (u16_t)count };
    return net_mdns_plausible(&message);
}

static void a_message_is_read_if_it_can_hold_what_it_says(void **state)
{
    (void)state;
    /* one question, one record in each section, then bytes for just that */
    uint8_t message[12 + 5 + 3 * 11] = { 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1 };
    assert_true(plausible(message, sizeof message));
    assert_false(plausible(message, sizeof message - 1));
    assert_false(plausible(message, 12));
    assert_false(plausible(message, 11));
    message[4] = 0xff; /* 65281 questions */
    assert_false(plausible(message, sizeof message));
    message[4] = 0;
    for (size_t section = 6; section < 12; section += 2) {
        message[section + 1] = 2;
        assert_false(plausible(message, sizeof message));
        message[section + 1] = 1;
    }
    /* Sums that would be small again in 16 bits. */
    memset(message + 6, 0xff, 6);
    assert_false(plausible(message, sizeof message));
}

static void a_farewell_takes_every_service_back(void **state)
{
    static const net_service_t services[] = { { "_http", NULL, 0 }, { "_wot", NULL, 0 } };
    static const char expected[] = "\0\0\x84\0\0\0\0\2\0\0\0\0"
                                   "\5_http\4_tcp\5local\0\0\x0c\0\1\0\0\0\0\0\x16"
                                   "\3dev\5_http\4_tcp\5local\0"
                                   "\4_wot\4_tcp\5local\0\0\x0c\0\1\0\0\0\0\0\x15"
                                   "\3dev\4_wot\4_tcp\5local";
    (void)state;
    char buffer[200];
    text_writer_t out = text_writer(buffer, sizeof buffer);
    net_mdns_write_farewell(&out, "dev", services, 2);
    assert_int_equal(out.at - buffer, sizeof expected);
    assert_memory_equal(buffer, expected, sizeof expected);
    struct pbuf message = { .payload = buffer, .len = sizeof expected, .tot_len = sizeof expected };
    assert_true(net_mdns_plausible(&message));
}

/* ---- Answers of time servers -------------------------------------------------------------------------- */

#define NOW_S 4004341200u /* 2026-11-23 05:00:00 UTC, in seconds since 1900 */

static const uint32_t stamp[2] = { 0xdecade00, 0xc0ffee11 };

static void put32(uint8_t *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) to[i] = (uint8_t)(value >> (24u - 8u * i));
}

typedef struct {
    uint8_t bytes[48];
} message_t;

static message_t answer(void)
{
    message_t message = { { 4 << 3 | 4, 2 } };
    put32(message.bytes + 24, stamp[0]);
    put32(message.bytes + 28, stamp[1]);
    put32(message.bytes + 32, NOW_S);
    put32(message.bytes + 40, NOW_S);
    put32(message.bytes + 44, 0x80000000u);
    return message;
}

static net_sntp_verdict_t judge(const message_t *message)
{
    return net_sntp_judge(message->bytes, sizeof message->bytes, stamp, 20);
}

static void time_stamps_of_both_eras_are_understood(void **state)
{
    (void)state;
    assert_true(net_sntp_utc_ms(NOW_S, 0x80000000u) == (int64_t)(NOW_S - 2208988800u) * 1000 + 500);
    assert_true(net_sntp_utc_ms(0xffffffffu, 0xffffffffu) == 2085978495999);
    assert_true(net_sntp_utc_ms(0, 0) == 2085978496000); /* 2036-02-07 06:28:16 */
    assert_true(net_sntp_utc_ms(1, 1u << 22) == 2085978497000);
}

static void a_right_answer_counts(void **state)
{
    (void)state;
    message_t message = answer();
    assert_int_equal(judge(&message), NET_SNTP_ANSWER);
    message.bytes[0] = 1 << 6 | 3 << 3 | 4; /* a leap second comes; NTP 3 */
    message.bytes[1] = 15;
    put32(message.bytes + 4, 0xfffff);
    put32(message.bytes + 8, 0xfffff);
    assert_int_equal(judge(&message), NET_SNTP_ANSWER);
    put32(message.bytes + 40, NOW_S + 1);
    put32(message.bytes + 44, 0);
    assert_int_equal(judge(&message), NET_SNTP_ANSWER);
    assert_int_equal(net_sntp_judge(message.bytes, 48, stamp, NET_TIME_ROUND_TRIP_MS_MAX), NET_SNTP_ANSWER);
}

static void each_thing_that_is_wrong_makes_it_noise(void **state)
{
    static const struct {
        uint8_t at, value;
    } changes[] = {
        { 0, 4 << 3 | 3 },          /* a question */
        { 0, 4 << 3 | 5 },          /* a broadcast */
        { 0, 4 << 3 },              /* no mode */
        { 0, 2 << 3 | 4 },          /* version 2 */
        { 0, 5 << 3 | 4 },          /* version 5 */
        { 0, 3 << 6 | 4 << 3 | 4 }, /* not synchronized */
        { 1, 16 },                  /* as well */
        { 5, 16 },                  /* 16 seconds from its source */
        { 9, 16 },                  /* perhaps */
        { 24, 0xdf },               /* the answer to another question */
        { 31, 0x12 },               /* in the last bit */
        { 32, 0xe1 },               /* received long before it was sent */
        { 40, 0xe1 },               /* sent before it was received */
    };
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        message_t message = answer();
        assert_int_not_equal(message.bytes[changes[i].at], changes[i].value);
        message.bytes[changes[i].at] = changes[i].value;
        assert_int_equal(judge(&message), NET_SNTP_NOISE);
    }
}

static void an_answer_of_another_length_is_noise(void **state)
{
    (void)state;
    message_t message = answer();
    assert_int_equal(net_sntp_judge(message.bytes, 47, stamp, 20), NET_SNTP_NOISE);
    assert_int_equal(net_sntp_judge(message.bytes, 0, stamp, 20), NET_SNTP_NOISE);
}

static void an_answer_that_comes_late_is_noise(void **state)
{
    (void)state;
    message_t message = answer();
    assert_int_equal(net_sntp_judge(message.bytes, 48, stamp, NET_TIME_ROUND_TRIP_MS_MAX + 1u),
                     NET_SNTP_NOISE);
}

static void a_time_in_which_we_cannot_be_is_noise(void **state)
{
    static const struct {
        uint32_t seconds;
        net_sntp_verdict_t verdict;
    } cases[] = {
        { 0xec9a8400u, NET_SNTP_NOISE },                                   /* 2025-10 */
        { (uint32_t)(CLOCK_UTC_S_MIN + 2208988800 - 1), NET_SNTP_NOISE },  /* the last second of 2025 */
        { (uint32_t)(CLOCK_UTC_S_MIN + 2208988800), NET_SNTP_ANSWER },     /* and the one after it */
        { 0, NET_SNTP_ANSWER },                                            /* the first one of era 1 */
        { (uint32_t)(CLOCK_UTC_S_MAX - 2085978496 - 1), NET_SNTP_ANSWER }, /* the last ones of 2099 */
        { (uint32_t)(CLOCK_UTC_S_MAX - 2085978496 + 1), NET_SNTP_NOISE },  /* and the first ones of 2100 */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        message_t message = answer();
        put32(message.bytes + 32, cases[i].seconds);
        put32(message.bytes + 40, cases[i].seconds);
        assert_int_equal(judge(&message), cases[i].verdict);
    }
}

static void only_the_server_that_was_asked_can_forbid_it(void **state)
{
    (void)state;
    message_t message = answer();
    message.bytes[1] = 0;
    assert_int_equal(judge(&message), NET_SNTP_KISS);
    message.bytes[0] = 3 << 6 | 4 << 3 | 4; /* most of them say that they are not synchronized, too */
    assert_int_equal(judge(&message), NET_SNTP_KISS);
    message.bytes[27] ^= 1;
    assert_int_equal(judge(&message), NET_SNTP_NOISE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_goes_behind_the_name),
        cmocka_unit_test(a_name_is_cut_so_that_the_number_fits_the_label),
        cmocka_unit_test(a_message_is_read_if_it_can_hold_what_it_says),
        cmocka_unit_test(a_farewell_takes_every_service_back),
        cmocka_unit_test(time_stamps_of_both_eras_are_understood),
        cmocka_unit_test(a_right_answer_counts),
        cmocka_unit_test(each_thing_that_is_wrong_makes_it_noise),
        cmocka_unit_test(an_answer_of_another_length_is_noise),
        cmocka_unit_test(an_answer_that_comes_late_is_noise),
        cmocka_unit_test(a_time_in_which_we_cannot_be_is_noise),
        cmocka_unit_test(only_the_server_that_was_asked_can_forbid_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
