/* boot_options.h - 64 bytes of a person's or a test's wishes for one start, written by an emulator's loader or a debugger
 * before it, where the linker script says __boot_options. Random on a board that nobody prepared: a magic number and a check
 * sum decide. The layout is in each board's README.md. For boards.
 */
#ifndef CORTEX_M_BOOT_OPTIONS_H
#define CORTEX_M_BOOT_OPTIONS_H

#include "board.h"

/* Changes what the block asks for, and wipes its seed: that serves one start. */
void cortex_m_take_boot_options(board_t *board);

#endif
