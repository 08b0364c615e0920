/* lan9118.h - SMSC/Microchip LAN9118 Ethernet controller and its register-compatible kin (LAN9115..9117,
 * LAN9210, 9211, 9220, 9221), memory-mapped over 32 bits, programmed I/O.
 *
 * Data sheet: Microchip DS00002266, "LAN9118"; table and section numbers below are of that document.
 *
 * Context: main loop only. No function here is called from an interrupt handler; a family that wants to be
 *          woken enables the chip's line around its sleep and asks lan9118_rx_waiting first.
 * Time:    open is bounded by LAN9118_POLLS_MAX register reads for each step it waits for; link_up by
 *          LAN9118_MAC_POLLS_MAX for each of its few accesses; the others never wait.
 * State:   all of it is in lan9118_t: two chips work side by side.
 */
#ifndef LAN9118_H
#define LAN9118_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/eth.h"
#include "hal/status.h"

/* Bounds of waiting, in register reads, so that the driver needs no clock. A read takes the chip 45 ns at
 * least (table 6.1), usually 200 ns with the loop around it: 20 ms or more, where the chip needs 10 us for a
 * reset and 2 ms to load its EEPROM. */
#define LAN9118_POLLS_MAX 100000u

/* A MAC or PHY register access takes a few microseconds (64 MII clocks of 400 ns for the PHY). */
#define LAN9118_MAC_POLLS_MAX 2000u

typedef struct {
    uintptr_t base;    /* address of the chip's registers; set by lan9118_open */
    uint32_t rx_bytes; /* length of the oldest frame once its status was taken from the chip, else 0 */
    uint32_t mac_cr;   /* what was last written to MAC_CR: reading it back would cost a poll */
    bool link;         /* as the last lan9118_link_up saw it */
    hal_eth_stats_t stats;
} lan9118_t;

/* Resets the chip, reads its MAC address (loaded from its EEPROM), starts receiver, transmitter and
 * auto-negotiation. Receives what is for this address, broadcasts and all multicasts. The interrupt line is
 * active high, push-pull, and rises when a frame is waiting (RSFL).
 * nic       the caller's, alive as long as the chip is used; all of it is overwritten
 * mac       the caller's; written only on STATUS_OK
 * returns   STATUS_OK, STATUS_TIMEOUT (the chip did not come out of reset or did not load its EEPROM),
 *           STATUS_BAD_DATA (another chip or none, or an address that no station can have) */
status_t lan9118_open(lan9118_t *nic, uintptr_t base, uint8_t mac[6]);

/* Asks the PHY, and sets the MAC to the duplex that was negotiated when the carrier has just come. */
bool lan9118_link_up(lan9118_t *nic);

/* True when a frame is waiting. Leaves it in the chip. */
bool lan9118_rx_waiting(const lan9118_t *nic);

/* Lowers the interrupt line. The cause is latched: a frame that comes later raises it again. */
void lan9118_rx_acknowledge(const lan9118_t *nic);

/* The five below are hal_eth_pending, _receive, _discard, _send and _read_stats of hal/eth.h. */
size_t lan9118_pending(lan9118_t *nic);
void lan9118_receive(lan9118_t *nic, const hal_eth_span_t spans[], size_t span_count);
void lan9118_discard(lan9118_t *nic);
status_t lan9118_send(lan9118_t *nic, const hal_eth_slice_t slices[], size_t slice_count, size_t bytes);
void lan9118_read_stats(lan9118_t *nic, hal_eth_stats_t *out);

#endif
