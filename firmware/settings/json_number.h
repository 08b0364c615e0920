/* settings/json_number.h - numbers of JSON, without the C library's strtod.
 *
 * newlib's strtod takes memory from the general heap, which our images do not have, and other libraries round
 * differently in the last bit. The build compiles cJSON against json_strtod instead, on every board.
 *
 * Context: anywhere. Time: one pass over the number.
 */
#ifndef SETTINGS_JSON_NUMBER_H
#define SETTINGS_JSON_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* The value of a number in the grammar of RFC 8259 section 6, with strtod's signature.
 *
 * Correctly rounded whenever the number, without zeros at either end, has at most 15 digits and lies between
 * 10^-22 and 10^22: there digits and power of ten are exact doubles, and IEEE 754 rounds their product or
 * quotient once. Elsewhere within a few units of the last place; beyond a double's range infinity or zero.
 *
 * text      NUL-terminated
 * end       where the number ended; text itself when there is none */
double json_strtod(const char *text, char **end);

/* value * 10^decimals as an integer, if value is the double nearest to a whole number of 10^-decimals.
 *
 * Every such number with an int32_t for a result has at most 10 digits, so json_strtod rounds it correctly
 * however it is spelled (21.5, 2.15e1, 21.50), and no other number of up to 15 digits gives the same double:
 * nothing is lost on the way through cJSON. A number of more digits than a double holds passes for its
 * neighbour.
 *
 * decimals  0..9
 * returns   false when value has more decimals, is not in -INT32_MAX..INT32_MAX after scaling, or is no number */
bool json_scaled(double value, unsigned decimals, int32_t *scaled);

#endif
