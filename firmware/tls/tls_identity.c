#include "tls/tls_identity.h"

#include <string.h>

#include "mbedtls/ecp.h"
#include "mbedtls/oid.h"
#include "mbedtls/pk.h"
#include "mbedtls/x509_crt.h"

#include "base/text.h"

/* DER is written from the end of a buffer towards its beginning. */
static size_t move_to_front(uint8_t *buffer, size_t size, int written)
{
    if (written <= 0) return 0;
    memmove(buffer, buffer + size - (size_t)written, (size_t)written);
    return (size_t)written;
}

status_t tls_identity_make_key(tls_server_t *server, tls_key_t *key)
{
    mbedtls_pk_context pk;
    mbedtls_pk_init(&pk);
    key->bytes = 0;
    int result = mbedtls_pk_setup(&pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    if (result == 0)
        result = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(pk), tls_server_draw, server);
    if (result == 0)
        key->bytes = move_to_front(key->der, sizeof key->der,
                                   mbedtls_pk_write_key_der(&pk, key->der, sizeof key->der));
    mbedtls_pk_free(&pk);
    if (result == MBEDTLS_ERR_ECP_RANDOM_FAILED) return STATUS_UNSUPPORTED;
    return key->bytes > 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

static int name_it(mbedtls_x509write_cert *writer, const char *host_name)
{
    char subject[128], local[72];
    text_writer_t out = text_writer(subject, sizeof subject - 1u);
    text_format(&out, "CN=%s", host_name);
    *out.at = '\0';
    out = text_writer(local, sizeof local - 1u);
    text_format(&out, "%s.local", host_name);
    *out.at = '\0';
    mbedtls_x509_san_list second = {
        .node = { .type = MBEDTLS_X509_SAN_DNS_NAME,
                  .san.unstructured_name = { MBEDTLS_ASN1_IA5_STRING, strlen(local),
                                             (unsigned char *)local } },
    };
    mbedtls_x509_san_list first = {
        .node = { .type = MBEDTLS_X509_SAN_DNS_NAME,
                  .san.unstructured_name = { MBEDTLS_ASN1_IA5_STRING, strlen(host_name),
                                             (unsigned char *)(uintptr_t)host_name } },
        .next = &second,
    };
    int result = mbedtls_x509write_crt_set_subject_name(writer, subject);
    if (result == 0) result = mbedtls_x509write_crt_set_issuer_name(writer, subject);
    if (result == 0) result = mbedtls_x509write_crt_set_subject_alternative_name(writer, &first);
    return result;
}

static int fill(mbedtls_x509write_cert *writer, tls_server_t *server, const char *host_name,
                const char *not_before)
{
    uint8_t serial[16];
    mbedtls_x509write_crt_set_version(writer, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(writer, MBEDTLS_MD_SHA256);
    int result = tls_server_draw(server, serial, sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x7fu) | 0x40u); /* positive, and as long as it looks */
    if (result == 0) result = mbedtls_x509write_crt_set_serial_raw(writer, serial, sizeof serial);
    if (result == 0) result = mbedtls_x509write_crt_set_validity(writer, not_before, "99991231235959");
    if (result == 0) result = name_it(writer, host_name);
    /* A certificate that clients install as their anchor must be one of an authority (RFC 5280 section 4.2.1.9). */
    if (result == 0) result = mbedtls_x509write_crt_set_basic_constraints(writer, 1, 0);
    if (result == 0)
        result = mbedtls_x509write_crt_set_key_usage(writer, MBEDTLS_X509_KU_DIGITAL_SIGNATURE |
                                                                 MBEDTLS_X509_KU_KEY_CERT_SIGN);
    return result;
}

status_t tls_identity_make_certificate(tls_server_t *server, const tls_key_t *key, const char *host_name,
                                       const char *not_before, tls_chain_t *chain)
{
    mbedtls_pk_context pk;
    mbedtls_x509write_cert writer;
    mbedtls_pk_init(&pk);
    mbedtls_x509write_crt_init(&writer);
    chain->bytes = 0;
    int result = mbedtls_pk_parse_key(&pk, key->der, key->bytes, NULL, 0, tls_server_draw, server);
    if (result == 0) {
        mbedtls_x509write_crt_set_subject_key(&writer, &pk);
        mbedtls_x509write_crt_set_issuer_key(&writer, &pk);
        result = fill(&writer, server, host_name, not_before);
    }
    if (result == 0) {
        result = mbedtls_x509write_crt_der(&writer, chain->der, sizeof chain->der, tls_server_draw, server);
        chain->bytes = move_to_front(chain->der, sizeof chain->der, result);
    }
    mbedtls_x509write_crt_free(&writer);
    mbedtls_pk_free(&pk);
    if (chain->bytes > 0) return STATUS_OK;
    return result == MBEDTLS_ERR_X509_ALLOC_FAILED ? STATUS_NO_MEMORY : STATUS_INVALID;
}
