/* sim_clock.c - hal/clock.h by the host's clocks. */
#include <time.h>

#include "hal/clock.h"

static uint64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/* The first question is the reset. */
uint64_t hal_clock_ms(void)
{
    static uint64_t reset_ms;
    uint64_t now_ms = monotonic_ms();
    if (reset_ms == 0) reset_ms = now_ms;
    return now_ms - reset_ms;
}

status_t hal_clock_utc_ms(int64_t *utc_ms)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return STATUS_UNSUPPORTED;
    *utc_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return STATUS_OK;
}
