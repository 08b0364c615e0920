/* hal/clock.h - time since reset, and the wall clock where a board has one.
 *
 * Context: main loop only (an implementation may keep state between calls).
 * Time:    returns at once.
 */
#ifndef HAL_CLOCK_H
#define HAL_CLOCK_H

#include <stdint.h>

#include "hal/status.h"

/* Milliseconds since reset. Monotonic, never wraps in the life of a device. */
uint64_t hal_clock_ms(void);

/* Wall clock of the board, milliseconds since 1970-01-01T00:00:00Z without leap seconds.
 * utc_ms    the caller's; written only on STATUS_OK
 * returns   STATUS_OK, STATUS_UNSUPPORTED (no clock on this board, or it was never set) */
status_t hal_clock_utc_ms(int64_t *utc_ms);

#endif
