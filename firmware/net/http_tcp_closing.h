/* net/http_tcp_closing.h - connections that are closed and not yet over. Private to net.
 *
 * lwIP goes on sending what a closed connection has left, for as long as the peer answers: one that keeps its window
 * closed and acknowledges each probe would hold its segments for ever. So each has a place here, and is reset when
 * its time is over or its place is wanted. lwIP's own list says which still wait; nothing is told when one ends.
 */
#ifndef NET_HTTP_TCP_CLOSING_H
#define NET_HTTP_TCP_CLOSING_H

#include "net/http_tcp.h"

/* Ends a connection in order (FIN) behind what is queued. The control block belongs to lwIP then.
 * pcb          without callbacks
 * deadline_ms  when it is reset, unless the peer has acknowledged everything by then
 * returns      ERR_OK, or ERR_ABRT: the control block is gone and a callback must say so to lwIP */
err_t http_tcp_close(http_tcp_t *tcp, struct tcp_pcb *pcb, uint64_t deadline_ms);

/* Acts on deadlines that have passed.
 * returns   the next one */
uint64_t http_tcp_poll_closings(http_tcp_t *tcp);

#endif
