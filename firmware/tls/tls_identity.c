#include "tls/tls_identity.h"

#include <string.h>

#include "mbedtls/base64.h"
#include "mbedtls/ecp.h"
#include "mbedtls/oid.h"
#include "mbedtls/pk.h"
#include "mbedtls/sha256.h"
#include "mbedtls/x509_csr.h"

/* DER is written from the end of a buffer towards its beginning. */
static size_t move_to_front(uint8_t *buffer, size_t size, int written)
{
    if (written <= 0) return 0;
    memmove(buffer, buffer + size - (size_t)written, (size_t)written);
    return (size_t)written;
}

/* ---- Keys --------------------------------------------------------------------------------------------- */

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

status_t tls_identity_read_key(tls_server_t *server, tls_key_t *key)
{
    key->bytes = 0;
    if (!server->ready) return STATUS_UNSUPPORTED;
    int written = mbedtls_pk_write_key_der(&server->key, key->der, sizeof key->der);
    key->bytes = move_to_front(key->der, sizeof key->der, written);
    return key->bytes > 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

status_t tls_identity_pin(const tls_server_t *server, char pin[TLS_PIN_BYTES])
{
    uint8_t der[TLS_KEY_BYTES], hash[32];
    size_t characters;
    pin[0] = '\0';
    if (!server->ready) return STATUS_UNSUPPORTED;
    size_t bytes = move_to_front(der, sizeof der, mbedtls_pk_write_pubkey_der(&server->key, der, sizeof der));
    if (bytes == 0 || mbedtls_sha256(der, bytes, hash, 0) != 0) return STATUS_UNSUPPORTED;
    (void)mbedtls_base64_encode((unsigned char *)pin, TLS_PIN_BYTES, &characters, hash, sizeof hash);
    return STATUS_OK;
}

/* ---- Names -------------------------------------------------------------------------------------------- */

typedef struct {
    char subject[NET_HOST_NAME_BYTES + 4u], local[NET_HOST_NAME_BYTES + 8u];
    mbedtls_x509_san_list items[4];
} written_names_t;

static mbedtls_x509_san_list dns_name(const char *name)
{
    return (mbedtls_x509_san_list){
        .node = { .type = MBEDTLS_X509_SAN_DNS_NAME,
                  .san.unstructured_name = { MBEDTLS_ASN1_IA5_STRING, strlen(name),
                                             (unsigned char *)(uintptr_t)name } },
    };
}

/* out       must stay where it is: its items point at each other */
static void write_names(written_names_t *out, const tls_names_t *names)
{
    static const char localhost[] = "localhost";
    static const unsigned char loopback[] = { 127, 0, 0, 1 };
    text_writer_t text = text_writer(out->subject, sizeof out->subject - 1u);
    text_format(&text, "CN=%s", names->host_name);
    *text.at = '\0';
    text = text_writer(out->local, sizeof out->local - 1u);
    text_format(&text, "%s.local", names->host_name);
    *text.at = '\0';
    out->items[0] = dns_name(names->host_name);
    out->items[1] = dns_name(out->local);
    out->items[2] = dns_name(localhost);
    out->items[3] = (mbedtls_x509_san_list){
        .node = { .type = MBEDTLS_X509_SAN_IP_ADDRESS,
                  .san.unstructured_name = { MBEDTLS_ASN1_OCTET_STRING, sizeof loopback,
                                             (unsigned char *)(uintptr_t)loopback } },
    };
    unsigned count = names->localhost ? 4u : 2u;
    for (unsigned i = 0; i + 1u < count; i++) out->items[i].next = &out->items[i + 1u];
}

bool tls_identity_is_for(const tls_server_t *server, const char *host_name)
{
    const mbedtls_x509_name *name = &server->chain.subject;
    while (name && MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &name->oid) != 0) name = name->next;
    if (!name) return false;
    return text_equal((text_view_t){ (const char *)name->val.p, name->val.len }, text_view(host_name));
}

/* ---- Certificates ------------------------------------------------------------------------------------- */

static int fill(mbedtls_x509write_cert *writer, tls_server_t *server, const tls_names_t *names,
                const char *not_before)
{
    static const char server_auth_oid[] = MBEDTLS_OID_SERVER_AUTH;
    const mbedtls_asn1_sequence server_auth = {
        .buf = { .tag = MBEDTLS_ASN1_OID,
                 .len = sizeof server_auth_oid - 1u,
                 .p = (unsigned char *)(uintptr_t)server_auth_oid },
    };
    uint8_t serial[16];
    written_names_t written;
    write_names(&written, names);
    mbedtls_x509write_crt_set_version(writer, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(writer, MBEDTLS_MD_SHA256);
    int result = tls_server_draw(server, serial, sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x7fu) | 0x40u); /* positive, and as long as it looks */
    if (result == 0) result = mbedtls_x509write_crt_set_serial_raw(writer, serial, sizeof serial);
    if (result == 0) result = mbedtls_x509write_crt_set_validity(writer, not_before, "99991231235959");
    if (result == 0) result = mbedtls_x509write_crt_set_subject_name(writer, written.subject);
    if (result == 0) result = mbedtls_x509write_crt_set_issuer_name(writer, written.subject);
    if (result == 0) result = mbedtls_x509write_crt_set_subject_alternative_name(writer, written.items);
    /* Who installs it as an anchor trusts this device, and nothing that its key might sign: it is no authority. */
    if (result == 0) result = mbedtls_x509write_crt_set_basic_constraints(writer, 0, -1);
    if (result == 0) result = mbedtls_x509write_crt_set_key_usage(writer, MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
    if (result == 0) result = mbedtls_x509write_crt_set_ext_key_usage(writer, &server_auth);
    return result;
}

status_t tls_identity_make_certificate(tls_server_t *server, const tls_key_t *key, const tls_names_t *names,
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
        result = fill(&writer, server, names, not_before);
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

status_t tls_identity_make_request(tls_server_t *server, const tls_names_t *names, tls_chain_t *chain)
{
    mbedtls_x509write_csr writer;
    written_names_t written;
    chain->bytes = 0;
    if (!server->ready) return STATUS_UNSUPPORTED;
    write_names(&written, names);
    mbedtls_x509write_csr_init(&writer);
    mbedtls_x509write_csr_set_md_alg(&writer, MBEDTLS_MD_SHA256);
    mbedtls_x509write_csr_set_key(&writer, &server->key);
    int result = mbedtls_x509write_csr_set_subject_name(&writer, written.subject);
    if (result == 0) result = mbedtls_x509write_csr_set_subject_alternative_name(&writer, written.items);
    if (result == 0) result = mbedtls_x509write_csr_set_key_usage(&writer, MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
    if (result == 0)
        result = mbedtls_x509write_csr_der(&writer, chain->der, sizeof chain->der, tls_server_draw, server);
    chain->bytes = move_to_front(chain->der, sizeof chain->der, result);
    mbedtls_x509write_csr_free(&writer);
    return chain->bytes > 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

void tls_identity_write_time(text_writer_t *out, const mbedtls_x509_time *time)
{
    const struct {
        int value;
        unsigned digits;
        char behind;
    } parts[] = {
        { time->year, 4, '-' }, { time->mon, 2, '-' }, { time->day, 2, 'T' },
        { time->hour, 2, ':' }, { time->min, 2, ':' }, { time->sec, 2, 'Z' },
    };
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        text_padded(out, (uint32_t)parts[i].value, parts[i].digits);
        text_char(out, parts[i].behind);
    }
}
