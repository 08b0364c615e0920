/* net/http_tcp_slot.h - one connection: bytes between its TCP control block and its http_conn. Private to net.
 *
 * TLS goes between the two, see http_tls.h.
 */
#ifndef NET_HTTP_TCP_SLOT_H
#define NET_HTTP_TCP_SLOT_H

#include "net/http_tcp.h"

/* Takes a fresh connection into a free slot. */
void http_tcp_slot_open(http_tcp_slot_t *slot, struct tcp_pcb *pcb);

/* Hands bytes to TCP.
 * returns   how many it took */
size_t http_tcp_slot_write(http_tcp_slot_t *slot, const uint8_t *bytes, size_t count);

/* From here on HTTP is spoken. */
void http_tcp_slot_begin_http(http_tcp_slot_t *slot);

/* Moves what can be moved, outside of lwIP's callbacks. */
void http_tcp_slot_turn(http_tcp_slot_t *slot);

/* Takes in what lwIP has kept because it did not fit, if there is room now. The slot may be free then.
 * returns   whether something came */
bool http_tcp_slot_refill(http_tcp_slot_t *slot);

/* When http_tcp_slot_poll has something to do. */
uint64_t http_tcp_slot_deadline_ms(const http_tcp_slot_t *slot);

/* Acts on deadlines that have passed. */
void http_tcp_slot_poll(http_tcp_slot_t *slot);

/* Lets a stream that waits look for something to send. */
void http_tcp_slot_wake(http_tcp_slot_t *slot);

/* Ends the connection in order (FIN) and frees the slot. What is not acknowledged yet stays owned, see
 * http_tcp_closing.h.
 * returns   ERR_OK, or ERR_ABRT: the control block is gone and a callback must say so to lwIP */
err_t http_tcp_slot_close(http_tcp_slot_t *slot);

/* Resets the connection and frees the slot.
 * returns   ERR_ABRT */
err_t http_tcp_slot_abort(http_tcp_slot_t *slot);

#endif
