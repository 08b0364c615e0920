/* storage.h - hal/storage.h on an EEPROM that the board names. For boards that use this family. */
#ifndef MPS2_STORAGE_H
#define MPS2_STORAGE_H

#include "hal/drivers/at24c.h"

/* The board defines it: its memory, alive as long as the firmware, or NULL when it has none. */
at24c_t *mps2_storage_memory(void);

#endif
