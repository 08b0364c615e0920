#include "client/client_url.h"

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* pchar, "/" and "?" of RFC 3986. */
static bool is_target(char c)
{
    return is_letter_or_digit(c) || (c != '\0' && strchr("-._~%!$&'()*+,;=:@/?", c));
}

static bool valid_target(text_view_t target)
{
    for (size_t i = 0; i < target.count; i++) {
        char c = target.bytes[i];
        if (!is_target(c)) return false;
        if (c != '%') continue;
        if (target.count - i < 3u || !is_hex(target.bytes[i + 1u]) || !is_hex(target.bytes[i + 2u]))
            return false;
    }
    return true;
}

static bool valid_name(text_view_t host)
{
    if (host.count == 0 || host.count >= CLIENT_HOST_BYTES || host.bytes[0] == '.') return false;
    for (size_t i = 0; i < host.count; i++) {
        char c = host.bytes[i];
        if (!is_letter_or_digit(c) && c != '-' && c != '.' && c != '_') return false;
    }
    return true;
}

static bool valid_ipv6(text_view_t host)
{
    if (host.count < 2 || host.count >= CLIENT_HOST_BYTES) return false;
    for (size_t i = 0; i < host.count; i++) {
        if (!is_hex(host.bytes[i]) && host.bytes[i] != ':' && host.bytes[i] != '.') return false;
    }
    return true;
}

static text_view_t behind(text_view_t text, size_t count)
{
    return (text_view_t){ text.bytes + count, text.count - count };
}

static bool take_prefix(text_view_t *text, const char *prefix)
{
    size_t count = strlen(prefix);
    if (text->count < count || !text_equal_nocase((text_view_t){ text->bytes, count }, text_view(prefix)))
        return false;
    *text = behind(*text, count);
    return true;
}

static bool read_port(text_view_t digits, uint16_t *port)
{
    uint32_t value = 0;
    if (digits.count == 0 || digits.count > 5) return false;
    for (size_t i = 0; i < digits.count; i++) {
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9') return false;
        value = value * 10u + (uint32_t)(digits.bytes[i] - '0');
    }
    *port = (uint16_t)value;
    return value > 0 && value <= UINT16_MAX;
}

static bool read_authority(client_url_t *url)
{
    text_view_t rest = url->authority;
    bool bracketed = rest.count > 0 && rest.bytes[0] == '[';
    if (bracketed) rest = behind(rest, 1);
    size_t at = 0;
    while (at < rest.count && rest.bytes[at] != (bracketed ? ']' : ':')) at++;
    url->host = (text_view_t){ rest.bytes, at };
    if (bracketed && at == rest.count) return false;
    rest = behind(rest, bracketed ? at + 1u : at);
    if (!(bracketed ? valid_ipv6(url->host) : valid_name(url->host))) return false;
    url->port = url->secure ? 443 : 80;
    if (rest.count == 0) return true;
    return rest.bytes[0] == ':' && read_port(behind(rest, 1), &url->port);
}

bool client_url_parse(text_view_t text, client_url_t *url)
{
    url->secure = take_prefix(&text, "https://");
    if (!url->secure && !take_prefix(&text, "http://")) return false;
    size_t at = 0;
    while (at < text.count && text.bytes[at] != '/' && text.bytes[at] != '?') at++;
    url->authority = (text_view_t){ text.bytes, at };
    url->target = behind(text, at);
    return read_authority(url) && valid_target(url->target);
}

static bool has_dot_segments(text_view_t path)
{
    size_t start = 0;
    for (size_t i = 0; i <= path.count; i++) {
        bool ends = i == path.count || path.bytes[i] == '/' || path.bytes[i] == '?';
        if (!ends) continue;
        size_t length = i - start;
        if (length == 1 && path.bytes[start] == '.') return true;
        if (length == 2 && path.bytes[start] == '.' && path.bytes[start + 1u] == '.') return true;
        if (i == path.count || path.bytes[i] == '?') return false;
        start = i + 1u;
    }
    return false;
}

/* A colon in the first segment of a path makes a scheme of what stands before it (RFC 3986 section 4.2). */
static bool names_a_scheme(text_view_t location)
{
    for (size_t i = 0; i < location.count && !strchr("/?", location.bytes[i]); i++) {
        if (location.bytes[i] == ':') return true;
    }
    return false;
}

/* How much of a target stays before a relative reference: all up to the last '/' of its path, or all of the path. */
static size_t kept_of(text_view_t target, bool only_query)
{
    size_t path = 0, slash = 0;
    for (; path < target.count && target.bytes[path] != '?'; path++) {
        if (target.bytes[path] == '/') slash = path + 1u;
    }
    return only_query ? path : slash;
}

bool client_url_resolve(const client_url_t *base, text_view_t location, char *resolved, size_t bytes)
{
    text_writer_t out = text_writer(resolved, bytes - 1u);
    client_url_t url;
    for (size_t i = 0; i < location.count; i++) {
        if (location.bytes[i] == '#') location.count = i;
    }
    text_view_t rest = location;
    if (!take_prefix(&rest, "http://") && !take_prefix(&rest, "https://")) {
        const char *scheme = base->secure ? "https:" : "http:";
        text_string(&out, scheme);
        bool has_authority = take_prefix(&rest, "//");
        if (!has_authority) {
            text_string(&out, "//");
            text_append(&out, base->authority.bytes, base->authority.count);
            bool absolute = location.count > 0 && location.bytes[0] == '/';
            bool only_query = location.count == 0 || location.bytes[0] == '?';
            if (!absolute && (has_dot_segments(location) || names_a_scheme(location))) return false;
            size_t kept = absolute ? 0 : kept_of(base->target, only_query);
            text_append(&out, base->target.bytes, kept);
            if (!absolute && kept == 0) text_char(&out, '/');
        }
    }
    text_append(&out, location.bytes, location.count);
    *out.at = '\0';
    return !out.overflow && client_url_parse(text_view(resolved), &url);
}

bool client_url_same_origin(const client_url_t *a, const client_url_t *b)
{
    return a->secure == b->secure && a->port == b->port && text_equal_nocase(a->host, b->host);
}
