/* How the device gets its addresses: DHCP, link-local, IPv6, and the link that comes and goes.
 *
 * One device lives through all of it, so the tests build on each other, in this order.
 */
#include "net_peer.h"

enum { DISCOVER = 1, OFFER, REQUEST, DECLINE, DHCP_ACK, NAK };

#define BOOTP_BYTES 240 /* with the cookie */

static const uint8_t everybody[4] = { 255, 255, 255, 255 };

/* What the last DHCP message of the device said, and what it meets. */
static struct {
    unsigned type, count;
    uint32_t transaction;
    char host_name[32];
    uint8_t requested[4];
    bool serving; /* answers each message as a server does */
} dhcp;

static unsigned announced; /* ARP packets about the device's own address */
static uint8_t announced_ip[4];

/* ---- A DHCP server made by hand --------------------------------------------------------------------- */

static void send_dhcp(unsigned type)
{
    static const uint8_t options[] = { 54, 4, 10,  0,   0,   2, 51, 4, 0,  0, 0x0e, 0x10,
                                       1,  4, 255, 255, 255, 0, 3,  4, 10, 0, 0,    2 };
    uint8_t udp[8 + 300] = { 0 };
    uint8_t *bootp = udp + 8;
    put16(udp, 67);
    put16(udp + 2, 68);
    put16(udp + 4, sizeof udp);
    bootp[0] = 2;
    bootp[1] = 1;
    bootp[2] = 6;
    put32(bootp + 4, dhcp.transaction);
    if (type != NAK) memcpy(bootp + 16, device_ip, 4);
    memcpy(bootp + 28, device_mac, 6);
    put32(bootp + 236, 0x63825363);
    bootp[BOOTP_BYTES] = 53;
    bootp[BOOTP_BYTES + 1] = 1;
    bootp[BOOTP_BYTES + 2] = (uint8_t)type;
    memcpy(bootp + BOOTP_BYTES + 3, options, sizeof options);
    bootp[BOOTP_BYTES + 3 + sizeof options] = 255;
    send_ip(17, peer_ip, everybody, udp, sizeof udp, 6, true);
}

static void on_dhcp(const uint8_t *bootp, size_t count)
{
    dhcp.type = 0;
    dhcp.count++;
    dhcp.transaction = get32(bootp + 4);
    for (size_t at = BOOTP_BYTES; at + 2 < count && bootp[at] != 255; at += 2u + bootp[at + 1]) {
        const uint8_t *value = bootp + at + 2;
        if (bootp[at] == 53) dhcp.type = value[0];
        if (bootp[at] == 50) memcpy(dhcp.requested, value, 4);
        if (bootp[at] == 12) {
            memset(dhcp.host_name, 0, sizeof dhcp.host_name);
            memcpy(dhcp.host_name, value, bootp[at + 1]);
        }
    }
    if (!dhcp.serving) return;
    if (dhcp.type == DISCOVER) send_dhcp(OFFER);
    if (dhcp.type == REQUEST) send_dhcp(DHCP_ACK);
}

static void on_frame(const frame_t *frame)
{
    const uint8_t *payload = frame->bytes + 14;
    unsigned type = get16(frame->bytes + 12);
    if (type == 0x0806 && memcmp(payload + 14, payload + 24, 4) == 0) {
        announced++;
        memcpy(announced_ip, payload + 14, 4);
    }
    if (type == 0x0800 && payload[9] == 17 && get16(payload + 22) == 67) {
        on_dhcp(payload + 28, get16(payload + 2) - 28u);
    }
}

/* ---- Set-up ----------------------------------------------------------------------------------------- */

static wall_clock_t no_clock;
static http_server_t server = { .clock = &no_clock };

static net_status_t status_now(void)
{
    net_status_t status;
    net_read_status(&status);
    return status;
}

static int group_setup(void **state)
{
    (void)state;
    net_config_t config = { .host_name = "jembatan-test", .http_port = 80 };
    memcpy(config.mac, device_mac, 6);
    log_init(LOG_WARNING, log_to_stderr, hal_clock_ms);
    assert_int_equal(net_poll(wire.now_ms, &(bool){ false }), UINT64_MAX);
    assert_int_equal(net_init(&config, &server), STATUS_OK);
    return 0;
}

/* ---- Tests, in the order of a life ------------------------------------------------------------------ */

static void it_asks_for_an_address_and_says_its_name(void **state)
{
    (void)state;
    pass_ms(100);
    assert_int_equal(dhcp.type, DISCOVER);
    assert_string_equal(dhcp.host_name, "jembatan-test");
    net_status_t status = status_now();
    assert_int_equal(status.ipv4_mode, NET_IPV4_NONE);
    assert_string_equal(status.ipv4, "");
    assert_true(status.link_up);
    assert_memory_equal(status.mac, device_mac, 6);
}

static void a_lease_that_comes_while_link_local_is_probed_is_kept(void **state)
{
    (void)state;
    pass_ms(8000); /* two DISCOVERs without an answer: probing has begun */
    assert_int_equal(status_now().ipv4_mode, NET_IPV4_NONE);
    announced = 0;
    send_dhcp(OFFER);
    settle();
    assert_int_equal(dhcp.type, REQUEST);
    assert_memory_equal(dhcp.requested, device_ip, 4);
    send_dhcp(DHCP_ACK);
    settle();
    assert_int_equal(status_now().ipv4_mode, NET_IPV4_DHCP);
    assert_true(announced > 0);
    assert_memory_equal(announced_ip, device_ip, 4);
    pass_ms(20000);
    net_status_t status = status_now();
    assert_int_equal(status.ipv4_mode, NET_IPV4_DHCP);
    assert_string_equal(status.ipv4, "10.0.0.1");
    assert_string_equal(status.ipv4_netmask, "255.255.255.0");
    assert_string_equal(status.ipv4_gateway, "10.0.0.2");
}

static void its_link_local_ipv6_address_follows_from_its_mac(void **state)
{
    (void)state;
    net_status_t status = status_now();
    assert_int_equal(status.ipv6_count, 1);
    assert_string_equal(status.ipv6[0], "fe80::ff:fe00:1");
}

static void a_cable_that_is_pulled_and_plugged_confirms_the_lease(void **state)
{
    (void)state;
    wire.link_up = false;
    pass_ms(1000);
    assert_false(status_now().link_up);
    unsigned before = dhcp.count;
    pass_ms(5000);
    assert_int_equal(dhcp.count, before);
    wire.link_up = true;
    pass_ms(1000);
    assert_true(status_now().link_up);
    assert_int_equal(dhcp.type, REQUEST);
    assert_memory_equal(dhcp.requested, device_ip, 4);
    send_dhcp(DHCP_ACK);
    settle();
    assert_int_equal(status_now().ipv4_mode, NET_IPV4_DHCP);
}

static void without_a_server_it_takes_a_link_local_address(void **state)
{
    (void)state;
    wire.link_up = false;
    pass_ms(1000);
    wire.link_up = true;
    pass_ms(1000);
    send_dhcp(NAK); /* another network */
    settle();
    assert_int_equal(status_now().ipv4_mode, NET_IPV4_NONE);
    pass_ms(25000);
    net_status_t status = status_now();
    assert_int_equal(status.ipv4_mode, NET_IPV4_LINK_LOCAL);
    assert_int_equal(strncmp(status.ipv4, "169.254.", 8), 0);
    assert_string_equal(status.ipv4_netmask, "255.255.0.0");
    assert_string_equal(status.ipv4_gateway, "");
}

static void a_late_server_replaces_the_link_local_address(void **state)
{
    (void)state;
    dhcp.serving = true;
    pass_ms(70000);
    assert_int_equal(status_now().ipv4_mode, NET_IPV4_DHCP);
    assert_string_equal(status_now().ipv4, "10.0.0.1");
}

static void link_local_comes_back_when_the_lease_is_lost(void **state)
{
    (void)state;
    dhcp.serving = false;
    pass_ms(3700u * 1000u); /* a lease is an hour */
    assert_int_equal(status_now().ipv4_mode, NET_IPV4_LINK_LOCAL);
}

static net_config_t static_config(uint8_t last)
{
    net_config_t config = { .host_name = "other-name", .ipv4_static = true, .http_port = 80 };
    memcpy(config.ipv4_address, (const uint8_t[]){ 10, 0, 0, last }, 4);
    memcpy(config.ipv4_netmask, (const uint8_t[]){ 255, 255, 255, 0 }, 4);
    memcpy(config.ipv4_gateway, (const uint8_t[]){ 10, 0, 0, 2 }, 4);
    return config;
}

static void configured_to_a_static_address_it_has_that_and_asks_nobody(void **state)
{
    (void)state;
    net_config_t config = static_config(77);
    announced = 0;
    net_configure(&config);
    settle();
    assert_int_equal(status_now().ipv4_mode, NET_IPV4_STATIC);
    assert_string_equal(status_now().ipv4, "10.0.0.77");
    assert_string_equal(status_now().ipv4_gateway, "10.0.0.2");
    assert_true(announced > 0);
    unsigned before = dhcp.count;
    dhcp.serving = true;
    pass_ms(200000);
    assert_int_equal(dhcp.count, before);
    assert_string_equal(status_now().ipv4, "10.0.0.77");
}

static void configured_as_it_is_it_does_nothing(void **state)
{
    (void)state;
    net_config_t config = static_config(77);
    announced = 0;
    net_configure(&config);
    pass_ms(5000);
    assert_int_equal(announced, 0);
    assert_string_equal(status_now().ipv4, "10.0.0.77");
}

static void configured_to_another_static_address_it_has_the_new_one_only(void **state)
{
    (void)state;
    net_config_t config = static_config(78);
    net_configure(&config);
    pass_ms(5000);
    assert_string_equal(status_now().ipv4, "10.0.0.78");
}

static void configured_back_to_dhcp_it_asks_again(void **state)
{
    (void)state;
    net_config_t config = { .host_name = "jembatan-test", .http_port = 80 };
    dhcp.serving = false;
    net_configure(&config);
    pass_ms(100);
    assert_int_equal(status_now().ipv4_mode, NET_IPV4_NONE);
    assert_int_equal(dhcp.type, DISCOVER);
    dhcp.serving = true;
    pass_ms(20000);
    assert_int_equal(status_now().ipv4_mode, NET_IPV4_DHCP);
    assert_string_equal(status_now().ipv4, "10.0.0.1");
    dhcp.serving = false;
}

static void a_router_gives_it_a_global_address(void **state)
{
    (void)state;
    static const uint8_t router[16] = { 0xfe, 0x80, [15] = 2 };
    static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };
    frame_t *frame = queue_push(&wire.to_device);
    uint8_t *ip = put_ethernet(frame, (const uint8_t[]){ 0x33, 0x33, 0, 0, 0, 1 }, 0x86dd);
    uint8_t *ra = ip + 40;
    static const uint8_t advertisement[] = {
        134,  0, 0,    0,    64, 0, 7,    8,
        0,    0, 0,    0,    0,  0, 0,    0, /* RFC 4861 section 4.2 */
        3,    4, 64,   0xc0, 0,  0, 0x0e, 0x10,
        0,    0, 0x0e, 0x10, 0,  0, 0,    0, /* prefix, on-link, autonomous */
        0x20, 1, 0x0d, 0xb8, 0,  1, 0,    2,
        0,    0, 0,    0,    0,  0, 0,    0, /* 2001:db8:1:2::/64 */
    };
    put32(ip, 6u << 28);
    put16(ip + 4, sizeof advertisement);
    ip[6] = 58;
    ip[7] = 255;
    memcpy(ip + 8, router, 16);
    memcpy(ip + 24, all_nodes, 16);
    memcpy(ra, advertisement, sizeof advertisement);
    uint32_t sum = 58 + sizeof advertisement;
    for (size_t i = 8; i < 40; i += 2) sum += get16(ip + i);
    put16(ra + 2, checksum(ra, sizeof advertisement, sum));
    frame->count = 14 + 40 + sizeof advertisement;
    pass_ms(5000);
    net_status_t status = status_now();
    assert_int_equal(status.ipv6_count, 2);
    assert_string_equal(status.ipv6[1], "2001:db8:1:2:0:ff:fe00:1");
}

static void every_pool_has_a_name_and_a_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < net_pool_count(); i++) {
        net_pool_t pool;
        net_read_pool(i, &pool);
        assert_true(pool.name[0] != 0);
        assert_true(pool.size > 0);
        assert_true(pool.used <= pool.peak && pool.peak <= pool.size);
        assert_int_equal(pool.exhausted, 0);
        assert_int_equal(strspn(pool.name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(pool.name));
    }
    assert_int_equal(pool_named("http_connection").size, HTTP_CONNECTIONS_MAX);
    assert_int_equal(pool_named("tcp_pcb_listen").used, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_asks_for_an_address_and_says_its_name),
        cmocka_unit_test(a_lease_that_comes_while_link_local_is_probed_is_kept),
        cmocka_unit_test(its_link_local_ipv6_address_follows_from_its_mac),
        cmocka_unit_test(a_cable_that_is_pulled_and_plugged_confirms_the_lease),
        cmocka_unit_test(without_a_server_it_takes_a_link_local_address),
        cmocka_unit_test(a_late_server_replaces_the_link_local_address),
        cmocka_unit_test(link_local_comes_back_when_the_lease_is_lost),
        cmocka_unit_test(configured_to_a_static_address_it_has_that_and_asks_nobody),
        cmocka_unit_test(configured_as_it_is_it_does_nothing),
        cmocka_unit_test(configured_to_another_static_address_it_has_the_new_one_only),
        cmocka_unit_test(configured_back_to_dhcp_it_asks_again),
        cmocka_unit_test(a_router_gives_it_a_global_address),
        cmocka_unit_test(every_pool_has_a_name_and_a_size),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
