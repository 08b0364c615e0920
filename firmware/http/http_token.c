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
