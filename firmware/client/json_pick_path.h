/* client/json_pick_path.h - where in a document we are, and which pointers lead there.
 *
 * Internal to json_pick.c. Context: anywhere.
 */
#ifndef CLIENT_JSON_PICK_PATH_H
#define CLIENT_JSON_PICK_PATH_H

#include "client/json_pick.h"

/* Whether the innermost container is an array. */
bool json_pick_in_array(const json_pick_t *pick);

/* The name of a member: its beginning, its bytes after decoding, its end. */
void json_pick_begin_name(json_pick_t *pick);
void json_pick_compare(json_pick_t *pick, unsigned char byte);
void json_pick_end_name(json_pick_t *pick);

/* A value begins in an array. */
void json_pick_begin_element(json_pick_t *pick);

/* The value that we are at: who looks for it has found it. */
void json_pick_find(json_pick_t *pick, const json_picked_t *picked);
void json_pick_find_kind(json_pick_t *pick, json_pick_kind_t kind);

/* We go into the container that we are at: pointers that end here, or led elsewhere, do not lead on. */
void json_pick_lead_on(json_pick_t *pick);

/* A value is over: what lay at it or below it is behind us. */
void json_pick_leave_value(json_pick_t *pick);

#endif
