/* http/http_token.h - character classes and lists of RFC 9110 and RFC 3986.
 *
 * Context: anywhere.
 */
#ifndef HTTP_TOKEN_H
#define HTTP_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum {
    HTTP_CHAR_TOKEN = 1,  /* tchar, RFC 9110 section 5.6.2 */
    HTTP_CHAR_TEXT = 2,   /* what a line may hold: SP, HTAB, VCHAR, obs-text; RFC 9110 section 5.5 */
    HTTP_CHAR_TARGET = 4, /* pchar, "/", "?": RFC 3986 section 3.3 and 3.4 */
    HTTP_CHAR_HOST = 8,   /* reg-name, IPv4, IPv6 literal, port: RFC 3986 section 3.2 */
    HTTP_CHAR_HEX = 16,
    HTTP_CHAR_BLANK = 32, /* OWS */
};

extern const uint8_t http_char_classes[256];

static inline bool http_char_is(char c, uint8_t classes)
{
    return (http_char_classes[(unsigned char)c] & classes) != 0;
}

/* How many bytes at the start are HTTP_CHAR_TEXT. */
size_t http_text_span(const char *bytes, size_t count);

/* Value of a hexadecimal digit; c must be HTTP_CHAR_HEX. */
static inline unsigned http_hex_value(char c)
{
    unsigned char u = (unsigned char)c;
    return u <= '9' ? (unsigned)(u - '0') : (unsigned)((u | 0x20) - 'a' + 10);
}

/* Without blanks (OWS) at both ends. */
text_view_t http_trim(text_view_t text);

typedef enum {
    HTTP_QUOTED_PAIRS, /* a backslash in a quoted string takes the next character along: RFC 9110 section 5.6.4 */
    HTTP_PLAIN_QUOTES, /* it is a character like any other: entity tags, RFC 9110 section 8.8.3 */
} http_quotes_t;

/* Takes the next element off a list, trimmed; separators inside quotes do not separate.
 * list      advanced past the element
 * returns   false at the end of the list */
bool http_next(text_view_t *list, char separator, http_quotes_t quotes, text_view_t *element);

/* The same for a comma-separated list of RFC 9110 section 5.6.1, whose empty elements count for nothing. */
bool http_list_next(text_view_t *list, text_view_t *element);

/* Takes what stands before a separator off the front of text (all of it when there is none). */
text_view_t http_split(text_view_t *text, char separator);

#endif
