/* sim_decimal.h - decimal numbers of people to scaled integers and back, without floating point. */
#ifndef SIM_DECIMAL_H
#define SIM_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_DECIMAL_BYTES 24u /* room for any value that sim_decimal_format writes, with its NUL */

/* "-21.5" with decimals 3 gives -21500. Digits beyond decimals round half away from zero. No exponent.
 * value     the caller's; written only when true comes back
 * returns   false for anything else than [-]digits[.digits], or when the result does not fit */
bool sim_decimal_parse(const char *text, unsigned decimals, int32_t *value);

/* -21500 with decimals 3 gives "-21.5". out has SIM_DECIMAL_BYTES. */
void sim_decimal_format(char *out, int32_t value, unsigned decimals);

#endif
