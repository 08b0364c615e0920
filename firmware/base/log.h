/* base/log.h - levelled, one-line log messages.
 *
 * One logger for the whole firmware (the only mutable state at file level here: every layer logs, and a
 * context argument through all of them would say nothing). A line is "<uptime s.ms> <level> <component>:
 * <message>"; it goes to the sink that app.c installed.
 *
 * Never log a secret. Context: main loop only.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/log_ring.h"

typedef enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG } log_level_t;

/* Takes one finished line with its newline. */
typedef void (*log_sink_t)(const char *line, size_t bytes);

/* Milliseconds since reset, for the time stamp. */
typedef uint64_t (*log_clock_t)(void);

/* Lines above level are dropped unformatted. Before this call all lines are dropped. */
void log_init(log_level_t level, log_sink_t sink, log_clock_t clock);

/* Keeps further lines in a ring, too; NULL: no longer.
 * ring      the caller's, alive as long as it is here */
void log_keep(log_ring_t *ring);

/* "error", "warning", "info", "debug" */
const char *log_level_name(log_level_t level);

/* component a short constant such as "net"; format as text_format, longer lines are cut at LOG_LINE_BYTES. */
void log_line(log_level_t level, const char *component, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(component, ...)   log_line(LOG_ERROR, component, __VA_ARGS__)
#define log_warning(component, ...) log_line(LOG_WARNING, component, __VA_ARGS__)
#define log_info(component, ...)    log_line(LOG_INFO, component, __VA_ARGS__)
#define log_debug(component, ...)   log_line(LOG_DEBUG, component, __VA_ARGS__)

#endif
