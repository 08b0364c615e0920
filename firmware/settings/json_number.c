#include "settings/json_number.h"

#include <stddef.h>

static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
#define POWER_EXACT_MAX 22 /* 10^22 is the last power of ten that a double holds exactly */
#define DIGITS_MAX      18 /* of them any number fits 63 bits */
#define EXPONENT_MAX    9999

typedef struct {
    uint64_t digits; /* significant ones, at most DIGITS_MAX */
    unsigned count;  /* of them */
    unsigned zeros;  /* seen since, not yet in digits: what is left of them at the end only moves the point */
    int exponent;
} mantissa_t;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void add_digit(mantissa_t *mantissa, char c, bool fraction)
{
    if (fraction) mantissa->exponent--;
    if (c == '0') {
        if (mantissa->count > 0) mantissa->zeros++;
        return;
    }
    while (mantissa->zeros > 0 && mantissa->count < DIGITS_MAX) {
        mantissa->digits *= 10u;
        mantissa->count++;
        mantissa->zeros--;
    }
    if (mantissa->count < DIGITS_MAX) {
        mantissa->digits = mantissa->digits * 10u + (uint64_t)(c - '0');
        mantissa->count++;
    } else {
        mantissa->zeros++; /* too small to matter: as good as a zero */
    }
}

static const char *read_exponent(const char *at, int *exponent)
{
    const char *first = at + 1;
    bool negative = *first == '-';
    if (*first == '-' || *first == '+') first++;
    if (!is_digit(*first)) return at;
    int value = 0;
    for (; is_digit(*first); first++) {
        if (value < EXPONENT_MAX) value = value * 10 + (*first - '0');
    }
    *exponent += negative ? -value : value;
    return first;
}

/* value * 10^exponent, from the largest steps down so that nothing overflows on the way to a small result. */
static double scale(double value, int exponent)
{
    bool up = exponent > 0;
    unsigned left = (unsigned)(up ? exponent : -exponent);
    if (left > 400u) left = 400u; /* 18 digits and a double's range are far less */
    while (left > 0) {
        unsigned step = left < POWER_EXACT_MAX ? left : POWER_EXACT_MAX;
        value = up ? value * powers[step] : value / powers[step];
        left -= step;
    }
    return value;
}

double json_strtod(const char *text, char **end)
{
    mantissa_t mantissa = { 0 };
    const char *at = text;
    bool negative = *at == '-';
    if (negative) at++;
    const char *first = at;
    while (is_digit(*at)) add_digit(&mantissa, *at++, false);
    bool any = at > first;
    if (any && *at == '.') {
        for (at++; is_digit(*at); at++) add_digit(&mantissa, *at, true);
    }
    if (any && (*at == 'e' || *at == 'E')) at = read_exponent(at, &mantissa.exponent);
    /* The signature is strtod's, which drops const. */
    if (end) *end = (char *)(any ? at : text);
    double value = scale((double)mantissa.digits, mantissa.exponent + (int)mantissa.zeros);
    return negative ? -value : value;
}

bool json_scaled(double value, unsigned decimals, int32_t *scaled)
{
    double product = value * powers[decimals];
    /* Written so that not-a-number fails too. */
    if (!(product > -2147483648.0 && product < 2147483648.0)) return false;
    int64_t nearest = (int64_t)(product < 0 ? product - 0.5 : product + 0.5);
    if (nearest > INT32_MAX || nearest < -INT32_MAX) return false;
    /* Both are exact doubles, so the quotient is the double nearest to what the text must have said. */
    if ((double)nearest / powers[decimals] != value) return false;
    *scaled = (int32_t)nearest;
    return true;
}
