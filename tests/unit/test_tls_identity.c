/* The device's certificates, and those of its clients: what is taken into use, what is refused, and when. */
#include "tls_bench.h"

#include "mbedtls/ssl.h"
#include "mbedtls/x509_crt.h"

#include "tls/tls_clients.h"
#include "tls/tls_pem.h"

#define PEM_BYTES 8192u

static talk_t talk;
static tls_key_t authority_key, client_key, stranger_key;
static tls_chain_t authority, another_authority;

/* ---- Certificates of others ---------------------------------------------------------------------------- */

typedef struct {
    const char *subject, *issuer, *from, *to;
    bool is_authority;
} facts_t;

static void make(tls_chain_t *out, const facts_t *facts, const tls_key_t *subject_key,
                 const tls_key_t *issuer_key)
{
    uint8_t buffer[1024], serial = 5;
    mbedtls_pk_context subject, issuer;
    mbedtls_x509write_cert writer;
    mbedtls_pk_init(&subject);
    mbedtls_pk_init(&issuer);
    mbedtls_x509write_crt_init(&writer);
    assert_int_equal(mbedtls_pk_parse_key(&subject, subject_key->der, subject_key->bytes, NULL, 0,
                                          tls_server_draw, &server),
                     0);
    assert_int_equal(
        mbedtls_pk_parse_key(&issuer, issuer_key->der, issuer_key->bytes, NULL, 0, tls_server_draw, &server),
        0);
    mbedtls_x509write_crt_set_version(&writer, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&writer, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&writer, &subject);
    mbedtls_x509write_crt_set_issuer_key(&writer, &issuer);
    assert_int_equal(mbedtls_x509write_crt_set_serial_raw(&writer, &serial, 1), 0);
    assert_int_equal(mbedtls_x509write_crt_set_subject_name(&writer, facts->subject), 0);
    assert_int_equal(mbedtls_x509write_crt_set_issuer_name(&writer, facts->issuer), 0);
    assert_int_equal(mbedtls_x509write_crt_set_validity(&writer, facts->from ? facts->from : "20200101000000",
                                                        facts->to ? facts->to : "20990101000000"),
                     0);
    assert_int_equal(mbedtls_x509write_crt_set_basic_constraints(&writer, facts->is_authority, -1), 0);
    int bytes = mbedtls_x509write_crt_der(&writer, buffer, sizeof buffer, tls_server_draw, &server);
    assert_in_range(bytes, 1, sizeof buffer);
    memcpy(out->der, buffer + sizeof buffer - (size_t)bytes, (size_t)bytes);
    out->bytes = (size_t)bytes;
    mbedtls_x509write_crt_free(&writer);
    mbedtls_pk_free(&subject);
    mbedtls_pk_free(&issuer);
}

static void make_client(tls_chain_t *out, const char *subject)
{
    make(out, &(facts_t){ .subject = subject, .issuer = "CN=Site" }, &client_key, &authority_key);
}

static tls_client_options_t with(unsigned version, const tls_chain_t *own)
{
    return (tls_client_options_t){ .version = version,
                                   .own = own->der,
                                   .own_bytes = own->bytes,
                                   .own_key = client_key.der,
                                   .own_key_bytes = client_key.bytes };
}

static int group_setup(void **state)
{
    (void)state;
    start_server();
    assert_int_equal(tls_identity_make_key(&server, &authority_key), STATUS_OK);
    assert_int_equal(tls_identity_make_key(&server, &client_key), STATUS_OK);
    assert_int_equal(tls_identity_make_key(&server, &stranger_key), STATUS_OK);
    const facts_t site = { .subject = "CN=Site,O=Works", .issuer = "CN=Site,O=Works", .is_authority = true };
    const facts_t plain = { .subject = "CN=Site", .issuer = "CN=Site", .is_authority = true };
    make(&authority, &plain, &authority_key, &authority_key);
    make(&another_authority, &site, &stranger_key, &stranger_key);
    settle_heap();
    return 0;
}

/* Each test begins and ends with the same certificate, no authority, and nothing else in memory. */
static int put_back(void **state)
{
    (void)state;
    hang_up(&talk);
    assert_int_equal(tls_clients_trust(&server, NULL, 0), STATUS_OK);
    assert_int_equal(tls_server_use(&server, chain.der, chain.bytes, key.der, key.bytes), STATUS_OK);
    surroundings.utc_ms = 1790000000000;
    /* A block may be a few bytes larger where another one was. */
    assert_true(heap_is_sound(&server.heap));
    assert_int_equal(server.heap.blocks, blocks_at_rest);
    assert_in_range(server.heap.used, used_at_rest - 64u, used_at_rest + 64u);
    return 0;
}

/* ---- PEM ----------------------------------------------------------------------------------------------- */

static size_t write_pem(char *out, const tls_chain_t *document)
{
    text_writer_t text = text_writer(out, PEM_BYTES - 1u);
    text_string(&text, "-----BEGIN CERTIFICATE-----\n");
    for (size_t at = 0; at < document->bytes; at += TLS_PEM_LINE_BYTES) {
        size_t left = document->bytes - at;
        tls_pem_write_line(&text, document->der + at, left < TLS_PEM_LINE_BYTES ? left : TLS_PEM_LINE_BYTES);
        text_char(&text, '\n');
    }
    text_string(&text, "-----END CERTIFICATE-----\n");
    *text.at = '\0';
    return (size_t)(text.at - out);
}

static void what_is_written_as_pem_is_read_again_with_words_around_it(void **state)
{
    (void)state;
    static char text[PEM_BYTES];
    static tls_chain_t got;
    text_writer_t out = text_writer(text, sizeof text);
    text_string(&out, "subject=CN = Site\r\n");
    size_t bytes = write_pem(out.at, &authority);
    bytes += write_pem(out.at + bytes, &another_authority);
    memcpy(out.at + bytes, "\nbye", 5);
    assert_int_equal(tls_pem_read(text, &got), STATUS_OK);
    assert_int_equal(got.bytes, authority.bytes + another_authority.bytes);
    assert_memory_equal(got.der, authority.der, authority.bytes);
    assert_memory_equal(got.der + authority.bytes, another_authority.der, another_authority.bytes);
}

static void what_is_no_certificate_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "hello",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAA*A\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n",
    };
    static tls_chain_t got;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(tls_pem_read(texts[i], &got), STATUS_INVALID);
}

static void more_than_there_is_room_for_is_refused(void **state)
{
    (void)state;
    static char text[3u * PEM_BYTES];
    static tls_chain_t got;
    size_t bytes = 0;
    for (size_t der = 0; der <= TLS_CHAIN_BYTES; der += authority.bytes)
        bytes += write_pem(text + bytes, &authority);
    assert_int_equal(tls_pem_read(text, &got), STATUS_NO_MEMORY);
}

/* ---- The device's own ---------------------------------------------------------------------------------- */

static void a_certificate_is_for_its_host_and_no_other(void **state)
{
    (void)state;
    assert_true(tls_identity_is_for(&server, "jembatan-test"));
    assert_false(tls_identity_is_for(&server, "jembatan-tes"));
    assert_false(tls_identity_is_for(&server, "other"));
}

static void the_pin_is_of_the_key_whatever_the_certificate(void **state)
{
    (void)state;
    char before[TLS_PIN_BYTES], same[TLS_PIN_BYTES], other[TLS_PIN_BYTES];
    static tls_chain_t renewed;
    const tls_names_t names = { "other", true };
    assert_int_equal(tls_identity_pin(&server, before), STATUS_OK);
    assert_int_equal(strlen(before), TLS_PIN_BYTES - 1u);
    uint64_t tag = tls_server_tag(&server);
    assert_int_equal(tls_identity_make_certificate(&server, &key, &names, "20260101000000", &renewed),
                     STATUS_OK);
    assert_int_equal(tls_server_use(&server, renewed.der, renewed.bytes, key.der, key.bytes), STATUS_OK);
    assert_true(tls_identity_is_for(&server, "other"));
    assert_int_equal(tls_identity_pin(&server, same), STATUS_OK);
    assert_string_equal(before, same);
    assert_true(tag != tls_server_tag(&server));
    assert_int_equal(tls_identity_make_certificate(&server, &client_key, &names, "20260101000000", &renewed),
                     STATUS_OK);
    assert_int_equal(tls_server_use(&server, renewed.der, renewed.bytes, client_key.der, client_key.bytes),
                     STATUS_OK);
    assert_int_equal(tls_identity_pin(&server, other), STATUS_OK);
    assert_string_not_equal(before, other);
}

static void the_key_in_use_can_be_read_back(void **state)
{
    (void)state;
    tls_key_t got;
    assert_int_equal(tls_identity_read_key(&server, &got), STATUS_OK);
    assert_int_equal(got.bytes, key.bytes);
    assert_memory_equal(got.der, key.der, key.bytes);
}

/* Checks that nothing has changed, too. */
static void assert_refused(const tls_chain_t *wrong, const tls_key_t *its_key, status_t status)
{
    uint64_t tag = tls_server_tag(&server);
    uint32_t epoch = server.epoch;
    assert_int_equal(tls_server_use(&server, wrong->der, wrong->bytes, its_key->der, its_key->bytes), status);
    assert_true(tag == tls_server_tag(&server));
    assert_int_equal(server.epoch, epoch);
    assert_true(whole_talk(&talk, &(tls_client_options_t){ .ca = chain.der, .ca_bytes = chain.bytes }));
    hang_up(&talk);
}

static void append(tls_chain_t *to, const tls_chain_t *more)
{
    memcpy(to->der + to->bytes, more->der, more->bytes);
    to->bytes += more->bytes;
}

static void a_chain_that_is_not_for_the_key_or_out_of_order_changes_nothing(void **state)
{
    (void)state;
    static tls_chain_t leaf, wrong;
    make(&leaf, &(facts_t){ .subject = "CN=jembatan-test", .issuer = "CN=Site" }, &key, &authority_key);
    assert_refused(&leaf, &client_key, STATUS_BAD_DATA);
    assert_refused(&authority, &key, STATUS_BAD_DATA);
    wrong = authority;
    append(&wrong, &leaf);
    assert_refused(&wrong, &authority_key, STATUS_INVALID);
    wrong = leaf;
    append(&wrong, &another_authority);
    assert_refused(&wrong, &key, STATUS_INVALID);
    wrong = leaf;
    wrong.bytes--;
    assert_refused(&wrong, &key, STATUS_INVALID);
    wrong = leaf;
    wrong.der[wrong.bytes++] = 0;
    assert_refused(&wrong, &key, STATUS_INVALID);
    wrong.bytes = 0;
    assert_refused(&wrong, &key, STATUS_INVALID);
}

static void a_chain_of_an_authority_is_shown_whole(void **state)
{
    (void)state;
    static tls_chain_t leaf;
    make(&leaf, &(facts_t){ .subject = "CN=jembatan-test", .issuer = "CN=Site" }, &key, &authority_key);
    append(&leaf, &authority);
    assert_int_equal(tls_server_use(&server, leaf.der, leaf.bytes, key.der, key.bytes), STATUS_OK);
    const tls_client_options_t options = { .ca = authority.der, .ca_bytes = authority.bytes };
    assert_true(whole_talk(&talk, &options));
}

/* After so many steps of a handshake.
 * returns   whether it was still under way */
static bool change_in_the_middle(unsigned version, unsigned steps)
{
    const tls_client_options_t options = { .version = version };
    assert_int_equal(open_server(&talk), STATUS_OK);
    open_client(&talk, &options);
    for (unsigned done = 0, idle = 0; done < steps && idle < 4 && talk.server_result == TLS_WAIT;) {
        bool moved;
        if (talk.client_result == TLS_CLIENT_WAIT) talk.client_result = tls_client_handshake(talk.client);
        talk.server_result = tls_conn_handshake(&talk.conn, &moved);
        idle = moved ? 0 : idle + 1u;
        done += moved;
    }
    bool under_way = talk.server_result == TLS_WAIT;
    assert_int_equal(tls_server_use(&server, chain.der, chain.bytes, key.der, key.bytes), STATUS_OK);
    bool whole = shake(&talk);
    assert_true(whole != under_way);
    /* Not silence, but an alert: which mbedTLS seals with the key of a moment ago when it comes behind its Finished. */
    if (under_way && talk.client_result >= 0)
        talk.client_result = tls_client_read(talk.client, &(uint8_t){ 0 }, &(size_t){ 1 });
    if (under_way && talk.client_result != MBEDTLS_ERR_SSL_INVALID_MAC)
        assert_int_equal(talk.client_result, MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE);
    hang_up(&talk);
    return under_way;
}

static void a_change_ends_handshakes_that_are_under_way_wherever_they_are(void **state)
{
    (void)state;
    for (unsigned version = 12; version <= 13; version++) {
        unsigned steps = 0;
        while (change_in_the_middle(version, steps)) steps++;
        assert_in_range(steps, 8, 40);
    }
}

static void a_change_leaves_open_connections_alone(void **state)
{
    (void)state;
    for (unsigned version = 12; version <= 13; version++) {
        const tls_client_options_t options = { .version = version };
        assert_int_equal(open_server(&talk), STATUS_OK);
        open_client(&talk, &options);
        assert_true(shake(&talk));
        assert_int_equal(tls_server_use(&server, chain.der, chain.bytes, key.der, key.bytes), STATUS_OK);
        assert_true(request(&talk, (const uint8_t *)"still here", 10));
        assert_true(answer(&talk, (const uint8_t *)"so am I", 7));
        hang_up(&talk);
    }
}

/* ---- Clients ------------------------------------------------------------------------------------------- */

static void trust(const tls_chain_t *whom)
{
    assert_int_equal(tls_clients_trust(&server, whom->der, whom->bytes), STATUS_OK);
}

static void a_client_that_shows_a_certificate_is_who_it_says(void **state)
{
    (void)state;
    static tls_chain_t own;
    make_client(&own, "CN=panel,OU=operate");
    trust(&authority);
    for (unsigned version = 12; version <= 13; version++) {
        const tls_client_options_t options = with(version, &own), nobody = { .version = version };
        assert_true(whole_talk(&talk, &options));
        assert_string_equal(talk.conn.unit, "operate");
        assert_int_equal(talk.conn.clients_epoch, server.clients_epoch);
        hang_up(&talk);
        assert_true(whole_talk(&talk, &nobody));
        assert_string_equal(talk.conn.unit, "");
        hang_up(&talk);
    }
}

static void without_an_authority_nobody_is_asked(void **state)
{
    (void)state;
    static tls_chain_t own;
    make_client(&own, "CN=panel,OU=operate");
    const tls_client_options_t options = with(0, &own);
    assert_true(whole_talk(&talk, &options));
    assert_string_equal(talk.conn.unit, "");
}

static void assert_not_let_in(const tls_chain_t *own)
{
    for (unsigned version = 12; version <= 13; version++) {
        const tls_client_options_t options = with(version, own);
        uint32_t failures = server.counters.failures;
        assert_false(whole_talk(&talk, &options));
        assert_false(talk.conn.established);
        hang_up(&talk);
        assert_int_equal(server.counters.failures, failures + 1u);
    }
}

static void a_wrong_certificate_is_worse_than_none(void **state)
{
    (void)state;
    static tls_chain_t own;
    const char *name = "CN=panel,OU=admin";
    trust(&authority);
    make(&own, &(facts_t){ .subject = name, .issuer = "CN=Site" }, &client_key, &stranger_key);
    assert_not_let_in(&own);
    make(&own, &(facts_t){ .subject = name, .issuer = name }, &client_key, &client_key);
    assert_not_let_in(&own);
    make(&own, &(facts_t){ .subject = name, .issuer = "CN=Site", .to = "20250101000000" }, &client_key,
         &authority_key);
    assert_not_let_in(&own);
    make(&own, &(facts_t){ .subject = name, .issuer = "CN=Site", .from = "20980101000000" }, &client_key,
         &authority_key);
    assert_not_let_in(&own);
}

static void a_certificate_ends_at_its_second(void **state)
{
    (void)state;
    static tls_chain_t own;
    const facts_t facts = { .subject = "CN=panel,OU=read", .issuer = "CN=Site", .to = "20270101000000" };
    make(&own, &facts, &client_key, &authority_key);
    trust(&authority);
    const tls_client_options_t options = with(13, &own);
    surroundings.utc_ms = 1798761600000; /* 2027-01-01T00:00:00Z */
    assert_true(whole_talk(&talk, &options));
    hang_up(&talk);
    surroundings.utc_ms += 1000;
    assert_not_let_in(&own);
}

static void another_authority_makes_strangers_of_those_who_are_here(void **state)
{
    (void)state;
    static tls_chain_t own;
    make_client(&own, "CN=panel,OU=admin");
    trust(&authority);
    const tls_client_options_t options = with(0, &own);
    assert_true(whole_talk(&talk, &options));
    trust(&another_authority);
    assert_true(talk.conn.clients_epoch != server.clients_epoch);
    hang_up(&talk);
    assert_not_let_in(&own);
}

static void with_an_authority_nobody_comes_back_by_a_ticket(void **state)
{
    (void)state;
    for (unsigned version = 12; version <= 13; version++) {
        assert_int_equal(tls_clients_trust(&server, NULL, 0), STATUS_OK);
        tls_client_options_t options = { .version = version };
        assert_true(whole_talk(&talk, &options));
        assert_true(tls_client_keep(talk.client));
        hang_up(&talk);
        options.resume = true;
        uint32_t resumed = server.counters.resumed;
        assert_true(whole_talk(&talk, &options));
        assert_int_equal(server.counters.resumed, resumed + 1u); /* or else what follows proves nothing */
        hang_up(&talk);
        trust(&authority);
        assert_true(whole_talk(&talk, &options));
        assert_int_equal(server.counters.resumed, resumed + 1u);
        hang_up(&talk);
    }
}

static void what_is_no_authority_is_not_trusted(void **state)
{
    (void)state;
    static tls_chain_t wrong;
    trust(&authority);
    uint32_t epoch = server.clients_epoch;
    make_client(&wrong, "CN=panel,OU=admin"); /* it may not sign others */
    assert_int_equal(tls_clients_trust(&server, wrong.der, wrong.bytes), STATUS_INVALID);
    assert_int_equal(tls_clients_trust(&server, authority.der, authority.bytes - 1u), STATUS_INVALID);
    wrong = authority;
    append(&wrong, &another_authority);
    assert_int_equal(tls_clients_trust(&server, wrong.der, wrong.bytes), STATUS_INVALID);
    assert_int_equal(server.clients_epoch, epoch);
    assert_true(tls_server_asks_clients(&server));
}

static void the_unit_is_one_short_word_or_nothing(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "CN=a,OU=read", "read" },
        { "CN=a", "" },
        { "CN=a,OU=abcdefghijklmno", "abcdefghijklmno" },
        { "CN=a,OU=abcdefghijklmnop", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static tls_chain_t own;
        char unit[TLS_UNIT_BYTES];
        mbedtls_x509_crt certificate;
        make_client(&own, cases[i][0]);
        mbedtls_x509_crt_init(&certificate);
        assert_int_equal(mbedtls_x509_crt_parse_der(&certificate, own.der, own.bytes), 0);
        tls_clients_read_unit(&certificate, unit);
        assert_string_equal(unit, cases[i][1]);
        mbedtls_x509_crt_free(&certificate);
    }
}

static void the_name_of_the_authority_is_shown(void **state)
{
    (void)state;
    char name[TLS_AUTHORITY_BYTES];
    text_writer_t out = text_writer(name, sizeof name);
    tls_clients_write_authority(&out, &server);
    assert_true(out.at == name);
    trust(&another_authority);
    tls_clients_write_authority(&out, &server);
    *out.at = '\0';
    assert_string_equal(name, "Site");
}

static void without_memory_a_change_changes_nothing(void **state)
{
    (void)state;
    trust(&authority);
    for (uint32_t at = 1;; at++) {
        uint64_t tag = tls_server_tag(&server);
        uint32_t used = server.heap.used;
        server.heap.fail_at = at;
        status_t status = tls_server_use(&server, chain.der, chain.bytes, key.der, key.bytes);
        bool enough = server.heap.fail_at > 0;
        server.heap.fail_at = 0;
        assert_true(tag == tls_server_tag(&server));
        if (enough) {
            assert_int_equal(status, STATUS_OK);
            break;
        }
        assert_true(status != STATUS_OK);
        assert_int_equal(server.heap.used, used);
        assert_true(server.ready);
    }
    for (uint32_t at = 1;; at++) {
        uint32_t epoch = server.clients_epoch;
        server.heap.fail_at = at;
        status_t status = tls_clients_trust(&server, another_authority.der, another_authority.bytes);
        bool enough = server.heap.fail_at > 0;
        server.heap.fail_at = 0;
        if (enough) break;
        assert_true(status != STATUS_OK);
        assert_int_equal(server.clients_epoch, epoch);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, put_back)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_as_pem_is_read_again_with_words_around_it),
        TEST(what_is_no_certificate_is_refused),
        TEST(more_than_there_is_room_for_is_refused),
        TEST(a_certificate_is_for_its_host_and_no_other),
        TEST(the_pin_is_of_the_key_whatever_the_certificate),
        TEST(the_key_in_use_can_be_read_back),
        TEST(a_chain_that_is_not_for_the_key_or_out_of_order_changes_nothing),
        TEST(a_chain_of_an_authority_is_shown_whole),
        TEST(a_change_ends_handshakes_that_are_under_way_wherever_they_are),
        TEST(a_change_leaves_open_connections_alone),
        TEST(a_client_that_shows_a_certificate_is_who_it_says),
        TEST(without_an_authority_nobody_is_asked),
        TEST(a_wrong_certificate_is_worse_than_none),
        TEST(a_certificate_ends_at_its_second),
        TEST(another_authority_makes_strangers_of_those_who_are_here),
        TEST(with_an_authority_nobody_comes_back_by_a_ticket),
        TEST(what_is_no_authority_is_not_trusted),
        TEST(the_unit_is_one_short_word_or_nothing),
        TEST(the_name_of_the_authority_is_shown),
        TEST(without_memory_a_change_changes_nothing),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
