/* hal/system.h - sleeping, resetting, and why we were reset.
 *
 * Context: main loop only.
 */
#ifndef HAL_SYSTEM_H
#define HAL_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

#include "hal/status.h"

typedef enum {
    RESET_POWER_ON, /* or the reset button: the board cannot tell them apart */
    RESET_SOFTWARE, /* hal_system_reset */
    RESET_WATCHDOG,
    RESET_FAULT, /* a processor fault or a failed assertion; the record is on the console */
} reset_cause_t;

/* Sleeps until an interrupt posted work (a frame came in, somebody typed) or hal_clock_ms() reaches until_ms, whichever is
 * first. Returns at once if either is already true. May return early. */
void hal_system_idle(uint64_t until_ms);

/* Resets the device; on the simulator the process starts anew with the same options. Does not return. */
_Noreturn void hal_system_reset(void);

/* Why the device started. Constant until the next reset. */
reset_cause_t hal_system_reset_cause(void);

/* How deep the stack has ever been.
 * peak_bytes, size_bytes   the caller's; written only on STATUS_OK
 * returns   STATUS_OK, STATUS_UNSUPPORTED (the simulator's stack belongs to Linux) */
status_t hal_system_stack(size_t *peak_bytes, size_t *size_bytes);

/* Ends with a message on the console and a reset with cause RESET_FAULT (simulator: abort). For our own
 * bugs only; no input from outside may lead here.
 * what      a constant string */
_Noreturn void hal_system_panic(const char *what);

#endif
