/* base/log_ring.h - the last lines of the log, for those who are not at the console.
 *
 * Lines are numbered from 1 since reset. The oldest give way, whole lines at a time.
 *
 * Memory: LOG_RING_BYTES. Context: main loop only.
 */
#ifndef BASE_LOG_RING_H
#define BASE_LOG_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "config/limits.h"

typedef struct {
    uint32_t first, next; /* numbers of the oldest line that is kept, and of the one to come */
    uint32_t start, used; /* where the oldest begins, and how many bytes all take */
    uint8_t bytes[LOG_RING_BYTES];
} log_ring_t; /* log_ring_init first */

typedef struct {
    uint32_t number;
    uint8_t level; /* log_level_t */
    uint64_t uptime_ms;
    text_view_t component, message; /* in text */
    char text[LOG_LINE_BYTES];
} log_entry_t;

void log_ring_init(log_ring_t *ring);

/* Adds a line. What is longer than LOG_LINE_BYTES, component and message together, is cut. */
void log_ring_add(log_ring_t *ring, unsigned level, uint64_t uptime_ms, text_view_t component,
                  text_view_t message);

/* Reads the first line whose number is more than after.
 * returns   false when there is none (yet) */
bool log_ring_read(const log_ring_t *ring, uint32_t after, log_entry_t *entry);

#endif
