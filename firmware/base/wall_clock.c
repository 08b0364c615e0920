#include "base/wall_clock.h"

void wall_clock_set(wall_clock_t *clock, uint64_t uptime_ms, int64_t utc_ms)
{
    clock->offset_ms = utc_ms - (int64_t)uptime_ms;
    clock->set = true;
}

bool wall_clock_utc_ms(const wall_clock_t *clock, uint64_t uptime_ms, int64_t *utc_ms)
{
    if (!clock->set) return false;
    *utc_ms = clock->offset_ms + (int64_t)uptime_ms;
    return true;
}
