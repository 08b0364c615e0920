/* mps2_an385.h - what the files of this board share. */
#ifndef MPS2_AN385_H
#define MPS2_AN385_H

#include "board.h"
#include "hal/i2c.h"
#include "hal/mps2/mps2.h"

extern hal_i2c_t mps2_an385_shield1; /* the bus of the first shield's header */

/* Arm solders a LAN9220 on the board; the emulation of it has a LAN9118. No register says it more plainly. */
bool mps2_an385_emulated(void);

#endif
