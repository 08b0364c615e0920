/* tls/tls_server.h - what all TLS connections of the device share: parameters, identity, tickets, memory.
 *
 * TLS 1.3 (RFC 8446) and 1.2 (RFC 5246) by mbedTLS: ephemeral ECDH over X25519 or P-256, an ECDSA P-256 key,
 * ChaCha20-Poly1305 or AES-128-GCM. No renegotiation, no compression, no early data. A client that comes back resumes by a ticket
 * (RFC 8446 section 2.2, RFC 5077), whose keys live in RAM, are renewed each TLS_TICKET_LIFETIME_S, and die with a
 * reset.
 *
 * mbedTLS allocates by global functions, so there is one server (tls_server_init installs its heap).
 *
 * Memory: tls_server_t and one fixed heap of TLS_HEAP_BYTES, both static.
 * Context: main loop only.
 */
#ifndef TLS_TLS_SERVER_H
#define TLS_TLS_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "mbedtls/ssl.h"
#include "mbedtls/ssl_ticket.h"
#include "mbedtls/x509_crt.h"

#include "config/limits.h"
#include "hal/status.h"
#include "tls/heap.h"

/* Random bytes for handshakes; as random_bytes of security/random.h. */
typedef status_t (*tls_random_t)(void *context, uint8_t *out, size_t bytes);

typedef struct {
    void *context; /* of these functions */
    tls_random_t random;
    uint64_t (*uptime_ms)(void);

    /* The time, or, while it is not known, the earliest that it can be. Asked only about clients' certificates.
     * returns   whether it is known */
    bool (*utc_ms)(void *context, int64_t *utc_ms);
} tls_platform_t;

typedef struct {
    uint32_t handshakes, resumed; /* completed; of these by a ticket */
    uint32_t failures;            /* handshakes that ended otherwise */
} tls_counters_t;

typedef struct tls_server {
    bool ready; /* there is an identity, and randomness */
    tls_platform_t platform;
    heap_t heap;
    uint64_t heap_bytes[TLS_HEAP_BYTES / sizeof(uint64_t)];
    mbedtls_ssl_config config;
    mbedtls_ssl_ticket_context tickets;
    mbedtls_x509_crt chain;
    mbedtls_pk_context key;
    mbedtls_x509_crt clients; /* the authority of clients' certificates (tls_clients.h), if any */
    uint32_t epoch;           /* changes with all that a handshake relies on: one that began before fails */
    uint32_t
        clients_epoch; /* changes with the authority: what a connection knows of its client is void then */
    uint32_t contexts; /* connections that hold memory */
    tls_counters_t counters;
} tls_server_t;

/* Sets up everything but the identity. Called once.
 * server    stays where it is
 * platform  copied
 * returns   STATUS_OK, STATUS_NO_MEMORY (TLS_HEAP_BYTES is too little), STATUS_UNSUPPORTED (no random bytes) */
status_t tls_server_init(tls_server_t *server, const tls_platform_t *platform);

/* Takes another certificate and its key into use: handshakes that begin from now on show it, connections go on. A
 * handshake that is under way fails.
 * chain     the device's certificate and those above it, one DER document after the other; not used after return
 * key       SEC1 or PKCS#8, DER; not used after return
 * returns   STATUS_OK; STATUS_INVALID: malformed, of another curve, or a certificate is not signed by the one behind it;
 *           STATUS_BAD_DATA: the key is another one's; STATUS_NO_MEMORY. Unless STATUS_OK nothing has changed. */
status_t tls_server_use(tls_server_t *server, const uint8_t *chain, size_t chain_bytes, const uint8_t *key,
                        size_t key_bytes);

/* The same for what tls_server_use has taken before and a memory with check sums has kept since: whether key and
 * certificate belong together is not computed once more, which would be half of the time of a start. */
status_t tls_server_use_again(tls_server_t *server, const uint8_t *chain, size_t chain_bytes,
                              const uint8_t *key, size_t key_bytes);

/* Whether clients are asked for a certificate. */
static inline bool tls_server_asks_clients(const tls_server_t *server)
{
    return server->clients.raw.p != NULL;
}

/* Changes with the certificates: the server's own, and that of the authority for clients. */
uint64_t tls_server_tag(const tls_server_t *server);

/* What both sides of the device speak: suites, groups, signatures, ALPN, randomness. */
void tls_server_set_parameters(tls_server_t *server, mbedtls_ssl_config *config);

/* Parses certificates in DER, one document after the other.
 * chain     undefined before, to be freed after, whatever comes back
 * returns   STATUS_OK: at least one; STATUS_INVALID; STATUS_NO_MEMORY */
status_t tls_server_parse_certificates(mbedtls_x509_crt *chain, const uint8_t *bytes, size_t count);

/* As mbedTLS wants its random numbers. context: the server.
 * returns   0, or an error of mbedTLS */
int tls_server_draw(void *context, unsigned char *out, size_t bytes);

#endif
