/* client/json_pick_number.h - a number of JSON (RFC 8259 section 6) as its bytes come.
 *
 * Context: anywhere.
 */
#ifndef CLIENT_JSON_PICK_NUMBER_H
#define CLIENT_JSON_PICK_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    PICK_MISSING, /* the document has nothing there, or has not come to it */
    PICK_NUMBER,
    PICK_NULL,
    PICK_OTHER, /* a string, a truth value, an array or an object */
} json_pick_kind_t;

/* (negative ? -1 : 1) * digits * 10^exponent. Digits behind the 18th are dropped. */
typedef struct {
    json_pick_kind_t kind;
    bool negative;
    uint8_t digit_count;
    int16_t exponent;
    uint64_t digits;
} json_picked_t;

typedef struct {
    uint8_t state;
    bool negative_exponent;
    int16_t exponent; /* as given behind the e */
    json_picked_t number;
} json_number_reader_t;

/* c         '-' or a digit: the first one */
void json_number_begin(json_number_reader_t *reader, char c);

/* returns   false: the byte is no part of the number, which has ended or is wrong */
bool json_number_feed(json_number_reader_t *reader, char c);

/* Whether it may end here. */
bool json_number_is_whole(const json_number_reader_t *reader);

/* The number; only when it is whole. */
json_picked_t json_number_end(const json_number_reader_t *reader);

/* The number * 10^shift as an integer, rounded half away from zero.
 * returns   false: it does not fit -INT32_MAX..INT32_MAX, or is no number */
bool json_picked_scaled(const json_picked_t *picked, int shift, int32_t *scaled);

#endif
