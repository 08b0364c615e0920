/* http/http_conn.h - one HTTP/1.1 connection without any I/O (RFC 9110, RFC 9112).
 *
 * Bytes go in by http_conn_feed and come out by http_conn_output; whoever moves them (TCP, TLS, a test) is not
 * known here. The same input gives the same output however it is cut.
 *
 *     for (;;) {
 *         n = http_conn_output(conn, &bytes)      -> send up to n, then http_conn_ack(conn, sent)
 *         used = http_conn_feed(conn, in, count)  -> 0 means: not now, an answer is still going out
 *     }                                              until neither moves anything
 *     act on http_conn_state(conn, now)
 *
 * Memory: everything is in http_conn_t and, while a body is collected, one of the server's body buffers.
 * Context: main loop only.
 */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include "http/http_server.h"

typedef enum {
    HTTP_CONN_IDLE, /* between requests, or silent since HTTP_FRESH_GRACE_MS: may be given up for a newcomer */
    HTTP_CONN_ACTIVE, /* a request or its answer is on the way */
    HTTP_CONN_LINGER, /* the last answer has been taken: end our direction (FIN), go on feeding until the
                         peer's FIN or the deadline */
    HTTP_CONN_CLOSED, /* nothing more to do: close */
    HTTP_CONN_ABORT,  /* the peer does not follow: reset */
} http_conn_state_t;

typedef struct http_conn http_conn_t;

/* Starts a connection in conn's memory.
 * server    borrowed for the life of the connection
 * peer      copied */
void http_conn_open(http_conn_t *conn, http_server_t *server, const http_peer_t *peer, uint64_t now_ms);

/* Gives back what the connection holds. Must be called once for each open; conn's memory is free after it. */
void http_conn_close(http_conn_t *conn);

/* Takes bytes from the peer.
 * bytes     the caller's, not used after return
 * returns   how many were taken; the rest is to be offered again after output has moved */
size_t http_conn_feed(http_conn_t *conn, const uint8_t *bytes, size_t count, uint64_t now_ms);

/* The peer will send nothing more (FIN). To be called after all its bytes were taken. */
void http_conn_peer_closed(http_conn_t *conn);

/* Bytes to be sent.
 * bytes     set to the connection's own buffer, valid until the next ack or feed
 * returns   how many; 0 when there is nothing now */
size_t http_conn_output(http_conn_t *conn, const uint8_t **bytes);

/* count bytes of the last output have been taken and need not be kept. */
void http_conn_ack(http_conn_t *conn, size_t count, uint64_t now_ms);

/* What streams show has changed (http_respond_stream): one that waits looks for something to send. Costs a comparison
 * for any other connection.
 * returns   whether there is output now, or the stream has ended */
bool http_conn_wake(http_conn_t *conn, uint64_t now_ms);

/* When http_conn_timeout has to be called, if nothing happens before. */
uint64_t http_conn_deadline_ms(const http_conn_t *conn);

/* The deadline has passed: 408, close or reset, by what was going on; a stream that waits sends its ping. */
void http_conn_timeout(http_conn_t *conn, uint64_t now_ms);

http_conn_state_t http_conn_state(const http_conn_t *conn, uint64_t now_ms);

/* Since when the connection is idle; only while HTTP_CONN_IDLE. */
uint64_t http_conn_idle_since_ms(const http_conn_t *conn);

/* The whole answer "503, come back" for a connection that gets no slot; constant, static storage. */
text_view_t http_refusal(void);

#include "http/http_conn_struct.h"

#endif
