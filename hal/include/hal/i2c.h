/* hal/i2c.h - master on an I2C bus.
 *
 * Context: main loop only, never from an interrupt handler.
 * Time:    returns within 1 ms for up to 8 bytes at 100 kHz; a held bus is given up after
 *          HAL_I2C_TIMEOUT_US.
 * State:   no call changes anything beyond the bus; two devices never share state here.
 */
#ifndef HAL_I2C_H
#define HAL_I2C_H

#include <stddef.h>
#include <stdint.h>

#include "hal/status.h"

#define HAL_I2C_TIMEOUT_US                                                                                   \
    500u /* SCL held low for longer is a fault; SMBus parts may stretch far less here */

/* A bus; what is in it belongs to the family that implements it. */
typedef struct hal_i2c hal_i2c_t;

/* One transaction: START, write tx, repeated START, read rx, STOP. Either part may be empty, not both.
 * A bus that was found stuck is freed (nine clocks and STOP) by the next call before it starts.
 * addr      7-bit address, right-aligned
 * tx, rx    the caller's; rx is undefined unless STATUS_OK comes back
 * returns   STATUS_OK, STATUS_NACK (nobody home), STATUS_TIMEOUT (SCL held), STATUS_BUS (SDA stuck,
 *           arbitration), STATUS_INVALID (address above 0x7f, or both parts empty) */
status_t hal_i2c_transfer(hal_i2c_t *bus, uint8_t addr, const uint8_t *tx, size_t tx_bytes, uint8_t *rx,
                          size_t rx_bytes);

#endif
