#include "base/text.h"

#include <stdarg.h>

bool text_equal(text_view_t a, text_view_t b)
{
    return a.count == b.count && memcmp(a.bytes, b.bytes, a.count) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool text_equal_nocase(text_view_t a, text_view_t b)
{
    if (a.count != b.count) return false;
    for (size_t i = 0; i < a.count; i++) {
        if (lower(a.bytes[i]) != lower(b.bytes[i])) return false;
    }
    return true;
}

void text_append(text_writer_t *out, const char *bytes, size_t count)
{
    if (count > (size_t)(out->end - out->at)) {
        out->overflow = true;
        return;
    }
    memcpy(out->at, bytes, count);
    out->at += count;
}

/* Digits of value, right-aligned in a field that ends at end; returns the first one. */
static char *digits_before(char *end, uint32_t value)
{
    do {
        uint32_t rest = value / 10u;
        *--end = (char)('0' + (value - rest * 10u));
        value = rest;
    } while (value != 0);
    return end;
}

void text_u32(text_writer_t *out, uint32_t value)
{
    char field[10];
    const char *first = digits_before(field + sizeof field, value);
    text_append(out, first, (size_t)(field + sizeof field - first));
}

void text_u64(text_writer_t *out, uint64_t value)
{
    /* 32-bit division is one instruction on the cores we serve, 64-bit division a call: most values are small. */
    if (value <= UINT32_MAX) {
        text_u32(out, (uint32_t)value);
        return;
    }
    const uint32_t billion = 1000000000u;
    uint64_t high = value / billion;
    if (high > UINT32_MAX) {
        text_u32(out, (uint32_t)(high / billion));
        text_padded(out, (uint32_t)(high % billion), 9);
    } else {
        text_u32(out, (uint32_t)high);
    }
    text_padded(out, (uint32_t)(value % billion), 9);
}

void text_padded(text_writer_t *out, uint32_t value, unsigned digits)
{
    char field[9];
    for (unsigned i = digits; i-- > 0; value /= 10u) field[i] = (char)('0' + value % 10u);
    text_append(out, field, digits);
}

static void hex_before(char *end, uint32_t value, unsigned digits)
{
    for (; digits > 0; digits--, value >>= 4) *--end = "0123456789abcdef"[value & 15u];
}

void text_hex(text_writer_t *out, uint64_t value, unsigned digits)
{
    if (digits > (size_t)(out->end - out->at)) {
        out->overflow = true;
        return;
    }
    /* By words: to shift 64 bits takes several instructions on the cores we serve. */
    unsigned low = digits < 8 ? digits : 8;
    out->at += digits;
    hex_before(out->at, (uint32_t)value, low);
    hex_before(out->at - low, (uint32_t)(value >> 32), digits - low);
}

void text_decimal(text_writer_t *out, int32_t value, unsigned decimals)
{
    char field[12]; /* sign, ten digits, point */
    char *end = field + sizeof field;
    uint32_t magnitude = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    char *at = end;
    if (decimals > 0) {
        for (unsigned i = 0; i < decimals; i++) {
            *--at = (char)('0' + magnitude % 10u);
            magnitude /= 10u;
        }
        *--at = '.';
    }
    at = digits_before(at, magnitude);
    if (value < 0) text_char(out, '-');
    text_append(out, at, (size_t)(end - at));
}

/* Unlike text_append, a string that does not fit is cut: half a log line tells more than none. */
static void format_string(text_writer_t *out, const char *string)
{
    size_t room = (size_t)(out->end - out->at);
    size_t count = strlen(string);
    text_append(out, string, count < room ? count : room);
    if (count > room) out->overflow = true;
}

static void format_one(text_writer_t *out, char conversion, va_list *arguments)
{
    switch (conversion) {
    case 's': format_string(out, va_arg(*arguments, const char *)); break;
    case 'd': text_decimal(out, va_arg(*arguments, int), 0); break;
    case 'u': text_u32(out, va_arg(*arguments, unsigned)); break;
    case 'x': text_hex(out, va_arg(*arguments, unsigned), 8); break;
    case 'c': text_char(out, (char)va_arg(*arguments, int)); break;
    default: text_char(out, conversion); break; /* %% */
    }
}

void text_format_list(text_writer_t *out, const char *format, va_list arguments)
{
    va_list left;
    va_copy(left, arguments);
    for (; *format; format++) {
        if (*format != '%')
            text_char(out, *format);
        else
            format_one(out, *++format, &left);
    }
    va_end(left);
}

void text_format(text_writer_t *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_format_list(out, format, arguments);
    va_end(arguments);
}
