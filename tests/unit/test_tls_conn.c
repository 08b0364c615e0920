/* One TLS connection and a real client at its other end: versions, suites, resumption, ends, bad input, no memory. */
#include "tls_bench.h"

#include "mbedtls/ssl.h"

static talk_t talk;

static int group_setup(void **state)
{
    (void)state;
    start_server();
    settle_heap();
    return 0;
}

static int hung_up(void **state)
{
    (void)state;
    hang_up(&talk);
    server.heap.fail_at = 0;
    assert_at_rest();
    return 0;
}

/* ---- Handshakes ---------------------------------------------------------------------------------------- */

static void both_versions_with_each_suite_and_group_are_spoken(void **state)
{
    (void)state;
    static const struct {
        unsigned version;
        int suite;
    } offers[] = {
        { 12, MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 },
        { 12, MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 },
        { 13, MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256 },
        { 13, MBEDTLS_TLS1_3_AES_128_GCM_SHA256 },
    };
    static const uint16_t groups[] = { MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
                                       MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1 };
    for (size_t i = 0; i < 8; i++) {
        const tls_client_options_t options = { .version = offers[i / 2].version,
                                               .suite = offers[i / 2].suite,
                                               .group = groups[i % 2],
                                               .ca = chain.der,
                                               .ca_bytes = chain.bytes };
        assert_true(whole_talk(&talk, &options));
        assert_int_equal(tls_client_version(talk.client), options.version);
        assert_int_equal(tls_client_suite(talk.client), options.suite);
        assert_string_equal(tls_client_protocol(talk.client), "http/1.1");
        hang_up(&talk);
    }
}

static void the_newer_version_and_the_cheaper_suite_are_chosen(void **state)
{
    (void)state;
    assert_true(whole_talk(&talk, &anything));
    assert_int_equal(tls_client_version(talk.client), 13);
    assert_int_equal(tls_client_suite(talk.client), MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256);
}

static void a_client_that_wants_another_protocol_suite_or_name_gets_no_connection(void **state)
{
    (void)state;
    const tls_client_options_t options[] = {
        { .version = 12, .protocol = "h2" },
        { .version = 13, .protocol = "h2" },
        { .version = 13, .suite = MBEDTLS_TLS1_3_AES_256_GCM_SHA384 },
        { .version = 12, .suite = MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 },
        { .ca = chain.der, .ca_bytes = chain.bytes, .name = "somebody-else" },
    };
    uint32_t failures = server.counters.failures;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        assert_int_equal(open_server(&talk), STATUS_OK);
        open_client(&talk, &options[i]);
        assert_false(shake(&talk));
        assert_true(talk.client_result < 0);
        bool alert_is_from_us = i < 4;
        if (alert_is_from_us) assert_int_equal(talk.server_result, TLS_FAILED);
        hang_up(&talk);
        assert_int_equal(server.counters.failures, failures + i + 1);
    }
}

/* ---- Resumption ---------------------------------------------------------------------------------------- */

static void take_ticket(unsigned version)
{
    assert_true(whole_talk(&talk, &(tls_client_options_t){ .version = version }));
    assert_true(tls_client_keep(talk.client));
    hang_up(&talk);
}

static bool resumes(unsigned version)
{
    tls_counters_t before = server.counters;
    assert_true(whole_talk(&talk, &(tls_client_options_t){ .version = version, .resume = true }));
    hang_up(&talk);
    assert_int_equal(server.counters.handshakes, before.handshakes + 1);
    return server.counters.resumed == before.resumed + 1;
}

static void who_comes_back_with_a_ticket_resumes(void **state)
{
    (void)state;
    for (unsigned version = 12; version <= 13; version++) {
        uint32_t resumed = server.counters.resumed;
        take_ticket(version);
        assert_int_equal(server.counters.resumed, resumed);
        assert_true(resumes(version));
        assert_at_rest();
    }
}

static void the_keys_of_tickets_change_and_old_tickets_cost_a_handshake(void **state)
{
    (void)state;
    for (unsigned version = 12; version <= 13; version++) {
        take_ticket(version);
        assert_true(resumes(version));
        for (unsigned i = 0; i < 2; i++) { /* two keys are kept: each of these makes a new one */
            surroundings.now_ms += (TLS_TICKET_LIFETIME_S + 1u) * 1000u;
            assert_true(whole_talk(&talk, &(tls_client_options_t){ .version = version }));
            hang_up(&talk);
        }
        assert_false(resumes(version));
        assert_at_rest();
    }
}

static void a_restart_forgets_the_keys_of_tickets(void **state)
{
    (void)state;
    take_ticket(13);
    mbedtls_ssl_ticket_free(&server.tickets);
    mbedtls_ssl_ticket_init(&server.tickets);
    assert_int_equal(mbedtls_ssl_ticket_setup(&server.tickets, tls_server_draw, &server,
                                              MBEDTLS_CIPHER_CHACHA20_POLY1305, TLS_TICKET_LIFETIME_S),
                     0);
    assert_false(resumes(13));
}

/* ---- Records ------------------------------------------------------------------------------------------- */

static uint8_t pattern[40000];

static void fill_pattern(void)
{
    for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (uint8_t)(i * 7 + i / 251);
}

static void the_largest_records_are_taken_and_whole_output_buffers_sent(void **state)
{
    (void)state;
    fill_pattern();
    for (unsigned version = 12; version <= 13; version++) {
        assert_int_equal(open_server(&talk), STATUS_OK);
        open_client(&talk, &(tls_client_options_t){ .version = version, .fragment_bytes = 0 });
        assert_true(shake(&talk));
        assert_true(request(&talk, pattern, sizeof pattern));
        if (version == 13) assert_true(answer(&talk, pattern, sizeof pattern));
        hang_up(&talk);
    }
}

static void a_client_that_announces_small_records_gets_no_larger_ones(void **state)
{
    (void)state;
    static const struct {
        unsigned version, fragment_bytes, most;
    } cases[] = {
        { 12, 512, 512 + 24 }, /* nonce and tag beside it */
        { 12, 1024, 1024 + 24 },
        { 13, 0, 1024 + 16 }, /* record_size_limit, type octet included */
    };
    fill_pattern();
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(open_server(&talk), STATUS_OK);
        open_client(&talk, &(tls_client_options_t){ .version = cases[i].version,
                                                    .fragment_bytes = cases[i].fragment_bytes });
        assert_true(shake(&talk));
        assert_true(answer(&talk, pattern, 9000));
        assert_in_range(tls_client_largest_record(talk.client), cases[i].most / 2, cases[i].most);
        hang_up(&talk);
    }
}

static void records_may_be_cut_at_each_byte(void **state)
{
    (void)state;
    static const uint8_t hello[] = "hello";
    for (unsigned version = 12; version <= 13; version++) {
        assert_int_equal(open_server(&talk), STATUS_OK);
        open_client(&talk, &(tls_client_options_t){ .version = version });
        talk.up.ripe = 0;
        talk.down.room = 0;
        unsigned turns = 0;
        while (talk.server_result == TLS_WAIT || talk.client_result == TLS_CLIENT_WAIT) {
            assert_true(++turns < 9000);
            if (talk.client_result == TLS_CLIENT_WAIT) talk.client_result = tls_client_handshake(talk.client);
            talk.up.ripe = 1;
            talk.down.room = 1;
            server_steps(&talk);
        }
        assert_int_equal(talk.server_result, TLS_DONE);
        assert_int_equal(talk.client_result, 0);
        talk.up.ripe = talk.down.room = SIZE_MAX;
        assert_true(request(&talk, hello, sizeof hello));
        assert_true(answer(&talk, hello, sizeof hello));
        hang_up(&talk);
    }
}

/* What http_conn has grows while a record waits for room. */
static void a_record_that_finds_no_room_is_sent_once_and_whole(void **state)
{
    (void)state;
    static const uint8_t text[] = "first, second";
    uint8_t got[64];
    for (unsigned version = 12; version <= 13; version++) {
        assert_true(whole_talk(&talk, &(tls_client_options_t){ .version = version }) || true);
        hang_up(&talk);
        assert_int_equal(open_server(&talk), STATUS_OK);
        open_client(&talk, &(tls_client_options_t){ .version = version });
        assert_true(shake(&talk));
        assert_true(answer(&talk, text, 1)); /* tickets are out */
        talk.down.room = 7;
        size_t count = 5;
        assert_int_equal(tls_conn_write(&talk.conn, text, &count), TLS_WAIT);
        assert_int_equal(count, 0);
        count = sizeof text;
        assert_int_equal(tls_conn_write(&talk.conn, text, &count), TLS_WAIT);
        talk.down.room = SIZE_MAX;
        count = sizeof text;
        assert_int_equal(tls_conn_write(&talk.conn, text, &count), TLS_DONE);
        assert_int_equal(count, 5);
        count = sizeof text - 5;
        assert_int_equal(tls_conn_write(&talk.conn, text + 5, &count), TLS_DONE);
        assert_int_equal(count, sizeof text - 5);
        size_t at = 0;
        for (unsigned i = 0; i < 4; i++) {
            size_t part = sizeof got - at;
            (void)tls_client_read(talk.client, got + at, &part);
            at += part;
        }
        assert_int_equal(at, sizeof text);
        assert_memory_equal(got, text, sizeof text);
        hang_up(&talk);
    }
}

/* ---- Ends ---------------------------------------------------------------------------------------------- */

static void shake_hands(unsigned version)
{
    assert_int_equal(open_server(&talk), STATUS_OK);
    open_client(&talk, &(tls_client_options_t){ .version = version });
    assert_true(shake(&talk));
    assert_true(answer(&talk, (const uint8_t *)"x", 1));
}

static void each_side_may_end_its_direction_first(void **state)
{
    (void)state;
    uint8_t got[16];
    for (unsigned version = 12; version <= 13; version++) {
        size_t count = sizeof got;
        shake_hands(version);
        assert_int_equal(tls_client_end(talk.client), 0);
        assert_int_equal(tls_conn_read(&talk.conn, got, &count), TLS_CLOSED);
        assert_int_equal(count, 0);
        assert_int_equal(tls_conn_end(&talk.conn), TLS_DONE);
        hang_up(&talk);

        shake_hands(version);
        assert_int_equal(tls_conn_end(&talk.conn), TLS_DONE);
        assert_int_equal(tls_conn_end(&talk.conn), TLS_DONE); /* and not a second time */
        size_t once = talk.down.end - talk.down.start;
        assert_true(once < 40);
        count = sizeof got;
        assert_int_equal(tls_client_read(talk.client, got, &count), TLS_CLIENT_ENDED);
        assert_true(request(&talk, (const uint8_t *)"more", 4)); /* the other direction is still open */
        hang_up(&talk);
    }
}

static void an_end_that_finds_no_room_is_repeated_until_it_is_sent(void **state)
{
    (void)state;
    uint8_t got[16];
    for (unsigned version = 12; version <= 13; version++) {
        shake_hands(version);
        for (size_t room = 0; room < 3; room++) {
            talk.down.room = room;
            assert_int_equal(tls_conn_end(&talk.conn), TLS_WAIT);
        }
        talk.down.room = SIZE_MAX;
        assert_int_equal(tls_conn_end(&talk.conn), TLS_DONE);
        size_t count = sizeof got;
        assert_int_equal(tls_client_read(talk.client, got, &count), TLS_CLIENT_ENDED);
        hang_up(&talk);
    }
}

static void a_wire_that_ends_without_a_word_is_an_end_too(void **state)
{
    (void)state;
    uint8_t got[16];
    size_t count = sizeof got;
    shake_hands(13);
    talk.up.ended = true;
    assert_int_equal(tls_conn_read(&talk.conn, got, &count), TLS_CLOSED);
    hang_up(&talk);
    assert_int_equal(open_server(&talk), STATUS_OK);
    talk.up.ended = true;
    server_steps(&talk);
    assert_int_equal(talk.server_result, TLS_FAILED);
}

/* ---- Bad input ------------------------------------------------------------------------------------------ */

/* returns   the alert that came back in plain text, 0: none */
static unsigned alert_for(const void *bytes, size_t count)
{
    assert_int_equal(open_server(&talk), STATUS_OK);
    (void)pipe_put(&talk.up, bytes, count);
    talk.up.ended = true;
    server_steps(&talk);
    assert_int_equal(talk.server_result, TLS_FAILED);
    const uint8_t *at = talk.down.bytes;
    unsigned alert = talk.down.end == 7 && at[0] == 21 && at[5] == 2 ? at[6] : 0;
    hang_up(&talk);
    assert_at_rest();
    return alert;
}

static void what_is_no_tls_ends_the_connection(void **state)
{
    (void)state;
    static const char http[] = "GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n";
    static const uint8_t oversized[] = { 22, 3, 1, 0xff, 0xff, 1 };
    static const uint8_t empty[] = { 22, 3, 1, 0, 0 };
    static const uint8_t early_data[] = { 23, 3, 3, 0, 4, 1, 2, 3, 4 };
    static const uint8_t fatal_alert[] = { 21, 3, 3, 0, 2, 2, 40 };
    static const uint8_t no_hello[] = { 22, 3, 1, 0, 5, 1, 0, 0, 1, 3 };
    (void)alert_for(http, sizeof http - 1);
    (void)alert_for(oversized, sizeof oversized);
    (void)alert_for(empty, sizeof empty);
    (void)alert_for(early_data, sizeof early_data);
    assert_int_equal(alert_for(fatal_alert, sizeof fatal_alert), 0);
    assert_int_equal(alert_for(no_hello, sizeof no_hello), MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR);
    for (unsigned i = 0; i < 2000; i++) {
        uint8_t noise[300];
        (void)draw(NULL, noise, sizeof noise);
        if (i % 2)
            memcpy(noise, (const uint8_t[]){ 22, 3, 1, 1, 39 - 5, 1, 0, 1, 30 - 5 }, 9); /* nearly one */
        (void)alert_for(noise, 1 + noise[20] % sizeof noise);
    }
}

/* One byte of each message of the client is wrong. */
static void a_handshake_with_a_wrong_byte_anywhere_fails_or_is_the_right_one(void **state)
{
    (void)state;
    for (unsigned version = 12; version <= 13; version++) {
        for (size_t wrong = 0;; wrong += getenv("JEMBATAN_FULL") ? 1 : 13) {
            assert_int_equal(open_server(&talk), STATUS_OK);
            open_client(&talk, &(tls_client_options_t){ .version = version });
            size_t passed = 0;
            for (unsigned turn = 0; turn < 20 && talk.server_result == TLS_WAIT; turn++) {
                if (talk.client_result == TLS_CLIENT_WAIT)
                    talk.client_result = tls_client_handshake(talk.client);
                size_t fresh = talk.up.end - talk.up.start;
                if (wrong >= passed && wrong < passed + fresh)
                    talk.up.bytes[talk.up.start + wrong - passed] ^= 0x5a;
                passed += fresh;
                server_steps(&talk);
                if (talk.up.start != talk.up.end) break;
            }
            /* A hello may ask for something else; it never becomes another one's connection. */
            assert_false(talk.server_result == TLS_DONE && talk.client_result == 0 && wrong < passed &&
                         !request(&talk, (const uint8_t *)"ok", 2));
            hang_up(&talk);
            assert_at_rest();
            if (wrong >= passed) break;
        }
    }
}

static void a_record_that_is_garbled_cut_or_repeated_ends_the_connection(void **state)
{
    (void)state;
    for (unsigned version = 12; version <= 13; version++) {
        for (unsigned kind = 0; kind < 4; kind++) {
            uint8_t got[64], record[256];
            size_t count = 20;
            shake_hands(version);
            assert_int_equal(tls_client_write(talk.client, "GET / HTTP/1.1\r\nHost: x", &count), 0);
            size_t bytes = pipe_get(&talk.up, record, sizeof record);
            if (kind == 0) record[bytes - 1] ^= 1;
            if (kind == 1) record[0] = 99;
            if (kind == 2) record[3] = 0x48;
            if (kind == 3) (void)pipe_put(&talk.up, record, bytes);
            (void)pipe_put(&talk.up, record, bytes);
            count = sizeof got;
            tls_result_t result = tls_conn_read(&talk.conn, got, &count);
            if (kind == 3) {
                assert_int_equal(result, TLS_DONE);
                assert_int_equal(count, 20);
                count = sizeof got;
                result = tls_conn_read(&talk.conn, got, &count);
            }
            assert_int_equal(result, TLS_FAILED);
            assert_int_equal(count, 0);
            assert_true(tls_client_read(talk.client, got, &(size_t){ sizeof got }) <
                        0); /* there is an alert */
            hang_up(&talk);
        }
    }
}

static void alerts_of_the_client_end_the_connection_at_every_stage(void **state)
{
    (void)state;
    for (unsigned version = 12; version <= 13; version++) {
        for (unsigned steps = 0; steps < 30; steps++) {
            uint8_t got[16];
            size_t count = sizeof got;
            assert_int_equal(open_server(&talk), STATUS_OK);
            open_client(&talk, &(tls_client_options_t){ .version = version });
            for (unsigned step = 0; step < steps && talk.client_result == TLS_CLIENT_WAIT; step++) {
                int result = tls_client_step(talk.client);
                if (result != 0 && result != TLS_CLIENT_WAIT) break;
                server_steps(&talk);
            }
            (void)tls_client_alert(talk.client, 2, 80); /* this one may only send what was waiting */
            (void)tls_client_alert(talk.client, 2, 80);
            server_steps(&talk);
            if (talk.server_result == TLS_DONE) talk.server_result = tls_conn_read(&talk.conn, got, &count);
            assert_int_equal(talk.server_result, TLS_FAILED);
            hang_up(&talk);
            assert_at_rest();
        }
    }
}

static void a_renegotiation_does_not_happen(void **state)
{
    (void)state;
    uint8_t got[16];
    size_t count = sizeof got;
    shake_hands(12);
    uint32_t handshakes = server.counters.handshakes;
    (void)tls_client_renegotiate(talk.client);
    tls_result_t result = tls_conn_read(&talk.conn, got, &count);
    assert_true(result == TLS_WAIT || result == TLS_FAILED);
    assert_int_not_equal(tls_client_renegotiate(talk.client), 0);
    assert_int_equal(server.counters.handshakes, handshakes);
}

/* ---- Memory --------------------------------------------------------------------------------------------- */

static void an_allocation_that_fails_ends_only_its_connection(void **state)
{
    (void)state;
    static talk_t other;
    for (unsigned kind = 0; kind < 4; kind++) {
        const tls_client_options_t options = { .version = 12 + kind % 2, .resume = kind >= 2 };
        if (options.resume) take_ticket(options.version);
        assert_true(whole_talk(&other, &anything));
        uint32_t used = server.heap.used, blocks = server.heap.blocks;
        bool went_well = false;
        uint32_t which = 0;
        while (!went_well) {
            which += getenv("JEMBATAN_FULL") || which < 40 ? 1 : 47; /* there are thousands: the curve's */
            server.heap.fail_at = which;
            bool done = whole_talk(&talk, &options);
            went_well = server.heap.fail_at > 0; /* it was not reached */
            server.heap.fail_at = 0;
            if (went_well) assert_true(done);
            hang_up(&talk);
            assert_true(heap_is_sound(&server.heap));
            assert_int_equal(server.heap.used, used);
            assert_int_equal(server.heap.blocks, blocks);
        }
        assert_true(which > 20);
        assert_true(request(&other, (const uint8_t *)"still there", 11));
        hang_up(&other);
        assert_true(whole_talk(&talk, &options));
        hang_up(&talk);
    }
}

static void handshakes_leave_nothing_behind_whether_they_end_or_not(void **state)
{
    (void)state;
    unsigned rounds = getenv("JEMBATAN_FULL") ? 1000 : 100;
    for (unsigned i = 0; i < rounds; i++) {
        assert_true(whole_talk(&talk, &(tls_client_options_t){ .version = 12 + i % 2 }));
        hang_up(&talk);
        assert_at_rest();
        assert_int_equal(open_server(&talk), STATUS_OK);
        open_client(&talk, &(tls_client_options_t){ .version = 12 + i % 2 });
        for (unsigned turn = 0; turn <= i % 3; turn++) {
            if (talk.client_result == TLS_CLIENT_WAIT) talk.client_result = tls_client_handshake(talk.client);
            bool moved = true;
            for (unsigned step = 0; moved && step <= i % 11; step++)
                talk.server_result = tls_conn_handshake(&talk.conn, &moved);
        }
        hang_up(&talk);
        assert_at_rest();
    }
}

/* The sum in limits.h holds because each of its parts does. */
static void the_heap_holds_all_connections_and_a_handshake(void **state)
{
    (void)state;
    static talk_t talks[HTTPS_CONNECTIONS_MAX];
    uint32_t most_established = 0, most_handshake = 0;
    for (unsigned version = 12; version <= 13; version++) {
        uint32_t before = server.heap.used;
        server.heap.peak = before;
        for (size_t i = 0; i < HTTPS_CONNECTIONS_MAX; i++) {
            server.heap.peak = before = server.heap.used;
            assert_int_equal(open_server(&talks[i]), STATUS_OK);
            open_client(&talks[i], &(tls_client_options_t){ .version = version });
            assert_true(shake(&talks[i]));
            assert_true(answer(&talks[i], (const uint8_t *)"x", 1));
            uint32_t established = server.heap.used - before;
            uint32_t handshake = server.heap.peak - before;
            if (established > most_established) most_established = established;
            if (handshake > most_handshake) most_handshake = handshake;
        }
        for (size_t i = 0; i < HTTPS_CONNECTIONS_MAX; i++) hang_up(&talks[i]);
    }
    print_message("heap: %u at rest, %u a connection, %u in a handshake; %u in all\n", (unsigned)used_at_rest,
                  (unsigned)most_established, (unsigned)most_handshake, (unsigned)TLS_HEAP_BYTES);
    assert_true(used_at_rest <= TLS_SHARED_BYTES);
    assert_true(most_established <= TLS_CONNECTION_BYTES);
    assert_true(most_handshake <= TLS_CONNECTION_BYTES + TLS_HANDSHAKE_BYTES);
}

static void no_random_bytes_no_handshake(void **state)
{
    (void)state;
    for (unsigned version = 12; version <= 13; version++) {
        assert_int_equal(open_server(&talk), STATUS_OK);
        open_client(&talk, &(tls_client_options_t){ .version = version });
        surroundings.no_random = true;
        bool established = shake(&talk);
        surroundings.no_random = false;
        assert_false(established);
        hang_up(&talk);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, hung_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_versions_with_each_suite_and_group_are_spoken),
        TEST(the_newer_version_and_the_cheaper_suite_are_chosen),
        TEST(a_client_that_wants_another_protocol_suite_or_name_gets_no_connection),
        TEST(who_comes_back_with_a_ticket_resumes),
        TEST(the_keys_of_tickets_change_and_old_tickets_cost_a_handshake),
        TEST(a_restart_forgets_the_keys_of_tickets),
        TEST(the_largest_records_are_taken_and_whole_output_buffers_sent),
        TEST(a_client_that_announces_small_records_gets_no_larger_ones),
        TEST(records_may_be_cut_at_each_byte),
        TEST(a_record_that_finds_no_room_is_sent_once_and_whole),
        TEST(each_side_may_end_its_direction_first),
        TEST(an_end_that_finds_no_room_is_repeated_until_it_is_sent),
        TEST(a_wire_that_ends_without_a_word_is_an_end_too),
        TEST(what_is_no_tls_ends_the_connection),
        TEST(a_handshake_with_a_wrong_byte_anywhere_fails_or_is_the_right_one),
        TEST(a_record_that_is_garbled_cut_or_repeated_ends_the_connection),
        TEST(alerts_of_the_client_end_the_connection_at_every_stage),
        TEST(a_renegotiation_does_not_happen),
        TEST(an_allocation_that_fails_ends_only_its_connection),
        TEST(handshakes_leave_nothing_behind_whether_they_end_or_not),
        TEST(the_heap_holds_all_connections_and_a_handshake),
        TEST(no_random_bytes_no_handshake),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
