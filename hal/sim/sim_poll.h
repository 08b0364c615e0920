/* sim_poll.h - what hal_system_idle waits for: descriptors of everybody, and the least of their deadlines. */
#ifndef SIM_POLL_H
#define SIM_POLL_H

#include <poll.h>
#include <stdint.h>

#define SIM_POLL_MAX 256u /* slirp has one descriptor for each TCP connection */

typedef struct {
    struct pollfd fds[SIM_POLL_MAX];
    nfds_t count;
    uint64_t until_ms;
} sim_poll_t;

/* returns an index for sim_poll_events; -1 when the set is full, for which sim_poll_events gives nothing */
int sim_poll_add(sim_poll_t *set, int fd, short events);
short sim_poll_events(const sim_poll_t *set, int index);

/* Come back at when_ms at the latest. */
void sim_poll_until(sim_poll_t *set, uint64_t when_ms);

#endif
