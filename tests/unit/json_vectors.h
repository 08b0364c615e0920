/* Reads tests/vectors/json: a name, perhaps what is expected, and a text with %HH for bytes. */
#ifndef JSON_VECTORS_H
#define JSON_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct {
    FILE *file;
    char line[4096];
    const char *name;
    const char *verdict; /* as in json_verdict_t, in lower case without JSON_; NULL in a file without */
    size_t offset;
    unsigned char *text; /* in a block of its own, just long enough, so that reading past it is noticed */
    size_t bytes;
} json_vectors_t;

/* Opens a file of vectors. Fails the test when there is none. */
json_vectors_t json_vectors_open(const char *path);

/* The next vector; false, and everything is given back, at the end. */
bool json_vectors_next(json_vectors_t *vectors, bool with_verdict);

#endif
