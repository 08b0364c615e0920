#include "sim_signals.h"

#include <stddef.h>

static volatile sig_atomic_t asked;

static void note(int signal)
{
    (void)signal;
    asked = 1;
}

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

void sim_signals_catch(void)
{
    struct sigaction action = { .sa_handler = note };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
        sigaction(caught[i], &action, NULL);
        sigaddset(&held, caught[i]);
    }
    sigaction(SIGPIPE, &ignore, NULL);
    sigprocmask(SIG_BLOCK, &held, NULL);
}

void sim_signals_mask(sigset_t *mask)
{
    sigprocmask(SIG_BLOCK, NULL, mask);
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) sigdelset(mask, caught[i]);
}

bool sim_signals_asked_to_end(void)
{
    return asked != 0;
}
