/* tls/tls_clients.h - clients that show a certificate of their own (RFC 8446 section 4.4.2, RFC 5246 section 7.4.6).
 *
 * A client is asked for one while there is an authority for them. It need not have one; but one that it shows must be
 * signed by that authority, be for clients, and hold at the present time. What a client may do is said by the
 * organizational unit of its subject (OU). Meanwhile nobody resumes by a ticket: a ticket would outlive what the
 * authority says.
 *
 * Context: main loop only.
 */
#ifndef TLS_TLS_CLIENTS_H
#define TLS_TLS_CLIENTS_H

#include "base/text.h"
#include "tls/tls_server.h"

/* Takes an authority into use, in place of the one before: clients of that one are strangers from now on, on open
 * connections too (clients_epoch).
 * der       its certificate: ECDSA P-256, an authority's (RFC 5280 section 4.2.1.9); not used after return
 * bytes     0: none any more
 * returns   STATUS_OK; STATUS_INVALID (malformed, of another kind, more than one); STATUS_NO_MEMORY.
 *           Unless STATUS_OK nothing has changed. */
status_t tls_clients_trust(tls_server_t *server, const uint8_t *der, size_t bytes);

/* Writes the authority's common name, what is not ASCII in it as question marks; nothing while there is none. */
void tls_clients_write_authority(text_writer_t *out, const tls_server_t *server);

/* Writes the common name of any certificate in the same way. */
void tls_clients_write_name(text_writer_t *out, const mbedtls_x509_crt *certificate);

/* Whether a certificate, of whomever, holds at the present time. One that was over when the firmware was built is over; one
 * that has not begun is only known to be so when the time is known.
 * returns   0, MBEDTLS_X509_BADCERT_EXPIRED, MBEDTLS_X509_BADCERT_FUTURE */
uint32_t tls_clients_check_validity(const tls_server_t *server, const mbedtls_x509_crt *certificate);

/* Finds the organizational unit in a certificate's subject.
 * unit      TLS_UNIT_BYTES, NUL-terminated; "" when there is none, or more than one, or it does not fit */
void tls_clients_read_unit(const mbedtls_x509_crt *certificate, char unit[TLS_UNIT_BYTES]);

#endif
