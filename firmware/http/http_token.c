#include "http/http_token.h"

/* One row for 16 characters. Each entry is the sum of the HTTP_CHAR_ classes the character is in; a unit test
 * derives the table again from the grammar. */
const uint8_t http_char_classes[256] = {
    0,  0,  0,  0,  0,  0,  0,  0,  0,  34, 0,  0,  0,  0,  0,  0,  /* 0x00 */
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  /* 0x10 */
    34, 15, 2,  3,  15, 15, 15, 15, 14, 14, 15, 15, 14, 15, 15, 6,  /* 0x20 */
    31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 14, 14, 2,  14, 2,  6,  /* 0x30 */
    6,  31, 31, 31, 31, 31, 31, 15, 15, 15, 15, 15, 15, 15, 15, 15, /* 0x40 */
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 10, 2,  10, 3,  15, /* 0x50 */
    3,  31, 31, 31, 31, 31, 31, 15, 15, 15, 15, 15, 15, 15, 15, 15, /* 0x60 */
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 2,  3,  2,  15, 0,  /* 0x70 */
    2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  /* 0x80: obs-text */
    2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  /* 0x90: obs-text */
    2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  /* 0xa0: obs-text */
    2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  /* 0xb0: obs-text */
    2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  /* 0xc0: obs-text */
    2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  /* 0xd0: obs-text */
    2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  /* 0xe0: obs-text */
    2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  /* 0xf0: obs-text */
};

/* Nonzero when one of four bytes is below 0x20, or DEL: the bits of an underflow show it, and at worst too often, for a
 * byte above one that is. HTAB is among them, so whoever is told looks at the bytes one by one. */
static inline uint32_t has_control(uint32_t word)
{
    uint32_t del = word ^ 0x7f7f7f7fu;
    return (((word - 0x20202020u) & ~word) | ((del - 0x01010101u) & ~del)) & 0x80808080u;
}

size_t http_text_span(const char *bytes, size_t count)
{
    size_t n = 0;
    for (;;) {
        for (uint32_t word; count - n >= sizeof word; n += sizeof word) {
            memcpy(&word, bytes + n, sizeof word);
            if (has_control(word)) break;
        }
        size_t stop = count - n >= 4 ? n + 4 : count;
        while (n < stop && http_char_is(bytes[n], HTTP_CHAR_TEXT)) n++;
        if (n < stop || n == count) return n;
    }
}

text_view_t http_trim(text_view_t text)
{
    while (text.count > 0 && http_char_is(text.bytes[0], HTTP_CHAR_BLANK)) {
        text.bytes++;
        text.count--;
    }
    while (text.count > 0 && http_char_is(text.bytes[text.count - 1], HTTP_CHAR_BLANK)) text.count--;
    return text;
}

bool http_list_next(text_view_t *list, text_view_t *element)
{
    while (http_next(list, ',', HTTP_QUOTED_PAIRS, element)) {
        if (element->count > 0) return true;
    }
    return false;
}

bool http_next(text_view_t *list, char separator, http_quotes_t quotes, text_view_t *element)
{
    if (list->count == 0) return false;
    size_t n = 0;
    bool quoted = false;
    for (; n < list->count; n++) {
        char c = list->bytes[n];
        if (c == '"')
            quoted = !quoted;
        else if (c == '\\' && quoted && quotes == HTTP_QUOTED_PAIRS && n + 1 < list->count)
            n++;
        else if (c == separator && !quoted)
            break;
    }
    *element = http_trim((text_view_t){ list->bytes, n });
    size_t taken = n < list->count ? n + 1 : n;
    list->bytes += taken;
    list->count -= taken;
    return true;
}

text_view_t http_split(text_view_t *text, char separator)
{
    size_t n = 0;
    while (n < text->count && text->bytes[n] != separator) n++;
    text_view_t front = { text->bytes, n };
    size_t taken = n < text->count ? n + 1 : n;
    text->bytes += taken;
    text->count -= taken;
    return front;
}
