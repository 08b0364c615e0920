/* model_w5500.h - the W5500 as its data sheet describes it (v1.1.0), with socket 0 in MACRAW mode, for the driver to talk to
 * through hal/spi.h. What the data sheet forbids is recorded in `misuse`; a test ends by looking at it.
 */
#ifndef MODEL_W5500_H
#define MODEL_W5500_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/spi.h"

#define MODEL_W5500_MEMORY_BYTES 16384u
#define MODEL_W5500_FRAME_BYTES  2048u

typedef struct hal_spi {
    /* What the test sets: how the chip is, and how it fails. model_w5500_init gives a sound one. */
    uint8_t version;
    bool link;
    bool reset_hangs;
    bool commands_hang;
    bool send_hangs;     /* SENDOK never comes */
    bool counters_race;  /* a counter's first reading is half old, half new */
    uint16_t tx_backlog; /* bytes of the TX memory that are still to be sent */

    /* What the test looks at. */
    uint8_t sent[MODEL_W5500_FRAME_BYTES];
    size_t sent_bytes, sent_count;
    size_t opened_count;
    uint32_t lost;      /* frames that the chip had no room for */
    const char *misuse; /* the first thing that the data sheet forbids; NULL is good */

    /* The chip's own. */
    uint8_t common[0x40], sockets[8][0x30];
    uint8_t rx[MODEL_W5500_MEMORY_BYTES], tx[MODEL_W5500_MEMORY_BYTES];
    uint16_t rx_from, rx_to, tx_from;
    uint8_t head[3];
    unsigned head_bytes;
    uint16_t at;
    bool selected, raced;
} model_w5500_t;

/* A chip out of its hardware reset, with a link. */
void model_w5500_init(model_w5500_t *chip);

/* A frame comes from the wire: bytes without FCS. */
void model_w5500_receive(model_w5500_t *chip, const uint8_t *bytes, size_t count);

/* Bytes come to lie in the memory as no frame would: the chip and its bus had a bad moment. */
void model_w5500_garbage(model_w5500_t *chip, const uint8_t *bytes, size_t count);

/* The positions in both memories begin there when the socket is opened the next time, as after many frames.
 * Called before w5500_open. */
void model_w5500_begin_at(model_w5500_t *chip, uint16_t position);

/* Level of the interrupt pin, true: low, asserted. */
bool model_w5500_irq(const model_w5500_t *chip);

#endif
