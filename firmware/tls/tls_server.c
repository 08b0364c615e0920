#include "tls/tls_server.h"

#include <string.h>

#include "mbedtls/error.h"
#include "mbedtls/platform.h"
#include "mbedtls/platform_time.h"
#include "psa/crypto.h"

#include "base/hash.h"

_Static_assert(MBEDTLS_SSL_IN_CONTENT_LEN == TLS_RECORD_IN_BYTES, "the heap is sized by it");
_Static_assert(MBEDTLS_SSL_OUT_CONTENT_LEN == TLS_RECORD_OUT_BYTES, "the heap is sized by it");

/* mbedTLS asks for memory, time and randomness without saying for whom. */
static tls_server_t *the_server;

static void *allocate(size_t count, size_t bytes)
{
    return heap_allocate(&the_server->heap, count, bytes);
}

static void give_back(void *memory)
{
    heap_free(&the_server->heap, memory);
}

/* Only differences matter: to the lifetimes of tickets. */
static mbedtls_time_t seconds(mbedtls_time_t *out)
{
    mbedtls_time_t now_s = (mbedtls_time_t)(the_server->platform.uptime_ms() / 1000u);
    if (out) *out = now_s;
    return now_s;
}

mbedtls_ms_time_t mbedtls_ms_time(void)
{
    return (mbedtls_ms_time_t)the_server->platform.uptime_ms();
}

int tls_server_draw(void *context, unsigned char *out, size_t bytes)
{
    const tls_platform_t *platform = &((const tls_server_t *)context)->platform;
    return platform->random(platform->context, out, bytes) == STATUS_OK ? 0 : MBEDTLS_ERR_ERROR_GENERIC_ERROR;
}

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context, uint8_t *output,
                                             size_t output_size, size_t *output_length)
{
    (void)context;
    if (tls_server_draw(the_server, output, output_size) != 0) return PSA_ERROR_INSUFFICIENT_ENTROPY;
    *output_length = output_size;
    return PSA_SUCCESS;
}

/* ---- Tickets ------------------------------------------------------------------------------------------ */

/* A client that has to show a certificate has to show it each time (tls_clients.h). To a 1.2 client an error means that
 * there is no ticket; a 1.3 client is not given one at all then. */
static int write_ticket(void *context, const mbedtls_ssl_session *session, unsigned char *start,
                        const unsigned char *end, size_t *bytes, uint32_t *lifetime_s)
{
    tls_server_t *server = context;
    if (tls_server_asks_clients(server)) return MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE;
    return mbedtls_ssl_ticket_write(&server->tickets, session, start, end, bytes, lifetime_s);
}

static int parse_ticket(void *context, mbedtls_ssl_session *session, unsigned char *ticket, size_t bytes)
{
    tls_server_t *server = context;
    if (tls_server_asks_clients(server)) return MBEDTLS_ERR_SSL_INVALID_MAC;
    return mbedtls_ssl_ticket_parse(&server->tickets, session, ticket, bytes);
}

/* ---- Parameters --------------------------------------------------------------------------------------- */

/* The cheaper one first: without AES in hardware ChaCha20-Poly1305 takes a third of AES-GCM's time. */
static const int suites[] = {
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    0,
};
static const uint16_t groups[] = {
    MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
    MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
    MBEDTLS_SSL_IANA_TLS_GROUP_NONE,
};
static const uint16_t signatures[] = {
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
    MBEDTLS_TLS1_3_SIG_NONE,
};
static const char *protocols[] = { "http/1.1", NULL };

void tls_server_set_parameters(tls_server_t *server, mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_rng(config, tls_server_draw, server);
    mbedtls_ssl_conf_ciphersuites(config, suites);
    mbedtls_ssl_conf_groups(config, groups);
    mbedtls_ssl_conf_sig_algs(config, signatures);
    (void)mbedtls_ssl_conf_alpn_protocols(config, protocols); /* fails on names that are empty or too long */
}

static status_t configure(tls_server_t *server)
{
    mbedtls_ssl_config *config = &server->config;
    if (mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
        return STATUS_NO_MEMORY;
    }
    tls_server_set_parameters(server, config);
    if (mbedtls_ssl_ticket_setup(&server->tickets, tls_server_draw, server, MBEDTLS_CIPHER_CHACHA20_POLY1305,
                                 TLS_TICKET_LIFETIME_S) != 0) {
        return STATUS_NO_MEMORY;
    }
    mbedtls_ssl_conf_session_tickets_cb(config, write_ticket, parse_ticket, server);
    mbedtls_ssl_conf_new_session_tickets(config, 1);
    return STATUS_OK;
}

status_t tls_server_init(tls_server_t *server, const tls_platform_t *platform)
{
    uint8_t probe;
    the_server = server;
    server->platform = *platform;
    server->ready = false;
    if (platform->random(platform->context, &probe, 1) != STATUS_OK) return STATUS_UNSUPPORTED;
    heap_init(&server->heap, server->heap_bytes, sizeof server->heap_bytes);
    mbedtls_platform_set_calloc_free(allocate, give_back);
    mbedtls_platform_set_time(seconds);
    mbedtls_ssl_config_init(&server->config);
    mbedtls_ssl_ticket_init(&server->tickets);
    mbedtls_x509_crt_init(&server->chain);
    mbedtls_x509_crt_init(&server->clients);
    mbedtls_pk_init(&server->key);
    if (psa_crypto_init() != PSA_SUCCESS) return STATUS_NO_MEMORY;
    return configure(server);
}

/* ---- Identity ----------------------------------------------------------------------------------------- */

static bool is_same(mbedtls_x509_buf a, mbedtls_x509_buf b)
{
    return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

/* Clients need them in this order (RFC 8446 section 4.4.2), and one that does not fit helps nobody. */
static bool is_chain(const mbedtls_x509_crt *certificate)
{
    for (; certificate->next; certificate = certificate->next)
        if (!is_same(certificate->issuer_raw, certificate->next->subject_raw)) return false;
    return true;
}

status_t tls_server_parse_certificates(mbedtls_x509_crt *chain, const uint8_t *bytes, size_t count)
{
    mbedtls_x509_crt_init(chain);
    while (count > 0) {
        /* The length of the outermost SEQUENCE tells where the next document begins. */
        unsigned char *at = (unsigned char *)(uintptr_t)bytes;
        size_t length;
        if (mbedtls_asn1_get_tag(&at, bytes + count, &length,
                                 MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) != 0) {
            return STATUS_INVALID;
        }
        size_t document = (size_t)(at - bytes) + length;
        int result = mbedtls_x509_crt_parse_der(chain, bytes, document);
        if (result == MBEDTLS_ERR_X509_ALLOC_FAILED) return STATUS_NO_MEMORY;
        if (result != 0) return STATUS_INVALID;
        bytes += document;
        count -= document;
    }
    return chain->raw.p ? STATUS_OK : STATUS_INVALID;
}

static status_t parse_chain(mbedtls_x509_crt *chain, const uint8_t *bytes, size_t count)
{
    status_t status = tls_server_parse_certificates(chain, bytes, count);
    return status == STATUS_OK && !is_chain(chain) ? STATUS_INVALID : status;
}

static status_t parse_key(tls_server_t *server, mbedtls_pk_context *key, const uint8_t *bytes, size_t count)
{
    mbedtls_pk_init(key);
    int result = mbedtls_pk_parse_key(key, bytes, count, NULL, 0, tls_server_draw, server);
    if (result == MBEDTLS_ERR_PK_ALLOC_FAILED) return STATUS_NO_MEMORY;
    if (result != 0 || mbedtls_pk_get_type(key) != MBEDTLS_PK_ECKEY) return STATUS_INVALID;
    return mbedtls_pk_get_bitlen(key) == 256 ? STATUS_OK : STATUS_INVALID;
}

static status_t use(tls_server_t *server, const uint8_t *chain, size_t chain_bytes, const uint8_t *key,
                    size_t key_bytes, bool checked)
{
    mbedtls_x509_crt new_chain;
    mbedtls_pk_context new_key;
    status_t status = parse_chain(&new_chain, chain, chain_bytes);
    status_t key_status = parse_key(server, &new_key, key, key_bytes);
    if (status == STATUS_OK) status = key_status;
    if (status == STATUS_OK && !checked &&
        mbedtls_pk_check_pair(&new_chain.pk, &new_key, tls_server_draw, server) != 0) {
        status = STATUS_BAD_DATA;
    }
    if (status != STATUS_OK) {
        mbedtls_x509_crt_free(&new_chain);
        mbedtls_pk_free(&new_key);
        return status;
    }
    server->epoch++;
    mbedtls_x509_crt_free(&server->chain);
    mbedtls_pk_free(&server->key);
    server->chain = new_chain;
    server->key = new_key;
    /* The configuration points at these two: what is in them may change. */
    if (!server->ready)
        server->ready = mbedtls_ssl_conf_own_cert(&server->config, &server->chain, &server->key) == 0;
    return server->ready ? STATUS_OK : STATUS_NO_MEMORY;
}

status_t tls_server_use(tls_server_t *server, const uint8_t *chain, size_t chain_bytes, const uint8_t *key,
                        size_t key_bytes)
{
    return use(server, chain, chain_bytes, key, key_bytes, false);
}

status_t tls_server_use_again(tls_server_t *server, const uint8_t *chain, size_t chain_bytes,
                              const uint8_t *key, size_t key_bytes)
{
    return use(server, chain, chain_bytes, key, key_bytes, true);
}

/* Signatures end in random numbers: two that are alike sign the same. */
static uint64_t tag_of(uint64_t tag, const mbedtls_x509_crt *certificate)
{
    enum { SIGNATURE_END_BYTES = 16 };
    for (; certificate && certificate->raw.p; certificate = certificate->next) {
        const mbedtls_x509_buf *raw = &certificate->raw;
        for (size_t i = raw->len - SIGNATURE_END_BYTES; i < raw->len; i++) tag = hash_word(tag, raw->p[i]);
    }
    return tag;
}

uint64_t tls_server_tag(const tls_server_t *server)
{
    return tag_of(hash_word(tag_of(HASH_SEED, &server->chain), server->chain.raw.len), &server->clients);
}
