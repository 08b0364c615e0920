#include "tls/tls_outgoing.h"

#include "tls/tls_clients.h"

/* What is wrong is collected; mbedTLS ends the handshake with what there is, and with an alert that says so. */
static int verify(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    (void)depth;
    *flags |= tls_clients_check_validity(context, certificate);
    return 0;
}

status_t tls_outgoing_init(tls_outgoing_t *outgoing, tls_server_t *server)
{
    mbedtls_ssl_config *config = &outgoing->config;
    outgoing->server = server;
    mbedtls_x509_crt_init(&outgoing->anchors);
    mbedtls_ssl_config_init(config);
    if (mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
        return STATUS_NO_MEMORY;
    }
    tls_server_set_parameters(server, config);
    mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_verify(config, verify, server);
    mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
    outgoing->ready = true;
    return STATUS_OK;
}

static bool is_supported(const mbedtls_x509_crt *anchors)
{
    for (; anchors; anchors = anchors->next) {
        if (mbedtls_pk_get_type(&anchors->pk) != MBEDTLS_PK_ECKEY ||
            mbedtls_pk_get_bitlen(&anchors->pk) != 256)
            return false;
    }
    return true;
}

status_t tls_outgoing_trust(tls_outgoing_t *outgoing, const uint8_t *der, size_t bytes)
{
    mbedtls_x509_crt anchors;
    mbedtls_x509_crt_init(&anchors);
    status_t status = bytes > 0 ? tls_server_parse_certificates(&anchors, der, bytes) : STATUS_OK;
    if (status == STATUS_OK && bytes > 0 && !is_supported(&anchors)) status = STATUS_INVALID;
    if (status != STATUS_OK) {
        mbedtls_x509_crt_free(&anchors);
        return status;
    }
    outgoing->epoch++;
    mbedtls_x509_crt_free(&outgoing->anchors);
    outgoing->anchors = anchors;
    mbedtls_ssl_conf_ca_chain(&outgoing->config, bytes > 0 ? &outgoing->anchors : NULL, NULL);
    return STATUS_OK;
}

bool tls_outgoing_knows_time(const tls_outgoing_t *outgoing)
{
    const tls_platform_t *platform = &outgoing->server->platform;
    int64_t utc_ms;
    return platform->utc_ms(platform->context, &utc_ms);
}

status_t tls_outgoing_open(tls_outgoing_t *outgoing, tls_conn_t *conn, const char *host, const tls_io_t *io)
{
    if (!outgoing->ready) return STATUS_UNSUPPORTED;
    status_t status = tls_conn_open_with(conn, outgoing->server, &outgoing->config, &outgoing->epoch, io);
    if (status != STATUS_OK) return status;
    conn->outgoing = true;
    if (mbedtls_ssl_set_hostname(&conn->ssl, host) == 0) return STATUS_OK;
    tls_conn_close(conn);
    return STATUS_NO_MEMORY;
}

tls_peer_fault_t tls_outgoing_fault(const tls_conn_t *conn)
{
    uint32_t flags = mbedtls_ssl_get_verify_result(&conn->ssl);
    bool judged = conn->code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED && flags != UINT32_MAX;
    if (judged && flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) return TLS_PEER_UNTRUSTED;
    if (judged && flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) return TLS_PEER_WRONG_NAME;
    if (judged && flags & (MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE))
        return TLS_PEER_NOT_VALID_NOW;
    switch (conn->code) {
    case MBEDTLS_ERR_SSL_CONN_EOF:
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY: return TLS_PEER_BROKE_OFF;
    default: return TLS_PEER_UNSUPPORTED;
    }
}
