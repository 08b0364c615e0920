/* net/http_tcp_refusal.h - telling a newcomer 503 while all slots are busy. Private to net.
 *
 * The answer is constant memory and is sent without a copy. It waits for the first byte of the request, because
 * some clients take an answer that comes before it for the end of a connection they never used.
 */
#ifndef NET_HTTP_TCP_REFUSAL_H
#define NET_HTTP_TCP_REFUSAL_H

#include "net/http_tcp.h"

/* Takes a fresh connection, if one of the few refusal slots is free. */
bool http_tcp_refuse(http_tcp_t *tcp, struct tcp_pcb *pcb);

/* Acts on deadlines that have passed.
 * returns   the next one */
uint64_t http_tcp_poll_refusals(http_tcp_t *tcp);

#endif
