/* settings/schema.h - settings as a table: their JSON, their defaults, and what may be set to what.
 *
 * A schema is a constant table of fields of one C struct. From it come the defaults, the document that shows
 * the settings, their entity tag, and the merging of a patch (RFC 7396) with every wrong member named.
 *
 * A document that schema_write gives is taken as a patch, too, and gives the same settings: that is how
 * settings are stored and read back.
 *
 * Memory: no allocation; schema_merge_patch takes about 150 bytes of stack.
 * Context: anywhere.
 */
#ifndef SETTINGS_SCHEMA_H
#define SETTINGS_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "cJSON.h"
#include "settings/schema_errors.h"

/* What a field is in JSON and in the struct. */
typedef enum {
    FIELD_BOOL,    /* true, false         bool */
    FIELD_U32,     /* a whole number      uint32_t; 0 where an optional one is null */
    FIELD_DECIMAL, /* a number            int32_t in 10^-decimals; SCHEMA_NO_DECIMAL where it is null */
    FIELD_STRING,  /* a string            char[bytes] with NUL; empty where an optional one is null */
    FIELD_ENUM,    /* one of some strings uint8_t, index of the name */
    FIELD_IPV4,    /* "192.0.2.1"         uint32_t, first octet in the high byte; 0 where it is null */
    FIELD_LIST,    /* array of strings    char[max][bytes] with NULs, zeros after the last; and a uint8_t */
} schema_type_t;

#define SCHEMA_NO_DECIMAL INT32_MIN

/* decimals of fields in a sensor's unit: how many is said at run time. Their min, max and initial value are
 * in the same scale. */
#define SCHEMA_UNIT_DECIMALS 255u

typedef struct {
    /* Names of the members, [a-z0-9_]+, from the outermost in, between slashes: "network/address". Fields of
     * one object stand together. */
    const char *path;
    const char *rule; /* what a value must be, for errors: a constant, "must be ..." */
    uint16_t offset;  /* in the struct */
    uint8_t type;     /* schema_type_t */
    bool
        optional; /* written as null when there is no value; null or not, null in a patch means the default */
    union {
        struct {
            bool initial;
        } boolean;
        struct {
            uint32_t min, max, initial;
        } u32;
        struct {
            int32_t min, max, initial;
            uint8_t decimals; /* 0..9, SCHEMA_UNIT_DECIMALS */
        } decimal;
        struct {
            uint16_t bytes;                   /* of the array */
            uint16_t min_bytes;               /* without NUL */
            bool (*valid)(const char *value); /* NULL: any */
            const char *initial;              /* NULL: empty */
        } string;
        struct {
            const char *const *names;
            uint8_t count, initial;
        } choice;
        struct {
            bool (*valid)(uint32_t address);
        } ipv4; /* optional always, null by default */
        struct {
            uint16_t count_offset;
            uint16_t bytes; /* of one item with NUL */
            uint8_t max;
            bool (*valid)(const char *value);
            const char *item_rule; /* what an item must be, as rule says it of the whole */
        } list;                    /* empty by default; items are not */
    } as;
} schema_field_t;

typedef struct {
    const schema_field_t *fields;
    size_t field_count;
    size_t bytes; /* of the struct */

    /* Rules between fields, NULL for none: adds errors by schema_cross_error. A field for which schema_failed
     * says so is not worth looking at; the others are each right by themselves. */
    void (*check)(const void *settings, schema_errors_t *errors);
} schema_t;

/* Where schema_merge_patch and schema_write take it: how many decimals fields in a sensor's unit have. For
 * schemas without such fields it does not matter. */
typedef unsigned schema_decimals_t;

/* Makes all of *settings the defaults; also its padding is zero then. */
void schema_defaults(const schema_t *schema, void *settings);

/* Merges a patch into candidate (RFC 7396, on members that are fixed): absent keeps, null makes the default,
 * objects merge, arrays are replaced. Every member that is unknown, of the wrong type or out of its range, and
 * every rule between fields that is broken, becomes an error.
 *
 * candidate   a copy of the settings. It is partly merged when there are errors: the caller takes it over only
 *             when there are none
 * errors      begun by schema_errors; borrows from patch
 * returns     whether there is no error */
bool schema_merge_patch(const schema_t *schema, schema_decimals_t decimals, const cJSON *patch,
                        void *candidate, schema_errors_t *errors);

/* Writes the settings as one object, its members in the order of the table. */
void schema_write(const schema_t *schema, schema_decimals_t decimals, const void *settings,
                  json_writer_t *json);

/* Differs whenever the document does, except by chance of 2^-64; the same across resets. For entity tags. */
uint64_t schema_tag(const schema_t *schema, const void *settings);

/* Whether two structs say the same: for writing only what has changed. */
bool schema_equal(const schema_t *schema, const void *one, const void *other);

#endif
