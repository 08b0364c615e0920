/* base/wall_clock.h - what time it is, once somebody told us.
 *
 * Keeps the difference between time since reset and UTC. Before it is set there is no time, and whoever asks gets
 * false instead of a guess.
 *
 * It never runs backwards for who asks: later moments get times that are not earlier, however it was corrected in
 * between. Forward it is corrected at once. Backward it runs at half speed until it is right, by at most
 * CLOCK_SLEW_MS_MAX; a correction that asks for more is refused and counted. This holds for the present, and for
 * moments in the past that are younger than the end of the slewing before the last one.
 *
 * Context: main loop only.
 */
#ifndef BASE_WALL_CLOCK_H
#define BASE_WALL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    WALL_CLOCK_UNSET,
    WALL_CLOCK_BOARD,   /* by the board's own clock, at start */
    WALL_CLOCK_NETWORK, /* by a time server */
} wall_clock_source_t;

/* Zero it to begin with. Read it, change it by the functions below. */
typedef struct {
    bool set;
    wall_clock_source_t source;
    int64_t offset_ms;     /* UTC = uptime + offset, once slewing is over */
    uint64_t slew_from_ms; /* uptime at which the present slewing, or the last one, began */
    uint64_t slew_ms;      /* how much it was fast then */
    uint64_t synced_ms;    /* uptime of the last correction that was taken; only WALL_CLOCK_NETWORK */
    int64_t correction_ms; /* the last one, taken or refused: what it was asked to change by */
    uint32_t refused;      /* corrections that asked for too much */
} wall_clock_t;

/* Sets it at once, whatever it was: for a clock that nobody has read yet.
 * uptime_ms, utc_ms   the same moment on the two clocks */
void wall_clock_set(wall_clock_t *clock, uint64_t uptime_ms, int64_t utc_ms);

/* Takes over what a time server says; the first word is taken as it is.
 * uptime_ms, utc_ms   the same moment on the two clocks; uptime_ms is the present
 * returns             false when it was refused: the clock goes on as it did */
bool wall_clock_correct(wall_clock_t *clock, uint64_t uptime_ms, int64_t utc_ms);

/* How much it is still fast, by intention, at a moment given as uptime; 0 when it is not slewing. */
uint32_t wall_clock_slewing_ms(const wall_clock_t *clock, uint64_t uptime_ms);

/* Differs whenever moments have other times than before; 0 while they have none. For entity tags. */
uint64_t wall_clock_tag(const wall_clock_t *clock);

/* UTC of a moment given as uptime. utc_ms is written only when true comes back. */
bool wall_clock_utc_ms(const wall_clock_t *clock, uint64_t uptime_ms, int64_t *utc_ms);

#endif
