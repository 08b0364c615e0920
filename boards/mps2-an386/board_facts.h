/* board_facts.h - what this image of the MPS2+ is called. */
#ifndef BOARD_FACTS_H
#define BOARD_FACTS_H

#define BOARD_NAME  "mps2-an386"
#define BOARD_MODEL "Arm MPS2+ (AN386)"
#define BOARD_MCU   "Cortex-M4, 25 MHz"

#endif
