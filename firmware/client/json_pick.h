/* client/json_pick.h - numbers picked out of a JSON document as it streams past, by their JSON pointers (RFC 6901).
 *
 * The document may be of any size: nothing of it is kept but the place where we are in it. What passes is checked as
 * base/json_scan does it (RFC 8259, UTF-8, no lone surrogates), but for names that are there twice: the first one counts.
 * When all pointers have been found the rest is not looked at.
 *
 * Memory:  json_pick_t, the caller's; no allocation, no recursion.
 * Time:    a byte costs a few steps, one of a name or an array's comma a few for each pointer.
 * Context: anywhere.
 */
#ifndef CLIENT_JSON_PICK_H
#define CLIENT_JSON_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/json_pick_number.h"
#include "config/limits.h"

typedef enum {
    PICK_MORE,      /* feed it further */
    PICK_DONE,      /* all pointers have been found, or the document has ended */
    PICK_MALFORMED, /* it is no JSON, or was cut off */
    PICK_TOO_DEEP,  /* more than JSON_PICK_DEPTH_MAX containers within each other */
} json_pick_state_t;

typedef struct {
    const char *pointer; /* valid (json_pick_is_pointer) */
    uint8_t matched;     /* reference tokens that the place where we are shares with it */
    uint8_t at;          /* where the token that comes next begins in it */
    uint8_t cursor;      /* in the name that is being compared */
    bool same;           /* so far */
    json_picked_t found;
} json_pick_target_t;

typedef struct {
    json_pick_state_t state;
    json_pick_target_t targets[JSON_PICK_TARGETS_MAX];
    unsigned count, left; /* of targets; of those not found yet */

    /* Of json_pick.c. */
    uint8_t expects, token, depth;
    bool in_name;
    uint32_t is_array;                      /* bit n: the container at depth n + 1 */
    uint32_t index[JSON_PICK_DEPTH_MAX];    /* of the element, in arrays */
    const char *literal;                    /* what is left of one */
    uint8_t hex_left;                       /* digits of an escape */
    uint16_t unit, high;                    /* UTF-16 of an escape, and the first half of a pair */
    uint8_t utf8_left, utf8_low, utf8_high; /* bytes that must come, and the bounds of the next */
    json_number_reader_t number;
    json_pick_kind_t literal_kind;
} json_pick_t;

/* Whether a text is a JSON pointer of less than JSON_PICK_POINTER_BYTES, and at most JSON_PICK_DEPTH_MAX tokens. */
bool json_pick_is_pointer(const char *text);

/* pointers  count of them, at most JSON_PICK_TARGETS_MAX; borrowed as long as pick is fed */
void json_pick_begin(json_pick_t *pick, const char *const pointers[], unsigned count);

/* Takes all of it, unless the state is no longer PICK_MORE. */
void json_pick_feed(json_pick_t *pick, const char *bytes, size_t count);

/* The document has ended. */
void json_pick_end(json_pick_t *pick);

#endif
