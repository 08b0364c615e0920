/* net/http_tls.h - TLS between a TCP slot and its http_conn. Private to net.
 *
 * A newcomer waits, without any memory of TLS, until no other handshake is under way; then its handshake is worked on,
 * a step in a turn of the loop, so that everybody else is served between two of them. What the peer sends meanwhile stays in its
 * pbufs.
 *
 * Context: main loop only.
 */
#ifndef NET_HTTP_TLS_H
#define NET_HTTP_TLS_H

#include "net/http_tcp.h"

/* Takes a fresh connection: it waits. */
void http_tls_open(http_tcp_slot_t *slot);

/* Gives back all memory of TLS. */
void http_tls_close(http_tcp_slot_t *slot);

/* Tells the peer that nothing more comes, then as http_tls_close: what still comes is not for us. */
void http_tls_end(http_tcp_slot_t *slot);

/* Whether HTTP is spoken. */
bool http_tls_is_open(const http_tcp_slot_t *slot);

/* As those of http_tcp_slot.c; they do nothing before HTTP is spoken.
 * returns   whether something moved */
bool http_tls_move_output(http_tcp_slot_t *slot);
bool http_tls_move_input(http_tcp_slot_t *slot);

/* Whether the connection cannot go on: to be reset. */
bool http_tls_failed(const http_tcp_slot_t *slot);

/* When a connection that does not speak HTTP yet has had its time. */
uint64_t http_tls_deadline_ms(const http_tcp_slot_t *slot);

/* Begins or continues the one handshake that is under way by one step.
 * returns   the slot that it was done for and that is to be looked at; NULL: nothing could be done */
http_tcp_slot_t *http_tls_work(http_tcp_t *tcp);

#endif
