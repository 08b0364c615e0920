/* The LAN9118 driver against a register-level model of the chip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hal/drivers/lan9118.h"
#include "model_lan9118.h"

#define BASE 0x40200000u

static model_lan9118_t chip;
static lan9118_t nic;
static uint8_t mac[6];

static int attach(void **state)
{
    (void)state;
    model_lan9118_attach(&chip, BASE);
    memset(&nic, 0xa5, sizeof nic);
    memset(mac, 0, sizeof mac);
    return 0;
}

static int opened(void **state)
{
    attach(state);
    return lan9118_open(&nic, BASE, mac) == STATUS_OK ? 0 : -1;
}

static int detach(void **state)
{
    (void)state;
    model_lan9118_detach();
    if (chip.misuse) print_error("misuse of the chip: %s\n", chip.misuse);
    return chip.misuse ? -1 : 0;
}

/* A frame for us whose bytes all depend on their place and on the seed. */
static void fill(uint8_t *frame, size_t count, size_t seed)
{
    for (size_t i = 0; i < count; i++) frame[i] = (uint8_t)(i * 7u + seed * 31u + (i >> 8));
    memcpy(frame, chip.eeprom, 6);
}

static hal_eth_stats_t stats(void)
{
    hal_eth_stats_t s;
    lan9118_read_stats(&nic, &s);
    return s;
}

/* --- start --- */

static void open_reads_the_address_that_the_eeprom_loaded(void **state)
{
    (void)state;
    chip.slow_polls = 500;
    assert_int_equal(lan9118_open(&nic, BASE, mac), STATUS_OK);
    assert_memory_equal(mac, chip.eeprom, 6);
    assert_true(nic.link);
    assert_int_equal(chip.phy_control, 0x1200);
    assert_int_equal(chip.phy_advertise & 0x1e0, 0x1e0);
}

static void every_chip_of_the_kin_is_known(void **state)
{
    (void)state;
    static const uint16_t ids[] = { 0x0115, 0x0116, 0x0117, 0x0118, 0x9210, 0x9211, 0x9220, 0x9221 };
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        chip.id_rev = (uint32_t)ids[i] << 16 | (uint32_t)i;
        assert_int_equal(lan9118_open(&nic, BASE, mac), STATUS_OK);
    }
}

static void assert_open_fails(status_t wanted)
{
    static const uint8_t untouched[6] = { 0 };
    assert_int_equal(lan9118_open(&nic, BASE, mac), wanted);
    assert_memory_equal(mac, untouched, 6);
}

static void another_chip_is_bad_data(void **state)
{
    (void)state;
    chip.id_rev = 0x01190001u;
    assert_open_fails(STATUS_BAD_DATA);
}

static void no_chip_is_bad_data(void **state)
{
    (void)state;
    model_lan9118_detach();
    assert_open_fails(STATUS_BAD_DATA);
}

static void swapped_bytes_are_bad_data(void **state)
{
    (void)state;
    chip.byte_test = 0x43218765u;
    assert_open_fails(STATUS_BAD_DATA);
}

static void an_empty_eeprom_is_bad_data(void **state)
{
    (void)state;
    memset(chip.eeprom, 0xff, 6);
    assert_open_fails(STATUS_BAD_DATA);
    memset(chip.eeprom, 0, 6);
    assert_open_fails(STATUS_BAD_DATA);
}

static void whatever_never_ends_is_a_timeout(void **state)
{
    bool *const faults[] = { &chip.never_ready,  &chip.reset_hangs, &chip.reset_fails,
                             &chip.eeprom_hangs, &chip.mac_hangs,   &chip.phy_hangs };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        model_lan9118_detach();
        attach(state);
        *faults[i] = true;
        assert_open_fails(STATUS_TIMEOUT);
    }
}

static void the_filter_takes_ours_broadcasts_and_groups(void **state)
{
    (void)state;
    uint8_t frame[60];
    fill(frame, sizeof frame, 1);
    memcpy(frame, "\x02\x11\x22\x33\x44\x56", 6);
    model_lan9118_receive(&chip, frame, sizeof frame, 0);
    assert_int_equal(lan9118_pending(&nic), 0);
    static const char *const taken[] = { "\x02\x11\x22\x33\x44\x55", "\xff\xff\xff\xff\xff\xff",
                                         "\x33\x33\x00\x00\x00\x01", "\x01\x00\x5e\x00\x00\xfb" };
    for (size_t i = 0; i < 4; i++) {
        memcpy(frame, taken[i], 6);
        model_lan9118_receive(&chip, frame, sizeof frame, 0);
        assert_int_equal(lan9118_pending(&nic), 60);
        lan9118_discard(&nic);
    }
}

/* --- link --- */

static void duplex_follows_what_was_negotiated(void **state)
{
    (void)state;
    static const struct {
        uint16_t partner;
        bool full;
    } cases[] = { { 0x01e1, true }, { 0x0101, true }, { 0x00e1, false }, { 0x0081, false },
                  { 0x0061, true }, { 0x0041, true }, { 0x0021, false }, { 0x0000, false } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        chip.phy_ability = cases[i].partner;
        model_lan9118_set_link(&chip, false);
        assert_false(lan9118_link_up(&nic));
        model_lan9118_set_link(&chip, true);
        assert_true(lan9118_link_up(&nic));
        assert_int_equal((chip.mac_cr & 0x00100000u) != 0, cases[i].full);
        assert_int_equal(chip.mac_cr & 0x000c000cu, 0x0008000cu);
    }
}

static void a_loss_in_between_does_not_hide_the_link_of_now(void **state)
{
    (void)state;
    model_lan9118_set_link(&chip, false);
    model_lan9118_set_link(&chip, true);
    assert_true(lan9118_link_up(&nic));
}

static void a_phy_that_hangs_is_no_link(void **state)
{
    (void)state;
    chip.phy_hangs = true;
    assert_false(lan9118_link_up(&nic));
}

static void without_link_nothing_is_sent(void **state)
{
    (void)state;
    uint8_t frame[60] = { 0 };
    hal_eth_slice_t slice = { frame, sizeof frame };
    model_lan9118_set_link(&chip, false);
    assert_false(lan9118_link_up(&nic));
    assert_int_equal(lan9118_send(&nic, &slice, 1, 60), STATUS_NO_LINK);
    assert_int_equal(chip.tx_words, 0);
    model_lan9118_set_link(&chip, true);
    assert_true(lan9118_link_up(&nic));
    assert_int_equal(lan9118_send(&nic, &slice, 1, 60), STATUS_OK);
}

/* --- receive --- */

#define GUARD 0x5a

/* Receives into spans of the given sizes and compares what lies in them, one behind the other. */
static void receive_in(const size_t sizes[], size_t span_count, size_t count, unsigned seed)
{
    uint8_t frame[HAL_ETH_FRAME_BYTES_MAX];
    uint32_t memory[8][400];
    hal_eth_span_t spans[8];
    fill(frame, count, seed);
    memset(memory, GUARD, sizeof memory);
    for (size_t i = 0; i < span_count; i++) spans[i] = (hal_eth_span_t){ (uint8_t *)memory[i], sizes[i] };
    assert_int_equal(lan9118_pending(&nic), count);
    lan9118_receive(&nic, spans, span_count);
    size_t at = 0;
    for (size_t i = 0; i < span_count; i++) {
        size_t room = (sizes[i] + 3u) & ~(size_t)3u;
        const uint8_t *bytes = (const uint8_t *)memory[i];
        for (size_t k = 0; k < room && at < HAL_ETH_PAD_BYTES + count; k++, at++) {
            if (at >= HAL_ETH_PAD_BYTES) assert_int_equal(bytes[k], frame[at - HAL_ETH_PAD_BYTES]);
        }
        for (size_t k = room; k < sizeof memory[i]; k++) assert_int_equal(bytes[k], GUARD);
    }
    assert_int_equal(at, HAL_ETH_PAD_BYTES + count);
}

static void frame_comes(size_t count, unsigned seed)
{
    uint8_t frame[MODEL_BYTES_MAX - 16u];
    fill(frame, count, seed);
    model_lan9118_receive(&chip, frame, count, 0);
}

static void frames_of_every_length_arrive_whole(void **state)
{
    (void)state;
    static const size_t one[] = { 1536 };
    static const size_t some[] = { 64, 4, 128, 1400 };
    for (size_t count = 14; count <= HAL_ETH_FRAME_BYTES_MAX; count += count < 200 ? 1 : 131) {
        frame_comes(count, (unsigned)count);
        receive_in(one, 1, count, (unsigned)count);
        frame_comes(count, (unsigned)count + 1);
        receive_in(some, 4, count, (unsigned)count + 1);
    }
    frame_comes(HAL_ETH_FRAME_BYTES_MAX, 3);
    receive_in(one, 1, HAL_ETH_FRAME_BYTES_MAX, 3);
    assert_int_equal(chip.rx_words_left, 0);
    assert_int_equal(stats().rx_dropped, 0);
}

static void the_last_span_may_end_within_a_word(void **state)
{
    (void)state;
    for (size_t count = 60; count < 72; count++) {
        const size_t sizes[] = { 16, HAL_ETH_PAD_BYTES + count - 16u };
        frame_comes(count, (unsigned)count);
        receive_in(sizes, 2, count, (unsigned)count);
    }
}

static void frames_queue_in_order_and_wait_until_taken(void **state)
{
    (void)state;
    static const size_t one[] = { 1536 };
    for (unsigned i = 0; i < 5; i++) frame_comes(60 + i, i);
    for (unsigned i = 0; i < 5; i++) {
        assert_true(lan9118_rx_waiting(&nic));
        assert_int_equal(lan9118_pending(&nic), 60 + i);
        assert_int_equal(lan9118_pending(&nic), 60 + i);
        assert_true(lan9118_rx_waiting(&nic));
        receive_in(one, 1, 60 + i, i);
    }
    assert_int_equal(lan9118_pending(&nic), 0);
    assert_false(lan9118_rx_waiting(&nic));
    assert_int_equal(stats().rx_frames, 5);
}

static void spans_that_are_too_short_lose_the_rest_and_nothing_else(void **state)
{
    (void)state;
    uint32_t memory[4];
    hal_eth_span_t span = { (uint8_t *)memory, sizeof memory };
    static const size_t one[] = { 1536 };
    frame_comes(100, 1);
    frame_comes(90, 2);
    assert_int_equal(lan9118_pending(&nic), 100);
    lan9118_receive(&nic, &span, 1);
    receive_in(one, 1, 90, 2);
}

static void taking_what_is_not_there_touches_nothing(void **state)
{
    (void)state;
    uint32_t memory[4] = { 1, 2, 3, 4 };
    hal_eth_span_t span = { (uint8_t *)memory, sizeof memory };
    lan9118_receive(&nic, &span, 1);
    lan9118_discard(&nic);
    assert_int_equal(memory[0], 1);
    assert_int_equal(stats().rx_frames + stats().rx_dropped, 0);
}

static void a_discarded_frame_is_gone_and_counted(void **state)
{
    (void)state;
    static const size_t one[] = { 1536 };
    frame_comes(333, 1);
    frame_comes(60, 2);
    assert_int_equal(lan9118_pending(&nic), 333);
    lan9118_discard(&nic);
    receive_in(one, 1, 60, 2);
    assert_int_equal(stats().rx_dropped, 1);
    assert_int_equal(stats().rx_frames, 1);
}

static void bad_frames_are_dropped_and_counted(void **state)
{
    (void)state;
    static const size_t one[] = { 1536 };
    uint8_t frame[1600];
    fill(frame, sizeof frame, 9);
    model_lan9118_receive(&chip, frame, 61, 0x8002); /* bad FCS */
    model_lan9118_receive(&chip, frame, HAL_ETH_FRAME_BYTES_MAX + 1, 0);
    model_lan9118_receive(&chip, frame, 13, 0); /* no room for a header */
    frame_comes(62, 4);
    receive_in(one, 1, 62, 4);
    assert_int_equal(lan9118_pending(&nic), 0);
    assert_int_equal(chip.rx_words_left, 0);
    assert_int_equal(stats().rx_dropped, 3);
    assert_int_equal(stats().rx_frames, 1);
}

static void a_storm_of_bad_frames_lets_the_caller_breathe(void **state)
{
    (void)state;
    static const size_t one[] = { 1536 };
    uint8_t frame[60];
    fill(frame, sizeof frame, 9);
    for (unsigned i = 0; i < 12; i++) model_lan9118_receive(&chip, frame, sizeof frame, 0x8000);
    frame_comes(64, 5);
    assert_int_equal(lan9118_pending(&nic), 0);
    assert_true(lan9118_rx_waiting(&nic));
    receive_in(one, 1, 64, 5);
    assert_int_equal(stats().rx_dropped, 12);
}

static void what_the_chip_lost_is_counted_once(void **state)
{
    (void)state;
    chip.rx_drop = 7;
    assert_int_equal(stats().rx_dropped, 7);
    assert_int_equal(stats().rx_dropped, 7);
}

static void the_line_is_high_from_a_frame_until_acknowledged(void **state)
{
    (void)state;
    assert_false(model_lan9118_irq(&chip));
    frame_comes(60, 1);
    assert_true(model_lan9118_irq(&chip));
    lan9118_rx_acknowledge(&nic);
    assert_false(model_lan9118_irq(&chip));
    assert_true(lan9118_rx_waiting(&nic));
    frame_comes(60, 2);
    assert_true(model_lan9118_irq(&chip));
}

/* --- transmit --- */

/* Sends slices of the given lengths, the i-th one i * step + start bytes off a word, from memory that ends
 * with it: a sanitizer sees any byte too far. */
static void send_cut(const size_t lengths[], size_t slice_count, unsigned start, unsigned step)
{
    hal_eth_slice_t slices[128] = { { 0 } };
    uint8_t *blocks[128];
    uint8_t wanted[HAL_ETH_FRAME_BYTES_MAX];
    size_t bytes = 0;
    for (size_t i = 0; i < slice_count; i++) {
        size_t off = (start + i * step) & 3u;
        blocks[i] = malloc(off + lengths[i] + (lengths[i] == 0));
        assert_non_null(blocks[i]);
        for (size_t k = 0; k < lengths[i]; k++) {
            blocks[i][off + k] = (uint8_t)(bytes + k * 3u + 1u);
            wanted[bytes + k] = blocks[i][off + k];
        }
        slices[i] = (hal_eth_slice_t){ blocks[i] + off, lengths[i] };
        bytes += lengths[i];
    }
    chip.sent_count = 0;
    assert_int_equal(lan9118_send(&nic, slices, slice_count, bytes), STATUS_OK);
    assert_int_equal(chip.sent_count, 1);
    assert_int_equal(chip.sent[0].count, bytes < 60 ? 60 : bytes);
    assert_memory_equal(chip.sent[0].bytes, wanted, bytes);
    for (size_t i = bytes; i < 60; i++) assert_int_equal(chip.sent[0].bytes[i], 0);
    for (size_t i = 0; i < slice_count; i++) free(blocks[i]);
    assert_null(chip.misuse);
}

static void one_slice_of_any_length_and_alignment(void **state)
{
    (void)state;
    for (size_t count = 14; count <= HAL_ETH_FRAME_BYTES_MAX; count += count < 140 ? 1 : 229) {
        for (unsigned off = 0; off < 4; off++) send_cut(&count, 1, off, 0);
    }
    size_t longest = HAL_ETH_FRAME_BYTES_MAX;
    send_cut(&longest, 1, 3, 0);
}

static void three_slices_of_any_length_and_alignment(void **state)
{
    (void)state;
    for (size_t first = 1; first < 10; first++) {
        for (size_t middle = 1; middle < 10; middle++) {
            for (unsigned off = 0; off < 16; off++) {
                const size_t cut[] = { first, middle, 50 };
                send_cut(cut, 3, off & 3u, off >> 2);
            }
        }
    }
}

static void slices_go_as_they_are_when_the_chip_takes_them(void **state)
{
    (void)state;
    static const size_t fine[] = { 2, 54, 4, 1 };
    static const size_t short_middle[] = { 54, 3, 54 };
    static const size_t short_before_padding[] = { 14, 3 };
    send_cut(fine, 4, 2, 1);
    assert_int_equal(chip.sent_segments, 4);
    send_cut(short_middle, 3, 0, 0);
    assert_int_equal(chip.sent_segments, 1);
    send_cut(short_before_padding, 2, 0, 0);
    assert_int_equal(chip.sent_segments, 1);
}

static void short_frames_are_padded_with_zeros(void **state)
{
    (void)state;
    for (size_t count = 14; count < 62; count++) {
        const size_t cut[] = { 14, count - 14u };
        send_cut(cut, 2, 2, 3);
    }
}

static void empty_slices_do_not_matter(void **state)
{
    (void)state;
    static const size_t cut[] = { 0, 30, 0, 0, 34, 0 };
    send_cut(cut, 6, 1, 1);
    assert_int_equal(chip.sent_segments, 2);
}

static void a_frame_in_crumbs_is_packed(void **state)
{
    (void)state;
    size_t cut[128];
    for (size_t i = 0; i < 128; i++) cut[i] = 11;
    send_cut(cut, 128, 3, 0); /* 128 * 16 bytes of FIFO: more than the MIL holds */
    assert_int_equal(chip.sent_segments, 1);
}

static void a_wrong_sum_is_invalid(void **state)
{
    (void)state;
    static uint8_t bytes[2000];
    const hal_eth_slice_t slices[] = { { bytes, 60 }, { bytes, 10 } };
    const hal_eth_slice_t too_long = { bytes, HAL_ETH_FRAME_BYTES_MAX + 1 };
    assert_int_equal(lan9118_send(&nic, slices, 2, 60), STATUS_INVALID);
    assert_int_equal(lan9118_send(&nic, slices, 2, 71), STATUS_INVALID);
    assert_int_equal(lan9118_send(&nic, slices, 0, 0), STATUS_INVALID);
    assert_int_equal(lan9118_send(&nic, &too_long, 1, too_long.count), STATUS_INVALID);
    assert_int_equal(chip.tx_words, 0);
}

static void without_room_it_is_busy_and_nothing_was_written(void **state)
{
    (void)state;
    static const uint32_t words[16];
    const hal_eth_slice_t slices[] = { { (const uint8_t *)words, 14 }, { (const uint8_t *)words, 46 } };
    uint32_t needed = 4u * (2u + 4u + 2u + 12u);
    chip.tx_room = needed - 1u;
    assert_int_equal(lan9118_send(&nic, slices, 2, 60), STATUS_BUSY);
    assert_int_equal(chip.tx_words, 0);
    assert_int_equal(stats().tx_dropped, 1);
    chip.tx_room = needed;
    assert_int_equal(lan9118_send(&nic, slices, 2, 60), STATUS_OK);
    assert_int_equal(chip.tx_words * 4u, needed);
    assert_int_equal(stats().tx_frames, 1);
}

static void failures_on_the_wire_are_counted(void **state)
{
    (void)state;
    uint8_t frame[60] = { 0 };
    hal_eth_slice_t slice = { frame, sizeof frame };
    for (unsigned i = 0; i < 1000; i++) {
        chip.tx_fails = i % 10u == 0;
        assert_int_equal(lan9118_send(&nic, &slice, 1, 60), STATUS_OK);
        assert_true(chip.tx_status_count <= 17);
    }
    assert_int_equal(stats().tx_dropped, 100);
    assert_int_equal(stats().tx_frames, 1000);
    assert_int_equal(chip.tx_status_count, 0);
}

/* --- more than one --- */

static void two_chips_work_side_by_side(void **state)
{
    (void)state;
    static model_lan9118_t other_chip;
    static lan9118_t other;
    static const size_t one[] = { 1536 };
    uint8_t other_mac[6];
    uint8_t frame[80];
    model_lan9118_attach(&other_chip, 0xa0000000u);
    other_chip.eeprom[5] = 0x66;
    assert_int_equal(lan9118_open(&other, 0xa0000000u, other_mac), STATUS_OK);
    assert_int_equal(other_mac[5], 0x66);
    frame_comes(70, 1);
    fill(frame, sizeof frame, 2);
    frame[5] = 0x66;
    model_lan9118_receive(&other_chip, frame, sizeof frame, 0);
    assert_int_equal(lan9118_pending(&other), 80);
    receive_in(one, 1, 70, 1);
    hal_eth_slice_t slice = { frame, sizeof frame };
    assert_int_equal(lan9118_send(&other, &slice, 1, 80), STATUS_OK);
    assert_int_equal(other_chip.sent_count, 1);
    assert_int_equal(chip.sent_count, 0);
    assert_null(other_chip.misuse);
}

#define CLOSED(test) cmocka_unit_test_setup_teardown(test, attach, detach)
#define OPEN(test)   cmocka_unit_test_setup_teardown(test, opened, detach)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLOSED(open_reads_the_address_that_the_eeprom_loaded),
        CLOSED(every_chip_of_the_kin_is_known),
        CLOSED(another_chip_is_bad_data),
        CLOSED(no_chip_is_bad_data),
        CLOSED(swapped_bytes_are_bad_data),
        CLOSED(an_empty_eeprom_is_bad_data),
        CLOSED(whatever_never_ends_is_a_timeout),
        OPEN(the_filter_takes_ours_broadcasts_and_groups),
        OPEN(duplex_follows_what_was_negotiated),
        OPEN(a_loss_in_between_does_not_hide_the_link_of_now),
        OPEN(a_phy_that_hangs_is_no_link),
        OPEN(without_link_nothing_is_sent),
        OPEN(frames_of_every_length_arrive_whole),
        OPEN(the_last_span_may_end_within_a_word),
        OPEN(frames_queue_in_order_and_wait_until_taken),
        OPEN(spans_that_are_too_short_lose_the_rest_and_nothing_else),
        OPEN(taking_what_is_not_there_touches_nothing),
        OPEN(a_discarded_frame_is_gone_and_counted),
        OPEN(bad_frames_are_dropped_and_counted),
        OPEN(a_storm_of_bad_frames_lets_the_caller_breathe),
        OPEN(what_the_chip_lost_is_counted_once),
        OPEN(the_line_is_high_from_a_frame_until_acknowledged),
        OPEN(one_slice_of_any_length_and_alignment),
        OPEN(three_slices_of_any_length_and_alignment),
        OPEN(slices_go_as_they_are_when_the_chip_takes_them),
        OPEN(short_frames_are_padded_with_zeros),
        OPEN(empty_slices_do_not_matter),
        OPEN(a_frame_in_crumbs_is_packed),
        OPEN(a_wrong_sum_is_invalid),
        OPEN(without_room_it_is_busy_and_nothing_was_written),
        OPEN(failures_on_the_wire_are_counted),
        OPEN(two_chips_work_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
