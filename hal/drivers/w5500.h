/* w5500.h - WIZnet W5500, used as a plain Ethernet controller: its socket 0 in MACRAW mode has all of its memory, the
 * chip's own TCP/IP is left alone.
 *
 * Data sheet W5500 v1.1.0: section 2.2 SPI frame, 4.1 common registers, 4.2 socket registers. In MACRAW mode each
 * received frame lies in the memory behind two bytes that give its length, these two included.
 *
 * The chip's filter (Sn_MR bit MFEN) is not used: the data sheet does not say what becomes of multicast frames, which IPv6 and
 * mDNS live by. Unicast frames for others are dropped here instead, after their first bytes.
 *
 * The driver implements hal/eth.h for a family; see there. The chip does not count what it had no room for, so
 * rx_dropped has only what the driver dropped.
 *
 * Context: main loop only.
 * Time:    a frame passes the bus once: 1514 bytes take 0.4 ms at 33 MHz.
 */
#ifndef W5500_H
#define W5500_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/eth.h"
#include "hal/spi.h"

typedef struct {
    hal_spi_t *spi; /* a fact, by the board: mode 0, at most 33.3 MHz */

    /* The driver's own, zero at start. */
    uint8_t mac[6];
    bool open, link, sending;
    uint16_t read_at; /* position of the oldest frame in the memory */
    uint16_t unread;  /* bytes known to lie there */
    uint16_t frame;   /* bytes of the oldest frame, when it was looked at; 0: not yet */
    hal_eth_stats_t stats;
} w5500_t;

/* Resets the chip and opens its socket. The chip must have been out of its hardware reset for 1 ms.
 * mac       the interface's address: the chip has none of its own
 * returns   STATUS_OK, STATUS_TIMEOUT (does not come out of reset), STATUS_BAD_DATA (not a W5500) */
status_t w5500_open(w5500_t *nic, const uint8_t mac[6]);

/* Whether frames are known to wait; others may, when the chip's interrupt line is low. */
bool w5500_knows_more(const w5500_t *nic);

/* As hal_eth_..., after w5500_open. w5500_pending clears the interrupt before it looks for frames. */
bool w5500_link_up(w5500_t *nic);
size_t w5500_pending(w5500_t *nic);
void w5500_receive(w5500_t *nic, const hal_eth_span_t spans[], size_t span_count);
void w5500_discard(w5500_t *nic);
status_t w5500_send(w5500_t *nic, const hal_eth_slice_t slices[], size_t slice_count, size_t bytes);

#endif
