/* net/net_random.h - unpredictable numbers for the network stack: ports, transaction ids, sequence numbers.
 *
 * A keyed hash (HalfSipHash-2-4) of a counter or of a connection's addresses. Good against somebody who sees
 * some outputs and would like to guess the next; not a source of keys or tokens.
 *
 * Context: main loop only.
 */
#ifndef NET_NET_RANDOM_H
#define NET_NET_RANDOM_H

#include <stdint.h>

#include "lwip/arch.h"

/* Called once, before any other call here.
 * secret    random bytes for this alone. NULL: the key is made of address and uptime, unique but not secret, and
 *           the log says so */
void net_random_init(const uint8_t secret[8], const uint8_t mac[6], uint64_t now_ms);

/* net_random_u32, the generator itself, is declared where lwIP sees it too: arch/cc.h. */

#endif
