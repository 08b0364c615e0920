/* console/console_line.h - lines that somebody types, and the command that each of them asks for.
 *
 * A line ends with CR, LF or both. Backspace and DEL take back a byte; other control characters, and what is not
 * ASCII, count for nothing. A line that is too long is refused as a whole. Nothing is echoed: a terminal that is
 * connected to a UART shows what is typed by its own local echo.
 *
 * Context: main loop only.
 */
#ifndef CONSOLE_CONSOLE_LINE_H
#define CONSOLE_CONSOLE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/limits.h"

typedef struct {
    const char *name;
    const char *help; /* for people, one line */

    /* argument  what stands behind the name, "" when nothing does; until the handler returns */
    void (*run)(void *context, const char *argument);
} console_command_t;

/* Writes a line with its ending. */
typedef void (*console_say_t)(const char *line, size_t bytes);

typedef struct {
    const console_command_t *commands; /* command_count of them, alive as long as the console */
    size_t command_count;
    void *context; /* of the commands */
    console_say_t say;
    char line[CONSOLE_LINE_BYTES];
    size_t count;
    bool too_long;
} console_line_t; /* the first four are the caller's, the rest is zero at start */

/* Takes bytes as they were typed and runs each line that is complete. "help" lists the commands. */
void console_line_feed(console_line_t *console, const char *typed, size_t bytes);

#endif
