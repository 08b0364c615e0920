/* sim_system.c - hal/system.h on the simulator. hal_system_reset is in sim.c. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "hal/button.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "hal/system.h"
#include "sim.h"
#include "sim_signals.h"

/* Far enough to be for ever, near enough for a time_t of any width. */
#define WAIT_MS_MAX 3600000u

static struct timespec time_left(const sim_poll_t *set)
{
    uint64_t now_ms = hal_clock_ms();
    uint64_t left_ms = set->until_ms > now_ms ? set->until_ms - now_ms : 0;
    if (left_ms > WAIT_MS_MAX) left_ms = WAIT_MS_MAX;
    return (struct timespec){ (time_t)(left_ms / 1000u), (long)(left_ms % 1000u) * 1000000L };
}

/* All reading and writing of the outside world happens in here, between two turns of the main loop: it is
 * called even when there is work already, and then only does not wait. */
void hal_system_idle(uint64_t until_ms)
{
    sim_t *sim = sim_instance();
    sim->running = true;
    sim_poll_t set = { .until_ms = until_ms };
    if (sim_ring_oldest(&sim->eth.ring)) set.until_ms = 0;
    sim->eth.link->prepare(&sim->eth, &set);
    sim_control_prepare(&sim->control, &set);
    sim_console_prepare(&sim->console, &set);

    struct timespec wait = time_left(&set);
    sigset_t mask;
    if (sim->catches_signals) sim_signals_mask(&mask);
    int ready = ppoll(set.fds, set.count, &wait, sim->catches_signals ? &mask : NULL);
    if (ready < 0) {
        if (errno != EINTR) hal_system_panic("ppoll");
        for (nfds_t i = 0; i < set.count; i++) set.fds[i].revents = 0;
    }
    if (sim_signals_asked_to_end()) {
        sim_stop();
        exit(0);
    }
    sim->eth.link->deliver(&sim->eth, &set);
    sim_control_deliver(&sim->control, &set);
    sim_console_deliver(&sim->console, &set);
}

bool hal_button_pressed(void)
{
    return sim_instance()->button_down;
}

reset_cause_t hal_system_reset_cause(void)
{
    return sim_instance()->reset_cause;
}

status_t hal_system_stack(size_t *peak_bytes, size_t *size_bytes)
{
    (void)peak_bytes;
    (void)size_bytes;
    return STATUS_UNSUPPORTED;
}

_Noreturn void hal_system_panic(const char *what)
{
    (void)sim_complain("panic: %s", what);
    abort();
}
