/* Which Host headers mean us: the defence against DNS rebinding. A page that tricks a browser into talking to
 * this address still sends its own name; so any address is ours (docs/decisions/0005), and only some names are.
 */
#include "api/api.h"

/* dec-octet "." dec-octet "." dec-octet "." dec-octet, RFC 3986 section 3.2.2: no leading zeros, which some read as
 * octal. */
static bool is_ipv4(text_view_t text)
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

static bool is_ipv6_group(text_view_t text)
{
    for (size_t i = 0; i < text.count; i++) {
        char c = text.bytes[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F')) return false;
    }
    return text.count >= 1 && text.count <= 4;
}

/* Eight groups, or fewer and one gap; an IPv4 address may stand for the last two. */
static bool is_ipv6(text_view_t text)
{
    unsigned groups = 0;
    bool gap = text.count >= 2 && text.bytes[0] == ':' && text.bytes[1] == ':';
    size_t at = gap ? 2 : 0;
    while (at < text.count) {
        size_t end = at;
        while (end < text.count && text.bytes[end] != ':') end++;
        text_view_t group = { text.bytes + at, end - at };
        if (end == text.count && is_ipv4(group)) {
            groups += 2;
            break;
        }
        if (!is_ipv6_group(group)) return false;
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

static bool is_ip_literal(text_view_t host)
{
    if (host.count == 0 || host.bytes[0] != '[') return is_ipv4(host);
    return host.bytes[host.count - 1] == ']' && is_ipv6((text_view_t){ host.bytes + 1, host.count - 2 });
}

bool api_is_our_host(void *app, text_view_t host)
{
    static const char suffix[] = ".local";
    const api_device_t *device = &((const api_t *)app)->device;
    if (is_ip_literal(host)) return true;
    const device_settings_t *settings = &((const api_t *)app)->settings->device;
    for (unsigned i = 0; i < settings->allowed_host_count; i++) {
        if (text_equal_nocase(host, text_view(settings->allowed_hosts[i]))) return true;
    }
    if (device->localhost_is_us && text_equal_nocase(host, text_view("localhost"))) return true;
    size_t stem = host.count;
    if (stem > sizeof suffix - 1 &&
        text_equal_nocase((text_view_t){ host.bytes + stem - (sizeof suffix - 1), sizeof suffix - 1 },
                          text_view(suffix))) {
        stem -= sizeof suffix - 1;
    }
    return text_equal_nocase((text_view_t){ host.bytes, stem }, text_view(device->hostname));
}
