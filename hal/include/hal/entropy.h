/* hal/entropy.h - the platform's own source of randomness.
 *
 * Context: main loop only.
 * Time:    returns within 1 ms for up to 64 bytes.
 */
#ifndef HAL_ENTROPY_H
#define HAL_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

#include "hal/status.h"

/* Fills out with random bytes of full entropy.
 * out       the caller's; undefined unless STATUS_OK comes back
 * returns   STATUS_OK, STATUS_UNSUPPORTED (the board has no generator: no secrets may be made from it) */
status_t hal_entropy_read(uint8_t *out, size_t bytes);

#endif
