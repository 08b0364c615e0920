#include "sim_decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Stays far from overflow: more than any int32_t is refused at once. */
static bool push(int64_t *value, char c)
{
    *value = *value * 10 + (c - '0');
    return *value <= (int64_t)INT32_MAX + 1;
}

bool sim_decimal_parse(const char *text, unsigned decimals, int32_t *value)
{
    bool negative = *text == '-';
    if (negative) text++;
    if (!digit(*text)) return false;

    int64_t scaled = 0;
    for (; digit(*text); text++) {
        if (!push(&scaled, *text)) return false;
    }
    bool fraction = *text == '.';
    if (fraction && !digit(*++text)) return false;
    for (; decimals > 0; decimals--) {
        if (!push(&scaled, fraction && digit(*text) ? *text++ : '0')) return false;
    }
    if (fraction && digit(*text)) {
        if (*text >= '5') scaled++;
        while (digit(*text)) text++;
    }
    if (*text != '\0') return false;
    if (negative) scaled = -scaled;
    if (scaled < INT32_MIN || scaled > INT32_MAX) return false;
    *value = (int32_t)scaled;
    return true;
}

void sim_decimal_format(char *out, int32_t value, unsigned decimals)
{
    int64_t magnitude = value < 0 ? -(int64_t)value : value;
    int64_t scale = 1;
    for (unsigned i = 0; i < decimals; i++) scale *= 10;
    const char *sign = value < 0 ? "-" : "";
    int length = snprintf(out, SIM_DECIMAL_BYTES, "%s%" PRId64 ".%0*" PRId64, sign, magnitude / scale,
                          (int)decimals, magnitude % scale);
    size_t end = (size_t)length;
    while (out[end - 1] == '0' && strchr(out, '.') != out + end - 1) end--;
    if (out[end - 1] == '.') end--;
    out[end] = '\0';
}
