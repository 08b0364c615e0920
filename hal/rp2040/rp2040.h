/* rp2040.h - the RP2040 microcontroller: one of its two Cortex-M0+ cores at 133 MHz. For boards that use this family.
 *
 * RP2040 Datasheet (RP-008371-DS); its section is named where a register is used. Names of registers and bits are those
 * of the Pico SDK's headers (hardware/regs).
 */
#ifndef RP2040_H
#define RP2040_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/drivers/w5500.h"
#include "hal/mmio.h"

#define RP2040_SYSCLK_HZ 133000000u
#define RP2040_PERI_HZ   RP2040_SYSCLK_HZ

/* Starts clocks, watchdog and console, and says on the console what the last life left behind. Called once, first. */
void rp2040_init(void);

/* nic         the board's W5500, alive as long as the firmware
 * reset_pin   GPIO of its RSTn
 * int_pin     GPIO of its INTn. Called before hal_eth_open; without it the board has no network */
void rp2040_eth_use(w5500_t *nic, unsigned reset_pin, unsigned int_pin);

/* --- between the files of this folder --- */

/* Registers have aliases that set and clear bits in one access (section 2.1.2). */
static inline void rp2040_set(uintptr_t address, uint32_t bits)
{
    mmio_write32(address + 0x2000u, bits);
}
static inline void rp2040_clear(uintptr_t address, uint32_t bits)
{
    mmio_write32(address + 0x3000u, bits);
}

typedef enum { RP2040_SPI = 1, RP2040_UART = 2, RP2040_I2C = 3, RP2040_SIO = 5 } rp2040_function_t;

/* Connects a pin, with its input enabled and a pull-up or none. */
void rp2040_pin(unsigned pin, rp2040_function_t function, bool pull_up);

/* The level on a pin. */
bool rp2040_pin_high(unsigned pin);

/* Takes blocks out of reset: RESETS_RESET_..._BITS. */
void rp2040_unreset(uint32_t blocks);

/* Clocks: crystal 12 MHz, system and peripherals 133 MHz, ADC 48 MHz, ticks of 1 us. */
void rp2040_clocks_init(void);

void rp2040_console_init(void);
void rp2040_console_handler(void);
bool rp2040_console_waiting(void); /* something was typed that hal_console_read has not given out */

/* The loop is alive. Not called for RP2040_WATCHDOG_MS, the chip is reset. The longest it may take is one step of
 * a handshake with an erase of flash in it. */
#define RP2040_WATCHDOG_MS 8000u
void rp2040_watchdog_feed(void);

/* True when a frame waits in the Ethernet chip; false before hal_eth_open. */
bool rp2040_eth_waiting(void);
void rp2040_eth_wake(bool enable); /* whether its line ends a sleep */

/* Makes the routines that work while flash does not ready. */
void rp2040_flash_init(void);

/* The 64 bits by which the flash chip differs from all others (W25Q16JV, section 8.2.24). */
void rp2040_flash_unique_id(uint8_t id[8]);

#endif
