/* sim_ring.h - a bounded queue of received frames. */
#ifndef SIM_RING_H
#define SIM_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/eth.h"

#define SIM_RING_FRAMES 256u /* a power of two; enough for the bursts of 16 TCP windows */

typedef struct {
    uint16_t count;
    uint8_t bytes[HAL_ETH_FRAME_BYTES_MAX];
} sim_frame_t;

typedef struct {
    sim_frame_t frames[SIM_RING_FRAMES];
    uint32_t put, taken; /* counts since start, modulo 2^32 */
} sim_ring_t;

size_t sim_ring_room(const sim_ring_t *ring);

/* Copies a frame of at most HAL_ETH_FRAME_BYTES_MAX in. returns false when there is no room */
bool sim_ring_put(sim_ring_t *ring, const uint8_t *bytes, size_t count);

/* The oldest frame, until sim_ring_take; NULL when there is none. */
const sim_frame_t *sim_ring_oldest(const sim_ring_t *ring);
void sim_ring_take(sim_ring_t *ring);

#endif
