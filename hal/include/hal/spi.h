/* hal/spi.h - one chip on an SPI bus, of which this device is the master: mode 0, 8 bits, most significant bit first.
 *
 * A transaction is begin, any number of writes and reads, end. There is no way to fail: the bus has no answer to give.
 *
 * Context: main loop only. Transactions do not nest, and none lasts beyond the turn of the loop it began in.
 * Time:    returns when the bytes have passed; 0.25 us a byte at 33 MHz.
 */
#ifndef HAL_SPI_H
#define HAL_SPI_H

#include <stddef.h>
#include <stdint.h>

typedef struct hal_spi hal_spi_t; /* a family's: the bus, its speed, and the pin that selects the chip */

/* Selects the chip. */
void hal_spi_begin(hal_spi_t *chip);

/* bytes     the caller's; what comes back meanwhile is dropped */
void hal_spi_write(hal_spi_t *chip, const uint8_t *bytes, size_t count);

/* bytes     the caller's; zeros go out meanwhile */
void hal_spi_read(hal_spi_t *chip, uint8_t *bytes, size_t count);

/* Lets go of the chip. */
void hal_spi_end(hal_spi_t *chip);

#endif
