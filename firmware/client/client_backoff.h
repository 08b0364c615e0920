/* client/client_backoff.h - how long to wait after failures, so that many devices do not come back at once.
 *
 * Context: anywhere.
 */
#ifndef CLIENT_CLIENT_BACKOFF_H
#define CLIENT_CLIENT_BACKOFF_H

#include <stdint.h>

/* Milliseconds to the next try: base_ms, doubled with each further failure up to most_ms, of which at least a half is
 * kept and the rest is left to chance.
 * failures  in a row, 1 or more
 * base_ms   1 or more
 * random    any 32 bits; unpredictable ones, so that devices differ */
uint32_t client_backoff_ms(uint32_t failures, uint32_t base_ms, uint32_t most_ms, uint32_t random);

#endif
