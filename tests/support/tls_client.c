#include "tls_client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mbedtls/platform.h"
#include "mbedtls/platform_time.h"
#include "mbedtls/ssl.h"
#include "psa/crypto.h"

struct tls_client {
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
    mbedtls_x509_crt ca, own;
    mbedtls_pk_context own_key;
    tls_client_wire_t wire;
    int suites[2];
    uint16_t groups[3];
    const char *protocols[2];
    uint8_t head[5]; /* of the record that is coming in */
    size_t head_bytes, body_left, largest;
};

static uint32_t noise = 2463534242u;
static mbedtls_ssl_session session;
static bool started;

/* ---- What mbedTLS asks of its surroundings ------------------------------------------------------------ */

static int draw(void *context, unsigned char *out, size_t count)
{
    (void)context;
    for (size_t i = 0; i < count; i++) {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        out[i] = (unsigned char)(noise >> 8);
    }
    return 0;
}

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context, uint8_t *output,
                                             size_t output_size, size_t *output_length)
{
    (void)context;
    (void)draw(NULL, output, output_size);
    *output_length = output_size;
    return PSA_SUCCESS;
}

mbedtls_ms_time_t mbedtls_ms_time(void)
{
    return 1000000;
}

static mbedtls_time_t seconds(mbedtls_time_t *out)
{
    if (out) *out = 1000;
    return 1000;
}

/* ---- The wire ------------------------------------------------------------------------------------------ */

static void watch_records(tls_client_t *client, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (client->body_left > 0) {
            client->body_left--;
            continue;
        }
        client->head[client->head_bytes++] = bytes[i];
        if (client->head_bytes < sizeof client->head) continue;
        client->head_bytes = 0;
        client->body_left = (size_t)client->head[3] << 8 | client->head[4];
        if (client->body_left > client->largest) client->largest = client->body_left;
    }
}

static int send_bytes(void *context, const unsigned char *bytes, size_t count)
{
    const tls_client_t *client = context;
    size_t sent = client->wire.send(client->wire.context, bytes, count);
    return sent > 0 ? (int)sent : MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t count)
{
    tls_client_t *client = context;
    size_t received = client->wire.receive(client->wire.context, bytes, count);
    watch_records(client, bytes, received);
    if (received > 0) return (int)received;
    return client->wire.ended(client->wire.context) ? MBEDTLS_ERR_SSL_CONN_EOF : MBEDTLS_ERR_SSL_WANT_READ;
}

static int result_of(int code)
{
    if (code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE) return TLS_CLIENT_WAIT;
    if (code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) return TLS_CLIENT_WAIT;
    if (code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || code == MBEDTLS_ERR_SSL_CONN_EOF)
        return TLS_CLIENT_ENDED;
    return code;
}

/* ---- A client ------------------------------------------------------------------------------------------ */

static void start(void)
{
    if (started) return;
    started = true;
    mbedtls_platform_set_calloc_free(calloc, free);
    mbedtls_platform_set_time(seconds);
    if (psa_crypto_init() != PSA_SUCCESS) abort();
    mbedtls_ssl_session_init(&session);
}

static void set_versions(tls_client_t *client, unsigned version)
{
    if (version == 12) mbedtls_ssl_conf_max_tls_version(&client->config, MBEDTLS_SSL_VERSION_TLS1_2);
    if (version == 13) mbedtls_ssl_conf_min_tls_version(&client->config, MBEDTLS_SSL_VERSION_TLS1_3);
}

static void set_choices(tls_client_t *client, const tls_client_options_t *options)
{
    client->suites[0] = options->suite;
    client->groups[0] = options->group;
    client->groups[1] = MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1; /* of the certificate */
    client->protocols[0] = options->protocol ? options->protocol : "http/1.1";
    if (options->suite) mbedtls_ssl_conf_ciphersuites(&client->config, client->suites);
    if (options->group) mbedtls_ssl_conf_groups(&client->config, client->groups);
    if (mbedtls_ssl_conf_alpn_protocols(&client->config, client->protocols) != 0) abort();
    unsigned char code = MBEDTLS_SSL_MAX_FRAG_LEN_NONE;
    if (options->fragment_bytes == 512) code = MBEDTLS_SSL_MAX_FRAG_LEN_512;
    if (options->fragment_bytes == 1024) code = MBEDTLS_SSL_MAX_FRAG_LEN_1024;
    if (mbedtls_ssl_conf_max_frag_len(&client->config, code) != 0) abort();
}

static void set_own(tls_client_t *client, const tls_client_options_t *options)
{
    mbedtls_x509_crt_init(&client->own);
    mbedtls_pk_init(&client->own_key);
    if (!options->own) return;
    if (mbedtls_x509_crt_parse_der(&client->own, options->own, options->own_bytes) != 0 ||
        mbedtls_pk_parse_key(&client->own_key, options->own_key, options->own_key_bytes, NULL, 0, draw,
                             NULL) != 0 ||
        mbedtls_ssl_conf_own_cert(&client->config, &client->own, &client->own_key) != 0)
        abort();
}

tls_client_t *tls_client_new(const tls_client_options_t *options, const tls_client_wire_t *wire)
{
    start();
    tls_client_t *client = calloc(1, sizeof *client);
    if (!client) abort();
    client->wire = *wire;
    mbedtls_ssl_config_init(&client->config);
    mbedtls_ssl_init(&client->ssl);
    mbedtls_x509_crt_init(&client->ca);
    if (mbedtls_ssl_config_defaults(&client->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0)
        abort();
    mbedtls_ssl_conf_rng(&client->config, draw, NULL);
    mbedtls_ssl_conf_authmode(&client->config,
                              options->ca ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_renegotiation(&client->config, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        &client->config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
    set_versions(client, options->version);
    set_choices(client, options);
    set_own(client, options);
    if (options->ca) {
        if (mbedtls_x509_crt_parse_der(&client->ca, options->ca, options->ca_bytes) != 0) abort();
        mbedtls_ssl_conf_ca_chain(&client->config, &client->ca, NULL);
    }
    if (mbedtls_ssl_setup(&client->ssl, &client->config) != 0) abort();
    if (mbedtls_ssl_set_hostname(&client->ssl, options->name ? options->name : "jembatan-test") != 0) abort();
    if (options->resume && mbedtls_ssl_set_session(&client->ssl, &session) != 0) abort();
    mbedtls_ssl_set_bio(&client->ssl, client, send_bytes, receive_bytes, NULL);
    return client;
}

int tls_client_handshake(tls_client_t *client)
{
    return result_of(mbedtls_ssl_handshake(&client->ssl));
}

int tls_client_step(tls_client_t *client)
{
    return result_of(mbedtls_ssl_handshake_step(&client->ssl));
}

int tls_client_renegotiate(tls_client_t *client)
{
    return result_of(mbedtls_ssl_renegotiate(&client->ssl));
}

int tls_client_write(tls_client_t *client, const void *bytes, size_t *count)
{
    int code = mbedtls_ssl_write(&client->ssl, bytes, *count);
    *count = code > 0 ? (size_t)code : 0;
    return code > 0 ? 0 : result_of(code);
}

int tls_client_read(tls_client_t *client, void *bytes, size_t *count)
{
    int code = mbedtls_ssl_read(&client->ssl, bytes, *count);
    *count = code > 0 ? (size_t)code : 0;
    return code > 0 ? 0 : code == 0 ? TLS_CLIENT_ENDED : result_of(code);
}

int tls_client_end(tls_client_t *client)
{
    return result_of(mbedtls_ssl_close_notify(&client->ssl));
}

int tls_client_alert(tls_client_t *client, unsigned char level, unsigned char what)
{
    return result_of(mbedtls_ssl_send_alert_message(&client->ssl, level, what));
}

void tls_client_free(tls_client_t *client)
{
    mbedtls_ssl_free(&client->ssl);
    mbedtls_ssl_config_free(&client->config);
    mbedtls_x509_crt_free(&client->ca);
    mbedtls_x509_crt_free(&client->own);
    mbedtls_pk_free(&client->own_key);
    free(client);
}

bool tls_client_keep(tls_client_t *client)
{
    mbedtls_ssl_session_free(&session);
    mbedtls_ssl_session_init(&session);
    return mbedtls_ssl_get_session(&client->ssl, &session) == 0;
}

unsigned tls_client_version(const tls_client_t *client)
{
    return mbedtls_ssl_get_version_number(&client->ssl) == MBEDTLS_SSL_VERSION_TLS1_3 ? 13 : 12;
}

int tls_client_suite(const tls_client_t *client)
{
    return mbedtls_ssl_get_ciphersuite_id_from_ssl(&client->ssl);
}

const char *tls_client_protocol(const tls_client_t *client)
{
    const char *protocol = mbedtls_ssl_get_alpn_protocol(&client->ssl);
    return protocol ? protocol : "";
}

size_t tls_client_largest_record(const tls_client_t *client)
{
    return client->largest;
}
