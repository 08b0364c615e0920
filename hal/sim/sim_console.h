/* sim_console.h - what is typed: the process's standard input. */
#ifndef SIM_CONSOLE_H
#define SIM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim_poll.h"

typedef struct {
    bool ended; /* nobody will type any more */
    int index;
    char typed[256];
    size_t count;
} sim_console_t; /* all zero at start */

void sim_console_prepare(sim_console_t *console, sim_poll_t *set);
void sim_console_deliver(sim_console_t *console, const sim_poll_t *set);

#endif
