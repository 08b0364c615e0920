/* sim_console.c - hal/console.h: the process's standard error, not queued, and its standard input. */
#include "sim_console.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "hal/console.h"
#include "sim.h"

size_t hal_console_write(const char *text, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        ssize_t count = write(STDERR_FILENO, text + done, bytes - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return 0;
        done += (size_t)count;
    }
    return bytes;
}

void hal_console_flush(void)
{
    /* write hands every byte to the kernel. */
}

size_t hal_console_read(char *text, size_t capacity)
{
    sim_console_t *console = &sim_instance()->console;
    size_t count = console->count < capacity ? console->count : capacity;
    memcpy(text, console->typed, count);
    console->count -= count;
    memmove(console->typed, console->typed + count, console->count);
    return count;
}

/* A process in the background that reads from its terminal is stopped by the kernel; so it does not. */
static bool may_read(void)
{
    return !isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) == getpgrp();
}

void sim_console_prepare(sim_console_t *console, sim_poll_t *set)
{
    bool listens = !console->ended && console->count < sizeof console->typed && may_read();
    console->index = listens ? sim_poll_add(set, STDIN_FILENO, POLLIN) : -1;
    if (console->count > 0) sim_poll_until(set, 0);
}

void sim_console_deliver(sim_console_t *console, const sim_poll_t *set)
{
    if (!sim_poll_events(set, console->index)) return;
    ssize_t count =
        read(STDIN_FILENO, console->typed + console->count, sizeof console->typed - console->count);
    if (count > 0)
        console->count += (size_t)count;
    else if (count == 0 || (errno != EINTR && errno != EAGAIN))
        console->ended = true;
}
