/* sim_storage.h - the simulated board's non-volatile memory: a file, or only RAM.
 *
 * The size of mps2-an385's EEPROM, with the behaviour of NOR flash: erasing a block makes it 0xff, programming
 * clears bits and sets none, so that programming twice without erasing is noticed as damage. Each operation is in
 * the file before it returns (it survives the death of the process, not that of the machine).
 */
#ifndef SIM_STORAGE_H
#define SIM_STORAGE_H

#include <stdbool.h>

#include "hal/storage.h"

#define SIM_STORAGE_PAGE_BYTES  64u
#define SIM_STORAGE_BLOCK_BYTES 512u
#define SIM_STORAGE_BLOCK_COUNT 64u
#define SIM_STORAGE_BYTES       (SIM_STORAGE_BLOCK_BYTES * SIM_STORAGE_BLOCK_COUNT)

typedef struct {
    int fd; /* -1: only RAM */
    bool open;
    uint8_t image[SIM_STORAGE_BYTES];
} sim_storage_t;

/* Opens state/storage.bin; makes it, with its folder, when it is missing. state NULL: only RAM, erased.
 * returns   STATUS_OK; after a message on standard error STATUS_BUSY (another process has it) or
 *           STATUS_UNSUPPORTED */
status_t sim_storage_open(sim_storage_t *storage, const char *state);
void sim_storage_close(sim_storage_t *storage);

status_t sim_storage_read(const sim_storage_t *storage, uint32_t address, uint8_t *out, size_t bytes);
status_t sim_storage_program(sim_storage_t *storage, uint32_t address, const uint8_t *data, size_t bytes);
status_t sim_storage_erase(sim_storage_t *storage, uint32_t address);

#endif
