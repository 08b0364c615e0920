/* Which Host headers mean us: the defence against DNS rebinding. A page that tricks a browser into talking to
 * this address still sends its own name. */
#include "api/api.h"

static bool is_ipv4_literal(text_view_t host)
{
    unsigned dots = 0;
    for (size_t i = 0; i < host.count; i++) {
        if (host.bytes[i] == '.')
            dots++;
        else if (host.bytes[i] < '0' || host.bytes[i] > '9')
            return false;
    }
    return dots == 3;
}

bool api_is_our_host(void *app, text_view_t host)
{
    static const char suffix[] = ".local";
    const api_device_t *device = &((const api_t *)app)->device;
    if (host.bytes[0] == '[' || is_ipv4_literal(host)) return true;
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
