#include "tls/tls_conn.h"

static int send_bytes(void *context, const unsigned char *bytes, size_t count)
{
    const tls_io_t *io = context;
    size_t sent = io->send(io->context, bytes, count);
    return sent > 0 ? (int)sent : MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t count)
{
    const tls_io_t *io = context;
    size_t received = io->receive(io->context, bytes, count);
    if (received > 0) return (int)received;
    return io->ended(io->context) ? MBEDTLS_ERR_SSL_CONN_EOF : MBEDTLS_ERR_SSL_WANT_READ;
}

status_t tls_conn_open(tls_conn_t *conn, tls_server_t *server, const tls_io_t *io)
{
    if (!server->ready) return STATUS_UNSUPPORTED;
    mbedtls_ssl_init(&conn->ssl);
    if (mbedtls_ssl_setup(&conn->ssl, &server->config) != 0) {
        mbedtls_ssl_free(&conn->ssl);
        return STATUS_NO_MEMORY;
    }
    conn->io = *io;
    conn->server = server;
    conn->open = true;
    conn->established = false;
    server->contexts++;
    mbedtls_ssl_set_bio(&conn->ssl, &conn->io, send_bytes, receive_bytes, NULL);
    return STATUS_OK;
}

static tls_result_t result_of(int code)
{
    switch (code) {
    case MBEDTLS_ERR_SSL_WANT_READ:
    case MBEDTLS_ERR_SSL_WANT_WRITE: return TLS_WAIT;
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
    case MBEDTLS_ERR_SSL_CONN_EOF: return TLS_CLOSED;
    default: return TLS_FAILED;
    }
}

tls_result_t tls_conn_handshake(tls_conn_t *conn, bool *moved)
{
    *moved = false;
    if (conn->established) return TLS_DONE;
    int code = mbedtls_ssl_handshake_step(&conn->ssl);
    if (code != 0) {
        tls_result_t result = result_of(code);
        if (result != TLS_WAIT) conn->server->counters.failures++;
        return result == TLS_CLOSED ? TLS_FAILED : result;
    }
    *moved = true;
    if (!mbedtls_ssl_is_handshake_over(&conn->ssl)) return TLS_WAIT;
    conn->established = true;
    conn->server->counters.handshakes++;
    return TLS_DONE;
}

tls_result_t tls_conn_read(tls_conn_t *conn, uint8_t *bytes, size_t *count)
{
    int code = mbedtls_ssl_read(&conn->ssl, bytes, *count);
    *count = code > 0 ? (size_t)code : 0;
    if (code > 0) return TLS_DONE;
    return code == 0 ? TLS_CLOSED : result_of(code);
}

tls_result_t tls_conn_write(tls_conn_t *conn, const uint8_t *bytes, size_t *count)
{
    int code = mbedtls_ssl_write(&conn->ssl, bytes, *count);
    *count = code > 0 ? (size_t)code : 0;
    return code > 0 ? TLS_DONE : result_of(code);
}

void tls_conn_end(tls_conn_t *conn)
{
    if (conn->open && conn->established) (void)mbedtls_ssl_close_notify(&conn->ssl);
}

void tls_conn_close(tls_conn_t *conn)
{
    if (!conn->open) return;
    mbedtls_ssl_free(&conn->ssl);
    conn->open = false;
    conn->server->contexts--;
}
