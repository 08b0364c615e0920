/* base/text.h - text into a fixed buffer, and views of text.
 *
 * A writer that runs out of room writes nothing more and remembers it; callers check once, at the end.
 * Nothing here allocates, uses floating point or printf.
 *
 * Context: anywhere.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view of bytes owned by somebody else; not NUL-terminated. */
typedef struct {
    const char *bytes;
    size_t count;
} text_view_t;

/* A view of a string constant or any NUL-terminated string. */
static inline text_view_t text_view(const char *string)
{
    return (text_view_t){ string, strlen(string) };
}

bool text_equal(text_view_t a, text_view_t b);

/* The same but for the case of ASCII letters. */
bool text_equal_nocase(text_view_t a, text_view_t b);

typedef struct {
    char *at;      /* where the next byte goes */
    char *end;     /* one past the buffer */
    bool overflow; /* something did not fit */
} text_writer_t;

/* buffer    the caller's, alive as long as the writer */
static inline text_writer_t text_writer(char *buffer, size_t bytes)
{
    return (text_writer_t){ buffer, buffer + bytes, false };
}

/* Appends all of bytes or, when they do not fit, nothing. */
void text_append(text_writer_t *out, const char *bytes, size_t count);

static inline void text_string(text_writer_t *out, const char *string)
{
    text_append(out, string, strlen(string));
}

/* The same for a string constant, put in place without a call. */
#define text_literal(out, literal) text_put_literal((out), "" literal, sizeof(literal) - 1u)

static inline __attribute__((always_inline)) void text_put_literal(text_writer_t *out, const char *bytes,
                                                                   size_t count)
{
    if (count > (size_t)(out->end - out->at)) {
        out->overflow = true;
        return;
    }
    memcpy(out->at, bytes, count);
    out->at += count;
}

static inline void text_char(text_writer_t *out, char c)
{
    if (out->at < out->end)
        *out->at++ = c;
    else
        out->overflow = true;
}

void text_u32(text_writer_t *out, uint32_t value);
void text_u64(text_writer_t *out, uint64_t value);

/* Exactly digits (1..9) decimal digits with leading zeros; higher ones are cut. */
void text_padded(text_writer_t *out, uint32_t value, unsigned digits);

/* Exactly digits (1..16) lower-case hexadecimal digits. */
void text_hex(text_writer_t *out, uint64_t value, unsigned digits);

/* value / 10^decimals as a plain decimal number: text_decimal(out, -2144, 2) writes -21.44, and 2100 writes
 * 21.00: the digits tell the resolution. decimals 0..9. */
void text_decimal(text_writer_t *out, int32_t value, unsigned decimals);

/* Formats a line: %s (const char *), %d (int), %u (unsigned), %x (unsigned, 8 digits), %c, %% and nothing
 * else: no widths, no other conversions. What does not fit is cut. */
void text_format(text_writer_t *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_format_list(text_writer_t *out, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#endif
