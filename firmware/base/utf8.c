#include "base/utf8.h"

size_t utf8_decode(const unsigned char *bytes, size_t count, uint32_t *code)
{
    unsigned char lead = bytes[0];
    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || count < length) return 0;
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (bytes[1] < low || bytes[1] > high) return 0;
    uint32_t bits = lead & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) return 0;
        bits = bits << 6 | (bytes[i] & 0x3fu);
    }
    *code = bits;
    return length;
}

/* What is not shown, or changes how the rest is shown (Unicode: Cc, Zl, Zp, bidirectional controls). */
static bool is_hidden(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x200e || code == 0x200f ||
           code == 0x061c || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

bool utf8_is_line(text_view_t text)
{
    for (size_t at = 0; at < text.count;) {
        uint32_t code;
        size_t length = utf8_decode((const unsigned char *)text.bytes + at, text.count - at, &code);
        if (length == 0 || is_hidden(code)) return false;
        at += length;
    }
    return true;
}
