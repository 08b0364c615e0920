#include "client/client_backoff.h"

uint32_t client_backoff_ms(uint32_t failures, uint32_t base_ms, uint32_t most_ms, uint32_t random)
{
    uint32_t wait_ms = base_ms;
    for (uint32_t i = 1; i < failures && wait_ms < most_ms; i++) {
        wait_ms = wait_ms > most_ms / 2u ? most_ms : wait_ms * 2u;
    }
    if (wait_ms > most_ms) wait_ms = most_ms;
    uint32_t half = wait_ms / 2u;
    return wait_ms - half + (uint32_t)((uint64_t)random * (half + 1u) >> 32u);
}
