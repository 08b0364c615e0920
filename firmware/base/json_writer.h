/* base/json_writer.h - RFC 8259 documents, written straight into a send buffer.
 *
 * The writer sets commas itself. It writes constant memory and remembers an overflow, which the caller checks
 * once at the end (json_overflowed). A copy of the struct is a save point: assigning it back undoes what was
 * written since.
 *
 * Context: anywhere.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include "base/text.h"

typedef struct {
    text_writer_t out;
    uint32_t has_members; /* bit n: the container at depth n holds something, so a comma comes first */
    uint8_t depth;
    bool after_key; /* the next value belongs to the key just written */
} json_writer_t;

/* buffer    the caller's, alive as long as the writer */
json_writer_t json_writer(char *buffer, size_t bytes);

/* Begins another document behind the one that is complete: what comes next gets no comma. */
static inline void json_restart(json_writer_t *json)
{
    json->has_members = 0;
}

static inline size_t json_room(const json_writer_t *json)
{
    return (size_t)(json->out.end - json->out.at);
}

static inline bool json_overflowed(const json_writer_t *json)
{
    return json->out.overflow;
}

void json_object_begin(json_writer_t *json);
void json_object_end(json_writer_t *json);
void json_array_begin(json_writer_t *json);
void json_array_end(json_writer_t *json);

/* key       [a-z0-9_]+ or any text that needs no escape in JSON: it is copied as it is */
void json_key_bytes(json_writer_t *json, const char *key, size_t bytes);

static inline void json_key(json_writer_t *json, const char *key)
{
    json_key_bytes(json, key, strlen(key));
}

/* A value that is JSON already: it is copied as it is. */
void json_raw(json_writer_t *json, const char *value, size_t bytes);

/* A string that needs no escape, which saves the look: names of ours, never what came from outside. */
void json_plain(json_writer_t *json, const char *string);

/* Any bytes: quotes, backslashes and control characters are escaped; bytes that are not UTF-8 become U+FFFD. */
void json_string(json_writer_t *json, const char *string);
void json_text(json_writer_t *json, text_view_t text);

void json_null(json_writer_t *json);
void json_bool(json_writer_t *json, bool value);
void json_u32(json_writer_t *json, uint32_t value);
void json_u64(json_writer_t *json, uint64_t value);
void json_i64(json_writer_t *json, int64_t value);

/* A number given as a scaled integer, see text_decimal. */
void json_decimal(json_writer_t *json, int32_t value, unsigned decimals);

/* A number given in thousandths, with three decimals: seconds from milliseconds. */
void json_thousandths(json_writer_t *json, int64_t value);

/* Starts a string value, and ends it. Between them the caller writes into json->out text that needs no escape. */
void json_raw_string_begin(json_writer_t *json);
void json_raw_string_end(json_writer_t *json);

#endif
