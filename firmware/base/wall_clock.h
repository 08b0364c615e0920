/* base/wall_clock.h - what time it is, once somebody told us.
 *
 * Keeps the difference between time since reset and UTC. Before wall_clock_set there is no time, and whoever
 * asks gets false instead of a guess.
 *
 * Context: main loop only.
 */
#ifndef BASE_WALL_CLOCK_H
#define BASE_WALL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t offset_ms; /* UTC = uptime + offset */
    bool set;
} wall_clock_t;

/* uptime_ms and utc_ms are the same moment on the two clocks. */
void wall_clock_set(wall_clock_t *clock, uint64_t uptime_ms, int64_t utc_ms);

/* UTC of a moment given as uptime. utc_ms is written only when true comes back. */
bool wall_clock_utc_ms(const wall_clock_t *clock, uint64_t uptime_ms, int64_t *utc_ms);

#endif
