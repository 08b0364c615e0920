/* console/hold.h - whether a button has been held long enough to be meant.
 *
 * What is shorter than BUTTON_BOUNCE_MS is no change. A button that is down at start counts like any other: a
 * device that does not get far is reset that way too. One that is stuck is done once.
 *
 * Context: anywhere; polled every BUTTON_POLL_MS or so.
 */
#ifndef CONSOLE_HOLD_H
#define CONSOLE_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "config/limits.h"

typedef struct {
    bool down, raw; /* what counts, and what was seen last */
    bool done;      /* of this press */
    uint64_t raw_since_ms, down_since_ms;
} hold_t; /* all zero at start */

typedef enum {
    HOLD_NOTHING,
    HOLD_BEGUN,    /* somebody presses it */
    HOLD_DONE,     /* for BUTTON_HOLD_MS: once a press */
    HOLD_RELEASED, /* too early */
} hold_event_t;

/* For a start that the button may have brought about: a press that goes on since before counts for nothing, or a
 * button that is stuck would reset the device for ever. */
void hold_ignore(hold_t *hold, bool pressed);

hold_event_t hold_poll(hold_t *hold, bool pressed, uint64_t now_ms);

#endif
