/* spi.h - hal/spi.h on an SPI block of the RP2040 (a PL022, section 4.4), without DMA: the loop has nothing else to do
 * meanwhile, and at 33 MHz the core just keeps up with the FIFOs.
 */
#ifndef RP2040_SPI_H
#define RP2040_SPI_H

#include "hal/spi.h"

/* A chip's facts, by the board. */
struct hal_spi {
    uintptr_t base;                  /* SPI0_BASE or SPI1_BASE */
    uint8_t rx_pin, sck_pin, tx_pin; /* GPIOs that belong to the block */
    uint8_t select_pin;              /* any GPIO; low while the chip is selected */
    uint8_t divisor;                 /* of RP2040_PERI_HZ, even, 2..254 */
};

/* Starts the block and its pins. Called by whoever uses the chip, once. */
void rp2040_spi_start(const hal_spi_t *chip);

#endif
