#include "client/json_pick_number.h"

enum { MINUS, ZERO, INTEGER, POINT, FRACTION, EXPONENT_MARK, EXPONENT_SIGN, EXPONENT };

#define DIGITS_MAX   18   /* of them any number fits 63 bits */
#define EXPONENT_MAX 9999 /* beyond what any number of digits brings back */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void add_digit(json_picked_t *number, char c, bool fraction)
{
    bool room = number->digit_count < DIGITS_MAX;
    if (room) {
        number->digits = number->digits * 10u + (uint64_t)(c - '0');
        if (number->digits > 0) number->digit_count++;
    }
    if (fraction && room && number->exponent > -EXPONENT_MAX) number->exponent--;
    if (!fraction && !room && number->exponent < EXPONENT_MAX) number->exponent++;
}

void json_number_begin(json_number_reader_t *reader, char c)
{
    *reader = (json_number_reader_t){ .number = { .kind = PICK_NUMBER, .negative = c == '-' } };
    reader->state = c == '-' ? MINUS : c == '0' ? ZERO : INTEGER;
    if (c != '-') add_digit(&reader->number, c, false);
}

static void add_exponent(json_number_reader_t *reader, char c)
{
    if (reader->exponent < EXPONENT_MAX / 10) reader->exponent = (int16_t)(reader->exponent * 10 + (c - '0'));
    reader->state = EXPONENT;
}

bool json_number_feed(json_number_reader_t *reader, char c)
{
    bool digit = is_digit(c), marks = c == 'e' || c == 'E';
    switch (reader->state) {
    case MINUS:
    case INTEGER:
        if (digit) {
            reader->state = reader->state == MINUS && c == '0' ? ZERO : INTEGER;
            add_digit(&reader->number, c, false);
            return true;
        }
        if (reader->state == MINUS) break;
        /* fall through */
    case ZERO:
        if (c != '.' && !marks) break;
        reader->state = marks ? EXPONENT_MARK : POINT;
        return true;
    case POINT:
    case FRACTION:
        if (digit) {
            reader->state = FRACTION;
            add_digit(&reader->number, c, true);
            return true;
        }
        if (reader->state == POINT || !marks) break;
        reader->state = EXPONENT_MARK;
        return true;
    case EXPONENT_MARK:
        if (c == '+' || c == '-') {
            reader->negative_exponent = c == '-';
            reader->state = EXPONENT_SIGN;
            return true;
        }
        /* fall through */
    default:
        if (!digit) break;
        add_exponent(reader, c);
        return true;
    }
    return false;
}

bool json_number_is_whole(const json_number_reader_t *reader)
{
    return reader->state == ZERO || reader->state == INTEGER || reader->state == FRACTION ||
           reader->state == EXPONENT;
}

json_picked_t json_number_end(const json_number_reader_t *reader)
{
    json_picked_t number = reader->number;
    int given = reader->negative_exponent ? -reader->exponent : reader->exponent;
    number.exponent = (int16_t)(number.exponent + given);
    return number;
}

bool json_picked_scaled(const json_picked_t *picked, int shift, int32_t *scaled)
{
    if (picked->kind != PICK_NUMBER) return false;
    uint64_t value = picked->digits;
    int exponent = picked->exponent + shift;
    for (; exponent > 0 && value > 0; exponent--) {
        if (value > INT32_MAX) return false;
        value *= 10u;
    }
    unsigned last = 0;
    for (; exponent < 0 && (value > 0 || last > 0); exponent++) {
        last = (unsigned)(value % 10u);
        value /= 10u;
    }
    value += last >= 5u;
    if (value > INT32_MAX) return false;
    *scaled = picked->negative ? -(int32_t)value : (int32_t)value;
    return true;
}
