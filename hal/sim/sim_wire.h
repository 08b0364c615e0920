/* sim_wire.h - what the links have in common that read one frame at a time from a descriptor. */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

#include "sim_eth.h"

/* Room for a frame that is too long, so that it is seen as such. */
#define SIM_WIRE_FRAME_BYTES 2048u

void sim_wire_prepare(sim_eth_t *eth, sim_poll_t *set);
void sim_wire_deliver(sim_eth_t *eth, const sim_poll_t *set);

/* Removes the socket that a run which was killed left behind; whatever else is there stays, and binding says so. */
void sim_unlink_socket(const char *path);

#endif
