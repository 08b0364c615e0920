#include "sim_wire.h"

#include <sys/stat.h>
#include <unistd.h>

/* While the ring is full frames wait with the kernel. */
void sim_wire_prepare(sim_eth_t *eth, sim_poll_t *set)
{
    eth->wire.index = sim_ring_room(&eth->ring) > 0 ? sim_poll_add(set, eth->wire.fd, POLLIN) : -1;
}

void sim_wire_deliver(sim_eth_t *eth, const sim_poll_t *set)
{
    if ((sim_poll_events(set, eth->wire.index) & POLLIN) == 0) return;
    while (sim_ring_room(&eth->ring) > 0) {
        uint8_t frame[SIM_WIRE_FRAME_BYTES];
        ssize_t count = read(eth->wire.fd, frame, sizeof frame);
        if (count < 0) return;
        sim_eth_received(eth, frame, (size_t)count);
        if (!eth->link_up) return; /* nothing fills the ring that would end this */
    }
}

void sim_unlink_socket(const char *path)
{
    struct stat what;
    if (lstat(path, &what) == 0 && S_ISSOCK(what.st_mode)) (void)unlink(path);
}
