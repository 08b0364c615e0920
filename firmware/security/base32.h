/* security/base32.h - bits as letters and digits that are not mistaken for each other.
 *
 * Crockford's alphabet: the digits and the letters but i, l, o and u (https://www.crockford.com/base32.html),
 * here in lower case.
 *
 * Context: anywhere. No branch and no memory access depends on the bits' value.
 */
#ifndef SECURITY_BASE32_H
#define SECURITY_BASE32_H

#include <stddef.h>
#include <stdint.h>

/* Writes 8 characters for each 5 bytes, and no NUL.
 * bytes     a multiple of 5 */
void base32_encode(const uint8_t *data, size_t bytes, char *out);

/* A character as somebody may have typed it: in lower case, o as 0, i and l as 1.
 * returns   a character of the alphabet, or '\0' for any other */
char base32_normalize(char typed);

#endif
