/* base/utf8.h - one character of UTF-8.
 *
 * Context: anywhere.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Decodes the well-formed sequence at the start of bytes (Unicode 15, table 3-7: no overlong forms, no
 * surrogates, nothing above U+10FFFF).
 * bytes     count of them, at least one
 * code      its code point; untouched when there is none
 * returns   bytes of the sequence, 1..4; 0 when the bytes are not one, or not yet all of one */
size_t utf8_decode(const unsigned char *bytes, size_t count, uint32_t *code);

/* Whether a text is well-formed and shows as one line: no control characters (C0, DEL, C1), no line or paragraph
 * separator, no marks that turn the direction of what comes after. */
bool utf8_is_line(text_view_t text);

#endif
