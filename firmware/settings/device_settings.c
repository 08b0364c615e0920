#include "settings/device_settings.h"

#include "base/chip_text.h"
#include "settings/settings_rules.h"

static const char *const modes[] = { [NETWORK_DHCP] = "dhcp", [NETWORK_STATIC] = "static" };
static const char *const read_auths[] = { [READ_AUTH_NONE] = "none", [READ_AUTH_TOKEN] = "token" };
static const char *const http_modes[] = {
    [HTTP_MODE_ON] = "on", [HTTP_MODE_REDIRECT] = "redirect", [HTTP_MODE_OFF] = "off"
};

static bool is_chip(const char *text)
{
    chip_wish_t wish;
    return chip_text_read(text, &wish);
}

#define AT(member) .offset = offsetof(device_settings_t, member)

static const schema_field_t fields[] = {
    { .path = "name",
      .rule = "must be a name of 1 to 32 bytes",
      .type = FIELD_STRING,
      AT(name),
      .as.string = { SETTINGS_NAME_BYTES, 1, settings_is_name, "Jembatan" } },
    { .path = "hostname",
      .rule = "must be a host name without dots, or null",
      .type = FIELD_STRING,
      .optional = true,
      AT(hostname),
      .as.string = { SETTINGS_HOSTNAME_BYTES, 1, settings_is_label, NULL } },
    { .path = "location",
      .rule = "must be a line of at most 64 bytes",
      .type = FIELD_STRING,
      AT(location),
      .as.string = { SETTINGS_LOCATION_BYTES, 0, settings_is_line, NULL } },
    { .path = "network/mode",
      .rule = "must be dhcp or static",
      .type = FIELD_ENUM,
      AT(network_mode),
      .as.choice = { modes, 2, NETWORK_DHCP } },
    { .path = "network/address",
      .rule = "must be an IPv4 address, or null",
      .type = FIELD_IPV4,
      AT(address),
      .as.ipv4 = { settings_is_unicast } },
    { .path = "network/prefix",
      .rule = "must be a whole number from 1 to 30",
      .type = FIELD_U32,
      AT(prefix),
      .as.u32 = { 1, 30, 24 } },
    { .path = "network/gateway",
      .rule = "must be an IPv4 address, or null",
      .type = FIELD_IPV4,
      AT(gateway),
      .as.ipv4 = { settings_is_unicast } },
    { .path = "sampling/interval_ms",
      .rule = "must be a whole number from 100 to 3600000",
      .type = FIELD_U32,
      AT(sampling_interval_ms),
      .as.u32 = { SENSOR_INTERVAL_MS_MIN, SENSOR_INTERVAL_MS_MAX, SENSOR_INTERVAL_MS_DEFAULT } },
    { .path = "cors_origins",
      .rule = "must be an array of at most 4 origins",
      .type = FIELD_LIST,
      AT(cors_origins),
      .as.list = { offsetof(device_settings_t, cors_origin_count), SETTINGS_ORIGIN_BYTES,
                   SETTINGS_ORIGINS_MAX, settings_is_origin,
                   "must be an origin such as https://host:8443" } },
    { .path = "allowed_hosts",
      .rule = "must be an array of at most 4 host names",
      .type = FIELD_LIST,
      AT(allowed_hosts),
      .as.list = { offsetof(device_settings_t, allowed_host_count), SETTINGS_HOST_BYTES, SETTINGS_HOSTS_MAX,
                   settings_is_host, "must be a host name" } },
    { .path = "read_auth",
      .rule = "must be none or token",
      .type = FIELD_ENUM,
      AT(read_auth),
      .as.choice = { read_auths, 2, READ_AUTH_NONE } },
    { .path = "time/server",
      .rule = "must be a host name or an IP address, or null",
      .type = FIELD_STRING,
      .optional = true,
      AT(time_server),
      .as.string = { SETTINGS_HOST_BYTES, 1, settings_is_server, NULL } },
    { .path = "http/mode",
      .rule = "must be on, redirect or off",
      .type = FIELD_ENUM,
      AT(http_mode),
      .as.choice = { http_modes, 3, HTTP_MODE_ON } },
    { .path = "http/insecure_tokens",
      .rule = "must be true or false",
      .type = FIELD_BOOL,
      AT(insecure_tokens) },
    { .path = "chips/added",
      .rule = "must be an array of at most 4 chips",
      .type = FIELD_LIST,
      AT(chips_added),
      .as.list = { offsetof(device_settings_t, chips_added_count), SETTINGS_CHIP_BYTES, CHIPS_ADDED_MAX,
                   is_chip, "must be a chip such as outside=bme280@i2c0/0x76" } },
    { .path = "chips/removed",
      .rule = "must be an array of at most 4 ids",
      .type = FIELD_LIST,
      AT(chips_removed),
      .as.list = { offsetof(device_settings_t, chips_removed_count), CHIP_ID_BYTES_MAX + 1u,
                   CHIPS_REMOVED_MAX, chip_text_is_id, "must be the id of a chip" } },
};

/* The rules above say the numbers that limits.h has. */
_Static_assert(SETTINGS_NAME_BYTES == 33 && SETTINGS_LOCATION_BYTES == 65, "as the rules say");
_Static_assert(SENSOR_INTERVAL_MS_MIN == 100 && SENSOR_INTERVAL_MS_MAX == 3600000, "as the rules say");
_Static_assert(CHIPS_ADDED_MAX == 4 && CHIPS_REMOVED_MAX == 4, "as the rules say");
_Static_assert(SETTINGS_ORIGINS_MAX == 4 && SETTINGS_HOSTS_MAX == 4, "as the rules say");

/* A static network must be one in which we can have that address and reach that gateway. */
static void check(const void *candidate, schema_errors_t *errors)
{
    const device_settings_t *settings = candidate;
    bool prefix_known = !schema_failed(errors, "network/prefix");
    if (schema_failed(errors, "network/mode") || settings->network_mode != NETWORK_STATIC) return;
    if (schema_failed(errors, "network/address")) return;
    if (settings->address == 0) {
        schema_cross_error(errors, "network/address", "is needed in static mode");
        return;
    }
    if (!prefix_known) return;
    if (!settings_is_host_of(settings->address, settings->prefix))
        schema_cross_error(errors, "network/address", "must not be the first or last of its subnet");
    if (schema_failed(errors, "network/gateway") || settings->gateway == 0) return;
    if (settings->gateway == settings->address)
        schema_cross_error(errors, "network/gateway", "must not be the device's own address");
    else if (!settings_same_subnet(settings->gateway, settings->address, settings->prefix) ||
             !settings_is_host_of(settings->gateway, settings->prefix))
        schema_cross_error(errors, "network/gateway", "must be a host in the device's subnet");
}

const schema_t device_schema = { fields, sizeof fields / sizeof *fields, sizeof(device_settings_t), check };
