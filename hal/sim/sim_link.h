/* sim_link.h - what carries the simulator's frames: slirp, a TAP interface, or a pair of sockets. */
#ifndef SIM_LINK_H
#define SIM_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/status.h"
#include "sim_options.h"
#include "sim_poll.h"

typedef struct sim_eth sim_eth_t;

/* Frames that came in go to sim_eth_received, from deliver or from within send.
 * open      returns false after a message on standard error
 * prepare   adds descriptors and deadlines, called before each wait; deliver is called after it
 * send      STATUS_OK (sent, or lost on the wire), STATUS_BUSY
 * close     removes what open left in the file system */
typedef struct {
    bool (*open)(sim_eth_t *eth, const sim_options_t *options);
    void (*prepare)(sim_eth_t *eth, sim_poll_t *set);
    void (*deliver)(sim_eth_t *eth, const sim_poll_t *set);
    status_t (*send)(sim_eth_t *eth, const uint8_t *frame, size_t bytes);
    void (*close)(sim_eth_t *eth);
} sim_link_ops_t;

extern const sim_link_ops_t sim_link_slirp, sim_link_tap, sim_link_unix;

#endif
