#include "sim_ring.h"

#include <string.h>

_Static_assert((SIM_RING_FRAMES & (SIM_RING_FRAMES - 1u)) == 0, "the counters wrap at 2^32");

size_t sim_ring_room(const sim_ring_t *ring)
{
    return SIM_RING_FRAMES - (ring->put - ring->taken);
}

bool sim_ring_put(sim_ring_t *ring, const uint8_t *bytes, size_t count)
{
    if (sim_ring_room(ring) == 0) return false;
    sim_frame_t *frame = &ring->frames[ring->put % SIM_RING_FRAMES];
    frame->count = (uint16_t)count;
    memcpy(frame->bytes, bytes, count);
    ring->put++;
    return true;
}

const sim_frame_t *sim_ring_oldest(const sim_ring_t *ring)
{
    return ring->put == ring->taken ? NULL : &ring->frames[ring->taken % SIM_RING_FRAMES];
}

void sim_ring_take(sim_ring_t *ring)
{
    ring->taken++;
}
