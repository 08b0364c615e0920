/* mps2.h - the Arm MPS2/MPS2+ FPGA prototyping boards with a CMSDK subsystem (Application Note AN385 and its
 * relatives). For boards that use this family.
 */
#ifndef MPS2_H
#define MPS2_H

#include <stdbool.h>
#include <stdint.h>

#include "sbcon_i2c.h"

#define MPS2_SYSCLK_HZ 25000000u

#define MPS2_TIMER0      0x40000000u /* CMSDK APB timer */
#define MPS2_UART0       0x40004000u /* CMSDK APB UART */
#define MPS2_I2C_TOUCH   0x40022000u /* SBCON: touch screen */
#define MPS2_I2C_AUDIO   0x40023000u /* SBCON: audio codec */
#define MPS2_FPGAIO      0x40028000u /* LEDs, buttons, counters */
#define MPS2_I2C_SHIELD0 0x40029000u /* SBCON: Arduino shield 0 */
#define MPS2_I2C_SHIELD1 0x4002a000u /* SBCON: Arduino shield 1 */
#ifndef MPS2_ETHERNET                /* BOARD_DEFINITIONS of a board whose image has it elsewhere */
#define MPS2_ETHERNET 0x40200000u    /* LAN9220 */
#endif

#define MPS2_IRQ_UART0_RX 0u
#define MPS2_IRQ_UART0_TX 1u
#define MPS2_IRQ_TIMER0   8u
#define MPS2_IRQ_ETHERNET 13u

/* Starts clock and console, and says on the console what the last life left behind. Called once, first. */
void mps2_init(void);

/* --- between the files of this folder --- */
void mps2_console_init(void);
void mps2_console_tx_handler(void);
void mps2_console_rx_handler(void);

/* Something was typed that hal_console_read has not given out. */
bool mps2_console_waiting(void);

/* True when a frame waits in the Ethernet chip; false before hal_eth_open. */
bool mps2_eth_waiting(void);

/* Lowers the Ethernet chip's interrupt line until the next frame comes. */
void mps2_eth_acknowledge(void);

#endif
