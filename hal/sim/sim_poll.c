#include "sim_poll.h"

int sim_poll_add(sim_poll_t *set, int fd, short events)
{
    if (set->count == SIM_POLL_MAX) return -1;
    set->fds[set->count] = (struct pollfd){ .fd = fd, .events = events };
    return (int)set->count++;
}

short sim_poll_events(const sim_poll_t *set, int index)
{
    return index < 0 ? 0 : set->fds[index].revents;
}

void sim_poll_until(sim_poll_t *set, uint64_t when_ms)
{
    if (when_ms < set->until_ms) set->until_ms = when_ms;
}
