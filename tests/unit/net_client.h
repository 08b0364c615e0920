/* net_client.h - TCP clients made by hand, the server they speak to, and the check that nothing is left behind.
 *
 * To be included by exactly one file of a program, as net_peer.h.
 */
#ifndef NET_CLIENT_H
#define NET_CLIENT_H

#include "net_peer.h"

#include "base/hash.h"

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/* ---- A TCP client made by hand ---------------------------------------------------------------------- */

#define CLIENTS_MAX  64
#define RECEIVED_MAX 65536

typedef struct {
    uint16_t port; /* 0: free */
    uint16_t to;   /* the device's */
    uint32_t sent, expected;
    uint16_t window;
    bool established, got_fin, got_rst;
    bool fills;          /* what comes takes up room in its window until the test opens it again */
    bool answers_probes; /* acknowledges what comes while its window is closed, and takes none of it */
    bool takes_probes;   /* ... but for single bytes, which a probe is made of */
    size_t bytes;
    char received[RECEIVED_MAX];
} client_t;

static client_t clients[CLIENTS_MAX];
static uint16_t next_port = 40000;
static unsigned arp_answers, echo_answers;

static inline void send_tcp(client_t *client, unsigned flags, const void *data, size_t count)
{
    uint8_t segment[1480] = { 0 };
    put16(segment, client->port);
    put16(segment + 2, client->to);
    put32(segment + 4, client->sent);
    put32(segment + 8, flags & ACK ? client->expected : 0);
    segment[12] = 5 << 4;
    segment[13] = (uint8_t)flags;
    put16(segment + 14, client->window);
    if (count) memcpy(segment + 20, data, count);
    client->sent += (uint32_t)count + (flags & (SYN | FIN) ? 1 : 0);
    send_ip(6, peer_ip, device_ip, segment, 20 + count, 16, true);
}

static inline client_t *client_at(unsigned port)
{
    for (unsigned i = 0; i < CLIENTS_MAX; i++) {
        if (clients[i].port == port) return &clients[i];
    }
    return NULL;
}

static inline void on_segment(const uint8_t *ip, size_t count)
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
    bool probe_taken = client->takes_probes && data == 1;
    if (get32(tcp + 4) != client->expected || (data > 0 && client->window == 0 && !probe_taken)) {
        if (client->answers_probes) send_tcp(client, ACK, NULL, 0);
        return;
    }
    assert_true(client->bytes + data < RECEIVED_MAX);
    memcpy(client->received + client->bytes, tcp + header, data);
    client->bytes += data;
    client->received[client->bytes] = 0;
    client->expected += (uint32_t)data;
    if (client->fills) client->window = (uint16_t)(client->window > data ? client->window - data : 0);
    if (tcp[13] & FIN) {
        client->expected++;
        client->got_fin = true;
    }
    if (data > 0 || tcp[13] & FIN) send_tcp(client, ACK, NULL, 0);
}

static inline void on_frame(const frame_t *frame)
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

static inline client_t *begin_connect_to(uint16_t port)
{
    client_t *client = client_at(0);
    assert_non_null(client);
    memset(client, 0, sizeof *client);
    client->port = next_port++;
    client->to = port;
    client->sent = 5000u * client->port;
    client->window = 8192;
    send_tcp(client, SYN, NULL, 0);
    return client;
}

static inline client_t *begin_connect(void)
{
    return begin_connect_to(80);
}

static inline client_t *connect_client(void)
{
    client_t *client = begin_connect();
    settle();
    assert_true(client->established);
    return client;
}

static inline void send_text(client_t *client, const char *text)
{
    send_tcp(client, ACK | PSH, text, strlen(text));
    settle();
}

/* Ends the client's direction, and waits for the other unless it is over already. */
static inline void finish(client_t *client)
{
    if (!client->got_rst) {
        send_tcp(client, FIN | ACK, NULL, 0);
        settle();
        assert_true(client->got_fin || client->got_rst);
    }
    client->port = 0;
}

static inline void reset(client_t *client)
{
    send_tcp(client, RST | ACK, NULL, 0);
    settle();
    client->port = 0;
}

static inline unsigned count_of(const client_t *client, const char *text)
{
    unsigned count = 0;
    for (const char *at = client->received; (at = strstr(at, text)); at++) count++;
    return count;
}

/* ---- The server ------------------------------------------------------------------------------------- */

#define LONG_LINES 600u

static inline void get_hello(http_exchange_t *ex, void *app)
{
    (void)app;
    json_string(http_respond_json(ex, 200, "application/json"), "hello");
}

static inline http_produced_t produce_line(http_exchange_t *ex, void *app, json_writer_t *json,
                                           uint32_t state[4])
{
    (void)ex;
    (void)app;
    if (state[0] == 0) json_array_begin(json);
    json_string(json, "a line of the long answer");
    if (++state[0] < LONG_LINES) return HTTP_MORE;
    json_array_end(json);
    return HTTP_DONE;
}

static inline void get_long(http_exchange_t *ex, void *app)
{
    (void)app;
    http_respond_generated(ex, 200, "application/json", produce_line);
}

static inline uint32_t digest(const char *bytes, size_t count)
{
    uint64_t hash = HASH_SEED;
    for (size_t i = 0; i < count; i++) hash = hash_word(hash, (unsigned char)bytes[i]);
    return (uint32_t)hash;
}

static inline void put_digest(http_exchange_t *ex, void *app)
{
    text_view_t body = http_body(ex);
    (void)app;
    json_u32(http_respond_json(ex, 200, "application/json"), digest(body.bytes, body.count));
}

static const http_route_t routes[] = {
    { HTTP_GET, "/hello", get_hello, 0, 0 },
    { HTTP_GET, "/long", get_long, 0, 0 },
    { HTTP_PUT, "/digest", put_digest, 0, 4096 },
};

static inline void write_problem(http_exchange_t *ex, unsigned status, const char *detail)
{
    json_string(http_respond_json(ex, status, "application/problem+json"), detail);
}

static inline bool is_our_host(void *app, text_view_t host)
{
    (void)app;
    return text_equal(host, text_view("10.0.0.1"));
}

static wall_clock_t no_clock;
static http_server_t server = { .router = { routes, sizeof routes / sizeof routes[0], 0 },
                                .write_problem = write_problem,
                                .is_our_host = is_our_host,
                                .clock = &no_clock };

#define JSON  "Content-Type: application/json\r\n"
#define HELLO "GET /hello HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n"
#define LONG  "GET /long HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n"

/* ---- Every test ends where it began ------------------------------------------------------------------ */

static net_pool_t at_rest[40];
static tls_server_t *https; /* NULL: the device has none */

static inline int group_setup(void **state)
{
    (void)state;
    net_config_t config = { .host_name = "jembatan-test", .ipv4_static = true, .http_port = 80 };
    config.tls = https;
    config.https_port = 443;
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

static inline int everything_is_free_again(void **state)
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

#define TEST(name) cmocka_unit_test_teardown(name, everything_is_free_again)

#endif
