/* flash_chip.h - changes the flash memory that the firmware runs from. Section 2.8.3.1.3 of the datasheet: the boot ROM has
 * the routines, and while they work nothing may be fetched from flash, so what calls them lies in RAM.
 *
 * Context: main loop only; interrupts are masked meanwhile.
 * Time:    W25Q16JV, section 9.6: a page 0.4 ms typically, 3 ms at most; a sector 45 ms, 400 ms.
 */
#ifndef RP2040_FLASH_CHIP_H
#define RP2040_FLASH_CHIP_H

#include <stdint.h>

#define FLASH_PAGE_BYTES   256u
#define FLASH_SECTOR_BYTES 4096u

/* offset    from the beginning of the chip, a multiple of FLASH_SECTOR_BYTES */
void flash_chip_erase(uint32_t offset);

/* offset    a multiple of FLASH_PAGE_BYTES
 * page      FLASH_PAGE_BYTES, in RAM */
void flash_chip_program(uint32_t offset, const uint8_t *page);

#endif
