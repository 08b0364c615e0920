#include "console/hold.h"

static hold_event_t change(hold_t *hold, uint64_t now_ms)
{
    bool was_done = hold->done;
    hold->down = hold->raw;
    hold->done = false;
    hold->down_since_ms = now_ms;
    if (hold->down) return HOLD_BEGUN;
    return was_done ? HOLD_NOTHING : HOLD_RELEASED;
}

void hold_ignore(hold_t *hold, bool pressed)
{
    hold->raw = hold->down = hold->done = pressed;
}

hold_event_t hold_poll(hold_t *hold, bool pressed, uint64_t now_ms)
{
    if (pressed != hold->raw) {
        hold->raw = pressed;
        hold->raw_since_ms = now_ms;
    }
    if (hold->raw != hold->down) {
        return now_ms - hold->raw_since_ms >= BUTTON_BOUNCE_MS ? change(hold, now_ms) : HOLD_NOTHING;
    }
    if (!hold->down || hold->done || now_ms - hold->down_since_ms < BUTTON_HOLD_MS) return HOLD_NOTHING;
    hold->done = true;
    return HOLD_DONE;
}
