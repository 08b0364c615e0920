/* boot2.S - the second boot stage: the Pico SDK's for the W25Q series, padded to 256 bytes with the check sum that the boot
 * ROM wants (section 2.8.1.3.1). The build makes what is included. */
    .section .boot2, "ax"
    .global rp2040_boot2
rp2040_boot2:
#include "boot2_padded.S"
