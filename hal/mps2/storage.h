/* storage.h - hal/storage.h on an EEPROM that the board names. For boards that use this family. */
#ifndef MPS2_STORAGE_H
#define MPS2_STORAGE_H

#include "hal/drivers/at24c.h"

/* chip      the board's memory, alive as long as the firmware. Called before hal_storage_open; without it the
 *           board has none */
void mps2_storage_use(at24c_t *chip);

#endif
