#include "security/limiter.h"

#include <string.h>

typedef struct {
    uint32_t burst;
    uint32_t interval_ms;
} rate_t;

static const rate_t address_rate = { LIMITER_ADDRESS_BURST, LIMITER_ADDRESS_INTERVAL_MS };
static const rate_t common_rate = { LIMITER_ALL_BURST, LIMITER_ALL_INTERVAL_MS };

/* An address may be forgiven before the common bucket holds a token; both are then told as one second. */
_Static_assert(LIMITER_ALL_INTERVAL_MS <= 1000u, "or else Retry-After could be longer than the wait");

/* Milliseconds until the bucket holds a token; 0: it does. */
static uint64_t wait_ms(rate_t rate, uint64_t full_ms, uint64_t now_ms)
{
    uint64_t enough_ms = now_ms + (uint64_t)(rate.burst - 1u) * rate.interval_ms;
    return full_ms > enough_ms ? full_ms - enough_ms : 0;
}

/* An empty bucket stays empty: debts would be a punishment without end. */
static uint64_t take(rate_t rate, uint64_t full_ms, uint64_t now_ms)
{
    uint64_t empty_ms = now_ms + (uint64_t)rate.burst * rate.interval_ms;
    uint64_t later_ms = (full_ms > now_ms ? full_ms : now_ms) + rate.interval_ms;
    return later_ms < empty_ms ? later_ms : empty_ms;
}

/* The slot of an address, or LIMITER_ADDRESSES_MAX. */
static size_t find(const limiter_t *limiter, const uint8_t address[LIMITER_ADDRESS_BYTES])
{
    size_t i = 0;
    while (i < LIMITER_ADDRESSES_MAX &&
           memcmp(limiter->slots[i].address, address, LIMITER_ADDRESS_BYTES) != 0)
        i++;
    return i;
}

uint16_t limiter_check(const limiter_t *limiter, const uint8_t address[LIMITER_ADDRESS_BYTES],
                       uint64_t now_ms)
{
    size_t slot = find(limiter, address);
    if (slot == LIMITER_ADDRESSES_MAX || limiter->slots[slot].full_ms <= now_ms) return 0;
    uint64_t own_ms = wait_ms(address_rate, limiter->slots[slot].full_ms, now_ms);
    uint64_t common_ms = wait_ms(common_rate, limiter->all_full_ms, now_ms);
    uint64_t longest_ms = own_ms > common_ms ? own_ms : common_ms;
    return (uint16_t)((longest_ms + 999u) / 1000u);
}

void limiter_failed(limiter_t *limiter, const uint8_t address[LIMITER_ADDRESS_BYTES], uint64_t now_ms)
{
    limiter->all_full_ms = take(common_rate, limiter->all_full_ms, now_ms);
    size_t slot = find(limiter, address);
    if (slot == LIMITER_ADDRESSES_MAX) {
        slot = 0;
        for (size_t i = 1; i < LIMITER_ADDRESSES_MAX; i++)
            if (limiter->slots[i].full_ms < limiter->slots[slot].full_ms) slot = i;
        memcpy(limiter->slots[slot].address, address, LIMITER_ADDRESS_BYTES);
        limiter->slots[slot].full_ms = 0;
    }
    limiter->slots[slot].full_ms = take(address_rate, limiter->slots[slot].full_ms, now_ms);
}
