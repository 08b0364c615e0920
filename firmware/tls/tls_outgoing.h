/* tls/tls_outgoing.h - the device as a client of TLS: whom it believes, and the connections that it opens.
 *
 * A server is believed when its certificate leads to an anchor that an owner has set, is for the name that was asked for,
 * and holds at the present time, which must be known; there is no way around that. What is spoken is what the device's own
 * server speaks (tls_server.h): TLS 1.3 and 1.2, ECDHE, ECDSA P-256, so the certificates must be of that kind.
 *
 * Memory, randomness and the time are the server's. Its connections are tls_conn_t as those of the server are: they are
 * opened here, everything else about them is in tls_conn.h.
 *
 * Context: main loop only.
 */
#ifndef TLS_TLS_OUTGOING_H
#define TLS_TLS_OUTGOING_H

#include "tls/tls_conn.h"
#include "tls/tls_server.h"

typedef struct {
    bool ready;
    tls_server_t *server; /* borrowed */
    mbedtls_ssl_config config;
    mbedtls_x509_crt anchors; /* a list */
    uint32_t epoch;           /* changes with the anchors: a handshake that began before fails */
} tls_outgoing_t;

typedef enum {
    TLS_PEER_BROKE_OFF, /* the handshake ended otherwise than by us */
    TLS_PEER_UNTRUSTED, /* no anchor of ours has signed for it */
    TLS_PEER_WRONG_NAME,
    TLS_PEER_NOT_VALID_NOW, /* over, or not begun */
    TLS_PEER_UNSUPPORTED,   /* its certificates are not ECDSA P-256, or it speaks nothing that we do */
} tls_peer_fault_t;

/* Called once, after tls_server_init.
 * returns   STATUS_OK, STATUS_NO_MEMORY */
status_t tls_outgoing_init(tls_outgoing_t *outgoing, tls_server_t *server);

/* Takes other anchors, in place of those before.
 * der       certificates, one document after the other: of authorities, or of servers that have signed for themselves; not used after return
 * bytes     0: none; nobody is believed then
 * returns   STATUS_OK; STATUS_INVALID (malformed, or not ECDSA P-256); STATUS_NO_MEMORY. Unless STATUS_OK nothing has
 *           changed. */
status_t tls_outgoing_trust(tls_outgoing_t *outgoing, const uint8_t *der, size_t bytes);

static inline bool tls_outgoing_trusts_anybody(const tls_outgoing_t *outgoing)
{
    return outgoing->anchors.raw.p != NULL;
}

/* Whether the time is known, without which no certificate can be judged. */
bool tls_outgoing_knows_time(const tls_outgoing_t *outgoing);

/* As tls_conn_open, for a server of this name.
 * host      a name or an address, NUL-terminated; copied */
status_t tls_outgoing_open(tls_outgoing_t *outgoing, tls_conn_t *conn, const char *host, const tls_io_t *io);

/* Why a handshake has failed. Before tls_conn_close. */
tls_peer_fault_t tls_outgoing_fault(const tls_conn_t *conn);

#endif
