/* HTTPS over lwIP: turns, deadlines, ends of every kind, and nothing left behind. Time is the test's own. */
#include "net_client.h"
#include "tests/support/tls_client.h"
#include "tls/tls_identity.h"

static tls_server_t tls;
static uint32_t noise = 2463534242u;
static uint32_t used_at_rest, blocks_at_rest;

static status_t draw(void *context, uint8_t *out, size_t bytes)
{
    (void)context;
    for (size_t i = 0; i < bytes; i++) {
        noise = noise * 1664525u + 1013904223u;
        out[i] = (uint8_t)(noise >> 16);
    }
    return STATUS_OK;
}

static bool tell_utc_ms(void *context, int64_t *utc_ms)
{
    (void)context;
    *utc_ms = 1790000000000;
    return true;
}

static void start_tls(void)
{
    static tls_key_t key;
    static tls_chain_t chain;
    const tls_platform_t platform = { NULL, draw, hal_clock_ms, tell_utc_ms };
    const tls_names_t names = { "jembatan-test", false };
    assert_int_equal(tls_server_init(&tls, &platform), STATUS_OK);
    assert_int_equal(tls_identity_make_key(&tls, &key), STATUS_OK);
    assert_int_equal(tls_identity_make_certificate(&tls, &key, &names, "20260101000000", &chain), STATUS_OK);
    assert_int_equal(tls_server_use(&tls, chain.der, chain.bytes, key.der, key.bytes), STATUS_OK);
}

/* ---- TLS on a TCP client made by hand ------------------------------------------------------------------ */

typedef struct {
    client_t *tcp;
    tls_client_t *tls;
    size_t taken;    /* of what came */
    bool holds;      /* sends nothing for now */
    char text[8192]; /* decrypted */
    size_t bytes;
} secure_t;

static secure_t peers[HTTPS_CONNECTIONS_MAX + 2u];

static size_t wire_send(void *context, const uint8_t *bytes, size_t count)
{
    const secure_t *peer = context;
    if (peer->holds) return 0;
    size_t part = count < 1000 ? count : 1000;
    send_tcp(peer->tcp, ACK | PSH, bytes, part);
    return part;
}

static size_t wire_receive(void *context, uint8_t *bytes, size_t count)
{
    secure_t *peer = context;
    size_t part = peer->tcp->bytes - peer->taken;
    if (part > count) part = count;
    memcpy(bytes, peer->tcp->received + peer->taken, part);
    peer->taken += part;
    return part;
}

static bool wire_ended(void *context)
{
    const secure_t *peer = context;
    return (peer->tcp->got_fin || peer->tcp->got_rst) && peer->taken == peer->tcp->bytes;
}

static void begin(secure_t *peer, const tls_client_options_t *options)
{
    const tls_client_wire_t io = { peer, wire_send, wire_receive, wire_ended };
    memset(peer, 0, sizeof *peer);
    peer->tcp = begin_connect_to(443);
    settle();
    peer->tls = tls_client_new(options, &io);
}

/* returns   whether the connection stands */
static bool shake(secure_t *peer)
{
    int result = TLS_CLIENT_WAIT;
    for (unsigned turn = 0; turn < 20 && result == TLS_CLIENT_WAIT; turn++) {
        result = tls_client_handshake(peer->tls);
        settle();
    }
    return result == 0;
}

static bool open_peer(secure_t *peer, unsigned version)
{
    begin(peer, &(tls_client_options_t){ .version = version });
    return peer->tcp->established && shake(peer);
}

static void say(secure_t *peer, const char *text)
{
    size_t count = strlen(text);
    assert_int_equal(tls_client_write(peer->tls, text, &count), 0);
    assert_int_equal(count, strlen(text));
    settle();
}

/* Reads what has come.
 * returns   what tls_client_read ended with */
static int listen_to(secure_t *peer)
{
    int result = 0;
    bool ticket = false;
    while ((result == 0 || ticket) && peer->bytes + 1u < sizeof peer->text) {
        size_t count = sizeof peer->text - peer->bytes - 1u;
        result = tls_client_read(peer->tls, peer->text + peer->bytes, &count);
        peer->bytes += count;
        ticket = result == TLS_CLIENT_WAIT && peer->taken < peer->tcp->bytes;
    }
    peer->text[peer->bytes] = '\0';
    return result;
}

static bool is_answered(secure_t *peer)
{
    peer->bytes = 0;
    say(peer, HELLO);
    (void)listen_to(peer);
    return strstr(peer->text, "HTTP/1.1 200 OK\r\n") != NULL;
}

static bool is_answered_plainly(client_t *client)
{
    unsigned before = count_of(client, "HTTP/1.1 200 OK\r\n");
    send_text(client, HELLO);
    return count_of(client, "HTTP/1.1 200 OK\r\n") == before + 1u;
}

static void leave(secure_t *peer)
{
    if (peer->tls) tls_client_free(peer->tls);
    if (peer->tcp && peer->tcp->port) finish(peer->tcp);
    peer->tls = NULL;
    peer->tcp = NULL;
}

static bool is_gone(const secure_t *peer)
{
    return peer->tcp->got_rst || peer->tcp->got_fin;
}

/* ---- Each test ends where it began ---------------------------------------------------------------------- */

static int set_up(void **state)
{
    start_tls();
    https = &tls;
    assert_int_equal(group_setup(state), 0);
    for (unsigned version = 12; version <= 13; version++) { /* what mbedTLS keeps from its first times */
        assert_true(open_peer(&peers[0], version) && is_answered(&peers[0]));
        leave(&peers[0]);
    }
    pass_ms(15000);
    for (size_t i = 0; i < net_pool_count(); i++) net_read_pool(i, &at_rest[i]);
    used_at_rest = tls.heap.used;
    blocks_at_rest = tls.heap.blocks;
    return 0;
}

static int nothing_is_left(void **state)
{
    for (size_t i = 0; i < sizeof peers / sizeof *peers; i++) leave(&peers[i]);
    int result = everything_is_free_again(state);
    assert_true(heap_is_sound(&tls.heap));
    assert_int_equal(tls.heap.used, used_at_rest);
    assert_int_equal(tls.heap.blocks, blocks_at_rest);
    assert_int_equal(tls.contexts, 0);
    return result;
}

/* ---- Turns ------------------------------------------------------------------------------------------------ */

static void a_client_of_each_version_is_answered(void **state)
{
    (void)state;
    for (unsigned version = 12; version <= 13; version++) {
        assert_true(open_peer(&peers[0], version));
        for (unsigned i = 0; i < 3; i++) assert_true(is_answered(&peers[0]));
        leave(&peers[0]);
    }
}

static void a_long_answer_comes_whole(void **state)
{
    (void)state;
    static char all[RECEIVED_MAX];
    assert_true(open_peer(&peers[0], 13));
    say(&peers[0], LONG);
    size_t got = 0;
    for (unsigned turn = 0; turn < 400 && !strstr(all, "\r\n0\r\n\r\n"); turn++) {
        peers[0].bytes = 0;
        (void)listen_to(&peers[0]);
        memcpy(all + got, peers[0].text, peers[0].bytes + 1u);
        got += peers[0].bytes;
        settle();
    }
    assert_non_null(strstr(all, "\r\n0\r\n\r\n"));
    assert_true(got > LONG_LINES * 10u);
}

static void one_handshake_is_worked_on_while_the_other_waits_without_memory(void **state)
{
    (void)state;
    begin(&peers[0], &(tls_client_options_t){ .version = 13 });
    (void)tls_client_handshake(peers[0].tls);
    peers[0].holds = true; /* its second flight comes later */
    settle();
    uint32_t used = tls.heap.used;
    assert_int_equal(tls.contexts, 1);
    begin(&peers[1], &(tls_client_options_t){ .version = 13 });
    assert_false(shake(&peers[1]));
    assert_int_equal(tls.heap.used, used);
    assert_int_equal(tls.contexts, 1);
    peers[0].holds = false;
    assert_true(shake(&peers[0]));
    assert_true(shake(&peers[1]));
    assert_true(is_answered(&peers[0]) && is_answered(&peers[1]));
}

static void others_are_answered_between_the_steps_of_a_handshake(void **state)
{
    (void)state;
    client_t *plain = connect_client();
    assert_true(open_peer(&peers[0], 13));
    begin(&peers[1], &(tls_client_options_t){ .version = 12 });
    for (unsigned turn = 0; turn < 20; turn++) {
        int result = tls_client_step(peers[1].tls);
        assert_true(is_answered(&peers[0]));
        assert_true(is_answered_plainly(plain));
        if (result != 0 && result != TLS_CLIENT_WAIT) break;
    }
    assert_true(shake(&peers[1]));
    assert_true(is_answered(&peers[1]));
    finish(plain);
}

static void one_too_many_is_reset_before_anything_is_allocated(void **state)
{
    (void)state;
    for (unsigned i = 0; i < HTTPS_CONNECTIONS_MAX; i++) {
        assert_true(open_peer(&peers[i], 13));
        say(&peers[i], "GET /hello HTTP/1.1\r\n"); /* busy: an idle one would have to give way */
    }
    uint32_t used = tls.heap.used;
    client_t *late = begin_connect_to(443);
    settle();
    assert_true(late->got_rst);
    late->port = 0;
    assert_int_equal(tls.heap.used, used);
    for (unsigned i = 0; i < HTTPS_CONNECTIONS_MAX; i++) {
        say(&peers[i], "Host: 10.0.0.1\r\n\r\n");
        (void)listen_to(&peers[i]);
        assert_non_null(strstr(peers[i].text, "HTTP/1.1 200 OK"));
    }
}

static void an_idle_one_gives_way_to_a_newcomer(void **state)
{
    (void)state;
    for (unsigned i = 0; i < HTTPS_CONNECTIONS_MAX; i++) {
        assert_true(open_peer(&peers[i], 13) && is_answered(&peers[i]));
        pass_ms(10);
    }
    assert_true(open_peer(&peers[HTTPS_CONNECTIONS_MAX], 13));
    assert_true(is_answered(&peers[HTTPS_CONNECTIONS_MAX]));
    assert_int_equal(listen_to(&peers[0]), TLS_CLIENT_ENDED); /* in order */
}

/* ---- Deadlines --------------------------------------------------------------------------------------------- */

static void who_says_nothing_is_let_go_after_his_time(void **state)
{
    (void)state;
    begin(&peers[0], &(tls_client_options_t){ .version = 13 });
    pass_ms(TLS_WAIT_DEADLINE_MS - 100u);
    assert_false(is_gone(&peers[0]));
    pass_ms(200);
    assert_true(is_gone(&peers[0]));
    assert_int_equal(tls.heap.used, used_at_rest);
}

static void who_stops_in_the_middle_is_let_go_after_his_time(void **state)
{
    (void)state;
    begin(&peers[0], &(tls_client_options_t){ .version = 13 });
    (void)tls_client_handshake(peers[0].tls);
    settle();
    pass_ms(TLS_HANDSHAKE_DEADLINE_MS - 100u);
    assert_false(is_gone(&peers[0]));
    pass_ms(200);
    assert_true(is_gone(&peers[0]));
    assert_int_equal(tls.contexts, 0);
}

static void who_sends_a_byte_now_and_then_is_given_no_more_time(void **state)
{
    (void)state;
    begin(&peers[0], &(tls_client_options_t){ .version = 13 });
    static const uint8_t head[] = { 22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3 };
    for (unsigned i = 0; i < sizeof head && !is_gone(&peers[0]); i++) {
        send_tcp(peers[0].tcp, ACK | PSH, head + i, 1);
        pass_ms(1000);
    }
    assert_true(is_gone(&peers[0]));
}

static void while_others_wait_he_has_less(void **state)
{
    (void)state;
    begin(&peers[0], &(tls_client_options_t){ .version = 13 });
    (void)tls_client_handshake(peers[0].tls);
    settle();
    begin(&peers[1], &(tls_client_options_t){ .version = 13 });
    (void)tls_client_handshake(peers[1].tls);
    settle();
    pass_ms(TLS_HANDSHAKE_CONTENDED_MS - 100u);
    assert_false(is_gone(&peers[0]));
    pass_ms(200);
    assert_true(is_gone(&peers[0]));
    assert_true(shake(&peers[1]));
    assert_true(is_answered(&peers[1]));
}

/* ---- Bad input ------------------------------------------------------------------------------------------------ */

/* Somebody else is served before and after, and the failure is counted. */
static void assert_refused(const void *bytes, size_t count, bool ends, int alert)
{
    uint32_t failures = tls.counters.failures;
    begin(&peers[0], &(tls_client_options_t){ .version = 13 });
    send_tcp(peers[0].tcp, (unsigned)(ACK | PSH | (ends ? FIN : 0)), bytes, count);
    settle();
    assert_true(is_gone(&peers[0]));
    const uint8_t *answer = (const uint8_t *)peers[0].tcp->received;
    if (alert) {
        assert_int_equal(peers[0].tcp->bytes, 7);
        assert_int_equal(answer[0], 21);
        assert_int_equal(answer[5], 2);
        assert_int_equal(answer[6], alert);
    }
    assert_int_equal(tls.counters.failures, failures + 1u);
    assert_int_equal(tls.heap.used, used_at_rest);
    leave(&peers[0]);
    assert_true(open_peer(&peers[1], 13) && is_answered(&peers[1]));
    leave(&peers[1]);
}

static void what_is_no_tls_is_told_so_and_costs_nothing_else(void **state)
{
    (void)state;
    static const uint8_t too_long[] = { 22, 3, 1, 0xff, 0xff, 1 },
                         cut[] = { 22, 3, 1, 0, 200, 1, 0, 0, 196, 3 };
    static const uint8_t alert[] = { 21, 3, 1, 0, 2, 2, 40 }, data[] = { 23, 3, 3, 0, 1, 0 };
    static uint8_t garbage[600];
    for (size_t i = 0; i < sizeof garbage; i++) garbage[i] = (uint8_t)(i * 151u + 7u);
    assert_refused(HELLO, sizeof HELLO - 1u, false, 10);  /* unexpected_message */
    assert_refused(too_long, sizeof too_long, false, 22); /* record_overflow */
    assert_refused(garbage, sizeof garbage, false, 22);   /* by what stands where its length should */
    assert_refused(data, sizeof data, false, 10);
    assert_refused(alert, sizeof alert, false, 0);
    assert_refused(cut, sizeof cut, true, 0);
}

static void an_end_at_any_stage_ends_that_connection_alone(void **state)
{
    (void)state;
    assert_true(open_peer(&peers[1], 13));
    for (unsigned version = 12; version <= 13; version++) {
        for (unsigned stage = 0; stage < 12; stage++) {
            begin(&peers[0], &(tls_client_options_t){ .version = version });
            for (unsigned i = 0; i < stage; i++) {
                (void)tls_client_step(peers[0].tls);
                settle();
            }
            if (stage % 2)
                send_tcp(peers[0].tcp, RST | ACK, NULL, 0);
            else
                send_tcp(peers[0].tcp, FIN | ACK, NULL, 0);
            pass_ms(10);
            assert_int_equal(tls.contexts, 1);
            if (stage % 2) peers[0].tcp->port = 0;
            leave(&peers[0]);
            assert_true(is_answered(&peers[1]));
        }
    }
}

static void who_ends_his_direction_still_gets_his_answer(void **state)
{
    (void)state;
    for (unsigned way = 0; way < 2; way++) {
        assert_true(open_peer(&peers[0], 13));
        size_t count = sizeof HELLO - 1u;
        assert_int_equal(tls_client_write(peers[0].tls, HELLO, &count), 0);
        if (way == 0) assert_int_equal(tls_client_end(peers[0].tls), 0);
        send_tcp(peers[0].tcp, FIN | ACK, NULL, 0);
        settle();
        assert_int_equal(listen_to(&peers[0]), TLS_CLIENT_ENDED);
        assert_non_null(strstr(peers[0].text, "HTTP/1.1 200 OK"));
        assert_true(peers[0].tcp->got_fin);
        peers[0].tcp->port = 0;
        leave(&peers[0]);
    }
}

/* ---- Many ------------------------------------------------------------------------------------------------------ */

/* A thousand of each, by tickets mostly; a few of them take the whole way. */
static void a_thousand_handshakes_and_a_thousand_that_were_broken_off_leave_nothing(void **state)
{
    (void)state;
    tls_client_options_t options = { .version = 12 };
    uint32_t handshakes = tls.counters.handshakes, resumed = tls.counters.resumed,
             failures = tls.counters.failures;
    assert_true(open_peer(&peers[0], 12));
    assert_true(tls_client_keep(peers[0].tls));
    leave(&peers[0]);
    options.resume = true;
    for (unsigned i = 0; i < 1000; i++) {
        begin(&peers[0], &options);
        assert_true(shake(&peers[0]));
        leave(&peers[0]);
        begin(&peers[0], &(tls_client_options_t){ .version = 12 + i % 2 });
        if (i % 10 == 0) (void)tls_client_handshake(peers[0].tls);
        if (i % 10) send_tcp(peers[0].tcp, ACK | PSH, "\x16\x03\x01\x00\x10\x01", 6);
        settle();
        reset(peers[0].tcp);
        leave(&peers[0]);
        if (i % 100 == 0) pass_ms(200);
        assert_int_equal(tls.heap.used, used_at_rest);
    }
    assert_int_equal(tls.counters.handshakes, handshakes + 1001u);
    assert_int_equal(tls.counters.resumed, resumed + 1000u);
    assert_int_equal(tls.counters.failures, failures + 1000u);
}

#define TLS_TEST(name) cmocka_unit_test_teardown(name, nothing_is_left)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TLS_TEST(a_client_of_each_version_is_answered),
        TLS_TEST(a_long_answer_comes_whole),
        TLS_TEST(one_handshake_is_worked_on_while_the_other_waits_without_memory),
        TLS_TEST(others_are_answered_between_the_steps_of_a_handshake),
        TLS_TEST(one_too_many_is_reset_before_anything_is_allocated),
        TLS_TEST(an_idle_one_gives_way_to_a_newcomer),
        TLS_TEST(who_says_nothing_is_let_go_after_his_time),
        TLS_TEST(who_stops_in_the_middle_is_let_go_after_his_time),
        TLS_TEST(who_sends_a_byte_now_and_then_is_given_no_more_time),
        TLS_TEST(while_others_wait_he_has_less),
        TLS_TEST(what_is_no_tls_is_told_so_and_costs_nothing_else),
        TLS_TEST(an_end_at_any_stage_ends_that_connection_alone),
        TLS_TEST(who_ends_his_direction_still_gets_his_answer),
        TLS_TEST(a_thousand_handshakes_and_a_thousand_that_were_broken_off_leave_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
