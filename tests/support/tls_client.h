/* tls_client.h - a TLS client for tests: mbedTLS's own, with memory and state apart from those of the product.
 *
 * It is linked into one object that shows nothing but these functions, so the mbedTLS inside of it and the product's do
 * not meet: different configurations, different heaps.
 */
#ifndef SUPPORT_TLS_CLIENT_H
#define SUPPORT_TLS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tls_client tls_client_t;

typedef struct {
    void *context;
    size_t (*send)(void *context, const uint8_t *bytes, size_t count); /* returns how many were taken */
    size_t (*receive)(void *context, uint8_t *bytes, size_t count);    /* returns how many there were */
    bool (*ended)(void *context);
} tls_client_wire_t;

typedef struct {
    unsigned version;        /* 12 or 13; 0: what the server likes */
    int suite;               /* IANA number, 0: all */
    uint16_t group;          /* IANA number, is preferred to P-256; 0: all */
    unsigned fragment_bytes; /* max_fragment_length: 512 or 1024; 0: not asked for */
    const char *protocol;    /* ALPN, NULL: http/1.1 */
    const uint8_t *ca;       /* DER, verified with name; NULL: not verified */
    size_t ca_bytes;
    const char *name;
    const uint8_t *own; /* DER: a certificate of its own with its key; NULL: none */
    size_t own_bytes;
    const uint8_t *own_key;
    size_t own_key_bytes;
    bool resume; /* by the session of tls_client_keep */
} tls_client_options_t;

/* Results: 0 done, else TLS_CLIENT_WAIT, TLS_CLIENT_ENDED, or the negative error of mbedTLS. */
#define TLS_CLIENT_WAIT  1
#define TLS_CLIENT_ENDED 2

tls_client_t *tls_client_new(const tls_client_options_t *options, const tls_client_wire_t *wire);
int tls_client_handshake(tls_client_t *client);
int tls_client_step(tls_client_t *client);
int tls_client_renegotiate(tls_client_t *client);
int tls_client_write(tls_client_t *client, const void *bytes, size_t *count);
int tls_client_read(tls_client_t *client, void *bytes, size_t *count);
int tls_client_end(tls_client_t *client);
int tls_client_alert(tls_client_t *client, unsigned char level, unsigned char what);
void tls_client_free(tls_client_t *client);

/* Keeps the session of an established connection for tls_client_options_t.resume; with 1.3 only after a ticket came,
 * which tls_client_read sees. */
bool tls_client_keep(tls_client_t *client);

unsigned tls_client_version(const tls_client_t *client); /* 12 or 13 */
int tls_client_suite(const tls_client_t *client);
const char *tls_client_protocol(const tls_client_t *client);
size_t tls_client_largest_record(
    const tls_client_t *client); /* bytes of the largest that came, its head not counted */

#endif
