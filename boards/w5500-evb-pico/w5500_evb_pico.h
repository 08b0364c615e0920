/* w5500_evb_pico.h - what the files of this board share. */
#ifndef W5500_EVB_PICO_H
#define W5500_EVB_PICO_H

#include "board.h"
#include "hal/i2c.h"

extern hal_i2c_t w5500_evb_pico_i2c; /* pins 4 and 5, where chips may be plugged */

#endif
