/* The W5500 driver against a register-level model of the chip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hal/drivers/w5500.h"
#include "model_w5500.h"

static const uint8_t mac[6] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };

static model_w5500_t chip;
static w5500_t nic;

static int attach(void **state)
{
    (void)state;
    model_w5500_init(&chip);
    memset(&nic, 0, sizeof nic);
    nic.spi = &chip;
    return 0;
}

static int open_at(uint16_t position)
{
    attach(NULL);
    model_w5500_begin_at(&chip, position);
    if (w5500_open(&nic, mac) != STATUS_OK) return -1;
    return w5500_link_up(&nic) ? 0 : -1;
}

static int opened(void **state)
{
    (void)state;
    return open_at(0);
}

static int detach(void **state)
{
    (void)state;
    if (chip.misuse) print_error("misuse of the chip: %s\n", chip.misuse);
    return chip.misuse || chip.selected ? -1 : 0;
}

/* A frame for us whose bytes all depend on their place and on the seed. */
static void fill(uint8_t *frame, size_t count, size_t seed)
{
    for (size_t i = 0; i < count; i++) frame[i] = (uint8_t)(i * 7u + seed * 31u + (i >> 8));
    memcpy(frame, mac, sizeof mac);
}

static void assert_receives(const uint8_t *frame, size_t count)
{
    static uint8_t first[64], rest[HAL_ETH_FRAME_BYTES_MAX + 4];
    const hal_eth_span_t spans[] = { { first, sizeof first }, { rest, sizeof rest } };
    size_t in_first = sizeof first - HAL_ETH_PAD_BYTES;
    assert_int_equal(w5500_pending(&nic), count);
    w5500_receive(&nic, spans, 2);
    if (in_first > count) in_first = count;
    assert_memory_equal(first + HAL_ETH_PAD_BYTES, frame, in_first);
    assert_memory_equal(rest, frame + in_first, count - in_first);
}

static status_t send(const uint8_t *frame, size_t count)
{
    const hal_eth_slice_t slices[] = { { frame, 14 }, { frame + 14, count - 14 } };
    return w5500_send(&nic, slices, 2, count);
}

/* --- start --- */

static void open_sets_the_address_and_gives_all_memory_to_one_socket(void **state)
{
    (void)state;
    assert_int_equal(w5500_open(&nic, mac), STATUS_OK);
    assert_memory_equal(chip.common + 9, mac, 6);
    assert_true(nic.open);
}

static void another_chip_or_none_is_bad_data(void **state)
{
    (void)state;
    static const uint8_t versions[] = { 0x00, 0x03, 0xff };
    for (size_t i = 0; i < sizeof versions; i++) {
        chip.version = versions[i];
        assert_int_equal(w5500_open(&nic, mac), STATUS_BAD_DATA);
        assert_false(nic.open);
    }
}

static void what_never_ends_is_a_timeout(void **state)
{
    (void)state;
    chip.reset_hangs = true;
    assert_int_equal(w5500_open(&nic, mac), STATUS_TIMEOUT);
    chip.reset_hangs = false;
    chip.commands_hang = true;
    assert_int_equal(w5500_open(&nic, mac), STATUS_TIMEOUT);
}

/* --- link --- */

static void the_link_is_what_the_phy_says(void **state)
{
    (void)state;
    uint8_t frame[60];
    fill(frame, sizeof frame, 1);
    chip.link = false;
    assert_false(w5500_link_up(&nic));
    assert_int_equal(send(frame, sizeof frame), STATUS_NO_LINK);
    assert_int_equal(chip.sent_count, 0);
    chip.link = true;
    assert_true(w5500_link_up(&nic));
    assert_int_equal(send(frame, sizeof frame), STATUS_OK);
}

/* --- frames that come --- */

static void frames_of_all_lengths_come_whole_and_in_order(void **state)
{
    (void)state;
    static uint8_t frame[HAL_ETH_FRAME_BYTES_MAX];
    for (size_t count = 14; count <= sizeof frame; count++) {
        fill(frame, count, count);
        model_w5500_receive(&chip, frame, count);
        assert_receives(frame, count);
    }
    assert_int_equal(w5500_pending(&nic), 0);
    assert_int_equal(nic.stats.rx_frames, sizeof frame - 13u);
    assert_int_equal(nic.stats.rx_dropped, 0);
}

/* Positions count to 65535 and begin again at 0; the memory does so four times as often. */
static void a_frame_may_lie_across_the_end_of_the_memory_at_any_byte(void **state)
{
    (void)state;
    uint8_t frame[100];
    static const uint16_t ends[] = { 16384, 32768, 49152, 0 };
    for (size_t end = 0; end < sizeof ends / sizeof ends[0]; end++) {
        for (unsigned before = 0; before <= sizeof frame + 2; before++) {
            assert_int_equal(open_at((uint16_t)(ends[end] - before)), 0);
            fill(frame, sizeof frame, before);
            model_w5500_receive(&chip, frame, sizeof frame);
            assert_receives(frame, sizeof frame);
            assert_int_equal(w5500_pending(&nic), 0);
        }
    }
}

static void a_length_that_no_frame_has_begins_the_memory_anew(void **state)
{
    (void)state;
    static const uint16_t lengths[] = { 0, 1, 2, 15, 0x8000, 0xffff };
    uint8_t frame[60];
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_int_equal(open_at(0xfff0), 0);
        uint8_t bytes[64] = { (uint8_t)(lengths[i] >> 8), (uint8_t)lengths[i] };
        model_w5500_garbage(&chip, bytes, sizeof bytes);
        assert_int_equal(w5500_pending(&nic), 0);
        assert_int_equal(nic.stats.rx_dropped, 1);
        assert_int_equal(chip.opened_count, 2);
        fill(frame, sizeof frame, i);
        model_w5500_receive(&chip, frame, sizeof frame);
        assert_receives(frame, sizeof frame);
    }
}

static void a_length_beyond_what_has_come_begins_anew_too(void **state)
{
    (void)state;
    uint8_t bytes[64] = { 0, sizeof bytes + 1 };
    model_w5500_garbage(&chip, bytes, sizeof bytes);
    assert_int_equal(w5500_pending(&nic), 0);
    assert_int_equal(chip.opened_count, 2);
}

static void a_frame_that_is_too_long_is_dropped_and_the_next_one_comes(void **state)
{
    (void)state;
    static uint8_t frame[HAL_ETH_FRAME_BYTES_MAX + 4];
    fill(frame, sizeof frame, 1);
    model_w5500_receive(&chip, frame, HAL_ETH_FRAME_BYTES_MAX + 1u);
    model_w5500_receive(&chip, frame, sizeof frame);
    fill(frame, 60, 2);
    model_w5500_receive(&chip, frame, 60);
    assert_receives(frame, 60);
    assert_int_equal(nic.stats.rx_dropped, 2);
    assert_int_equal(chip.opened_count, 1);
}

static void ours_broadcasts_and_groups_are_taken_and_others_left(void **state)
{
    (void)state;
    static const char *const taken[] = { "\x02\x11\x22\x33\x44\x55", "\xff\xff\xff\xff\xff\xff",
                                         "\x33\x33\x00\x00\x00\x01", "\x01\x00\x5e\x00\x00\xfb" };
    uint8_t frame[60];
    fill(frame, sizeof frame, 1);
    memcpy(frame, "\x02\x11\x22\x33\x44\x56", 6);
    model_w5500_receive(&chip, frame, sizeof frame);
    assert_int_equal(w5500_pending(&nic), 0);
    assert_int_equal(nic.stats.rx_dropped, 0);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        memcpy(frame, taken[i], 6);
        model_w5500_receive(&chip, frame, sizeof frame);
        assert_int_equal(w5500_pending(&nic), sizeof frame);
        w5500_discard(&nic);
    }
    assert_int_equal(nic.stats.rx_dropped, 4);
}

static void many_frames_for_others_do_not_keep_the_loop(void **state)
{
    (void)state;
    uint8_t frame[60];
    fill(frame, sizeof frame, 1);
    frame[5] ^= 1;
    for (unsigned i = 0; i < 20; i++) model_w5500_receive(&chip, frame, sizeof frame);
    fill(frame, sizeof frame, 2);
    model_w5500_receive(&chip, frame, sizeof frame);
    unsigned turns = 1;
    for (; w5500_pending(&nic) == 0; turns++) assert_true(w5500_knows_more(&nic));
    assert_int_equal(turns, 3); /* eight of them each */
    assert_receives(frame, sizeof frame);
}

static void the_line_is_low_until_the_frames_were_looked_for(void **state)
{
    (void)state;
    uint8_t frame[60];
    fill(frame, sizeof frame, 1);
    assert_false(model_w5500_irq(&chip));
    model_w5500_receive(&chip, frame, sizeof frame);
    assert_true(model_w5500_irq(&chip));
    assert_int_equal(w5500_pending(&nic), sizeof frame);
    assert_false(model_w5500_irq(&chip));
    model_w5500_receive(&chip, frame, sizeof frame); /* behind the look */
    assert_true(model_w5500_irq(&chip));
    assert_receives(frame, sizeof frame);
    assert_receives(frame, sizeof frame);
}

static void a_counter_that_changes_while_it_is_read_is_read_again(void **state)
{
    (void)state;
    uint8_t frame[200];
    fill(frame, sizeof frame, 1);
    model_w5500_receive(&chip, frame, sizeof frame);
    chip.counters_race = true;
    assert_receives(frame, sizeof frame);
    assert_int_equal(chip.opened_count, 1);
}

static void a_full_memory_loses_frames_and_goes_on(void **state)
{
    (void)state;
    static uint8_t frame[HAL_ETH_FRAME_BYTES_MAX];
    fill(frame, sizeof frame, 1);
    for (unsigned i = 0; i < 12; i++) model_w5500_receive(&chip, frame, sizeof frame);
    assert_int_equal(chip.lost, 2);
    for (unsigned i = 0; i < 10; i++) assert_receives(frame, sizeof frame);
    assert_int_equal(w5500_pending(&nic), 0);
    model_w5500_receive(&chip, frame, sizeof frame);
    assert_receives(frame, sizeof frame);
}

/* --- frames that go --- */

static void frames_go_as_they_are_and_short_ones_padded(void **state)
{
    (void)state;
    static uint8_t frame[HAL_ETH_FRAME_BYTES_MAX];
    static const uint8_t zeros[60];
    for (size_t count = 14; count <= sizeof frame; count++) { /* through all of the memory, many times */
        fill(frame, count, count);
        assert_int_equal(send(frame, count), STATUS_OK);
        assert_int_equal(chip.sent_bytes, count < 60 ? 60 : count);
        assert_memory_equal(chip.sent, frame, count);
        if (count < 60) assert_memory_equal(chip.sent + count, zeros, 60 - count);
    }
    assert_int_equal(nic.stats.tx_frames, sizeof frame - 13u);
}

static void lengths_that_no_frame_has_are_invalid(void **state)
{
    (void)state;
    static const uint8_t frame[HAL_ETH_FRAME_BYTES_MAX + 1];
    const hal_eth_slice_t one = { frame, 13 };
    assert_int_equal(w5500_send(&nic, &one, 1, 13), STATUS_INVALID);
    assert_int_equal(send(frame, sizeof frame), STATUS_INVALID);
    assert_int_equal(chip.sent_count, 0);
}

static void a_full_transmit_memory_is_busy_and_counted(void **state)
{
    (void)state;
    uint8_t frame[1000];
    fill(frame, sizeof frame, 1);
    chip.tx_backlog = MODEL_W5500_MEMORY_BYTES - 999;
    assert_int_equal(send(frame, sizeof frame), STATUS_BUSY);
    assert_int_equal(nic.stats.tx_dropped, 1);
    assert_int_equal(chip.sent_count, 0);
    chip.tx_backlog = MODEL_W5500_MEMORY_BYTES - 1000;
    assert_int_equal(send(frame, sizeof frame), STATUS_OK);
    assert_memory_equal(chip.sent, frame, sizeof frame);
}

static void a_frame_that_is_never_sent_keeps_the_next_one_back(void **state)
{
    (void)state;
    uint8_t frame[60];
    fill(frame, sizeof frame, 1);
    chip.send_hangs = true;
    assert_int_equal(send(frame, sizeof frame), STATUS_OK);
    assert_int_equal(send(frame, sizeof frame), STATUS_BUSY);
    assert_int_equal(chip.sent_count, 1);
    assert_int_equal(nic.stats.tx_dropped, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(open_sets_the_address_and_gives_all_memory_to_one_socket, attach,
                                        detach),
        cmocka_unit_test_setup_teardown(another_chip_or_none_is_bad_data, attach, detach),
        cmocka_unit_test_setup_teardown(what_never_ends_is_a_timeout, attach, detach),
        cmocka_unit_test_setup_teardown(the_link_is_what_the_phy_says, opened, detach),
        cmocka_unit_test_setup_teardown(frames_of_all_lengths_come_whole_and_in_order, opened, detach),
        cmocka_unit_test_setup_teardown(a_frame_may_lie_across_the_end_of_the_memory_at_any_byte, attach,
                                        detach),
        cmocka_unit_test_setup_teardown(a_length_that_no_frame_has_begins_the_memory_anew, attach, detach),
        cmocka_unit_test_setup_teardown(a_length_beyond_what_has_come_begins_anew_too, opened, detach),
        cmocka_unit_test_setup_teardown(a_frame_that_is_too_long_is_dropped_and_the_next_one_comes, opened,
                                        detach),
        cmocka_unit_test_setup_teardown(ours_broadcasts_and_groups_are_taken_and_others_left, opened, detach),
        cmocka_unit_test_setup_teardown(many_frames_for_others_do_not_keep_the_loop, opened, detach),
        cmocka_unit_test_setup_teardown(the_line_is_low_until_the_frames_were_looked_for, opened, detach),
        cmocka_unit_test_setup_teardown(a_counter_that_changes_while_it_is_read_is_read_again, opened,
                                        detach),
        cmocka_unit_test_setup_teardown(a_full_memory_loses_frames_and_goes_on, opened, detach),
        cmocka_unit_test_setup_teardown(frames_go_as_they_are_and_short_ones_padded, opened, detach),
        cmocka_unit_test_setup_teardown(lengths_that_no_frame_has_are_invalid, opened, detach),
        cmocka_unit_test_setup_teardown(a_full_transmit_memory_is_busy_and_counted, opened, detach),
        cmocka_unit_test_setup_teardown(a_frame_that_is_never_sent_keeps_the_next_one_back, opened, detach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
