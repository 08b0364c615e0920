#include "tests/unit/json_vectors.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

json_vectors_t json_vectors_open(const char *path)
{
    json_vectors_t vectors = { .file = fopen(path, "rb") };
    assert_non_null(vectors.file);
    return vectors;
}

/* Cuts the next word off, with the blank after it. */
static char *word(char **rest)
{
    char *first = *rest;
    char *blank = strchr(first, ' ');
    *rest = blank ? blank + 1 : first + strlen(first);
    if (blank) *blank = '\0';
    return first;
}

static void decode(json_vectors_t *vectors, const char *escaped)
{
    unsigned char decoded[sizeof vectors->line] = { 0 };
    size_t count = 0;
    while (*escaped) {
        if (*escaped == '%') {
            const char digits[] = { escaped[1], escaped[2], '\0' };
            char *end;
            decoded[count++] = (unsigned char)strtoul(digits, &end, 16);
            assert_ptr_equal(end, digits + 2);
            escaped += 3;
        } else {
            decoded[count++] = (unsigned char)*escaped++;
        }
    }
    vectors->text = malloc(count ? count : 1);
    assert_non_null(vectors->text);
    memcpy(vectors->text, decoded, count);
    vectors->bytes = count;
}

bool json_vectors_next(json_vectors_t *vectors, bool with_verdict)
{
    free(vectors->text);
    vectors->text = NULL;
    while (fgets(vectors->line, sizeof vectors->line, vectors->file)) {
        char *end = strchr(vectors->line, '\n');
        assert_non_null(end);
        *end = '\0';
        if (vectors->line[0] == '#' || vectors->line[0] == '\0') continue;
        char *rest = vectors->line;
        vectors->name = word(&rest);
        vectors->verdict = with_verdict ? word(&rest) : NULL;
        vectors->offset = with_verdict ? strtoul(word(&rest), NULL, 10) : 0;
        decode(vectors, rest);
        return true;
    }
    (void)fclose(vectors->file);
    vectors->file = NULL;
    return false;
}
