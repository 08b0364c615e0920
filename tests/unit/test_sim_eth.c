/* The simulator on its datagram network: frames out and in, the recording, the control socket. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp, strtok_r */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "hal/clock.h"
#include "hal/eth.h"
#include "hal/system.h"
#include "model_tmp105.h"
#include "sim.h"

#define WAIT_MS 5000u

static model_tmp105_t model;
static const sim_quantity_t quantities[] = { { "temp0", 3, MODEL_TMP105_MIN, MODEL_TMP105_MAX } };
static sim_chip_t chip = { .id = "temp0",
                           .addr = 0x48,
                           .ops = &model_tmp105_ops,
                           .model = &model,
                           .quantities = quantities,
                           .quantity_count = 1 };
static hal_i2c_t bus = { &chip, 1 };

typedef struct {
    char folder[32], device[64], peer[64], pcap[64], control[64], state[64];
    struct sockaddr_un device_address;
    int peer_fd;
    uint8_t mac[6];
} bench_t;

static int open_peer(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, path, strlen(path) + 1u);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) return -1;
    return fd;
}

static sim_start_t start(bench_t *bench)
{
    const sim_options_t options = {
        .net = SIM_NET_UNIX,
        .unix_local = bench->device,
        .unix_remote = bench->peer,
        .pcap = bench->pcap,
        .control = bench->control,
        .state = bench->state,
    };
    return sim_start(&options, &bus);
}

static int set_up(void **state)
{
    static bench_t bench;
    bench = (bench_t){ .folder = "/tmp/test_sim_eth.XXXXXX" };
    if (!mkdtemp(bench.folder)) return -1;
    snprintf(bench.device, sizeof bench.device, "%s/device", bench.folder);
    snprintf(bench.peer, sizeof bench.peer, "%s/peer", bench.folder);
    snprintf(bench.pcap, sizeof bench.pcap, "%s/pcap", bench.folder);
    snprintf(bench.control, sizeof bench.control, "%s/control", bench.folder);
    snprintf(bench.state, sizeof bench.state, "%s/state", bench.folder);
    bench.device_address.sun_family = AF_UNIX;
    memcpy(bench.device_address.sun_path, bench.device, sizeof bench.device);
    model = (model_tmp105_t){ .milli_c = 21500 };
    chip.fault = SIM_FAULT_NONE;
    bench.peer_fd = open_peer(bench.peer);
    *state = &bench;
    if (bench.peer_fd < 0 || start(&bench) != SIM_STARTED) return -1;
    return hal_eth_open(bench.mac) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    bench_t *bench = *state;
    char mac[80];
    sim_stop();
    close(bench->peer_fd);
    /* What sim_stop must have removed is not there any more: rmdir says so. */
    snprintf(mac, sizeof mac, "%s/mac", bench->state);
    (void)unlink(bench->peer);
    return unlink(mac) | rmdir(bench->state) | unlink(bench->pcap) | rmdir(bench->folder);
}

static void fill(uint8_t *frame, size_t bytes, uint8_t seed)
{
    for (size_t i = 0; i < bytes; i++) frame[i] = (uint8_t)(seed + i * 7u);
}

static void inject(const bench_t *bench, const uint8_t *frame, size_t bytes)
{
    assert_int_equal(sendto(bench->peer_fd, frame, bytes, 0, (const struct sockaddr *)&bench->device_address,
                            sizeof bench->device_address),
                     (ssize_t)bytes);
}

/* As the main loop does: idle until there is a frame. */
static size_t wait_for_frame(void)
{
    uint64_t end_ms = hal_clock_ms() + WAIT_MS;
    while (hal_eth_pending() == 0 && hal_clock_ms() < end_ms) hal_system_idle(end_ms);
    return hal_eth_pending();
}

static void a_frame_goes_out_gathered_and_padded(void **state)
{
    const bench_t *bench = *state;
    uint8_t bytes[20], got[100];
    fill(bytes, sizeof bytes, 1);
    const hal_eth_slice_t slices[] = { { bytes, 3 }, { bytes + 3, 0 }, { bytes + 3, 17 } };
    assert_int_equal(hal_eth_send(slices, 3, 20), STATUS_OK);
    assert_int_equal(recv(bench->peer_fd, got, sizeof got, MSG_DONTWAIT), 60);
    assert_memory_equal(got, bytes, 20);
    for (int i = 20; i < 60; i++) assert_int_equal(got[i], 0);
}

static void a_frame_comes_in_led_by_padding_and_scattered(void **state)
{
    const bench_t *bench = *state;
    uint8_t frame[101], out[112];
    fill(frame, sizeof frame, 9);
    inject(bench, frame, sizeof frame);
    inject(bench, frame, 60);
    assert_int_equal(wait_for_frame(), sizeof frame);
    memset(out, 0xee, sizeof out);
    const hal_eth_span_t spans[] = { { out, 16 }, { out + 16, 96 } };
    hal_eth_receive(spans, 2);
    assert_memory_equal(out + HAL_ETH_PAD_BYTES, frame, sizeof frame);
    for (size_t i = HAL_ETH_PAD_BYTES + sizeof frame + 3u; i < sizeof out; i++)
        assert_int_equal(out[i], 0xee);
    assert_int_equal(wait_for_frame(), 60);
    hal_eth_discard();
    assert_int_equal(hal_eth_pending(), 0);
}

static void what_is_no_frame_is_dropped_and_counted(void **state)
{
    const bench_t *bench = *state;
    static uint8_t frame[HAL_ETH_FRAME_BYTES_MAX + 100u];
    fill(frame, sizeof frame, 3);
    inject(bench, frame, HAL_ETH_FRAME_BYTES_MAX + 1u);
    inject(bench, frame, sizeof frame);
    inject(bench, frame, 13);
    inject(bench, frame, HAL_ETH_FRAME_BYTES_MAX);
    assert_int_equal(wait_for_frame(), HAL_ETH_FRAME_BYTES_MAX);
    hal_eth_stats_t stats;
    hal_eth_read_stats(&stats);
    assert_int_equal(stats.rx_dropped, 3);
    const hal_eth_slice_t whole = { frame, sizeof frame };
    assert_int_equal(hal_eth_send(&whole, 1, HAL_ETH_FRAME_BYTES_MAX + 1u), STATUS_INVALID);
    assert_int_equal(hal_eth_send(&whole, 1, 13), STATUS_INVALID);
    assert_int_equal(hal_eth_send(&whole, 0, 60), STATUS_INVALID);
    assert_int_equal(hal_eth_send(&whole, 1, 60), STATUS_INVALID);
}

static void a_full_peer_is_busy_and_a_missing_one_is_a_lost_frame(void **state)
{
    bench_t *bench = *state;
    uint8_t frame[60];
    fill(frame, sizeof frame, 5);
    const hal_eth_slice_t slice = { frame, sizeof frame };
    status_t status = STATUS_OK;
    unsigned sent = 0;
    while ((status = hal_eth_send(&slice, 1, sizeof frame)) == STATUS_OK && sent < 100000u) sent++;
    assert_int_equal(status, STATUS_BUSY);
    assert_int_equal(recv(bench->peer_fd, frame, sizeof frame, MSG_DONTWAIT), sizeof frame);
    assert_int_equal(hal_eth_send(&slice, 1, sizeof frame), STATUS_OK);

    close(bench->peer_fd); /* its path is still there, but nobody behind it */
    assert_int_equal(hal_eth_send(&slice, 1, sizeof frame), STATUS_OK);
    assert_int_equal(unlink(bench->peer), 0);
    assert_int_equal(hal_eth_send(&slice, 1, sizeof frame), STATUS_OK);
    hal_eth_stats_t stats;
    hal_eth_read_stats(&stats);
    assert_int_equal(stats.tx_frames, sent + 3u);
    assert_int_equal(stats.tx_dropped, 1);

    bench->peer_fd = open_peer(bench->peer); /* it comes back */
    assert_int_equal(hal_eth_send(&slice, 1, sizeof frame), STATUS_OK);
    assert_int_equal(recv(bench->peer_fd, frame, sizeof frame, MSG_DONTWAIT), sizeof frame);
}

/* returns false when neither the ring nor the socket's queue has room */
static bool inject_if_room(const bench_t *bench, const uint8_t *frame, size_t bytes)
{
    while (sendto(bench->peer_fd, frame, bytes, MSG_DONTWAIT, (const struct sockaddr *)&bench->device_address,
                  sizeof bench->device_address) < 0) {
        if (sim_ring_room(&sim_instance()->eth.ring) == 0) return false;
        hal_system_idle(0);
    }
    return true;
}

static void more_frames_than_the_ring_holds_wait_outside(void **state)
{
    const bench_t *bench = *state;
    uint8_t frame[60];
    unsigned injected = 0;
    fill(frame, sizeof frame, 0);
    while (inject_if_room(bench, frame, sizeof frame)) fill(frame, sizeof frame, (uint8_t)++injected);
    assert_true(injected > SIM_RING_FRAMES);
    for (unsigned i = 0; i < injected; i++) {
        assert_int_equal(wait_for_frame(), sizeof frame);
        assert_int_equal(sim_ring_oldest(&sim_instance()->eth.ring)->bytes[0], (uint8_t)i);
        hal_eth_discard();
    }
    hal_eth_stats_t stats;
    hal_eth_read_stats(&stats);
    assert_int_equal(stats.rx_dropped, 0);
}

static uint32_t word(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, 4);
    return value;
}

static void the_recording_has_both_directions(void **state)
{
    const bench_t *bench = *state;
    uint8_t out[70], in[80], file[400];
    fill(out, sizeof out, 20);
    fill(in, sizeof in, 30);
    const hal_eth_slice_t slice = { out, sizeof out };
    assert_int_equal(hal_eth_send(&slice, 1, sizeof out), STATUS_OK);
    inject(bench, in, sizeof in);
    assert_int_equal(wait_for_frame(), sizeof in);
    int fd = open(bench->pcap, O_RDONLY);
    ssize_t count = read(fd, file, sizeof file);
    close(fd);
    assert_int_equal(count, 24 + 16 + 70 + 16 + 80);
    assert_int_equal(word(file), 0xa1b2c3d4u);
    assert_int_equal(word(file + 20), 1); /* LINKTYPE_ETHERNET */
    assert_int_equal(word(file + 24 + 8), 70);
    assert_int_equal(word(file + 24 + 12), 70);
    assert_memory_equal(file + 24 + 16, out, 70);
    assert_int_equal(word(file + 24 + 16 + 70 + 8), 80);
    assert_memory_equal(file + 24 + 16 + 70 + 16, in, 80);
}

static void the_address_is_kept_in_the_state_folder(void **state)
{
    bench_t *bench = *state;
    uint8_t again[6];
    assert_int_equal(bench->mac[0] & 3u, 2); /* unicast, locally administered */
    sim_stop();
    assert_int_equal(start(bench), SIM_STARTED);
    assert_int_equal(hal_eth_open(again), STATUS_OK);
    assert_memory_equal(again, bench->mac, 6);

    char path[80];
    snprintf(path, sizeof path, "%s/mac", bench->state);
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, "not an address..\n", 17), 17);
    close(fd);
    sim_stop();
    assert_int_equal(start(bench), SIM_CANNOT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(start(bench), SIM_STARTED);
}

static void idle_returns_at_its_deadline(void **state)
{
    (void)state;
    uint64_t until_ms = hal_clock_ms() + 20u;
    hal_system_idle(until_ms);
    assert_true(hal_clock_ms() >= until_ms);
    int64_t utc_ms;
    assert_int_equal(hal_clock_utc_ms(&utc_ms), STATUS_OK);
    assert_true(utc_ms > 1700000000000);
    size_t peak, size;
    assert_int_equal(hal_system_stack(&peak, &size), STATUS_UNSUPPORTED);
    assert_int_equal(hal_system_reset_cause(), RESET_POWER_ON);
}

/* ---- The control socket ------------------------------------------------------------------------------- */

static int connect_control(const bench_t *bench)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, bench->control, sizeof bench->control);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Sends text and lets the simulator run until wanted, all of it, has come back. */
static void talk(int fd, const char *text, const char *wanted)
{
    char got[600] = "";
    size_t count = 0;
    uint64_t end_ms = hal_clock_ms() + WAIT_MS;
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
    while (count < strlen(wanted) && hal_clock_ms() < end_ms) {
        hal_system_idle(hal_clock_ms() + 1u);
        ssize_t more = recv(fd, got + count, sizeof got - 1u - count, MSG_DONTWAIT);
        if (more > 0) count += (size_t)more;
    }
    got[count] = '\0';
    assert_string_equal(got, wanted);
}

static void values_are_set_and_read_back(void **state)
{
    int fd = connect_control(*state);
    talk(fd, "get temp0\n", "ok 21.5\n");
    talk(fd, "set temp0 -4.0625\nget temp0\r\n", "ok\nok -4.063\n");
    assert_int_equal(model.milli_c, -4063);
    talk(fd, "list\n", "ok temp0\n");
    talk(fd, "se", "");
    talk(fd, "t temp0 3\n", "ok\n");
    close(fd);
}

static void faults_come_and_go(void **state)
{
    static const struct {
        const char *line;
        sim_fault_t fault;
    } faults[] = {
        { "nak temp0\n", SIM_FAULT_NAK },     { "hold temp0\n", SIM_FAULT_HOLD },
        { "stick temp0\n", SIM_FAULT_STICK }, { "garbage temp0\n", SIM_FAULT_GARBAGE },
        { "off temp0\n", SIM_FAULT_OFF },     { "heal temp0\n", SIM_FAULT_NONE },
    };
    int fd = connect_control(*state);
    const uint8_t configuration[] = { 1, 0x60 };
    assert_int_equal(hal_i2c_transfer(&bus, 0x48, configuration, 2, NULL, 0), STATUS_OK);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        talk(fd, faults[i].line, "ok\n");
        assert_int_equal(chip.fault, faults[i].fault);
    }
    assert_int_equal(model.configuration, 0); /* it had been off */
    close(fd);
}

static void the_cable_is_pulled_and_plugged(void **state)
{
    bench_t *bench = *state;
    int fd = connect_control(bench);
    uint8_t frame[60] = { 1 };
    const hal_eth_slice_t slice = { frame, sizeof frame };
    assert_true(hal_eth_link_up());
    talk(fd, "link down\n", "ok\n");
    assert_false(hal_eth_link_up());
    assert_int_equal(hal_eth_send(&slice, 1, sizeof frame), STATUS_NO_LINK);
    inject(bench, frame, sizeof frame);
    talk(fd, "link up\n", "ok\n"); /* both were there for the same wait: the frame may or may not be lost */
    while (hal_eth_pending() > 0) hal_eth_discard();
    inject(bench, frame, sizeof frame);
    assert_int_equal(wait_for_frame(), sizeof frame);
    assert_int_equal(hal_eth_send(&slice, 1, sizeof frame), STATUS_OK);
    close(fd);
}

static void mistakes_are_explained(void **state)
{
    static const char *const lines[][2] = {
        { "\n", "error empty command\n" },
        { "dance\n", "error unknown command\n" },
        { "set temp0\n", "error wrong number of words\n" },
        { "set temp0 1 2\n", "error wrong number of words\n" },
        { "set temp0 warm\n", "error the value must be a decimal number\n" },
        { "set temp0 128\n", "error the chip cannot measure this value\n" },
        { "set emc0 1\n", "error no such sensor\n" },
        { "get emc0\n", "error no such sensor or actuator\n" },
        { "nak emc0\n", "error no such device\n" },
        { "link sideways\n", "error link is up or down\n" },
    };
    int fd = connect_control(*state);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) talk(fd, lines[i][0], lines[i][1]);
    char line[SIM_COMMAND_BYTES + 1u];
    memset(line, 'x', SIM_COMMAND_BYTES);
    line[SIM_COMMAND_BYTES] = '\0';
    talk(fd, line, "error the line is too long\n");
    assert_int_equal(recv(fd, line, 1, 0), 0); /* and hung up */
    close(fd);
}

static void more_clients_than_places_wait_for_theirs(void **state)
{
    int fds[SIM_CONTROL_CLIENTS_MAX + 1u];
    for (size_t i = 0; i < SIM_CONTROL_CLIENTS_MAX; i++) {
        fds[i] = connect_control(*state);
        talk(fds[i], "get temp0\n", "ok 21.5\n");
    }
    fds[SIM_CONTROL_CLIENTS_MAX] = connect_control(*state);
    talk(fds[SIM_CONTROL_CLIENTS_MAX], "get temp0\n", "");
    for (int i = 0; i < 3; i++) hal_system_idle(hal_clock_ms() + 1u);
    char byte;
    assert_int_equal(recv(fds[SIM_CONTROL_CLIENTS_MAX], &byte, 1, MSG_DONTWAIT), -1);
    close(fds[0]);
    talk(fds[SIM_CONTROL_CLIENTS_MAX], "get temp0\n", "ok 21.5\nok 21.5\n");
    for (size_t i = 1; i <= SIM_CONTROL_CLIENTS_MAX; i++) close(fds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_frame_goes_out_gathered_and_padded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_frame_comes_in_led_by_padding_and_scattered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_frame_is_dropped_and_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_peer_is_busy_and_a_missing_one_is_a_lost_frame, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(more_frames_than_the_ring_holds_wait_outside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_recording_has_both_directions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_address_is_kept_in_the_state_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(idle_returns_at_its_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_set_and_read_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(faults_come_and_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_cable_is_pulled_and_plugged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mistakes_are_explained, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_clients_than_places_wait_for_theirs, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
