/* tls/tls_conn.h - the TLS of one connection, between bytes of the wire and bytes of HTTP.
 *
 *     tls_conn_open        when it is its turn: takes memory from the server's heap
 *     tls_conn_handshake   until TLS_DONE
 *     tls_conn_read/write  records
 *     tls_conn_close       gives all memory back
 *
 * What is sent and received goes through two callbacks, so nobody here knows TCP. mbedTLS computes where it is called:
 * a step of a handshake takes as long as one operation on the curve.
 *
 * Context: main loop only.
 */
#ifndef TLS_TLS_CONN_H
#define TLS_TLS_CONN_H

#include "tls/tls_server.h"

typedef struct {
    void *context;
    size_t (*send)(void *context, const uint8_t *bytes,
                   size_t count); /* returns how many were taken, 0: none now */
    size_t (*receive)(void *context, uint8_t *bytes,
                      size_t count); /* returns how many there were, 0: none now */
    bool (*ended)(void *context);    /* nothing more will be received */
} tls_io_t;

typedef enum {
    TLS_DONE,   /* it is complete; of read and write: see their counts */
    TLS_WAIT,   /* the wire has nothing, or no room */
    TLS_CLOSED, /* the peer has ended its direction in order, or its wire has ended */
    TLS_FAILED, /* the connection cannot go on; an alert is on its way if there is one to be sent */
} tls_result_t;

typedef struct {
    bool open;
    bool established;
    bool certified; /* the handshake showed the certificate: it was no resumption */
    bool notified;  /* close_notify is encrypted, if not yet sent */
    bool sent;      /* in this call */
    bool outgoing;  /* we are the client (tls_outgoing.h) */
    int code;       /* of mbedTLS, with which it failed */
    uint32_t epoch; /* of what the handshake relies on, when it began */
    const uint32_t *epoch_now;
    uint32_t clients_epoch; /* as long as the server's is the same, the next one holds */
    char unit
        [TLS_UNIT_BYTES]; /* what the client's certificate says of it (tls_clients.h); "": it showed none */
    size_t writing;       /* bytes of plain text of a record that is not sent whole; 0: none */
    tls_server_t *server;
    tls_io_t io;
    mbedtls_ssl_context ssl;
} tls_conn_t;

/* Takes the memory for a handshake and for records.
 * conn      the caller's; not open
 * io        copied; its context alive until tls_conn_close
 * returns   STATUS_OK, STATUS_NO_MEMORY (nothing is held), STATUS_UNSUPPORTED (the server is not ready) */
status_t tls_conn_open(tls_conn_t *conn, tls_server_t *server, const tls_io_t *io);

/* The same with other parameters, for tls_outgoing.c.
 * epoch     changes with all that a handshake by these parameters relies on; borrowed as they are */
status_t tls_conn_open_with(tls_conn_t *conn, tls_server_t *server, const mbedtls_ssl_config *config,
                            const uint32_t *epoch, const tls_io_t *io);

/* Does one step of the handshake. Call again at once while it returns TLS_WAIT and has moved something, and when the
 * wire has something new.
 * moved     set when a step was done, so that another may follow
 * returns   TLS_DONE: established */
tls_result_t tls_conn_handshake(tls_conn_t *conn, bool *moved);

/* Decrypts what has come.
 * count     in: room in bytes; out: bytes there are now, more than 0 only with TLS_DONE */
tls_result_t tls_conn_read(tls_conn_t *conn, uint8_t *bytes, size_t *count);

/* Encrypts and sends. A call that returned TLS_WAIT is repeated with the same bytes, and perhaps more behind them.
 * count     in: bytes, at least 1; out: how many were taken, more than 0 only with TLS_DONE */
tls_result_t tls_conn_write(tls_conn_t *conn, const uint8_t *bytes, size_t *count);

/* Tells the peer that nothing more comes (close_notify), behind what was written. Nothing is written after it.
 * returns   TLS_DONE: it is sent, or none is due; TLS_WAIT: call again when the wire has room; TLS_FAILED */
tls_result_t tls_conn_end(tls_conn_t *conn);

/* Gives back all memory, if it is open. A handshake that was not complete counts as a failure. */
void tls_conn_close(tls_conn_t *conn);

#endif
