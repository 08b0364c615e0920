#include "tls/tls_conn.h"

#include "tls/tls_clients.h"

static int send_bytes(void *context, const unsigned char *bytes, size_t count)
{
    tls_conn_t *conn = context;
    size_t sent = conn->io.send(conn->io.context, bytes, count);
    conn->sent = true;
    return sent > 0 ? (int)sent : MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t count)
{
    const tls_io_t *io = &((tls_conn_t *)context)->io;
    size_t received = io->receive(io->context, bytes, count);
    if (received > 0) return (int)received;
    return io->ended(io->context) ? MBEDTLS_ERR_SSL_CONN_EOF : MBEDTLS_ERR_SSL_WANT_READ;
}

status_t tls_conn_open_with(tls_conn_t *conn, tls_server_t *server, const mbedtls_ssl_config *config,
                            const uint32_t *epoch, const tls_io_t *io)
{
    *conn = (tls_conn_t){ .io = *io,
                          .server = server,
                          .epoch = *epoch,
                          .epoch_now = epoch,
                          .clients_epoch = server->clients_epoch };
    mbedtls_ssl_init(&conn->ssl);
    if (mbedtls_ssl_setup(&conn->ssl, config) != 0) {
        /* Without memory mbedTLS takes its configuration away, and looks into it when it frees the rest. */
        conn->ssl.MBEDTLS_PRIVATE(conf) = config;
        mbedtls_ssl_free(&conn->ssl);
        return STATUS_NO_MEMORY;
    }
    conn->open = true;
    server->contexts++;
    mbedtls_ssl_set_bio(&conn->ssl, conn, send_bytes, receive_bytes, NULL);
    return STATUS_OK;
}

status_t tls_conn_open(tls_conn_t *conn, tls_server_t *server, const tls_io_t *io)
{
    if (!server->ready) return STATUS_UNSUPPORTED;
    status_t status = tls_conn_open_with(conn, server, &server->config, &server->epoch, io);
    server->counters.failures += status != STATUS_OK;
    return status;
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

/* That a certificate is not for clients mbedTLS only notes, as it asks for none in particular. */
static bool is_wrong_client(const tls_conn_t *conn)
{
    return mbedtls_ssl_get_peer_cert(&conn->ssl) && mbedtls_ssl_get_verify_result(&conn->ssl) != 0;
}

/* mbedTLS ends some connections without a word: on a record whose head is wrong, or when memory fails. */
static unsigned char alert_of(const tls_conn_t *conn, int code)
{
    if (code == MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE) return MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE;
    if (code == MBEDTLS_ERR_SSL_BAD_CERTIFICATE) return MBEDTLS_SSL_ALERT_MSG_UNSUPPORTED_CERT;
    bool is_record = code == MBEDTLS_ERR_SSL_INVALID_RECORD ||
                     code == MBEDTLS_ERR_SSL_BAD_INPUT_DATA; /* it would not fit the buffer */
    if (!is_record) return MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR;
    const unsigned char *head = conn->ssl.MBEDTLS_PRIVATE(in_hdr);
    bool too_long = ((unsigned)head[3] << 8 | head[4]) > TLS_RECORD_IN_BYTES;
    return too_long ? MBEDTLS_SSL_ALERT_MSG_RECORD_OVERFLOW : MBEDTLS_SSL_ALERT_MSG_UNEXPECTED_MESSAGE;
}

/* Sends what mbedTLS has encrypted and the wire had no room for. As long as there is any, a call for an alert sends
 * that and no alert. */
static tls_result_t flush(tls_conn_t *conn)
{
    if (conn->ssl.MBEDTLS_PRIVATE(out_left) == 0) return TLS_DONE;
    int code = mbedtls_ssl_send_alert_message(&conn->ssl, MBEDTLS_SSL_ALERT_LEVEL_WARNING,
                                              MBEDTLS_SSL_ALERT_MSG_CLOSE_NOTIFY);
    return code == 0 ? TLS_DONE : result_of(code);
}

/* What a call of mbedTLS means that did not go well, and the alert that it may have left out. */
static tls_result_t fail(tls_conn_t *conn, int code)
{
    tls_result_t result = result_of(code);
    conn->code = code;
    if (result == TLS_FAILED && !conn->sent && code != MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE &&
        flush(conn) == TLS_DONE)
        (void)mbedtls_ssl_send_alert_message(&conn->ssl, MBEDTLS_SSL_ALERT_LEVEL_FATAL, alert_of(conn, code));
    return result;
}

static void count_handshake(tls_conn_t *conn)
{
    conn->established = true;
    if (conn->outgoing) return;
    const mbedtls_x509_crt *client = mbedtls_ssl_get_peer_cert(&conn->ssl);
    if (client) tls_clients_read_unit(client, conn->unit);
    conn->server->counters.handshakes++;
    if (!conn->certified) conn->server->counters.resumed++;
}

tls_result_t tls_conn_handshake(tls_conn_t *conn, bool *moved)
{
    *moved = false;
    if (conn->established) return TLS_DONE;
    int before = conn->ssl.MBEDTLS_PRIVATE(state);
    /* Only a handshake without a ticket comes through here, in 1.2 as in 1.3. */
    if (before == MBEDTLS_SSL_SERVER_CERTIFICATE) conn->certified = true;
    conn->sent = false;
    /* mbedTLS holds on to certificate and key from one step to the next; these are not the ones of now any more. */
    if (conn->epoch != *conn->epoch_now) return fail(conn, MBEDTLS_ERR_SSL_INTERNAL_ERROR);
    int code = mbedtls_ssl_handshake_step(&conn->ssl);
    if (code != 0) return fail(conn, code) == TLS_WAIT ? TLS_WAIT : TLS_FAILED;
    *moved = true;
    if (!mbedtls_ssl_is_handshake_over(&conn->ssl)) return TLS_WAIT;
    if (is_wrong_client(conn)) return fail(conn, MBEDTLS_ERR_SSL_BAD_CERTIFICATE);
    count_handshake(conn);
    return TLS_DONE;
}

tls_result_t tls_conn_read(tls_conn_t *conn, uint8_t *bytes, size_t *count)
{
    conn->sent = false;
    int code;
    do { /* tickets of a server are not kept */
        code = mbedtls_ssl_read(&conn->ssl, bytes, *count);
    } while (code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET);
    *count = code > 0 ? (size_t)code : 0;
    if (code > 0) return TLS_DONE;
    return code == 0 ? TLS_CLOSED : fail(conn, code);
}

tls_result_t tls_conn_write(tls_conn_t *conn, const uint8_t *bytes, size_t *count)
{
    /* mbedTLS takes anything unsent for the record of this very call, and would answer with its length. So what is
     * unsent of something else (an alert) goes first, and a record is repeated with the length that it has. */
    size_t part = conn->writing > 0 ? conn->writing : *count;
    *count = 0;
    if (conn->writing == 0) {
        tls_result_t result = flush(conn);
        if (result != TLS_DONE) return result;
    }
    int code = mbedtls_ssl_write(&conn->ssl, bytes, part);
    conn->writing = code == MBEDTLS_ERR_SSL_WANT_WRITE ? part : 0;
    if (code <= 0) return code == 0 ? TLS_FAILED : result_of(code);
    *count = (size_t)code;
    return TLS_DONE;
}

tls_result_t tls_conn_end(tls_conn_t *conn)
{
    if (!conn->open || !conn->established) return TLS_DONE;
    tls_result_t result = flush(conn);
    if (result != TLS_DONE || conn->notified) return result;
    int code = mbedtls_ssl_close_notify(&conn->ssl);
    conn->notified = true;
    return code == 0 ? TLS_DONE : result_of(code);
}

void tls_conn_close(tls_conn_t *conn)
{
    if (!conn->open) return;
    if (!conn->established && !conn->outgoing) conn->server->counters.failures++;
    mbedtls_ssl_free(&conn->ssl);
    conn->open = false;
    conn->server->contexts--;
}
