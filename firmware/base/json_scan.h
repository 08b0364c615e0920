/* base/json_scan.h - is this text a JSON document (RFC 8259) that may be let in?
 *
 * Strict: the grammar and nothing beyond it, UTF-8 without byte order mark (section 8.1) and without lone
 * surrogates also in escapes, no two members of one object with the same name (section 4; names are compared
 * after decoding their escapes), nothing but white space around the value. Some documents that are well-formed
 * are refused too, because of what comes after us: see json_verdict_t.
 *
 * Time:    one pass. A name is compared with those of its object by hash, and character by character where the
 *          hashes agree; hostile names can make that JSON_READ_NAMES_MAX steps a byte, never more.
 * Memory:  about 600 bytes of stack; nothing else. No recursion.
 * Context: anywhere.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    JSON_ACCEPTED = 0,

    /* Not JSON: 400 */
    JSON_EMPTY,          /* nothing but white space */
    JSON_TRUNCATED,      /* the text ends before the document does */
    JSON_SYNTAX,         /* a byte that cannot stand there */
    JSON_BAD_NUMBER,     /* leading zero, or no digit where one must be */
    JSON_BAD_ESCAPE,     /* a backslash before what is none, or less than four hexadecimal digits */
    JSON_BAD_SURROGATE,  /* half of a UTF-16 pair without the other, in an escape */
    JSON_CONTROL,        /* a raw control character in a string */
    JSON_BAD_UTF8,       /* a byte in a string that is not UTF-8 */
    JSON_TRAILING,       /* something after the value */
    JSON_DUPLICATE_NAME, /* a name for the second time in one object */

    /* Well-formed, but more than we take (RFC 8259 section 9 allows it): 422 */
    JSON_TOO_DEEP,       /* more than JSON_READ_DEPTH_MAX containers within each other */
    JSON_TOO_MANY_NAMES, /* more than JSON_READ_NAMES_MAX in all objects open at this point */
    JSON_NUL,            /* \u0000, which would end a C string early */
} json_verdict_t;

typedef struct {
    json_verdict_t verdict;
    size_t
        offset; /* byte at which it was clear: of the offending byte, escape, name or bracket; the number of
                      bytes when the text ends too early or is accepted */
} json_scan_t;

/* text      bytes of it, less than 4 GiB; need not end with NUL */
json_scan_t json_scan(const char *text, size_t bytes);

/* Whether a verdict other than JSON_ACCEPTED means that the text is not JSON at all. */
static inline bool json_is_malformed(json_verdict_t verdict)
{
    return verdict != JSON_ACCEPTED && verdict < JSON_TOO_DEEP;
}

/* A sentence's worth for people, without a full stop: a constant. */
const char *json_verdict_text(json_verdict_t verdict);

#endif
