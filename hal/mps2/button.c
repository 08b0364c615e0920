/* button.c - hal/button.h on the first user button of an MPS2 board (AN385, table 3-6: FPGAIO BUTTON). */
#include "hal/button.h"

#include "hal/mmio.h"
#include "mps2.h"

#define FPGAIO_BUTTON 0x8u

bool hal_button_pressed(void)
{
    return mmio_read32(MPS2_FPGAIO + FPGAIO_BUTTON) & 1u;
}
