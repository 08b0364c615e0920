/* The net layer over real lwIP: ARP, ICMP, and HTTP connections from their first byte to their last. */
#include "net_client.h"

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
    snprintf(head, sizeof head,
             "PUT /digest HTTP/1.1\r\nHost: 10.0.0.1\r\n" JSON "Content-Length: %zu\r\n\r\n", sizeof body);
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
    send_text(client, "PUT /digest HTTP/1.1\r\nHost: 10.0.0.1\r\n" JSON "Content-Length: 4000\r\n\r\nabc");
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
    send_text(client, "PUT /digest HTTP/1.1\r\nHost: 10.0.0.1\r\n" JSON "Content-Length: 100000\r\n\r\n");
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
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
