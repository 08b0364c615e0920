/* base/chip_text.h - a chip that somebody wants on a bus, as one line of text.
 *
 *   outside=bme280@i2c0/0x76      id=type@bus/address
 *
 * id       [a-z0-9_], 1..CHIP_ID_BYTES_MAX of them: of the device; its sensors are named after it
 * type     [a-z0-9], of a chip, e.g. "bme280"
 * bus      [a-z0-9], as the board calls it
 * address  two hexadecimal digits behind 0x, of 7 bits: 0x08..0x77
 *
 * Context: anywhere.
 */
#ifndef BASE_CHIP_TEXT_H
#define BASE_CHIP_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef struct {
    text_view_t id, type, bus; /* of the text that was read */
    uint8_t addr;
} chip_wish_t;

/* Reads all of a text with NUL. Whether there is such a type, bus or place is not looked at.
 * returns   false: it is malformed, and wish undefined */
bool chip_text_read(const char *text, chip_wish_t *wish);

/* Whether a text can be the id of a device. */
bool chip_text_is_id(const char *text);

#endif
