#include "base/json_scan.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "config/limits.h"

typedef struct {
    const unsigned char *text;
    size_t bytes;
    size_t at;
    json_verdict_t verdict; /* once it is not JSON_ACCEPTED, at is where */
} cursor_t;

typedef struct {
    uint32_t hash;  /* of the decoded characters */
    uint32_t quote; /* where it begins */
} name_t;

/* What may come next. */
typedef enum { VALUE, VALUE_OR_END, NAME, NAME_OR_END, COLON, AFTER_VALUE } expected_t;

typedef struct {
    cursor_t in;
    expected_t expected;
    uint32_t objects; /* bit n: the container at depth n + 1 is an object */
    uint8_t depth;
    uint8_t name_count;
    uint8_t
        first_name[JSON_READ_DEPTH_MAX]; /* of the container at depth n + 1: its names are the last ones */
    name_t names[JSON_READ_NAMES_MAX];   /* of all objects that are open */
} scan_t;

static bool refuse(cursor_t *in, json_verdict_t verdict)
{
    in->verdict = verdict;
    return false;
}

/* The next byte, or -1 at the end. */
static int peek(const cursor_t *in)
{
    return in->at < in->bytes ? in->text[in->at] : -1;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* For a byte that is not what has to stand there. */
static bool unexpected(cursor_t *in, json_verdict_t verdict)
{
    return refuse(in, in->at < in->bytes ? verdict : JSON_TRUNCATED);
}

static bool digits(cursor_t *in)
{
    if (!is_digit(peek(in))) return unexpected(in, JSON_BAD_NUMBER);
    while (is_digit(peek(in))) in->at++;
    return true;
}

/* RFC 8259 section 6. */
static bool number(cursor_t *in)
{
    if (peek(in) == '-') in->at++;
    if (peek(in) == '0') {
        in->at++;
        if (is_digit(peek(in))) return refuse(in, JSON_BAD_NUMBER);
    } else if (!digits(in)) {
        return false;
    }
    if (peek(in) == '.') {
        in->at++;
        if (!digits(in)) return false;
    }
    if (peek(in) == 'e' || peek(in) == 'E') {
        in->at++;
        if (peek(in) == '+' || peek(in) == '-') in->at++;
        return digits(in);
    }
    return true;
}

static bool literal(cursor_t *in, const char *word)
{
    for (; *word; word++, in->at++) {
        if (peek(in) != *word) return unexpected(in, JSON_SYNTAX);
    }
    return true;
}

/* The four digits after \u. */
static bool hexadecimal(cursor_t *in, uint32_t *unit)
{
    *unit = 0;
    for (unsigned i = 0; i < 4; i++, in->at++) {
        int c = peek(in);
        int lower = c | 0x20;
        if (is_digit(c))
            *unit = *unit << 4 | (uint32_t)(c - '0');
        else if (c >= 0 && lower >= 'a' && lower <= 'f')
            *unit = *unit << 4 | (uint32_t)(lower - 'a' + 10);
        else
            return unexpected(in, JSON_BAD_ESCAPE);
    }
    return true;
}

/* What follows \uD800..\uDBFF: the other half of a pair. start is where the first half began. */
static bool low_surrogate(cursor_t *in, size_t start, uint32_t *code)
{
    for (const char *word = "\\u"; *word; word++, in->at++) {
        if (peek(in) == *word) continue;
        if (in->at == in->bytes) return refuse(in, JSON_TRUNCATED);
        in->at = start;
        return refuse(in, JSON_BAD_SURROGATE);
    }
    uint32_t low;
    if (!hexadecimal(in, &low)) return false;
    if (low < 0xdc00 || low > 0xdfff) {
        in->at = start;
        return refuse(in, JSON_BAD_SURROGATE);
    }
    *code = 0x10000u + ((*code - 0xd800u) << 10) + (low - 0xdc00u);
    return true;
}

static bool escape(cursor_t *in, uint32_t *code)
{
    static const char named[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    size_t start = in->at++;
    int c = peek(in);
    for (const char *pair = named; *pair; pair += 2) {
        if (c != pair[0]) continue;
        *code = (unsigned char)pair[1];
        in->at++;
        return true;
    }
    if (c != 'u') return unexpected(in, JSON_BAD_ESCAPE);
    in->at++;
    if (!hexadecimal(in, code)) return false;
    if (*code >= 0xd800 && *code <= 0xdbff) return low_surrogate(in, start, code);
    if (*code == 0 || (*code >= 0xdc00 && *code <= 0xdfff)) {
        in->at = start;
        return refuse(in, *code ? JSON_BAD_SURROGATE : JSON_NUL);
    }
    return true;
}

/* One character of a string, as it is or escaped. */
static bool character(cursor_t *in, uint32_t *code)
{
    int c = peek(in);
    if (c < 0) return refuse(in, JSON_TRUNCATED);
    if (c == '\\') return escape(in, code);
    if (c < 0x20) return refuse(in, JSON_CONTROL);
    size_t length = utf8_decode(in->text + in->at, in->bytes - in->at, code);
    if (length == 0) return refuse(in, JSON_BAD_UTF8);
    in->at += length;
    return true;
}

/* A string from quote to quote.
 * hash      of its characters, however they are written (FNV-1a) */
static bool string(cursor_t *in, uint32_t *hash)
{
    *hash = 0x811c9dc5u;
    in->at++;
    while (peek(in) != '"') {
        uint32_t code;
        if (!character(in, &code)) return false;
        *hash = (*hash ^ code) * 0x01000193u;
    }
    in->at++;
    return true;
}

/* Whether the strings at two quotes, already scanned, say the same. */
static bool same_name(const cursor_t *in, size_t one, size_t other)
{
    cursor_t a = *in, b = *in;
    a.at = one + 1;
    b.at = other + 1;
    while (peek(&a) != '"' && peek(&b) != '"') {
        uint32_t code_a = 0, code_b = 0;
        if (!character(&a, &code_a) || !character(&b, &code_b) || code_a != code_b) return false;
    }
    return peek(&a) == peek(&b);
}

static bool name(scan_t *scan)
{
    cursor_t *in = &scan->in;
    size_t quote = in->at;
    uint32_t hash;
    if (!string(in, &hash)) return false;
    for (unsigned i = scan->first_name[scan->depth - 1u]; i < scan->name_count; i++) {
        if (scan->names[i].hash != hash || !same_name(in, scan->names[i].quote, quote)) continue;
        in->at = quote;
        return refuse(in, JSON_DUPLICATE_NAME);
    }
    if (scan->name_count == JSON_READ_NAMES_MAX) {
        in->at = quote;
        return refuse(in, JSON_TOO_MANY_NAMES);
    }
    scan->names[scan->name_count++] = (name_t){ hash, (uint32_t)quote };
    scan->expected = COLON;
    return true;
}

static bool open_container(scan_t *scan, bool object)
{
    if (scan->depth == JSON_READ_DEPTH_MAX) return refuse(&scan->in, JSON_TOO_DEEP);
    uint32_t bit = 1u << scan->depth;
    scan->objects = object ? scan->objects | bit : scan->objects & ~bit;
    scan->first_name[scan->depth++] = scan->name_count;
    scan->expected = object ? NAME_OR_END : VALUE_OR_END;
    scan->in.at++;
    return true;
}

static bool in_object(const scan_t *scan)
{
    return scan->depth > 0 && (scan->objects >> (scan->depth - 1u) & 1u) != 0;
}

/* Ends the innermost container if the next byte is its bracket. */
static bool end_container(scan_t *scan)
{
    if (scan->depth == 0 || peek(&scan->in) != (in_object(scan) ? '}' : ']')) {
        return refuse(&scan->in, JSON_SYNTAX);
    }
    scan->name_count = scan->first_name[--scan->depth];
    scan->expected = AFTER_VALUE;
    scan->in.at++;
    return true;
}

static bool value(scan_t *scan)
{
    cursor_t *in = &scan->in;
    uint32_t hash;
    scan->expected = AFTER_VALUE;
    switch (peek(in)) {
    case '{': return open_container(scan, true);
    case '[': return open_container(scan, false);
    case '"': return string(in, &hash);
    case 't': return literal(in, "true");
    case 'f': return literal(in, "false");
    case 'n': return literal(in, "null");
    default: break;
    }
    if (peek(in) == '-' || is_digit(peek(in))) return number(in);
    return refuse(in, JSON_SYNTAX);
}

static bool after_value(scan_t *scan)
{
    if (scan->depth == 0) return refuse(&scan->in, JSON_TRAILING);
    if (peek(&scan->in) != ',') return end_container(scan);
    scan->in.at++;
    scan->expected = in_object(scan) ? NAME : VALUE;
    return true;
}

/* One token; the next byte is none of white space. */
static bool token(scan_t *scan)
{
    int c = peek(&scan->in);
    switch (scan->expected) {
    case VALUE: return value(scan);
    case VALUE_OR_END: return c == ']' ? end_container(scan) : value(scan);
    case NAME_OR_END:
        if (c == '}') return end_container(scan);
        break;
    case COLON:
        if (c != ':') return refuse(&scan->in, JSON_SYNTAX);
        scan->in.at++;
        scan->expected = VALUE;
        return true;
    case AFTER_VALUE: return after_value(scan);
    case NAME: break;
    }
    return c == '"' ? name(scan) : refuse(&scan->in, JSON_SYNTAX);
}

static bool skip_white_space(cursor_t *in)
{
    int c = peek(in);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        in->at++;
        c = peek(in);
    }
    return c >= 0;
}

json_scan_t json_scan(const char *text, size_t bytes)
{
    scan_t scan; /* the table of names is not worth clearing */
    scan.in = (cursor_t){ (const unsigned char *)text, bytes, 0, JSON_ACCEPTED };
    scan.expected = VALUE;
    scan.objects = 0;
    scan.depth = 0;
    scan.name_count = 0;
    bool begun = false;
    while (skip_white_space(&scan.in)) {
        begun = true;
        if (!token(&scan)) return (json_scan_t){ scan.in.verdict, scan.in.at };
    }
    bool complete = scan.expected == AFTER_VALUE && scan.depth == 0;
    return (json_scan_t){ complete ? JSON_ACCEPTED : begun ? JSON_TRUNCATED : JSON_EMPTY, bytes };
}

const char *json_verdict_text(json_verdict_t verdict)
{
    static const char *const texts[] = {
        [JSON_ACCEPTED] = "JSON",
        [JSON_EMPTY] = "there is no JSON value",
        [JSON_TRUNCATED] = "the JSON text ends too early",
        [JSON_SYNTAX] = "not what JSON allows here",
        [JSON_BAD_NUMBER] = "not a JSON number",
        [JSON_BAD_ESCAPE] = "not an escape of JSON",
        [JSON_BAD_SURROGATE] = "half of a surrogate pair",
        [JSON_CONTROL] = "a control character in a string",
        [JSON_BAD_UTF8] = "not UTF-8",
        [JSON_TRAILING] = "something after the JSON value",
        [JSON_DUPLICATE_NAME] = "a name for the second time in one object",
        [JSON_TOO_DEEP] = "nested too deeply",
        [JSON_TOO_MANY_NAMES] = "too many members",
        [JSON_NUL] = "a NUL character in a string",
    };
    return texts[verdict];
}
