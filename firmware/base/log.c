#include "base/log.h"

#include <stdarg.h>

#include "base/text.h"
#include "config/limits.h"

static struct {
    log_level_t level;
    log_sink_t sink;
    log_clock_t clock;
    log_ring_t *ring;
} logger;

void log_init(log_level_t level, log_sink_t sink, log_clock_t clock)
{
    logger.level = level;
    logger.sink = sink;
    logger.clock = clock;
}

void log_keep(log_ring_t *ring)
{
    logger.ring = ring;
}

const char *log_level_name(log_level_t level)
{
    static const char *const names[] = { "error", "warning", "info", "debug" };
    return names[level];
}

void log_line(log_level_t level, const char *component, const char *format, ...)
{
    if (!logger.sink || level > logger.level) return;

    char line[LOG_LINE_BYTES];
    text_writer_t out = text_writer(line, sizeof line - 1u);
    uint64_t uptime_ms = logger.clock();
    text_u64(&out, uptime_ms / 1000u);
    text_char(&out, '.');
    text_padded(&out, (uint32_t)(uptime_ms % 1000u), 3);
    text_format(&out, " %s %s: ", log_level_name(level), component);
    const char *message = out.at;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&out, format, arguments);
    va_end(arguments);
    if (logger.ring) {
        log_ring_add(logger.ring, level, uptime_ms, text_view(component),
                     (text_view_t){ message, (size_t)(out.at - message) });
    }
    *out.at++ = '\n';
    logger.sink(line, (size_t)(out.at - line));
}
