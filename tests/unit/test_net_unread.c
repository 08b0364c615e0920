/* Peers that ask and do not read: their windows are closed, and they answer each probe, so that to TCP they are well.
 * Whatever state the connection is in, what waits for them has an owner and an end.
 */
#include "net_client.h"

#define GOODBYE "GET /hello HTTP/1.1\r\nHost: 10.0.0.1\r\nConnection: close\r\n\r\n"

static client_t *connect_unread(bool takes_probes)
{
    client_t *client = begin_connect();
    client->window = 0;
    client->answers_probes = true;
    client->takes_probes = takes_probes;
    settle();
    assert_true(client->established);
    return client;
}

static void assert_served(void)
{
    client_t *client = connect_client();
    send_text(client, HELLO);
    assert_int_equal(count_of(client, "\"hello\""), 1);
    finish(client);
}

static void assert_nothing_exhausted(void)
{
    static const char *const names[] = { "heap", "tcp_seg", "tcp_pcb", "pbuf_pool", "pbuf" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(pool_named(names[i]).exhausted, 0);
    }
}

static void assert_nothing_held(void)
{
    assert_int_equal(pool_used("http_connection"), 0);
    assert_int_equal(pool_used("http_refusal"), 0);
    assert_int_equal(pool_used("tcp_seg"), 0);
}

static void an_answer_that_is_queued_but_never_taken_ends_in_a_reset(void **state)
{
    (void)state;
    for (unsigned takes_probes = 0; takes_probes < 2; takes_probes++) {
        client_t *client = connect_unread(takes_probes);
        send_text(client, HELLO);
        pass_ms(HTTP_UNACKED_DEADLINE_MS - 10);
        assert_false(client->got_rst);
        assert_int_equal(pool_used("http_connection"), 1);
        assert_int_equal(client->bytes > 0, takes_probes);
        pass_ms(20);
        assert_true(client->got_rst);
        assert_nothing_held();
        client->port = 0;
    }
}

static void asking_again_and_again_does_not_put_it_off(void **state)
{
    (void)state;
    client_t *client = connect_unread(true);
    for (unsigned ms = 0; ms <= HTTP_UNACKED_DEADLINE_MS; ms += 1000) {
        send_text(client, HELLO);
        pass_ms(1000);
    }
    assert_true(client->got_rst);
    assert_nothing_held();
}

static void a_peer_that_opens_its_window_in_time_gets_its_answer(void **state)
{
    (void)state;
    client_t *client = connect_unread(false);
    send_text(client, HELLO);
    pass_ms(HTTP_UNACKED_DEADLINE_MS - 1000);
    client->window = 8192;
    send_tcp(client, ACK, NULL, 0);
    settle();
    assert_int_equal(count_of(client, "\"hello\""), 1);
    pass_ms(2000);
    assert_int_equal(pool_used("http_connection"), 1);
    finish(client);
    assert_false(client->got_rst);
}

static void a_peer_that_ends_its_direction_is_not_waited_for_longer(void **state)
{
    (void)state;
    for (unsigned takes_probes = 0; takes_probes < 2; takes_probes++) {
        client_t *client = connect_unread(takes_probes);
        send_tcp(client, ACK | PSH | FIN, HELLO, strlen(HELLO));
        settle();
        assert_int_equal(pool_used("http_connection"), 0);
        assert_true(pool_used("tcp_seg") > 0);
        pass_ms(HTTP_UNACKED_DEADLINE_MS + 10);
        assert_nothing_held();
        client->port = 0;
    }
}

static void a_connection_that_we_closed_is_watched_until_all_is_acknowledged(void **state)
{
    (void)state;
    for (unsigned fin = 0; fin < 2; fin++) {
        client_t *client = connect_unread(true);
        send_text(client, GOODBYE);
        pass_ms(HTTP_LINGER_DEADLINE_MS + 10);
        assert_int_equal(pool_used("http_connection"), 0);
        if (fin) send_tcp(client, ACK | FIN, NULL, 0); /* CLOSING instead of FIN_WAIT_1 */
        pass_ms(HTTP_UNACKED_DEADLINE_MS - HTTP_LINGER_DEADLINE_MS - 1000);
        assert_false(client->got_rst);
        assert_true(pool_used("tcp_seg") > 0);
        pass_ms(1000);
        assert_true(client->got_rst);
        assert_nothing_held();
        client->port = 0;
    }
}

static void a_fin_that_is_never_acknowledged_is_not_waited_for(void **state)
{
    (void)state;
    client_t *client = connect_client();
    send_text(client, HELLO);
    uint16_t port = client->port;
    client->port = 0; /* deaf from here on */
    pass_ms(HTTP_IDLE_DEADLINE_MS + 10);
    assert_int_equal(pool_used("http_connection"), 0);
    assert_int_equal(pool_used("tcp_seg"), 1);
    client->port = port;
    client->expected++; /* past the FIN, so that it is not acknowledged now either */
    pass_ms(HTTP_UNACKED_DEADLINE_MS + 10);
    assert_true(client->got_rst);
    assert_nothing_held();
}

static void many_of_them_hold_no_more_than_their_places(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CLIENTS_MAX - 2; i++) {
        client_t *client = connect_unread(i % 2);
        send_text(client, HELLO HELLO HELLO HELLO HELLO HELLO);
        pass_ms(10);
        assert_served();
        assert_true(pool_used("tcp_seg") <= (HTTP_CONNECTIONS_MAX + HTTP_CLOSINGS_MAX) * 7u);
    }
    assert_nothing_exhausted();
    pass_ms(HTTP_UNACKED_DEADLINE_MS + 10);
    assert_nothing_held();
    assert_served();
}

static void who_takes_nothing_gives_way_even_in_the_middle_of_an_answer(void **state)
{
    (void)state;
    client_t *unread[HTTP_CONNECTIONS_MAX];
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
        unread[i] = connect_unread(true);
        send_text(unread[i], LONG);
        pass_ms(1);
    }
    client_t *early = connect_client();
    send_text(early, HELLO);
    assert_int_equal(count_of(early, " 503 "), 1);
    finish(early);
    pass_ms(HTTP_UNACKED_GRACE_MS);
    assert_served();
    assert_true(unread[0]->got_rst);
    assert_false(unread[1]->got_rst);
    assert_nothing_exhausted();
    pass_ms(HTTP_UNACKED_DEADLINE_MS);
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) assert_true(unread[i]->got_rst);
    assert_nothing_held();
}

static void who_takes_nothing_gives_way_before_who_is_idle(void **state)
{
    (void)state;
    client_t *idle = connect_client();
    send_text(idle, HELLO);
    client_t *unread = NULL;
    for (unsigned i = 1; i < HTTP_CONNECTIONS_MAX; i++) {
        unread = connect_unread(false);
        send_text(unread, HELLO);
    }
    pass_ms(HTTP_UNACKED_GRACE_MS + 10);
    assert_served();
    assert_false(idle->got_fin);
    send_text(idle, HELLO);
    assert_int_equal(count_of(idle, "\"hello\""), 2);
    finish(idle);
    pass_ms(HTTP_UNACKED_DEADLINE_MS);
    assert_nothing_held();
}

static void a_refusal_that_is_not_taken_ends_in_a_reset(void **state)
{
    (void)state;
    client_t *busy[HTTP_CONNECTIONS_MAX], *refused[HTTP_REFUSALS_MAX + HTTP_CLOSINGS_MAX + 2];
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
        busy[i] = connect_client();
        send_text(busy[i], "GET");
    }
    for (unsigned i = 0; i < HTTP_REFUSALS_MAX; i++) {
        refused[i] = connect_unread(true);
        send_text(refused[i], HELLO);
    }
    assert_int_equal(pool_used("http_refusal"), HTTP_REFUSALS_MAX);
    pass_ms(HTTP_LINGER_DEADLINE_MS + 10);
    for (unsigned i = 0; i < HTTP_REFUSALS_MAX; i++) assert_true(refused[i]->got_rst);
    assert_int_equal(pool_used("http_refusal"), 0);
    for (unsigned i = HTTP_REFUSALS_MAX; i < sizeof refused / sizeof refused[0]; i++) {
        refused[i] = connect_unread(true);
        send_tcp(refused[i], ACK | PSH | FIN, HELLO, strlen(HELLO));
        settle();
    }
    assert_int_equal(pool_used("http_refusal"), 0);
    assert_nothing_exhausted();
    for (unsigned i = 0; i < HTTP_CONNECTIONS_MAX; i++) reset(busy[i]);
    pass_ms(HTTP_LINGER_DEADLINE_MS + 10);
    assert_nothing_held();
}

/* Opens the window by so many bytes each time, until the answer is complete or the time is over. */
static void read_slowly(client_t *client, uint16_t bytes, uint64_t interval_ms, uint64_t limit_ms)
{
    for (uint64_t ms = 0; ms < limit_ms && !client->got_rst; ms += interval_ms) {
        if (count_of(client, "a line of the long answer") == LONG_LINES) return;
        client->window = bytes;
        send_tcp(client, ACK, NULL, 0);
        settle();
        pass_ms(interval_ms);
    }
}

static void a_byte_now_and_then_does_not_keep_an_answer_open(void **state)
{
    (void)state;
    client_t *client = connect_unread(true);
    client->fills = true;
    send_text(client, LONG);
    uint64_t start_ms = wire.now_ms;
    read_slowly(client, 1, 2000, 3600000);
    assert_true(client->got_rst);
    assert_true(client->bytes > 1);
    assert_in_range(wire.now_ms - start_ms, HTTP_RESPONSE_STALL_MS, HTTP_UNACKED_DEADLINE_MS + 2000);
}

static void a_slow_reader_gets_a_long_answer_whole(void **state)
{
    (void)state;
    client_t *client = connect_client();
    client->window = 600;
    client->fills = true;
    send_text(client, LONG);
    uint64_t start_ms = wire.now_ms;
    read_slowly(client, 600, 500, 60000);
    assert_true(wire.now_ms - start_ms > HTTP_RESPONSE_STALL_MS - 2000);
    assert_int_equal(count_of(client, "a line of the long answer"), LONG_LINES);
    assert_false(client->got_rst);
    client->window = 8192;
    finish(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_that_is_queued_but_never_taken_ends_in_a_reset),
        TEST(asking_again_and_again_does_not_put_it_off),
        TEST(a_peer_that_opens_its_window_in_time_gets_its_answer),
        TEST(a_peer_that_ends_its_direction_is_not_waited_for_longer),
        TEST(a_connection_that_we_closed_is_watched_until_all_is_acknowledged),
        TEST(a_fin_that_is_never_acknowledged_is_not_waited_for),
        TEST(many_of_them_hold_no_more_than_their_places),
        TEST(who_takes_nothing_gives_way_even_in_the_middle_of_an_answer),
        TEST(who_takes_nothing_gives_way_before_who_is_idle),
        TEST(a_refusal_that_is_not_taken_ends_in_a_reset),
        TEST(a_byte_now_and_then_does_not_keep_an_answer_open),
        TEST(a_slow_reader_gets_a_long_answer_whole),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
