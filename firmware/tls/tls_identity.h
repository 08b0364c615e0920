/* tls/tls_identity.h - the device's own key and the certificate that it makes for it (RFC 5280).
 *
 * Context: main loop only. A key takes about as long as a handshake, a signature half of that.
 */
#ifndef TLS_TLS_IDENTITY_H
#define TLS_TLS_IDENTITY_H

#include "tls/tls_server.h"

typedef struct {
    size_t bytes;
    uint8_t der[TLS_KEY_BYTES]; /* SEC1, RFC 5915 */
} tls_key_t;

typedef struct {
    size_t bytes;
    uint8_t der[TLS_CHAIN_BYTES]; /* the device's certificate, then those above it */
} tls_chain_t;

/* Makes a new P-256 key.
 * returns   STATUS_OK, STATUS_NO_MEMORY, STATUS_UNSUPPORTED (no random bytes) */
status_t tls_identity_make_key(tls_server_t *server, tls_key_t *key);

/* Makes a certificate that the key signs for itself, with host_name and host_name.local as its names.
 * not_before   "YYYYMMDDhhmmss" UTC; it never ends (99991231235959Z, RFC 5280 section 4.1.2.5): who pins it, pins the key
 * returns      STATUS_OK, STATUS_INVALID (a key that is none), STATUS_NO_MEMORY */
status_t tls_identity_make_certificate(tls_server_t *server, const tls_key_t *key, const char *host_name,
                                       const char *not_before, tls_chain_t *chain);

#endif
