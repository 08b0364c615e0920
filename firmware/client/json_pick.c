#include "client/json_pick.h"

#include <string.h>

#include "client/json_pick_path.h"

enum { VALUE, VALUE_OR_END, NAME, NAME_OR_END, COLON, COMMA_OR_END, NOTHING }; /* between tokens */

enum { NO_TOKEN, STRING, ESCAPE, UNICODE, LITERAL, NUMBER }; /* within one */

_Static_assert(JSON_PICK_DEPTH_MAX <= 32, "a bit a level");

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void leave_value(json_pick_t *pick)
{
    json_pick_leave_value(pick);
    pick->expects = pick->depth > 0 ? COMMA_OR_END : NOTHING;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* ---- Values ------------------------------------------------------------------------------------------------- */

static void enter(json_pick_t *pick, bool array)
{
    json_pick_find_kind(pick, PICK_OTHER);
    if (pick->depth == JSON_PICK_DEPTH_MAX) {
        pick->state = PICK_TOO_DEEP;
        return;
    }
    json_pick_lead_on(pick);
    pick->index[pick->depth] = 0;
    uint32_t bit = (uint32_t)1 << pick->depth;
    pick->is_array = array ? pick->is_array | bit : pick->is_array & ~bit;
    pick->depth++;
    pick->expects = array ? VALUE_OR_END : NAME_OR_END;
}

static void leave(json_pick_t *pick)
{
    pick->depth--;
    leave_value(pick);
}

/* ---- Strings ------------------------------------------------------------------------------------------------ */

static void emit(json_pick_t *pick, unsigned char byte)
{
    if (pick->in_name) json_pick_compare(pick, byte);
}

static void emit_code(json_pick_t *pick, uint32_t code)
{
    if (code < 0x80u) {
        emit(pick, (unsigned char)code);
    } else if (code < 0x800u) {
        emit(pick, (unsigned char)(0xc0u | code >> 6u));
        emit(pick, (unsigned char)(0x80u | (code & 0x3fu)));
    } else if (code < 0x10000u) {
        emit(pick, (unsigned char)(0xe0u | code >> 12u));
        emit(pick, (unsigned char)(0x80u | (code >> 6u & 0x3fu)));
        emit(pick, (unsigned char)(0x80u | (code & 0x3fu)));
    } else {
        emit(pick, (unsigned char)(0xf0u | code >> 18u));
        emit(pick, (unsigned char)(0x80u | (code >> 12u & 0x3fu)));
        emit(pick, (unsigned char)(0x80u | (code >> 6u & 0x3fu)));
        emit(pick, (unsigned char)(0x80u | (code & 0x3fu)));
    }
}

static void end_string(json_pick_t *pick)
{
    pick->token = NO_TOKEN;
    if (pick->in_name) {
        json_pick_end_name(pick);
        pick->expects = COLON;
    } else {
        json_pick_find_kind(pick, PICK_OTHER);
        leave_value(pick);
    }
}

/* The first byte of a sequence (Unicode 15, table 3-7). */
static bool begin_utf8(json_pick_t *pick, unsigned char u)
{
    pick->utf8_low = u == 0xe0u ? 0xa0u : u == 0xf0u ? 0x90u : 0x80u;
    pick->utf8_high = u == 0xedu ? 0x9fu : u == 0xf4u ? 0x8fu : 0xbfu;
    pick->utf8_left = u < 0xc2u ? 0 : u < 0xe0u ? 1 : u < 0xf0u ? 2 : u < 0xf5u ? 3 : 0;
    return pick->utf8_left > 0;
}

static bool feed_string(json_pick_t *pick, char c)
{
    unsigned char u = (unsigned char)c;
    if (pick->utf8_left > 0) {
        if (u < pick->utf8_low || u > pick->utf8_high) return false;
        pick->utf8_low = 0x80u;
        pick->utf8_high = 0xbfu;
        pick->utf8_left--;
        emit(pick, u);
        return true;
    }
    if (pick->high && c != '\\') return false;
    if (c == '"') {
        end_string(pick);
        return true;
    }
    if (c == '\\') {
        pick->token = ESCAPE;
        return true;
    }
    if (u < 0x20u || (u >= 0x80u && !begin_utf8(pick, u))) return false;
    emit(pick, u);
    return true;
}

static bool feed_escape(json_pick_t *pick, char c)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (c == 'u') {
        pick->token = UNICODE;
        pick->hex_left = 4;
        pick->unit = 0;
        return true;
    }
    const char *at = c ? strchr(names, c) : NULL;
    if (!at || pick->high) return false;
    emit(pick, (unsigned char)meant[at - names]);
    pick->token = STRING;
    return true;
}

static bool end_unit(json_pick_t *pick)
{
    bool first = pick->unit >= 0xd800u && pick->unit < 0xdc00u;
    bool second = pick->unit >= 0xdc00u && pick->unit < 0xe000u;
    pick->token = STRING;
    if (second != (pick->high != 0)) return false;
    if (first) {
        pick->high = pick->unit;
        return true;
    }
    uint32_t code = pick->unit;
    if (second)
        code = 0x10000u + ((uint32_t)(pick->high - 0xd800u) << 10u | (uint32_t)(pick->unit - 0xdc00u));
    pick->high = 0;
    emit_code(pick, code);
    return true;
}

static bool feed_unicode(json_pick_t *pick, char c)
{
    unsigned value;
    if (is_digit(c))
        value = (unsigned)(c - '0');
    else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
        value = (unsigned)((c | 0x20) - 'a') + 10u;
    else
        return false;
    pick->unit = (uint16_t)((unsigned)pick->unit << 4u | value);
    return --pick->hex_left > 0 || end_unit(pick);
}

static void begin_string(json_pick_t *pick, bool name)
{
    pick->token = STRING;
    pick->in_name = name;
    pick->high = 0;
    pick->utf8_left = 0;
    if (name) json_pick_begin_name(pick);
}

/* ---- Bytes --------------------------------------------------------------------------------------------------- */

static bool begin_value(json_pick_t *pick, char c)
{
    if (json_pick_in_array(pick)) json_pick_begin_element(pick);
    switch (c) {
    case '{':
    case '[': enter(pick, c == '['); return true;
    case '"': begin_string(pick, false); return true;
    case 't': pick->literal = "rue"; break;
    case 'f': pick->literal = "alse"; break;
    case 'n': pick->literal = "ull"; break;
    default:
        if (c != '-' && !is_digit(c)) return false;
        json_number_begin(&pick->number, c);
        pick->token = NUMBER;
        return true;
    }
    pick->token = LITERAL;
    pick->literal_kind = c == 'n' ? PICK_NULL : PICK_OTHER;
    return true;
}

static bool feed_literal(json_pick_t *pick, char c)
{
    if (c != *pick->literal++) return false;
    if (*pick->literal) return true;
    pick->token = NO_TOKEN;
    json_pick_find_kind(pick, pick->literal_kind);
    leave_value(pick);
    return true;
}

static bool feed_comma_or_end(json_pick_t *pick, char c)
{
    bool array = json_pick_in_array(pick);
    if (c == ',') {
        if (array) pick->index[pick->depth - 1u]++;
        pick->expects = array ? VALUE : NAME;
        return true;
    }
    if (c != (array ? ']' : '}')) return false;
    leave(pick);
    return true;
}

static bool feed_between(json_pick_t *pick, char c)
{
    if (is_blank(c)) return true;
    switch (pick->expects) {
    case VALUE_OR_END:
        if (c == ']') {
            leave(pick);
            return true;
        }
        return begin_value(pick, c);
    case VALUE: return begin_value(pick, c);
    case NAME_OR_END:
        if (c == '}') {
            leave(pick);
            return true;
        }
        /* fall through */
    case NAME:
        if (c != '"') return false;
        begin_string(pick, true);
        return true;
    case COLON: pick->expects = VALUE; return c == ':';
    case COMMA_OR_END: return feed_comma_or_end(pick, c);
    default: return false;
    }
}

static void end_number(json_pick_t *pick)
{
    json_picked_t number = json_number_end(&pick->number);
    pick->token = NO_TOKEN;
    json_pick_find(pick, &number);
    leave_value(pick);
}

/* The byte behind a number belongs to what comes next. */
static bool feed_number(json_pick_t *pick, char c)
{
    if (json_number_feed(&pick->number, c)) return true;
    bool may_follow =
        is_blank(c) || (pick->depth > 0 && (c == ',' || c == (json_pick_in_array(pick) ? ']' : '}')));
    if (!json_number_is_whole(&pick->number) || !may_follow) return false;
    end_number(pick);
    return pick->state != PICK_MORE || feed_between(pick, c);
}

static bool feed_byte(json_pick_t *pick, char c)
{
    switch (pick->token) {
    case STRING: return feed_string(pick, c);
    case ESCAPE: return feed_escape(pick, c);
    case UNICODE: return feed_unicode(pick, c);
    case LITERAL: return feed_literal(pick, c);
    case NUMBER: return feed_number(pick, c);
    default: return feed_between(pick, c);
    }
}

void json_pick_begin(json_pick_t *pick, const char *const pointers[], unsigned count)
{
    *pick = (json_pick_t){ .count = count, .left = count, .expects = VALUE };
    for (unsigned i = 0; i < count; i++) pick->targets[i].pointer = pointers[i];
}

void json_pick_feed(json_pick_t *pick, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count && pick->state == PICK_MORE; i++) {
        if (!feed_byte(pick, bytes[i]) && pick->state == PICK_MORE) pick->state = PICK_MALFORMED;
    }
}

void json_pick_end(json_pick_t *pick)
{
    if (pick->state != PICK_MORE) return;
    bool number = pick->token == NUMBER && pick->depth == 0 && json_number_is_whole(&pick->number);
    if (number) end_number(pick);
    pick->state = pick->expects == NOTHING && pick->token == NO_TOKEN ? PICK_DONE : PICK_MALFORMED;
}
