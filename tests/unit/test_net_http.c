/* The net layer over real lwIP: ARP, ICMP, and HTTP connections in every state they can get into. */
#include "net_peer.h"

#include "base/hash.h"
#include "lwip/mem.h"
#include "lwip/pbuf.h"

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/* ---- A TCP client made by hand ---------------------------------------------------------------------- */

#define CLIENTS_MAX  24
#define RECEIVED_MAX 65536

typedef struct {
    uint16_t port; /* 0: free */
    uint32_t sent, expected;
    uint16_t window;
    bool established, got_fin, got_rst;
    size_t bytes;
    char received[RECEIVED_MAX];
} client_t;

static client_t clients[CLIENTS_MAX];
static uint16_t next_port = 40000;
static unsigned arp_answers, echo_answers;

static void send_tcp(client_t *client, unsigned flags, const void *data, size_t count)
{
    uint8_t segment[1480] = { 0 };
    put16(segment, client->port);
    put16(segment + 2, 80);
    put32(segment + 4, client->sent);
    put32(segment + 8, flags & ACK ? client->expected : 0);
    segment[12] = 5 << 4;
    segment[13] = (uint8_t)flags;
    put16(segment + 14, client->window);
    if (count) memcpy(segment + 20, data, count);
    client->sent += (uint32_t)count + (flags & (SYN | FIN) ? 1 : 0);
    send_ip(6, peer_ip, device_ip, segment, 20 + count, 16, true);
}

static client_t *client_at(unsigned port)
{
    for (unsigned i = 0; i < CLIENTS_MAX; i++) {
        if (clients[i].port == port) return &clients[i];
    }
    return NULL;
}

static void on_segment(const uint8_t *ip, size_t count)
{
    const uint8_t *tcp = ip + 20;
    size_t header = (size_t)(tcp[12] >> 4) * 4;
    client_t *client = client_at(get16(tcp + 2));
    assert_int_equal(checksum(tcp, count - 20, pseudo_sum(ip, count - 20)), 0);
    if (!client) return;
    if (tcp[13] & RST) {
        client->got_rst = true;
        return;
    }
    size_t data = count - 20 - header;
    if (tcp[13] & SYN) {
        client->expected = get32(tcp + 4) + 1;
        client->established = true;
        send_tcp(client, ACK, NULL, 0);
        return;
    }
    if (get32(tcp + 4) != client->expected || (data > 0 && client->window == 0)) return;
    assert_true(client->bytes + data < RECEIVED_MAX);
    memcpy(client->received + client->bytes, tcp + header, data);
    client->bytes += data;
    client->received[client->bytes] = 0;
    client->expected += (uint32_t)data;
    if (tcp[13] & FIN) {
        client->expected++;
        client->got_fin = true;
    }
    if (data > 0 || tcp[13] & FIN) send_tcp(client, ACK, NULL, 0);
}

static void on_frame(const frame_t *frame)
{
    const uint8_t *payload = frame->bytes + 14;
    unsigned type = get16(frame->bytes + 12);
    if (type == 0x0806 && get16(payload + 6) == 1 && memcmp(payload + 24, peer_ip, 4) == 0) {
        send_arp(2, peer_ip, device_ip);
    } else if (type == 0x0806 && get16(payload + 6) == 2 && memcmp(payload + 14, device_ip, 4) == 0) {
        assert_memory_equal(payload + 8, device_mac, 6);
        arp_answers++;
    } else if (type == 0x0800) {
        assert_int_equal(checksum(payload, 20, 0), 0);
        if (payload[9] == 6) on_segment(payload, get16(payload + 2));
        if (payload[9] == 1 && payload[20] == 0) echo_answers++;
    }
}

static client_t *begin_connect(void)
{
    client_t *client = client_at(0);
    assert_non_null(client);
    memset(client, 0, sizeof *client);
    client->port = next_port++;
    client->sent = 5000u * client->port;
    client->window = 8192;
    send_tcp(client, SYN, NULL, 0);
    return client;
}

static client_t *connect_client(void)
{
    client_t *client = begin_connect();
    settle();
    assert_true(client->established);
    return client;
}

static void send_text(client_t *client, const char *text)
{
    send_tcp(client, ACK | PSH, text, strlen(text));
    settle();
}

/* Ends the client's direction, and waits for the other unless it is over already. */
static void finish(client_t *client)
{
    if (!client->got_rst) {
        send_tcp(client, FIN | ACK, NULL, 0);
        settle();
        assert_true(client->got_fin || client->got_rst);
    }
    client->port = 0;
}

static void reset(client_t *client)
{
    send_tcp(client, RST | ACK, NULL, 0);
    settle();
    client->port = 0;
}

static unsigned count_of(const client_t *client, const char *text)
{
    unsigned count = 0;
    for (const char *at = client->received; (at = strstr(at, text)); at++) count++;
    return count;
}

/* ---- The server ------------------------------------------------------------------------------------- */

#define LONG_LINES 600u

static void get_hello(http_exchange_t *ex, void *app)
{
    (void)app;
    json_string(http_respond_json(ex, 200, "application/json"), "hello");
}

static http_produced_t produce_line(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    (void)ex;
    (void)app;
    if (state[0] == 0) json_array_begin(json);
    json_string(json, "a line of the long answer");
    if (++state[0] < LONG_LINES) return HTTP_MORE;
    json_array_end(json);
    return HTTP_DONE;
}

static void get_long(http_exchange_t *ex, void *app)
{
    (void)app;
    http_respond_generated(ex, 200, "application/json", produce_line);
}

static uint32_t digest(const char *bytes, size_t count)
{
    uint64_t hash = HASH_SEED;
    for (size_t i = 0; i < count; i++) hash = hash_word(hash, (unsigned char)bytes[i]);
    return (uint32_t)hash;
}

static void put_digest(http_exchange_t *ex, void *app)
{
    text_view_t body = http_body(ex);
    (void)app;
    json_u32(http_respond_json(ex, 200, "application/json"), digest(body.bytes, body.count));
}

static const http_route_t routes[] = {
    { HTTP_GET, "/hello", get_hello, 0 },
    { HTTP_GET, "/long", get_long, 0 },
    { HTTP_PUT, "/digest", put_digest, 4096 },
};

static void write_problem(http_exchange_t *ex, unsigned status, const char *detail)
{
    json_string(http_respond_json(ex, status, "application/problem+json"), detail);
}

static bool is_our_host(void *app, text_view_t host)
{
    (void)app;
    return text_equal(host, text_view("10.0.0.1"));
}

static wall_clock_t no_clock;
static http_server_t server = { .router = { routes, sizeof routes / sizeof routes[0] },
                                .write_problem = write_problem,
                                .is_our_host = is_our_host,
                                .clock = &no_clock };

#define HELLO "GET /hello HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n"
#define LONG  "GET /long HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n"

/* ---- Every test ends where it began ------------------------------------------------------------------ */

static net_pool_t at_rest[40];

static int group_setup(void **state)
{
    (void)state;
    net_config_t config = { .host_name = "jembatan-test", .ipv4_static = true, .http_port = 80 };
    memcpy(config.mac, device_mac, 6);
    memcpy(config.ipv4_address, device_ip, 4);
    memcpy(config.ipv4_netmask, (const uint8_t[]){ 255, 255, 255, 0 }, 4);
    log_init(LOG_WARNING, log_to_stderr, hal_clock_ms);
    assert_int_equal(net_init(&config, &server), STATUS_OK);
    pass_ms(5000);                       /* duplicate address detection of IPv6 */
    client_t *client = connect_client(); /* both sides know each other's address from here on */
    reset(client);
    pass_ms(1000);
    assert_true(net_pool_count() <= sizeof at_rest / sizeof at_rest[0]);
    for (size_t i = 0; i < net_pool_count(); i++) net_read_pool(i, &at_rest[i]);
    return 0;
}

static int everything_is_free_again(void **state)
{
    (void)state;
    wire.busy = false;
    pass_ms(15000); /* TIME_WAIT */
    for (size_t i = 0; i < net_pool_count(); i++) {
        net_pool_t pool;
        net_read_pool(i, &pool);
        if (pool.used != at_rest[i].used) print_message("pool %s: %u used\n", pool.name, pool.used);
        assert_int_equal(pool.used, at_rest[i].used);
        assert_true(pool.peak <= pool.size);
    }
    memset(clients, 0, sizeof clients);
    return 0;
}

/* ---- Tests ------------------------------------------------------------------------------------------ */

static void an_arp_request_is_answered(void **state)
{
    (void)state;
    arp_answers = 0;
    send_arp(1, peer_ip, device_ip);
    settle();
    assert_int_equal(arp_answers, 1);
}

static void a_ping_is_answered(void **state)
{
    (void)state;
    uint8_t echo[1480] = { 8 };
    echo_answers = 0;
    send_ip(1, peer_ip, device_ip, echo, 64, 2, false);
    send_ip(1, peer_ip, device_ip, echo, sizeof echo, 2, false);
    settle();
    assert_int_equal(echo_answers, 2);
}

static void a_request_is_answered_and_the_connection_kept(void **state)
{
    (void)state;
    client_t *client = connect_client();
    for (unsigned i = 1; i <= 3; i++) {
        send_text(client, HELLO);
        assert_int_equal(count_of(client, "200 OK"), i);
        assert_int_equal(count_of(client, "\"hello\""), i);
    }
    assert_int_equal(pool_used("http_connection"), 1);
    finish(client);
    assert_int_equal(pool_used("http_connection"), 0);
    assert_true(client->got_fin);
    assert_false(client->got_rst);
}

static void a_request_may_come_byte_by_byte(void **state)
{
    (void)state;
    client_t *client = connect_client();
    for (const char *byte = HELLO; *byte; byte++) {
        send_tcp(client, ACK | PSH, byte, 1);
        settle();
    }
    assert_int_equal(count_of(client, "\"hello\""), 1);
    finish(client);
}

static void segments_may_come_in_any_order(void **state)
{
    (void)state;
    static const char request[] = HELLO;
    client_t *client = connect_client();
    uint32_t start = client->sent;
    client->sent = start + 20;
    send_tcp(client, ACK | PSH, request + 20, sizeof request - 1 - 20);
    settle();
    uint32_t end = client->sent;
    client->sent = start;
    send_tcp(client, ACK, request, 20);
    settle();
    client->sent = end;
    assert_int_equal(count_of(client, "\"hello\""), 1);
    finish(client);
}

static void a_body_over_several_frames_arrives_whole(void **state)
{
    (void)state;
    char body[4000], head[128], answer[16];
    client_t *client = connect_client();
    for (size_t i = 0; i < sizeof body; i++) body[i] = (char)(i * 7 + i / 256);
    snprintf(head, sizeof head, "PUT /digest HTTP/1.1\r\nHost: 10.0.0.1\r\nContent-Length: %zu\r\n\r\n",
             sizeof body);
    snprintf(answer, sizeof answer, "\r\n\r\n%u", digest(body, sizeof body));
    send_text(client, head);
    for (size_t at = 0; at < sizeof body; at += 1000) {
        send_tcp(client, ACK, body + at, 1000);
        settle();
    }
    assert_int_equal(count_of(client, answer), 1);
    finish(client);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    client_t *client = connect_client();
    send_text(client, HELLO LONG HELLO);
    pass_ms(3000);
    assert_int_equal(count_of(client, "200 OK"), 3);
    assert_int_equal(count_of(client, "a line of the long answer"), LONG_LINES);
    finish(client);
}

static void a_closed_window_holds_the_answer_and_the_next_request_back(void **state)
{
    (void)state;
    client_t *client = connect_client();
    client->window = 0;
    send_text(client, LONG HELLO);
    pass_ms(4000);
    assert_int_equal(count_of(client, "200 OK"), 0);
    assert_int_equal(pool_used("pbuf_pool"), 1);
    client->window = 8192;
    send_tcp(client, ACK, NULL, 0);
    pass_ms(5000);
    assert_int_equal(count_of(client, "200 OK"), 2);
    assert_int_equal(count_of(client, "a line of the long answer"), LONG_LINES);
    finish(client);
}

static void a_peer_that_never_reads_is_reset(void **state)
{
    (void)state;
    client_t *client = connect_client();
    client->window = 0;
    send_text(client, LONG);
    pass_ms(HTTP_RESPONSE_STALL_MS + 1000);
    assert_true(client->got_rst);
    assert_int_equal(pool_used("http_connection"), 0);
}

static void a_reset_in_the_middle_frees_everything_at_once(void **state)
{
    (void)state;
    unsigned heap = pool_used("heap");
    client_t *client = connect_client();
    send_text(client, "PUT /digest HTTP/1.1\r\nHost: 10.0.0.1\r\nContent-Length: 4000\r\n\r\nabc");
    assert_int_equal(pool_used("http_body"), 1);
    reset(client);
    assert_int_equal(pool_used("http_body"), 0);
    client = connect_client();
    client->window = 0;
    send_text(client, LONG HELLO);
    assert_int_equal(pool_used("http_connection"), 1);
    reset(client);
    assert_int_equal(pool_used("http_connection"), 0);
    assert_int_equal(pool_used("pbuf_pool"), 0);
    assert_int_equal(pool_used("tcp_seg"), 0);
    assert_int_equal(pool_used("heap"), heap);
}

static void a_half_closed_peer_gets_its_answer_before_our_fin(void **state)
{
    (void)state;
    client_t *client = connect_client();
    send_tcp(client, ACK | PSH | FIN, LONG, strlen(LONG));
    pass_ms(3000);
    assert_int_equal(count_of(client, "a line of the long answer"), LONG_LINES);
    assert_true(client->got_fin);
    assert_false(client->got_rst);
}

static void a_refused_upload_is_heard_by_a_peer_that_is_still_sending(void **state)
{
    (void)state;
    char noise[1400];
    client_t *client = connect_client();
    memset(noise, 'n', sizeof noise);
    send_text(client, "PUT /digest HTTP/1.1\r\nHost: 10.0.0.1\r\nContent-Length: 100000\r\n\r\n");
    for (unsigned i = 0; i < 20; i++) {
        send_tcp(client, ACK, noise, sizeof noise);
        settle();
    }
    assert_int_equal(count_of(client, " 413 "), 1);
    assert_true(client->got_fin);
    assert_false(client->got_rst);
    finish(client);
    assert_int_equal(pool_used("http_connection"), 0);
}

static void a_lingering_connection_ends_without_the_peers_help(void **state)
{
    (void)state;
    client_t *client = connect_client();
    send_text(client, "GET /hello HTTP/1.1\r\nHost: 10.0.0.1\r\nConnection: close\r\n\r\n");
    assert_true(client->got_fin);
    assert_int_equal(pool_used("http_connection"), 1);
    pass_ms(HTTP_LINGER_DEADLINE_MS + 10);
    assert_int_equal(pool_used("http_connection"), 0);
    pass_ms(30000); /* until lwIP gives up to wait for the FIN */
}

static void a_slow_head_gets_408(void **state)
{
    (void)state;
    client_t *client = connect_client();
    send_text(client, "GET /hello HT");
    pass_ms(HTTP_HEAD_DEADLINE_MS + 10);
    assert_int_equal(count_of(client, " 408 "), 1);
    assert_true(client->got_fin);
    finish(client);
}

static void an_idle_connection_is_closed_in_order(void **state)
{
    (void)state;
    client_t *client = connect_client();
    send_text(client, HELLO);
    pass_ms(HTTP_IDLE_DEADLINE_MS - 10);
    assert_false(client->got_fin);
    pass_ms(20);
    assert_true(client->got_fin);
    assert_false(client->got_rst);
    finish(client);
}

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

static void a_lingering_connection_gives_way_first(void **state)
{
    (void)state;
    client_t *opened[HTTP_CONNECTIONS_MAX];
    fill_slots(opened);
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
        send_text(opened[i], i == 5 ? "GET /hello HTTP/1.0\r\n\r\n" : HELLO);
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
    for (unsigned i = 0; i < 5; i++, wire.now_ms++) assert_true(net_poll(wire.now_ms) <= wire.now_ms + 1);
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
        net_poll(wire.now_ms);
        while (queue_pop(&wire.from_device)) continue; /* its SYN-ACK is never answered */
        half->port = 0;
    }
    assert_in_range(pool_used("tcp_pcb"), 1, 8);
    send_text(client, HELLO);
    assert_int_equal(count_of(client, "\"hello\""), 1);
    finish(client);
    pass_ms(40000);
}

#define TEST(name) cmocka_unit_test_teardown(name, everything_is_free_again)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_arp_request_is_answered),
        TEST(a_ping_is_answered),
        TEST(a_request_is_answered_and_the_connection_kept),
        TEST(a_request_may_come_byte_by_byte),
        TEST(segments_may_come_in_any_order),
        TEST(a_body_over_several_frames_arrives_whole),
        TEST(pipelined_requests_are_answered_in_order),
        TEST(a_closed_window_holds_the_answer_and_the_next_request_back),
        TEST(a_peer_that_never_reads_is_reset),
        TEST(a_reset_in_the_middle_frees_everything_at_once),
        TEST(a_half_closed_peer_gets_its_answer_before_our_fin),
        TEST(a_refused_upload_is_heard_by_a_peer_that_is_still_sending),
        TEST(a_lingering_connection_ends_without_the_peers_help),
        TEST(a_slow_head_gets_408),
        TEST(an_idle_connection_is_closed_in_order),
        TEST(with_all_slots_active_newcomers_get_503_or_a_reset),
        TEST(a_refused_client_that_says_nothing_is_told_all_the_same),
        TEST(the_longest_idle_connection_gives_way),
        TEST(a_lingering_connection_gives_way_first),
        TEST(an_answer_without_memory_is_sent_when_there_is_some),
        TEST(a_long_answer_gets_through_a_nearly_full_heap),
        TEST(clients_that_never_close_do_not_use_up_the_control_blocks),
        TEST(a_frame_without_a_buffer_is_lost_and_counted),
        TEST(short_segments_cannot_hold_all_buffers),
        TEST(a_busy_chip_delays_an_answer_and_loses_nothing),
        TEST(half_open_connections_leave_room_for_others),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
