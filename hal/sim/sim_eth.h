/* sim_eth.h - hal/eth.h on the simulator, seen from its other modules. */
#ifndef SIM_ETH_H
#define SIM_ETH_H

#include <sys/un.h>

#include "hal/eth.h"
#include "sim_link.h"
#include "sim_ring.h"

#define SIM_SLIRP_TIMERS_MAX 4u

typedef struct {
    void (*call)(void *argument); /* NULL: free */
    void *argument;
    int64_t expires_ms; /* INT64_MAX: not running */
} sim_slirp_timer_t;

typedef struct {
    struct Slirp *slirp;
    sim_slirp_timer_t timers[SIM_SLIRP_TIMERS_MAX];
    bool filled;         /* slirp was asked for its descriptors before this wait */
    sim_poll_t *filling; /* the set while it is */
    const sim_poll_t *polled;
} sim_slirp_t;

typedef struct {
    int fd;
    int index; /* in the poll set */
    struct sockaddr_un local, remote;
} sim_wire_t;

struct sim_eth {
    const sim_link_ops_t *link;
    sim_slirp_t slirp; /* of the three only the chosen one's is used */
    sim_wire_t wire;
    sim_ring_t ring;
    uint8_t mac[6];
    bool link_up;
    int pcap_fd; /* -1: none */
    hal_eth_stats_t stats;
};

/* returns false after a message on standard error
 * append_pcap   keep what is in the recording */
bool sim_eth_open(sim_eth_t *eth, const sim_options_t *options, bool append_pcap);
void sim_eth_close(sim_eth_t *eth);

/* A frame came in. Dropped and counted when it is too long or there is no room; silently with the link down. */
void sim_eth_received(sim_eth_t *eth, const uint8_t *frame, size_t bytes);

#endif
