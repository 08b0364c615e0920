/* net/http_tls.h - TLS between a TCP slot and its http_conn. Private to net.
 *
 * A newcomer waits, without any memory of TLS, until no other handshake is under way; then its handshake is worked on,
 * a step in a turn of the loop, so that everybody else is served between two of them. What the peer sends meanwhile
 * stays in its pbufs.
 *
 * A connection that fails gives its memory back at once. Its slot stays for a moment, dropping what comes, because a
 * reset would overtake the alert that says why (as RFC 9112 section 9.6 does for answers).
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

/* Tells the peer that nothing more comes, then as http_tls_close: what still comes is not for us.
 * returns   whether that is done; else to be called again when TCP has room */
bool http_tls_end(http_tcp_slot_t *slot);

/* As those of http_tcp_slot.c, but for a connection that has ended, whose input is not looked at any more. They do
 * nothing before HTTP is spoken.
 * returns   whether something moved */
bool http_tls_move_output(http_tcp_slot_t *slot);
bool http_tls_move_input(http_tcp_slot_t *slot);

/* Whether HTTP has not begun, or will not: its deadline is that of http_tls_t then. */
bool http_tls_rules(const http_tcp_slot_t *slot);

/* Whether a newcomer may have its place although http_conn does not say so: its handshake has used up what it is
 * given while others wait. Only while http_tls_rules or HTTP is idle. */
bool http_tls_is_idle(const http_tcp_slot_t *slot);

/* The handshake that is under way, or the one that is to begin. NULL: nothing can be done. */
http_tcp_slot_t *http_tls_next(http_tcp_t *tcp);

/* Works on the handshake of http_tls_next by one step. The slot wants a turn then.
 * returns   whether there may be another step at once */
bool http_tls_step(http_tcp_slot_t *slot);

#endif
