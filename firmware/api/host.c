/* Which Host headers mean us: the defence against DNS rebinding. A page that tricks a browser into talking to
 * this address still sends its own name; so any address is ours (docs/decisions/0005), and only some names are.
 */
#include "api/api.h"
#include "base/ip_text.h"

static bool is_ip_literal(text_view_t host)
{
    if (host.count == 0 || host.bytes[0] != '[') return ip_text_is_ipv4(host);
    return host.bytes[host.count - 1] == ']' &&
           ip_text_is_ipv6((text_view_t){ host.bytes + 1, host.count - 2 });
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
    text_view_t name = { host.bytes, stem };
    return name.count > 0 && (text_equal_nocase(name, text_view(device->hostname)) ||
                              text_equal_nocase(name, text_view(device->wanted_hostname)));
}

bool api_wants_tls(void *app, text_view_t path)
{
    const api_t *api = app;
    return api->tls && api->settings->device.http_mode == HTTP_MODE_REDIRECT &&
           !text_equal(path, text_view("/healthz"));
}
