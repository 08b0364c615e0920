#include "tls/tls_clients.h"

#include <string.h>

#include "mbedtls/oid.h"

#include "base/time_format.h"
#include "tls/tls_identity.h"

#define TIME_BYTES 25u /* RFC 3339 with a Z, and NUL */

/* ---- What a client shows -------------------------------------------------------------------------------- */

static void write_time(char out[TIME_BYTES], const mbedtls_x509_time *time)
{
    text_writer_t text = text_writer(out, TIME_BYTES - 1u);
    tls_identity_write_time(&text, time);
    *text.at = '\0';
}

/* Times as text have the order of the times, up to the second. */
uint32_t tls_clients_check_validity(const tls_server_t *server, const mbedtls_x509_crt *certificate)
{
    enum { SECOND_CHARACTERS = 19 };
    char now[TIME_BYTES], from[TIME_BYTES], to[TIME_BYTES];
    int64_t utc_ms;
    bool known = server->platform.utc_ms(server->platform.context, &utc_ms);
    text_writer_t text = text_writer(now, sizeof now - 1u);
    text_rfc3339(&text, utc_ms);
    write_time(from, &certificate->valid_from);
    write_time(to, &certificate->valid_to);
    uint32_t flags = 0;
    if (strncmp(now, to, SECOND_CHARACTERS) > 0) flags |= MBEDTLS_X509_BADCERT_EXPIRED;
    if (known && strncmp(now, from, SECOND_CHARACTERS) < 0) flags |= MBEDTLS_X509_BADCERT_FUTURE;
    return flags;
}

/* Who shows nothing is let in as anybody; who shows something wrong is not: he believes to be somebody. */
static int verify(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    (void)depth;
    *flags |= tls_clients_check_validity(context, certificate);
    return *flags == 0 ? 0 : MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
}

static bool is_unit(const mbedtls_x509_name *name)
{
    return MBEDTLS_OID_CMP(MBEDTLS_OID_AT_ORG_UNIT, &name->oid) == 0;
}

void tls_clients_read_unit(const mbedtls_x509_crt *certificate, char unit[TLS_UNIT_BYTES])
{
    const mbedtls_x509_name *found = NULL;
    unit[0] = '\0';
    for (const mbedtls_x509_name *name = &certificate->subject; name; name = name->next) {
        if (!is_unit(name)) continue;
        if (found) return;
        found = name;
    }
    if (!found || found->val.len >= TLS_UNIT_BYTES || memchr(found->val.p, '\0', found->val.len)) return;
    memcpy(unit, found->val.p, found->val.len);
    unit[found->val.len] = '\0';
}

/* ---- Whom they are signed by ---------------------------------------------------------------------------- */

static status_t parse_authority(mbedtls_x509_crt *authority, const uint8_t *der, size_t bytes)
{
    int result = mbedtls_x509_crt_parse_der(authority, der, bytes);
    if (result == MBEDTLS_ERR_X509_ALLOC_FAILED) return STATUS_NO_MEMORY;
    if (result != 0 || authority->raw.len != bytes) return STATUS_INVALID;
    if (mbedtls_x509_crt_get_ca_istrue(authority) != 1)
        return STATUS_INVALID; /* also where nothing says so */
    if (mbedtls_pk_get_type(&authority->pk) != MBEDTLS_PK_ECKEY) return STATUS_INVALID;
    return mbedtls_pk_get_bitlen(&authority->pk) == 256 ? STATUS_OK : STATUS_INVALID;
}

status_t tls_clients_trust(tls_server_t *server, const uint8_t *der, size_t bytes)
{
    mbedtls_x509_crt authority;
    mbedtls_x509_crt_init(&authority);
    status_t status = bytes > 0 ? parse_authority(&authority, der, bytes) : STATUS_OK;
    if (status != STATUS_OK) {
        mbedtls_x509_crt_free(&authority);
        return status;
    }
    server->epoch++;
    server->clients_epoch++;
    mbedtls_x509_crt_free(&server->clients);
    server->clients = authority;
    mbedtls_ssl_config *config = &server->config;
    mbedtls_ssl_conf_ca_chain(config, bytes > 0 ? &server->clients : NULL, NULL);
    mbedtls_ssl_conf_authmode(config, bytes > 0 ? MBEDTLS_SSL_VERIFY_OPTIONAL : MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_verify(config, verify, server);
    mbedtls_ssl_conf_new_session_tickets(config, bytes > 0 ? 0 : 1);
    return STATUS_OK;
}

void tls_clients_write_authority(text_writer_t *out, const tls_server_t *server)
{
    if (tls_server_asks_clients(server)) tls_clients_write_name(out, &server->clients);
}

void tls_clients_write_name(text_writer_t *out, const mbedtls_x509_crt *certificate)
{
    const mbedtls_x509_name *name = &certificate->subject;
    while (name && MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &name->oid) != 0) name = name->next;
    for (size_t i = 0; name && i < name->val.len; i++) {
        char c = (char)name->val.p[i];
        text_char(out, c >= ' ' && c <= '~' ? c : '?');
    }
}
