/* The device on a link with one other station: what it says of itself, whom it believes, and how long it waits.
 *
 * One device lives through all of it, so the tests build on each other, in this order. Time is ours: hours pass at once.
 */
#include "net_peer.h"

#include "base/wall_clock.h"
#include "config/limits.h"

#define MDNS_PORT 5353
#define NTP_PORT  123

/* Of a station that is not a responder (RFC 6762 section 6.7): it is answered by unicast. */
#define LEGACY_PORT 40000

static const uint8_t mdns_group[4] = { 224, 0, 0, 251 };

/* What the device has sent since the test last looked. */
static struct {
    unsigned probes, responses, unicasts;
    uint8_t bytes[1472]; /* the latest response by multicast */
    size_t count;
} heard;

/* The time server: what it does, and when it was asked. */
static struct {
    bool silent, denies;
    uint64_t asked_ms[64];
    unsigned asked;
    int64_t utc_ms; /* at wire.now_ms == 0 */
} server = { .silent = true };

/* ---- The other station ------------------------------------------------------------------------------- */

static void send_udp(unsigned port, unsigned to_port, const uint8_t to[4], const void *bytes, size_t count)
{
    uint8_t udp[8 + 1472] = { 0 };
    put16(udp, port);
    put16(udp + 2, to_port);
    put16(udp + 4, (unsigned)(8 + count));
    memcpy(udp + 8, bytes, count);
    send_ip(17, peer_ip, to, udp, 8 + count, 6, true);
}

static void multicast(const void *bytes, size_t count)
{
    send_udp(MDNS_PORT, MDNS_PORT, mdns_group, bytes, count);
    settle();
}

static void put_stamp(uint8_t *at, int64_t utc_ms)
{
    put32(at, (uint32_t)(utc_ms / 1000 + 2208988800));
    put32(at + 4, (uint32_t)((uint64_t)(utc_ms % 1000) * 4294967296u / 1000u));
}

static void answer_time(const uint8_t *question, unsigned port)
{
    uint8_t answer[48] = { 4 << 3 | 4, server.denies ? 0 : 2 };
    assert_true(server.asked < sizeof server.asked_ms / sizeof server.asked_ms[0]);
    server.asked_ms[server.asked++] = wire.now_ms;
    if (server.silent) return;
    memcpy(answer + 24, question + 40, 8);
    put_stamp(answer + 32, server.utc_ms + (int64_t)wire.now_ms);
    put_stamp(answer + 40, server.utc_ms + (int64_t)wire.now_ms);
    send_udp(NTP_PORT, port, device_ip, answer, sizeof answer);
}

static void on_frame(const frame_t *frame)
{
    const uint8_t *ip = frame->bytes + 14, *udp = ip + 20, *message = udp + 8;
    unsigned type = get16(frame->bytes + 12);
    if (type == 0x0806 && get16(ip + 6) == 1 && memcmp(ip + 24, peer_ip, 4) == 0)
        send_arp(2, peer_ip, device_ip);
    if (type != 0x0800 || ip[0] != 0x45 || ip[9] != 17) return;
    if (get16(udp + 2) == NTP_PORT) answer_time(message, get16(udp));
    heard.unicasts += get16(udp + 2) == LEGACY_PORT;
    if (get16(udp + 2) != MDNS_PORT || memcmp(ip + 16, mdns_group, 4) != 0) return;
    assert_int_equal(ip[8], 255); /* RFC 6762 section 11 */
    if (message[2] & 0x80) {
        heard.responses++;
        heard.count = get16(udp + 4) - 8u;
        memcpy(heard.bytes, message, heard.count);
    } else {
        heard.probes++;
    }
}

static bool heard_text(const char *text)
{
    size_t count = strlen(text);
    for (size_t at = 12; at + count <= heard.count; at++)
        if (memcmp(heard.bytes + at, text, count) == 0) return true;
    return false;
}

/* ---- Set-up ------------------------------------------------------------------------------------------ */

static char claimed[2] = "0";
static wall_clock_t device_clock;
static http_server_t http = { .clock = &device_clock };
static net_pool_t timers_at_rest;

static net_config_t config_of(const char *name)
{
    static const net_txt_t txt[] = { { "id", "0123" }, { "claimed", claimed } };
    static const net_service_t services[] = { { "_http", NULL, 0 }, { "_jembatan", txt, 2 } };
    net_config_t config = {
        .host_name = name,
        .ipv4_static = true,
        .http_port = 80,
        .services = services,
        .service_count = 2,
        .clock = &device_clock,
    };
    memcpy(config.mac, device_mac, 6);
    memcpy(config.ipv4_address, device_ip, 4);
    memcpy(config.ipv4_netmask, (const uint8_t[]){ 255, 255, 255, 0 }, 4);
    return config;
}

static int group_setup(void **state)
{
    (void)state;
    net_config_t config = config_of("dev");
    log_init(LOG_ERROR, log_to_stderr, hal_clock_ms);
    assert_int_equal(net_init(&config, &http), STATUS_OK);
    return 0;
}

/* ---- Names ------------------------------------------------------------------------------------------- */

static void it_probes_before_it_announces(void **state)
{
    (void)state;
    while (heard.responses == 0 && wire.now_ms < 10000) pass_ms(10);
    assert_in_range(heard.probes, 3, 12); /* more while IPv6 has no address yet */
    assert_true(heard_text("\3dev\5local") && heard_text("\5_http\4_tcp"));
    pass_ms(5000);
    assert_int_equal(heard.responses, 2); /* RFC 6762 section 8.3 */
    pass_ms(60000);
    assert_int_equal(heard.responses, 2);
    assert_string_equal(net_host_name(), "dev");
    timers_at_rest = pool_named("sys_timeout");
}

static const uint8_t question[] = "\0\0\0\0\0\1\0\0\0\0\0\0\x09_jembatan\4_tcp\5local\0\0\x0c\0";

static void it_answers_who_asks(void **state)
{
    uint8_t other[sizeof question];
    (void)state;
    memcpy(other, question, sizeof other);
    other[sizeof other - 1] = 1;
    heard.responses = 0;
    multicast(other, sizeof other);
    pass_ms(200);
    assert_int_equal(heard.responses, 1);
    assert_true(heard_text("\7id=0123\x09"
                           "claimed=0"));
    other[20] = 'x'; /* another service */
    pass_ms(2000);
    multicast(other, sizeof other);
    pass_ms(200);
    assert_int_equal(heard.responses, 1);
}

static void ask_for_unicast(void)
{
    uint8_t message[sizeof question];
    memcpy(message, question, sizeof message);
    message[sizeof message - 1] = 1;
    send_udp(LEGACY_PORT, MDNS_PORT, mdns_group, message, sizeof message);
    pass_ms(500);
}

static void an_answer_that_finds_no_room_does_not_silence_all_others(void **state)
{
    (void)state;
    ask_for_unicast();
    assert_int_equal(heard.unicasts, 1);
    wire.busy = true;
    ask_for_unicast();
    wire.busy = false;
    pass_ms(2000);
    heard.unicasts = 0;
    ask_for_unicast();
    assert_int_equal(heard.unicasts, 1);
}

static void a_new_value_is_announced_at_once(void **state)
{
    (void)state;
    heard.responses = 0;
    claimed[0] = '1';
    net_announce();
    settle();
    assert_int_equal(heard.responses, 1);
    assert_true(heard_text("\x09"
                           "claimed=1"));
}

static void claim_name(const char *name)
{
    uint8_t message[200] = { [2] = 0x84, [7] = 1 };
    size_t bytes = strlen(name), at = 12;
    message[at++] = (uint8_t)bytes;
    memcpy(message + at, name, bytes);
    at += bytes;
    static const uint8_t rest[] = "\5local\0\0\1\x80\1\0\0\0\x78\0\4\x0a\0\0\x63";
    memcpy(message + at, rest, sizeof rest - 1);
    multicast(message, at + sizeof rest - 1);
}

/* Claims its name until it has another one. Returns how long that took. */
static uint64_t take_name_away(void)
{
    char before[64];
    uint64_t begun_ms = wire.now_ms;
    (void)snprintf(before, sizeof before, "%s", net_host_name());
    while (strcmp(before, net_host_name()) == 0) {
        claim_name(before);
        pass_ms(50);
        assert_true(wire.now_ms - begun_ms < 60000);
    }
    return wire.now_ms - begun_ms;
}

static void a_name_that_somebody_else_has_gets_a_number(void **state)
{
    (void)state;
    pass_ms(10000);
    assert_true(take_name_away() < 2000);
    assert_string_equal(net_host_name(), "dev-2");
    heard.responses = 0;
    pass_ms(5000);
    assert_int_equal(heard.responses, 2);
    assert_true(heard_text("\5dev-2\5local"));
}

static void who_takes_every_name_is_followed_ever_more_slowly_and_not_for_ever(void **state)
{
    (void)state;
    for (unsigned i = 1; i < NET_CONFLICTS_AT_ONCE; i++) assert_true(take_name_away() < 2000);
    assert_string_equal(net_host_name(), "dev-9");
    for (unsigned number = 10; number <= NET_NAME_NUMBER_MAX; number++)
        assert_in_range(take_name_away(), NET_CONFLICT_PAUSE_MS, NET_CONFLICT_PAUSE_MS + 6500u);
    assert_string_equal(net_host_name(), "dev-99");
    (void)take_name_away();
    assert_string_equal(net_host_name(), "dev-2");
    pass_ms(NET_CONFLICTS_FORGOTTEN_MS + 10000);
    assert_true(take_name_away() < 8000); /* lwIP may still be cautious, we are not */
    assert_string_equal(net_host_name(), "dev-3");
}

static void a_configured_name_is_announced_and_the_old_one_taken_back(void **state)
{
    (void)state;
    pass_ms(10000);
    heard.responses = 0;
    net_config_t config = config_of("greenhouse");
    net_configure(&config);
    settle();
    assert_int_equal(heard.responses, 1);
    assert_true(heard_text("\0\0\0\0\0\x17\5dev-3") || heard_text("\5dev-3\5_http"));
    assert_false(heard_text("greenhouse"));
    pass_ms(10000);
    assert_true(heard_text("\x0agreenhouse\5local"));
    assert_string_equal(net_host_name(), "greenhouse");
    unsigned before = heard.responses;
    net_configure(&config);
    pass_ms(10000);
    assert_int_equal(heard.responses, before);
}

static void it_says_goodbye(void **state)
{
    (void)state;
    heard.responses = 0;
    net_farewell();
    settle();
    assert_int_equal(heard.responses, 1);
    assert_int_equal(get16(heard.bytes + 6), 2);
    assert_true(heard_text("\x0agreenhouse\5_http\4_tcp\5local"));
}

/* ---- Hostile messages ---------------------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13; /* xorshift32 */
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Messages that almost are ones: the device's own, and a question, with bytes changed, cut or doubled. */
static void broken_messages_cost_nothing_that_lasts(void **state)
{
    static uint8_t original[1472];
    size_t original_bytes = heard.count;
    uint32_t seed = 20261123;
    (void)state;
    memcpy(original, heard.bytes, original_bytes);
    for (unsigned i = 0; i < 50000; i++) {
        uint8_t message[1472];
        bool asks = next_random(&seed) % 2u;
        size_t count = asks ? sizeof question : original_bytes;
        memcpy(message, asks ? question : original, count);
        for (unsigned change = 1u + next_random(&seed) % 6u; change > 0; change--) {
            uint32_t pick = next_random(&seed);
            message[pick % (pick % 3u ? count : 12u)] = (uint8_t)(next_random(&seed) >> 7);
        }
        if (next_random(&seed) % 4u == 0) count = 1u + next_random(&seed) % count;
        send_udp(next_random(&seed) % 8u ? MDNS_PORT : LEGACY_PORT, MDNS_PORT, mdns_group, message, count);
        pass_ms(next_random(&seed) % 40u);
    }
    pass_ms(120000);
    net_pool_t timers = pool_named("sys_timeout");
    assert_int_equal(timers.exhausted, 0);
    assert_int_equal(timers.used, timers_at_rest.used);
    assert_int_equal(pool_used("mdns_question"), 0);
    assert_int_equal(pool_used("pbuf_pool"), 0);
    uint8_t right[sizeof question];
    memcpy(right, question, sizeof right);
    right[sizeof right - 1] = 1;
    heard.responses = 0;
    multicast(right, sizeof right);
    pass_ms(200);
    assert_int_equal(heard.responses, 1);
}

/* ---- Time ---------------------------------------------------------------------------------------------- */

static void use_time_server(const char *name)
{
    net_config_t config = config_of("greenhouse");
    config.time_server = name;
    server.asked = 0;
    net_configure(&config);
}

static void a_silent_server_is_asked_ever_more_seldom(void **state)
{
    (void)state;
    use_time_server("10.0.0.2");
    pass_ms(4u * 3600u * 1000u);
    assert_in_range(server.asked, 12, 24);
    uint64_t gap_ms = 0;
    for (unsigned i = 1; i < server.asked; i++) {
        uint64_t next_ms = server.asked_ms[i] - server.asked_ms[i - 1];
        assert_true(next_ms >= NET_TIME_RETRY_MS && next_ms >= gap_ms);
        gap_ms = next_ms;
    }
    assert_in_range(gap_ms, NET_TIME_INTERVAL_MS, NET_TIME_INTERVAL_MS + NET_TIME_ANSWER_MS);
    assert_false(device_clock.set);
}

static void an_answer_sets_the_clock_and_further_ones_keep_it_right(void **state)
{
    (void)state;
    server.silent = false;
    server.utc_ms = 1795352394120;
    use_time_server("nowhere"); /* there is no name server either: nobody is asked */
    pass_ms(5000);
    assert_int_equal(server.asked, 0);
    use_time_server("10.0.0.2");
    pass_ms(100);
    assert_int_equal(server.asked, 1);
    int64_t utc_ms;
    assert_true(wall_clock_utc_ms(&device_clock, wire.now_ms, &utc_ms));
    assert_in_range(utc_ms - server.utc_ms - (int64_t)wire.now_ms + 2, 0, 4);
    server.utc_ms += 700;
    pass_ms(NET_TIME_INTERVAL_MS + 100);
    assert_int_equal(server.asked, 2);
    assert_in_range(device_clock.correction_ms, 698, 702);
}

static void a_server_that_forbids_it_is_left_alone_for_an_hour(void **state)
{
    (void)state;
    server.denies = true;
    pass_ms(NET_TIME_INTERVAL_MS + 100);
    assert_int_equal(server.asked, 3);
    pass_ms(NET_TIME_DENIED_MS - 2000);
    assert_int_equal(server.asked, 3);
    server.denies = false;
    pass_ms(5000);
    assert_int_equal(server.asked, 4);
    assert_true(device_clock.synced_ms > wire.now_ms - 5000);
}

static void without_a_link_nobody_is_asked(void **state)
{
    (void)state;
    wire.link_up = false;
    pass_ms(3u * NET_TIME_INTERVAL_MS);
    unsigned asked = server.asked;
    wire.link_up = true;
    pass_ms(3000);
    assert_int_equal(server.asked, asked + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_probes_before_it_announces),
        cmocka_unit_test(it_answers_who_asks),
        cmocka_unit_test(an_answer_that_finds_no_room_does_not_silence_all_others),
        cmocka_unit_test(a_new_value_is_announced_at_once),
        cmocka_unit_test(a_name_that_somebody_else_has_gets_a_number),
        cmocka_unit_test(who_takes_every_name_is_followed_ever_more_slowly_and_not_for_ever),
        cmocka_unit_test(a_configured_name_is_announced_and_the_old_one_taken_back),
        cmocka_unit_test(it_says_goodbye),
        cmocka_unit_test(broken_messages_cost_nothing_that_lasts),
        cmocka_unit_test(a_silent_server_is_asked_ever_more_seldom),
        cmocka_unit_test(an_answer_sets_the_clock_and_further_ones_keep_it_right),
        cmocka_unit_test(a_server_that_forbids_it_is_left_alone_for_an_hour),
        cmocka_unit_test(without_a_link_nobody_is_asked),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
