/* Reads the files of tests/vectors/http; their README says what is in them. */
#ifndef SUPPORT_HTTP_VECTOR_H
#define SUPPORT_HTTP_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HTTP_VECTOR_INPUT_BYTES_MAX 20000
#define HTTP_VECTOR_CHECKS_MAX      8

typedef struct {
    const char *name; /* the path it was read from */
    char input[HTTP_VECTOR_INPUT_BYTES_MAX];
    size_t input_bytes;
    char expected[1024]; /* the line behind "=> " */
    char checks[HTTP_VECTOR_CHECKS_MAX][256];
    unsigned check_count;
} vector_t;

/* Takes one character or one escape off the front of at. */
static char http_vector_unescape(const char **at)
{
    char c = *(*at)++;
    if (c != '\\') return c;
    c = *(*at)++;
    switch (c) {
    case 'r': return '\r';
    case 'n': return '\n';
    case 't': return '\t';
    case '0': return '\0';
    case 'x': {
        char digits[3] = { (*at)[0], (*at)[1], '\0' };
        *at += 2;
        return (char)strtoul(digits, NULL, 16);
    }
    default: return c;
    }
}

static bool http_vector_add(vector_t *vector, const char **at)
{
    if (vector->input_bytes == sizeof vector->input) return false;
    vector->input[vector->input_bytes++] = http_vector_unescape(at);
    return true;
}

static bool http_vector_add_line(vector_t *vector, const char *line)
{
    while (*line) {
        char *star = NULL;
        unsigned long times = *line == '{' ? strtoul(line + 1, &star, 10) : 0;
        if (times == 0 || *star != '*') {
            if (!http_vector_add(vector, &line)) return false;
            continue;
        }
        const char *end = strchr(star, '}');
        if (!end) return false;
        for (unsigned long i = 0; i < times; i++) {
            for (const char *at = star + 1; at < end;) {
                if (!http_vector_add(vector, &at)) return false;
            }
        }
        line = end + 1;
    }
    return true;
}

static bool http_vector_take_line(vector_t *vector, const char *line)
{
    if (line[0] == '#') return true;
    if (strncmp(line, "=> ", 3) == 0) {
        (void)snprintf(vector->expected, sizeof vector->expected, "%.1000s", line + 3);
        return true;
    }
    if (!vector->expected[0]) return http_vector_add_line(vector, line);
    if (vector->check_count == HTTP_VECTOR_CHECKS_MAX) return false;
    (void)snprintf(vector->checks[vector->check_count++], sizeof vector->checks[0], "%.255s", line);
    return true;
}

/* path      borrowed as the vector's name
 * returns   false when there is no such file or it is no vector */
static bool http_vector_read(vector_t *vector, const char *path)
{
    char line[8192];
    FILE *file = fopen(path, "r");
    if (!file) return false;
    bool good = true;
    vector->name = path;
    vector->input_bytes = vector->check_count = 0;
    vector->expected[0] = '\0';
    while (good && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        good = http_vector_take_line(vector, line);
    }
    (void)fclose(file);
    return good && vector->expected[0] != '\0';
}

#endif
