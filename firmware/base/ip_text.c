#include "base/ip_text.h"

bool ip_text_is_ipv4(text_view_t text)
{
    unsigned octets = 1, digits = 0, value = 0;
    for (size_t i = 0; i < text.count; i++) {
        char c = text.bytes[i];
        if (c == '.') {
            if (digits == 0 || ++octets > 4) return false;
            digits = value = 0;
            continue;
        }
        if (c < '0' || c > '9' || (digits > 0 && value == 0)) return false;
        digits++;
        value = value * 10u + (unsigned)(c - '0');
        if (value > 255) return false;
    }
    return octets == 4 && digits > 0;
}

static bool is_group(text_view_t text)
{
    for (size_t i = 0; i < text.count; i++) {
        char c = text.bytes[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F')) return false;
    }
    return text.count >= 1 && text.count <= 4;
}

bool ip_text_is_ipv6(text_view_t text)
{
    unsigned groups = 0;
    bool gap = text.count >= 2 && text.bytes[0] == ':' && text.bytes[1] == ':';
    size_t at = gap ? 2 : 0;
    while (at < text.count) {
        size_t end = at;
        while (end < text.count && text.bytes[end] != ':') end++;
        text_view_t group = { text.bytes + at, end - at };
        if (end == text.count && ip_text_is_ipv4(group)) {
            groups += 2;
            break;
        }
        if (!is_group(group)) return false;
        groups++;
        if (end == text.count) break;
        at = end + 1;
        if (at == text.count) return false;
        if (text.bytes[at] != ':') continue;
        if (gap) return false;
        gap = true;
        at++;
    }
    return gap ? groups < 8 : groups == 8;
}
