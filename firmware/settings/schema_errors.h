/* settings/schema_errors.h - what is wrong with a document, member by member.
 *
 * An error does not copy: it points into the schema and into the patch, and becomes a JSON pointer (RFC 6901)
 * when it is written. So errors must be written before the patch's document ends.
 *
 * Context: anywhere.
 */
#ifndef SETTINGS_SCHEMA_ERRORS_H
#define SETTINGS_SCHEMA_ERRORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "base/text.h"
#include "config/limits.h"

typedef struct {
    text_view_t path;   /* in the schema: "network/address" or its beginning, "network" */
    const char *member; /* below it, in the patch: a member nobody knows; NULL */
    const char *detail; /* for people: a constant */
    int16_t item;       /* below it: index in an array; -1 */
} schema_error_t;

typedef struct {
    schema_error_t items[SCHEMA_ERRORS_MAX]; /* in the order of the patch, then the rules between fields */
    uint8_t count;
    bool more; /* there are others that found no room */
} schema_errors_t;

static inline schema_errors_t schema_errors(void)
{
    return (schema_errors_t){ .count = 0 };
}

/* Adds an error about a field or an object of the schema, for rules between fields.
 * path      of the schema, "network/address"; a constant */
void schema_cross_error(schema_errors_t *errors, const char *path, const char *detail);

/* Whether the value at path, or one it lies in, is already known to be wrong (or may be: when errors found no
 * room), so that rules between fields say nothing about it. */
bool schema_failed(const schema_errors_t *errors, const char *path);

/* For the engine: adds one. */
void schema_errors_add(schema_errors_t *errors, schema_error_t error);

/* Where an error is, as a JSON pointer: "", "/network/address", "/a~1b", "/cors_origins/2". An unknown member
 * whose name makes it longer than the buffer is told by the pointer of its parent.
 * returns   what to say about it there: a constant, in general the error's detail */
const char *schema_error_pointer(const schema_error_t *error, char pointer[SCHEMA_POINTER_BYTES]);

/* Writes an array of the errors, {"pointer":"/interval_ms","detail":"must be ..."}, as many as fit and leave spare bytes in the buffer. */
void schema_errors_write(json_writer_t *json, const schema_errors_t *errors, size_t spare);

#endif
