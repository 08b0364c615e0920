/* The net layer when something runs out: slots, control blocks, heap, receive buffers, room in the chip. */
#include "net_client.h"

#include "lwip/mem.h"
#include "lwip/pbuf.h"

static void fill_slots(client_t *opened[HTTP_CONNECTIONS_MAX])
{
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
        opened[i] = connect_client();
        pass_ms(1);
    }
    assert_int_equal(pool_used("http_connection"), HTTP_CONNECTIONS_MAX);
}

static void with_all_slots_active_newcomers_get_503_or_a_reset(void **state)
{
    (void)state;
    client_t *opened[HTTP_CONNECTIONS_MAX], *refused[HTTP_REFUSALS_MAX];
    fill_slots(opened);
    for (unsigned i = 0; i < HTTP_REFUSALS_MAX; i++) refused[i] = connect_client();
    client_t *last = connect_client();
    assert_true(last->got_rst);
    for (unsigned i = 0; i < HTTP_REFUSALS_MAX; i++) {
        send_text(refused[i], HELLO);
        assert_int_equal(count_of(refused[i], " 503 "), 1);
        assert_int_equal(count_of(refused[i], "Retry-After:"), 1);
        assert_true(refused[i]->got_fin);
        finish(refused[i]);
        assert_false(refused[i]->got_rst);
    }
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
        send_text(opened[i], HELLO);
        assert_int_equal(count_of(opened[i], " 200 "), 1);
        finish(opened[i]);
    }
}

static void a_refused_client_that_says_nothing_is_told_all_the_same(void **state)
{
    (void)state;
    client_t *opened[HTTP_CONNECTIONS_MAX];
    fill_slots(opened);
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) send_text(opened[i], "GET");
    client_t *silent = connect_client();
    pass_ms(HTTP_LINGER_DEADLINE_MS + 10);
    assert_int_equal(count_of(silent, " 503 "), 1);
    assert_true(silent->got_fin);
    pass_ms(HTTP_LINGER_DEADLINE_MS + 10);
    assert_int_equal(pool_used("http_refusal"), 0);
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) reset(opened[i]);
    finish(silent);
}

static void the_longest_idle_connection_gives_way(void **state)
{
    (void)state;
    client_t *opened[HTTP_CONNECTIONS_MAX];
    fill_slots(opened);
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
        send_text(opened[(i + 3) % HTTP_CONNECTIONS_MAX], HELLO);
        pass_ms(1);
    }
    client_t *newcomer = connect_client();
    assert_true(opened[3]->got_fin);
    assert_false(opened[3]->got_rst);
    assert_false(opened[4]->got_fin);
    send_text(newcomer, HELLO);
    assert_int_equal(count_of(newcomer, "\"hello\""), 1);
    finish(newcomer);
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) finish(opened[i]);
}

static void a_lingering_connection_gives_way_when_none_is_idle(void **state)
{
    (void)state;
    client_t *opened[HTTP_CONNECTIONS_MAX];
    fill_slots(opened);
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
        send_text(opened[i], i == 5 ? "GET /hello HTTP/1.0\r\n\r\n" : "GET /he");
        pass_ms(1);
    }
    client_t *newcomer = connect_client();
    assert_false(opened[0]->got_fin);
    assert_int_equal(count_of(opened[5], "\"hello\""), 1);
    send_text(newcomer, HELLO);
    assert_int_equal(count_of(newcomer, "\"hello\""), 1);
    finish(newcomer);
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) finish(opened[i]);
}

static void an_idle_connection_gives_way_before_one_that_lingers(void **state)
{
    (void)state;
    client_t *opened[HTTP_CONNECTIONS_MAX];
    fill_slots(opened);
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
        send_text(opened[i], i == 5 ? "GET /hello HTTP/1.0\r\n\r\n" : HELLO);
        pass_ms(1);
    }
    client_t *newcomer = connect_client();
    assert_true(opened[0]->got_fin);
    send_text(newcomer, HELLO);
    assert_int_equal(count_of(newcomer, "\"hello\""), 1);
    finish(newcomer);
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) finish(opened[i]);
}

static void an_answer_without_memory_is_sent_when_there_is_some(void **state)
{
    (void)state;
    void *taken[4096];
    unsigned count = 0;
    client_t *client = connect_client();
    for (size_t size = 8192; size >= 16; size /= 2) {
        while (count < 4096 && (taken[count] = mem_malloc((mem_size_t)size))) count++;
    }
    send_text(client, HELLO);
    pass_ms(2000);
    assert_int_equal(client->bytes, 0);
    for (unsigned i = 0; i < count; i++) mem_free(taken[i]);
    pass_ms(600);
    assert_int_equal(count_of(client, "\"hello\""), 1);
    finish(client);
}

static void a_long_answer_gets_through_a_nearly_full_heap(void **state)
{
    (void)state;
    void *taken[4096];
    unsigned count = 0;
    client_t *client = connect_client();
    for (size_t size = 1024; size >= 16; size /= 2) {
        while (count < 4096 && (taken[count] = mem_malloc((mem_size_t)size))) count++;
    }
    mem_free(taken[0]);
    send_text(client, LONG);
    pass_ms(60000);
    for (unsigned i = 1; i < count; i++) mem_free(taken[i]);
    assert_int_equal(count_of(client, "a line of the long answer"), LONG_LINES);
    finish(client);
}

static void clients_that_never_close_do_not_use_up_the_control_blocks(void **state)
{
    (void)state;
    client_t *opened[CLIENTS_MAX];
    for (unsigned i = 0; i < CLIENTS_MAX; i++) {
        opened[i] = connect_client();
        send_text(opened[i], HELLO);
        assert_int_equal(count_of(opened[i], "\"hello\""), 1);
        pass_ms(1);
    }
    assert_true(CLIENTS_MAX > pool_named("tcp_pcb").size);
    for (unsigned i = 0; i < CLIENTS_MAX; i++) finish(opened[i]);
}

static void a_frame_without_a_buffer_is_lost_and_counted(void **state)
{
    (void)state;
    struct pbuf *taken[256];
    unsigned count = 0;
    net_status_t before, after;
    client_t *client = connect_client();
    net_read_status(&before);
    while (count < 256 && (taken[count] = pbuf_alloc(PBUF_RAW, PBUF_POOL_BUFSIZE, PBUF_POOL))) count++;
    uint32_t start = client->sent;
    send_text(client, HELLO);
    net_read_status(&after);
    assert_int_equal(after.rx_dropped, before.rx_dropped + 1);
    assert_int_equal(client->bytes, 0);
    for (unsigned i = 0; i < count; i++) pbuf_free(taken[i]);
    client->sent = start; /* the retransmission */
    send_text(client, HELLO);
    assert_int_equal(count_of(client, "\"hello\""), 1);
    finish(client);
}

static void short_segments_cannot_hold_all_buffers(void **state)
{
    (void)state;
    struct pbuf *taken[256];
    unsigned count = 0;
    client_t *greedy = connect_client();
    client_t *other = connect_client();
    greedy->window = 0;
    send_text(greedy, LONG);
    for (unsigned i = 0; i < 100; i++) {
        uint32_t at = greedy->sent;
        send_tcp(greedy, ACK, "G", 1);
        if (i > 10) greedy->sent = at; /* nobody acknowledged it */
        settle();
    }
    unsigned held = pool_used("pbuf_pool");
    assert_in_range(held, 1, 6);
    while (count < 256 && (taken[count] = pbuf_alloc(PBUF_RAW, PBUF_POOL_BUFSIZE, PBUF_POOL))) count++;
    send_text(other, HELLO); /* lost, and paid for by who holds most */
    assert_true(greedy->got_rst);
    other->sent -= (uint32_t)strlen(HELLO);
    send_text(other, HELLO);
    assert_int_equal(count_of(other, "\"hello\""), 1);
    for (unsigned i = 0; i < count; i++) pbuf_free(taken[i]);
    finish(other);
}

static void a_busy_chip_delays_an_answer_and_loses_nothing(void **state)
{
    (void)state;
    client_t *client = connect_client();
    wire.refused = 0;
    wire.busy = true;
    send_tcp(client, ACK | PSH, HELLO, strlen(HELLO));
    for (unsigned i = 0; i < 5; i++, wire.now_ms++)
        assert_true(net_poll(wire.now_ms, &(bool){ false }) <= wire.now_ms + 1);
    assert_true(wire.refused > 0);
    assert_int_equal(client->bytes, 0);
    wire.busy = false;
    pass_ms(2);
    assert_int_equal(count_of(client, "\"hello\""), 1);
    finish(client);
}

static void half_open_connections_leave_room_for_others(void **state)
{
    (void)state;
    client_t *client = connect_client();
    for (unsigned i = 0; i < 12; i++) {
        client_t *half = begin_connect();
        half->port = (uint16_t)(60000 + i);
        net_poll(wire.now_ms, &(bool){ false });
        while (queue_pop(&wire.from_device)) continue; /* its SYN-ACK is never answered */
        half->port = 0;
    }
    assert_in_range(pool_used("tcp_pcb"), 1, NET_TCP_BACKLOG + 2);
    send_text(client, HELLO);
    assert_int_equal(count_of(client, "\"hello\""), 1);
    finish(client);
    pass_ms(40000);
}

/* The first part of an ICMPv6 message whose rest never comes. */
static void send_ipv6_fragment(uint32_t ident)
{
    static const uint8_t peer[16] = { 0xfe, 0x80, [15] = 2 };
    static const uint8_t device[16] = { 0xfe, 0x80, [11] = 0xff, [12] = 0xfe, [15] = 1 };
    frame_t *frame = queue_push(&wire.to_device);
    uint8_t *ip = put_ethernet(frame, device_mac, 0x86dd);
    put32(ip, 6u << 28);
    put16(ip + 4, 8 + 32);
    ip[6] = 44;
    ip[7] = 64;
    memcpy(ip + 8, peer, 16);
    memcpy(ip + 24, device, 16);
    ip[40] = 58;
    put16(ip + 42, 1); /* offset 0, more to come */
    put32(ip + 44, ident);
    frame->count = 14 + 40 + 8 + 32;
}

static void send_ipv4_fragment(uint16_t ident)
{
    uint8_t echo[32] = { 8 };
    send_ip(1, peer_ip, device_ip, echo, sizeof echo, 2, false);
    uint8_t *ip = wire.to_device.frames[(wire.to_device.head - 1) % FRAMES_MAX].bytes + 14;
    put16(ip + 4, ident);
    put16(ip + 6, 0x2000);
    put16(ip + 10, 0);
    put16(ip + 10, checksum(ip, 20, 0));
}

static void fragments_that_never_become_whole_are_dropped_soon(void **state)
{
    (void)state;
    unsigned before = pool_used("pbuf_pool");
    for (unsigned i = 0; i < 20; i++) {
        send_ipv4_fragment((uint16_t)i);
        send_ipv6_fragment(i);
        settle();
    }
    assert_in_range(pool_used("pbuf_pool"), before + 2, before + 2u * NET_PBUFS_FOR_REASSEMBLY);
    client_t *client = connect_client();
    send_text(client, HELLO);
    assert_int_equal(count_of(client, "\"hello\""), 1);
    finish(client);
    pass_ms((IP_REASS_MAXAGE + 2) * 1000u);
    assert_int_equal(pool_used("pbuf_pool"), before);
    assert_int_equal(pool_used("reassdata"), 0);
    assert_int_equal(pool_used("ip6_reassdata"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(with_all_slots_active_newcomers_get_503_or_a_reset),
        TEST(a_refused_client_that_says_nothing_is_told_all_the_same),
        TEST(the_longest_idle_connection_gives_way),
        TEST(a_lingering_connection_gives_way_when_none_is_idle),
        TEST(an_idle_connection_gives_way_before_one_that_lingers),
        TEST(an_answer_without_memory_is_sent_when_there_is_some),
        TEST(a_long_answer_gets_through_a_nearly_full_heap),
        TEST(clients_that_never_close_do_not_use_up_the_control_blocks),
        TEST(a_frame_without_a_buffer_is_lost_and_counted),
        TEST(short_segments_cannot_hold_all_buffers),
        TEST(a_busy_chip_delays_an_answer_and_loses_nothing),
        TEST(half_open_connections_leave_room_for_others),
        TEST(fragments_that_never_become_whole_are_dropped_soon),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
