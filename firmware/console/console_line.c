#include "console/console_line.h"

#include "base/text.h"

#define BACKSPACE 0x08
#define DEL       0x7f

static void say(const console_line_t *console, const char *name, const char *separator, const char *text)
{
    char line[CONSOLE_LINE_BYTES + 64u];
    text_writer_t out = text_writer(line, sizeof line - 2u);
    text_string(&out, name);
    text_string(&out, separator);
    text_string(&out, text);
    *out.at++ = '\r';
    *out.at++ = '\n';
    console->say(line, (size_t)(out.at - line));
}

static void help(const console_line_t *console)
{
    for (size_t i = 0; i < console->command_count; i++)
        say(console, console->commands[i].name, ": ", console->commands[i].help);
}

static void run(console_line_t *console)
{
    char *name = console->line;
    while (*name == ' ') name++;
    if (*name == '\0') return;
    char *argument = name;
    while (*argument && *argument != ' ') argument++;
    while (*argument == ' ') *argument++ = '\0';
    size_t end = strlen(argument);
    while (end > 0 && argument[end - 1] == ' ') argument[--end] = '\0';
    for (size_t i = 0; i < console->command_count; i++) {
        if (strcmp(name, console->commands[i].name) != 0) continue;
        console->commands[i].run(console->context, argument);
        return;
    }
    if (strcmp(name, "help") == 0)
        help(console);
    else
        say(console, name, ": ", "no such command; help lists them");
}

static void end_line(console_line_t *console)
{
    console->line[console->count] = '\0';
    if (console->too_long)
        say(console, "", "", "the line is too long");
    else
        run(console);
    console->count = 0;
    console->too_long = false;
}

void console_line_feed(console_line_t *console, const char *typed, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        char c = typed[i];
        if (c == '\r' || c == '\n') {
            end_line(console);
        } else if (c == BACKSPACE || c == DEL) {
            if (console->count > 0) console->count--;
        } else if (c >= ' ' && c < DEL) {
            if (console->count < sizeof console->line - 1u)
                console->line[console->count++] = c;
            else
                console->too_long = true;
        }
    }
}
