/* tls/tls_pem.h - certificates as people paste them (RFC 7468).
 *
 * Context: main loop only.
 */
#ifndef TLS_TLS_PEM_H
#define TLS_TLS_PEM_H

#include "base/text.h"
#include "hal/status.h"
#include "tls/tls_identity.h"

/* What one line has, and how many characters that are. */
#define TLS_PEM_LINE_BYTES      48u
#define TLS_PEM_LINE_CHARACTERS 64u

/* Takes the certificates out of a text, one after the other; what stands around them is passed over, but another
 * kind of document (a key, say) is refused.
 * text      hostile, NUL-terminated
 * chain     undefined unless STATUS_OK
 * returns   STATUS_OK: at least one; STATUS_INVALID; STATUS_NO_MEMORY: more than TLS_CHAIN_BYTES. What is in them is
 *           not looked at. */
status_t tls_pem_read(const char *text, tls_chain_t *chain);

/* Writes up to TLS_PEM_LINE_BYTES bytes in base 64, without an end of line. */
void tls_pem_write_line(text_writer_t *out, const uint8_t *bytes, size_t count);

#endif
