/* A second opinion on what JSON is: the grammar of RFC 8259 as functions that call each other, written without
 * looking at base/json_scan. It knows grammar and UTF-8 only: no limits, no duplicate names. */
#ifndef SUPPORT_JSON_ORACLE_H
#define SUPPORT_JSON_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Each takes what it names off the front of [at, end) and returns what follows it; NULL: it is not there. */
static const unsigned char *oracle_value(const unsigned char *at, const unsigned char *end, unsigned depth);

static bool oracle_one_of(const unsigned char *at, const unsigned char *end, const char *set)
{
    return at && at < end && *at != '\0' && strchr(set, *at) != NULL;
}

static const unsigned char *oracle_blanks(const unsigned char *at, const unsigned char *end)
{
    while (oracle_one_of(at, end, " \t\n\r")) at++;
    return at;
}

static const unsigned char *oracle_digits(const unsigned char *at, const unsigned char *end)
{
    if (!oracle_one_of(at, end, "0123456789")) return NULL;
    while (oracle_one_of(at, end, "0123456789")) at++;
    return at;
}

static const unsigned char *oracle_number(const unsigned char *at, const unsigned char *end)
{
    if (oracle_one_of(at, end, "-")) at++;
    at = oracle_one_of(at, end, "0") ? at + 1 : oracle_digits(at, end);
    if (oracle_one_of(at, end, ".")) at = oracle_digits(at + 1, end);
    if (!oracle_one_of(at, end, "eE")) return at;
    at++;
    if (oracle_one_of(at, end, "+-")) at++;
    return oracle_digits(at, end);
}

/* The four digits of \uXXXX as a number, or -1. */
static long oracle_unit(const unsigned char *at, const unsigned char *end)
{
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return -1;
    long unit = 0;
    for (int i = 2; i < 6; i++) {
        const char *digit = at[i] ? strchr("0123456789abcdefABCDEF", at[i]) : NULL;
        if (!digit) return -1;
        long value = digit - "0123456789abcdefABCDEF";
        unit = unit * 16 + (value > 15 ? value - 6 : value);
    }
    return unit;
}

static const unsigned char *oracle_escape(const unsigned char *at, const unsigned char *end)
{
    if (oracle_one_of(at + 1, end, "\"\\/bfnrt")) return at + 2;
    long unit = oracle_unit(at, end);
    if (unit < 0 || (unit & 0xfc00) == 0xdc00) return NULL;
    if ((unit & 0xfc00) != 0xd800) return at + 6;
    return (oracle_unit(at + 6, end) & ~0x3ffL) == 0xdc00 ? at + 12 : NULL;
}

/* By the value that the bytes give, not by a table of bytes. */
static const unsigned char *oracle_utf8(const unsigned char *at, const unsigned char *end)
{
    static const long smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    long length = *at < 0x80 ? 1 : *at >> 5 == 6 ? 2 : *at >> 4 == 14 ? 3 : *at >> 3 == 30 ? 4 : 0;
    if (length == 0 || end - at < length) return NULL;
    long code = length == 1 ? *at : *at & (0xff >> (length + 1));
    for (long i = 1; i < length; i++) {
        if (at[i] >> 6 != 2) return NULL;
        code = code * 64 + at[i] % 64;
    }
    return code < smallest[length] || code > 0x10ffff || code >> 11 == 0x1b ? NULL : at + length;
}

static const unsigned char *oracle_string(const unsigned char *at, const unsigned char *end)
{
    if (!oracle_one_of(at, end, "\"")) return NULL;
    at++;
    while (at && at < end && *at != '"') {
        if (*at < 0x20) return NULL;
        at = *at == '\\' ? oracle_escape(at, end) : oracle_utf8(at, end);
    }
    return at && at < end ? at + 1 : NULL;
}

/* NOLINTBEGIN(misc-no-recursion): that is its point; json_scan has none, and depth is bounded */
static const unsigned char *oracle_members(const unsigned char *at, const unsigned char *end, unsigned depth,
                                           char close)
{
    const char closing[] = { close, '\0' };
    at = oracle_blanks(at + 1, end);
    if (oracle_one_of(at, end, closing)) return at + 1;
    for (;;) {
        if (close == '}') {
            at = oracle_string(oracle_blanks(at, end), end);
            if (!at) return NULL;
            at = oracle_blanks(at, end);
            if (!oracle_one_of(at, end, ":")) return NULL;
            at++;
        }
        at = oracle_value(oracle_blanks(at, end), end, depth + 1);
        if (!at) return NULL;
        at = oracle_blanks(at, end);
        if (oracle_one_of(at, end, closing)) return at + 1;
        if (!oracle_one_of(at, end, ",")) return NULL;
        at++;
    }
}

static const unsigned char *oracle_value(const unsigned char *at, const unsigned char *end, unsigned depth)
{
    static const char *const words[] = { "true", "false", "null" };
    if (depth > 5000) return NULL; /* the stack has an end */
    if (oracle_one_of(at, end, "{")) return oracle_members(at, end, depth, '}');
    if (oracle_one_of(at, end, "[")) return oracle_members(at, end, depth, ']');
    if (oracle_one_of(at, end, "\"")) return oracle_string(at, end);
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(end - at) >= length && memcmp(at, words[i], length) == 0) return at + length;
    }
    return oracle_number(at, end);
}
/* NOLINTEND(misc-no-recursion) */

static bool oracle_is_json(const void *text, size_t bytes)
{
    const unsigned char *at = text, *end = at + bytes;
    if (bytes == 0) return false;
    at = oracle_value(oracle_blanks(at, end), end, 0);
    return at && oracle_blanks(at, end) == end;
}

#endif
