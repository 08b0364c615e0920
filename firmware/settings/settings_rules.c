#include "settings/settings_rules.h"

#include <string.h>

#include "base/ip_text.h"
#include "base/utf8.h"
#include "settings/schema_value.h"

bool settings_is_line(const char *text)
{
    return utf8_is_line(text_view(text));
}

bool settings_is_name(const char *text)
{
    return text[strspn(text, " ")] != '\0' && settings_is_line(text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c)
{
    char lower = (char)(c | 0x20);
    return is_digit(c) || (lower >= 'a' && lower <= 'z');
}

/* Bytes of the label at the start of text, 0 if there is none or it is not well-formed. */
static size_t label(const char *text)
{
    size_t length = 0;
    while (is_alphanumeric(text[length]) || text[length] == '-') length++;
    if (length == 0 || length > 63 || text[0] == '-' || text[length - 1] == '-') return 0;
    return length;
}

bool settings_is_label(const char *text)
{
    size_t length = label(text);
    return length > 0 && text[length] == '\0';
}

/* Bytes of the host name at the start of text, 0 if there is none. */
static size_t host(const char *text)
{
    const char *at = text;
    for (;;) {
        size_t length = label(at);
        if (length == 0) return 0;
        bool digits = true;
        for (size_t i = 0; i < length; i++) digits = digits && is_digit(at[i]);
        at += length;
        if (*at != '.') return digits ? 0 : (size_t)(at - text);
        at++;
    }
}

bool settings_is_host(const char *text)
{
    size_t length = host(text);
    return length > 0 && text[length] == '\0';
}

static bool is_ipv6_multicast(const char *text)
{
    return (text[0] | 0x20) == 'f' && (text[1] | 0x20) == 'f' && text[2] != ':' && text[3] != ':';
}

bool settings_is_server(const char *text)
{
    uint32_t address;
    if (schema_ipv4_parse(text, &address)) return settings_is_unicast(address);
    if (strchr(text, ':')) return ip_text_is_ipv6(text_view(text)) && !is_ipv6_multicast(text);
    return settings_is_host(text);
}

/* Bytes of the IPv4 address at the start of text, 0 if there is none. */
static size_t ipv4(const char *text)
{
    char copy[sizeof "255.255.255.255"];
    uint32_t address;
    size_t length = strspn(text, "0123456789.");
    if (length >= sizeof copy) return 0;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return schema_ipv4_parse(copy, &address) ? length : 0;
}

/* Bytes of "[...]" at the start of text. Only its characters are checked: an address in another spelling than
 * the browser's never matches, which is all that comes of it. */
static size_t ipv6(const char *text)
{
    if (text[0] != '[') return 0;
    size_t length = 1 + strspn(text + 1, "0123456789abcdef:");
    return length >= sizeof "[::" - 1 && text[length] == ']' ? length + 1 : 0;
}

/* ":" and a number of 1..65535 without leading zeros that is not the scheme's own, or nothing. */
static bool is_port(const char *text, unsigned scheme_port)
{
    if (*text == '\0') return true;
    if (*text++ != ':' || *text == '0') return false;
    unsigned port = 0, digits = 0;
    for (; is_digit(*text) && digits < 5; digits++) port = port * 10u + (unsigned)(*text++ - '0');
    return *text == '\0' && digits > 0 && port <= 65535u && port != scheme_port;
}

bool settings_is_origin(const char *text)
{
    static const char http[] = "http://", https[] = "https://";
    bool secure = strncmp(text, https, sizeof https - 1) == 0;
    if (!secure && strncmp(text, http, sizeof http - 1) != 0) return false;
    const char *at = text + (secure ? sizeof https : sizeof http) - 1;
    for (const char *c = at; *c; c++) {
        if (*c >= 'A' && *c <= 'Z') return false;
    }
    size_t length = ipv6(at);
    if (length == 0) length = ipv4(at);
    if (length == 0) length = host(at);
    return length > 0 && is_port(at + length, secure ? 443 : 80);
}

bool settings_is_unicast(uint32_t address)
{
    uint32_t first = address >> 24;
    return first != 0 && first != 127 && first < 224;
}

static uint32_t host_bits(unsigned prefix)
{
    return UINT32_MAX >> prefix;
}

bool settings_is_host_of(uint32_t address, unsigned prefix)
{
    uint32_t bits = address & host_bits(prefix);
    return bits != 0 && bits != host_bits(prefix);
}

bool settings_same_subnet(uint32_t one, uint32_t other, unsigned prefix)
{
    return ((one ^ other) & ~host_bits(prefix)) == 0;
}
