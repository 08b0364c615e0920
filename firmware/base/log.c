#include "base/log.h"

#include <stdarg.h>

#include "base/text.h"
#include "config/limits.h"

static struct {
    log_level_t level;
    log_sink_t sink;
    log_clock_t clock;
} logger;

void log_init(log_level_t level, log_sink_t sink, log_clock_t clock)
{
    logger.level = level;
    logger.sink = sink;
    logger.clock = clock;
}

void log_line(log_level_t level, const char *component, const char *format, ...)
{
    static const char *const names[] = { "error", "warning", "info", "debug" };
    if (!logger.sink || level > logger.level) return;

    char line[LOG_LINE_BYTES];
    text_writer_t out = text_writer(line, sizeof line - 1u);
    uint64_t uptime_ms = logger.clock();
    text_u64(&out, uptime_ms / 1000u);
    text_char(&out, '.');
    text_padded(&out, (uint32_t)(uptime_ms % 1000u), 3);
    text_format(&out, " %s %s: ", names[level], component);
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&out, format, arguments);
    va_end(arguments);
    *out.at++ = '\n';
    logger.sink(line, (size_t)(out.at - line));
}
