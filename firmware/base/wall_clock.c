#include "base/wall_clock.h"

#include "base/hash.h"
#include "config/limits.h"

/* How far the clock is behind where it would be at full speed since slewing began: it runs at half speed. Before that
 * moment it was as fast as then. */
static uint64_t slewed_ms(const wall_clock_t *clock, uint64_t uptime_ms)
{
    return uptime_ms > clock->slew_from_ms ? (uptime_ms - clock->slew_from_ms) / 2u : 0;
}

static uint64_t fast_ms(const wall_clock_t *clock, uint64_t uptime_ms)
{
    uint64_t done_ms = slewed_ms(clock, uptime_ms);
    return clock->slew_ms > done_ms ? clock->slew_ms - done_ms : 0;
}

static int64_t read_clock(const wall_clock_t *clock, uint64_t uptime_ms)
{
    return clock->offset_ms + (int64_t)uptime_ms + (int64_t)fast_ms(clock, uptime_ms);
}

void wall_clock_set(wall_clock_t *clock, uint64_t uptime_ms, int64_t utc_ms)
{
    clock->offset_ms = utc_ms - (int64_t)uptime_ms;
    clock->slew_ms = 0;
    clock->set = true;
    clock->source = WALL_CLOCK_BOARD;
}

static void accept(wall_clock_t *clock, uint64_t uptime_ms)
{
    clock->source = WALL_CLOCK_NETWORK;
    clock->synced_ms = uptime_ms;
}

bool wall_clock_correct(wall_clock_t *clock, uint64_t uptime_ms, int64_t utc_ms)
{
    if (!clock->set) {
        wall_clock_set(clock, uptime_ms, utc_ms);
        accept(clock, uptime_ms);
        return true;
    }
    int64_t fast = read_clock(clock, uptime_ms) - utc_ms;
    /* What is being slewed already is no news: the correction is against where the clock is going. */
    clock->correction_ms = utc_ms - (int64_t)uptime_ms - clock->offset_ms;
    if (fast > (int64_t)CLOCK_SLEW_MS_MAX) {
        clock->refused++;
        return false;
    }
    /* A slewing that is under way is prolonged or ended, not replaced: what it said of the moments since it began
     * must not become earlier. */
    bool slewing = fast_ms(clock, uptime_ms) > 0;
    if (fast > 0 && !slewing) clock->slew_from_ms = uptime_ms;
    if (fast > 0 || slewing) clock->slew_ms = slewed_ms(clock, uptime_ms) + (fast > 0 ? (uint64_t)fast : 0);
    clock->offset_ms = utc_ms - (int64_t)uptime_ms;
    accept(clock, uptime_ms);
    return true;
}

uint32_t wall_clock_slewing_ms(const wall_clock_t *clock, uint64_t uptime_ms)
{
    return (uint32_t)fast_ms(clock, uptime_ms);
}

uint64_t wall_clock_tag(const wall_clock_t *clock)
{
    if (!clock->set) return 0;
    uint64_t tag = hash_word(HASH_SEED, (uint64_t)clock->offset_ms);
    return clock->slew_ms ? hash_word(hash_word(tag, clock->slew_from_ms), clock->slew_ms) : tag;
}

bool wall_clock_utc_ms(const wall_clock_t *clock, uint64_t uptime_ms, int64_t *utc_ms)
{
    if (!clock->set) return false;
    *utc_ms = read_clock(clock, uptime_ms);
    return true;
}
