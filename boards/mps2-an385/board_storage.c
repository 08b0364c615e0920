/* board_storage.c - Arm MPS2+ (AN385): the memory of what lasts. */
#include "hal/mps2/storage.h"
#include "mps2_an385.h"

/* AT24C256. A piece of 16 bytes is 0.5 ms on a bus of 400 kHz; 96 pages are a document of 4 KiB with its
 * directory. */
#define EEPROM_BYTES 32768u
static uint8_t eeprom_image[EEPROM_BYTES], eeprom_known[AT24C_KNOWN_BYTES(EEPROM_BYTES)];
static at24c_write_t eeprom_queue[96];
static at24c_t eeprom = { .bus = &mps2_an385_shield1,
                          .addr = 0x50,
                          .chunk_bytes = 16,
                          .queue_size = sizeof eeprom_queue / sizeof eeprom_queue[0],
                          .bytes = EEPROM_BYTES,
                          .block_bytes = 512,
                          .image = eeprom_image,
                          .known = eeprom_known,
                          .queue = eeprom_queue };

at24c_t *mps2_storage_memory(void)
{
    return &eeprom;
}
