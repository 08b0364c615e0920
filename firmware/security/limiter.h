/* security/limiter.h - slows down whoever presents wrong credentials, without locking out who has a right one.
 *
 * Two buckets, one for each address that failed lately and one for all together. A wrong try takes a token from
 * both; they refill steadily. Asked before a credential is looked at, the limiter refuses an address
 *   - whose own bucket is empty, or
 *   - that has failed lately while the common bucket is empty.
 * So an address without a failure of its own is never refused: an owner with a right token gets through whatever
 * others do. A common limit that held for everybody would be a switch with which any neighbour turns the device
 * off. The price is that each new address has one look for free; a look costs us one SHA-256 of one block, and
 * against 160 random bits the number of looks does not matter. For the setup code, which is shorter, claim.h
 * counts by itself.
 *
 * No wait is longer than the time in which the address's own bucket is full again, LIMITER_ADDRESS_BURST *
 * LIMITER_ADDRESS_INTERVAL_MS: nobody can prolong it for somebody else. So what the common limit takes from
 * addresses that guess together is their bursts; each keeps one look an interval.
 *
 * The table is bounded. A newcomer takes the place of the address that is closest to being forgiven anyway, so a
 * flood of addresses with one failure each does not wash out those that failed often.
 *
 * Each bucket is one number, the moment at which it will be full again (the generic cell rate algorithm, ITU-T
 * I.371 annex A).
 *
 * Context: main loop only. No clock of its own: time since reset is an argument.
 */
#ifndef SECURITY_LIMITER_H
#define SECURITY_LIMITER_H

#include <stdint.h>

#include "config/limits.h"

#define LIMITER_ADDRESS_BYTES 16u /* IPv6, or IPv4 mapped into it */

typedef struct {
    struct {
        uint8_t address[LIMITER_ADDRESS_BYTES];
        uint64_t full_ms; /* not after now: the slot is free */
    } slots[LIMITER_ADDRESSES_MAX];
    uint64_t all_full_ms;
} limiter_t; /* all zero at start */

/* Asks whether an address may present a credential now.
 * returns   0: it may; else in how many seconds, at least 1 */
uint16_t limiter_check(const limiter_t *limiter, const uint8_t address[LIMITER_ADDRESS_BYTES],
                       uint64_t now_ms);

/* Notes that the credential was wrong. */
void limiter_failed(limiter_t *limiter, const uint8_t address[LIMITER_ADDRESS_BYTES], uint64_t now_ms);

#endif
