/* hal/eth.h - one Ethernet interface that moves whole frames.
 *
 * Frames are counted and passed without preamble and without FCS: 14 header bytes + payload.
 *
 * Context: main loop only. The interrupt handler of an implementation only notes that there is work and
 *          lets hal_system_idle return.
 * Time:    each call moves at most one frame and returns within 1 ms.
 */
#ifndef HAL_ETH_H
#define HAL_ETH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/status.h"

#define HAL_ETH_FRAME_BYTES_MAX 1514u /* header + 1500; a longer frame is dropped and counted */

/* Bytes of padding in front of each received frame, so that the IP header behind the 14-byte Ethernet
 * header lands on a multiple of 4. */
#define HAL_ETH_PAD_BYTES 2u

typedef struct {
    const uint8_t *bytes;
    size_t count;
} hal_eth_slice_t;

typedef struct {
    uint8_t *bytes;
    size_t count;
} hal_eth_span_t;

/* Since hal_eth_open. */
typedef struct {
    uint32_t rx_frames;
    uint32_t tx_frames;
    uint32_t rx_dropped; /* no room, too long, bad FCS: lost before the stack could see them */
    uint32_t tx_dropped; /* refused with STATUS_BUSY or failed on the wire */
} hal_eth_stats_t;

/* Starts the interface and reads its address. Called once, before any other call here.
 * mac       the caller's; written only on STATUS_OK
 * returns   STATUS_OK, STATUS_TIMEOUT (the chip did not come out of reset), STATUS_BAD_DATA (not the chip) */
status_t hal_eth_open(uint8_t mac[6]);

/* True when a carrier is present. Chips that cannot tell report true. */
bool hal_eth_link_up(void);

/* Length of the oldest received frame in bytes, without padding; 0 when there is none. The frame stays
 * until hal_eth_receive or hal_eth_discard takes it. */
size_t hal_eth_pending(void);

/* Moves the oldest frame, led by HAL_ETH_PAD_BYTES bytes of padding, into spans, in order.
 * spans     the caller's; together hal_eth_pending() + HAL_ETH_PAD_BYTES or more. Each starts on a multiple
 *           of 4 and, but for the last one that is used, has a count that is a multiple of 4. Up to 3 bytes
 *           behind the frame's end are overwritten where the last span has room for them in its last word:
 *           its memory must be a whole number of words. */
void hal_eth_receive(const hal_eth_span_t spans[], size_t span_count);

/* Drops the oldest frame. */
void hal_eth_discard(void);

/* Sends one frame, gathered from slices of any alignment and length; the implementation pads it to 60 bytes.
 * slices    the caller's, not used after return
 * bytes     the sum of all counts, at most HAL_ETH_FRAME_BYTES_MAX
 * returns   STATUS_OK, STATUS_BUSY (no room now; the frame was not sent), STATUS_NO_LINK, STATUS_INVALID */
status_t hal_eth_send(const hal_eth_slice_t slices[], size_t slice_count, size_t bytes);

void hal_eth_read_stats(hal_eth_stats_t *out);

#endif
