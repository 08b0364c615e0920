/* leds.h - the two user LEDs of an MPS2 board, on its FPGAIO block.
 *
 * AN385 section 3.10 (FPGA system control and I/O): register FPGAIO->LED0, bits 1:0, one is lit.
 */
#ifndef MPS2_LEDS_H
#define MPS2_LEDS_H

#include <stdint.h>

#include "hal/actuator.h"

#define MPS2_LEDS 2u

typedef struct {
    uintptr_t base; /* MPS2_FPGAIO */
} mps2_leds_t;

/* MPS2_LEDS switches; self of the operations is an mps2_leds_t. The register itself is the state: it can be read
 * back, and it always answers. */
extern const actuator_ops_t mps2_leds_ops;

#endif
