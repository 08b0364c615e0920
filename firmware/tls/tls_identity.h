/* tls/tls_identity.h - the device's own key, the certificate that it makes for it (RFC 5280), and the request by which
 * somebody else makes one (RFC 2986).
 *
 * Context: main loop only. A key takes about as long as a handshake, a signature half of that; nothing else runs
 * meanwhile.
 */
#ifndef TLS_TLS_IDENTITY_H
#define TLS_TLS_IDENTITY_H

#include "base/text.h"
#include "tls/tls_server.h"

typedef struct {
    size_t bytes;
    uint8_t der[TLS_KEY_BYTES]; /* SEC1, RFC 5915 */
} tls_key_t;

typedef struct {
    uint8_t der[TLS_CHAIN_BYTES]; /* the device's certificate, then those above it */
    size_t bytes;
} tls_chain_t;

/* Whom a certificate is for. */
typedef struct {
    const char *host_name; /* one label; with .local it is a second name */
    bool localhost;        /* and localhost and 127.0.0.1, where that means this device */
} tls_names_t;

#define TLS_PIN_BYTES 45u /* base 64 of a SHA-256, and NUL */

/* Makes a new P-256 key.
 * returns   STATUS_OK, STATUS_NO_MEMORY, STATUS_UNSUPPORTED (no random bytes) */
status_t tls_identity_make_key(tls_server_t *server, tls_key_t *key);

/* Gives the key in use: a secret, to be wiped.
 * returns   STATUS_OK, STATUS_NO_MEMORY, STATUS_UNSUPPORTED (the server is not ready) */
status_t tls_identity_read_key(tls_server_t *server, tls_key_t *key);

/* Makes a certificate that the key signs for itself.
 * not_before   "YYYYMMDDhhmmss" UTC; it never ends (99991231235959Z, RFC 5280 section 4.1.2.5): who pins it, pins the key
 * returns      STATUS_OK, STATUS_INVALID (a key that is none), STATUS_NO_MEMORY */
status_t tls_identity_make_certificate(tls_server_t *server, const tls_key_t *key, const tls_names_t *names,
                                       const char *not_before, tls_chain_t *chain);

/* Makes a request for a certificate of the key in use.
 * chain     gets the one document
 * returns   STATUS_OK, STATUS_NO_MEMORY, STATUS_UNSUPPORTED (the server is not ready) */
status_t tls_identity_make_request(tls_server_t *server, const tls_names_t *names, tls_chain_t *chain);

/* Whether the certificate in use is for this host. */
bool tls_identity_is_for(const tls_server_t *server, const char *host_name);

/* Base 64 of the SHA-256 of the public key in use (SubjectPublicKeyInfo), by which it is pinned (RFC 7469 section 2.4).
 * returns   STATUS_OK, STATUS_UNSUPPORTED (the server is not ready; pin is "") */
status_t tls_identity_pin(const tls_server_t *server, char pin[TLS_PIN_BYTES]);

/* Writes a time of a certificate as RFC 3339. */
void tls_identity_write_time(text_writer_t *out, const mbedtls_x509_time *time);

#endif
