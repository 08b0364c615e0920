/* model_lan9118.h - the LAN9118 as its data sheet describes it, for the driver to talk to through
 * hal/mmio.h. What the data sheet forbids is recorded in `misuse`; a test ends by looking at it.
 *
 * Registers are those of Microchip DS00002266, section 5.3; written independently of the driver's names.
 */
#ifndef MODEL_LAN9118_H
#define MODEL_LAN9118_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_FRAMES_MAX 32u
#define MODEL_BYTES_MAX  2048u

typedef struct {
    uint8_t bytes[MODEL_BYTES_MAX];
    size_t count;
} model_frame_t;

typedef struct {
    uintptr_t base;

    /* What the test sets: how the chip is, and how it fails. model_lan9118_init gives a sound one. */
    uint32_t id_rev;
    uint32_t byte_test;
    uint8_t eeprom[6];
    uint16_t phy_ability; /* of the other end */
    bool never_ready;     /* PMT_CTRL never says so */
    bool reset_hangs;     /* soft reset never ends */
    bool reset_fails;     /* soft reset ends with its time-out bit */
    bool eeprom_hangs;
    bool mac_hangs;      /* the indirect access to the MAC never ends */
    bool phy_hangs;      /* the MAC's access to the PHY never ends */
    uint32_t slow_polls; /* so many reads until anything above has ended */
    bool tx_fails;       /* the status of frames sent from now on says error */
    uint32_t tx_room;    /* bytes free in the TX data FIFO */
    uint32_t rx_drop;    /* frames that the chip itself lost */

    /* What the test looks at. */
    model_frame_t sent[MODEL_FRAMES_MAX];
    size_t sent_count;
    size_t sent_segments; /* of the last frame */
    uint32_t mac_cr;
    uint32_t tx_words; /* written to the TX data FIFO, commands included */
    uint32_t rx_words_left;
    const char *misuse; /* the first thing that the data sheet forbids; NULL is good */

    /* The chip's own. */
    uint32_t polls;
    uint32_t irq_cfg, int_sts, int_en, fifo_int, rx_cfg, tx_cfg, hw_cfg;
    uint32_t mac_data, mii_acc, mii_data;
    uint32_t mac_address[2];
    uint16_t phy_control, phy_advertise;
    bool link, link_lost;
    uint32_t rx_status[MODEL_FRAMES_MAX];
    size_t rx_status_count;
    uint32_t rx_data[MODEL_FRAMES_MAX * MODEL_BYTES_MAX / 4u];
    size_t rx_data_head, rx_data_tail;
    uint32_t tx_status_count, tx_status_errors;
    uint32_t tx_command[2], tx_first_command_b;
    unsigned tx_phase; /* 0: command A, 1: command B, 2: data */
    uint32_t tx_left, tx_offset, tx_space;
    bool tx_open;
    model_frame_t tx;
} model_lan9118_t;

/* A chip with an address, a carrier and a full-duplex partner. It answers at base until model_lan9118_detach
 * is called. */
void model_lan9118_attach(model_lan9118_t *chip, uintptr_t base);
void model_lan9118_detach(void);

/* A frame comes from the wire: bytes without FCS. It passes the address filter or is not for us.
 * status_bits   RX status beyond length and address, e.g. 0x8000 for an error */
void model_lan9118_receive(model_lan9118_t *chip, const uint8_t *bytes, size_t count, uint32_t status_bits);

/* A loss of carrier is remembered by the PHY until its status was read. */
void model_lan9118_set_link(model_lan9118_t *chip, bool up);

/* Level of the interrupt pin. */
bool model_lan9118_irq(const model_lan9118_t *chip);

#endif
