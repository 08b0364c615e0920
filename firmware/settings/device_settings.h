/* settings/device_settings.h - what may be set about the device as a whole: /api/v1/config.
 *
 * {"name":"Greenhouse","hostname":null,"location":"","network":{"mode":"dhcp","address":null,"prefix":24,
 *  "gateway":null},"sampling":{"interval_ms":1000},"cors_origins":[],"allowed_hosts":[],"read_auth":"none","time":{"server":null},
 *  "http":{"mode":"on","insecure_tokens":false},"chips":{"added":[],"removed":[]}}
 *
 * name                  for people: 1..32 bytes; "Jembatan" by default
 * hostname              one label (RFC 1123), null: jembatan- and the end of the MAC address
 * location              for people: 0..64 bytes
 * network.mode          "dhcp" or "static"; static needs address, a host of the subnet that prefix gives
 * network.gateway       null: none; a host of the same subnet, not ourselves
 * network.*             is kept, but has no effect, while mode is "dhcp"
 * sampling.interval_ms  of every sensor that has none of its own
 * cors_origins          pages that may speak to us from a browser, as a browser writes them
 * allowed_hosts         names by which we may be called (Host), besides our own and IP literals
 * read_auth             "none": everybody may read; "token": only with a token
 * http.mode             of port 80, where there is HTTPS: "on"; "redirect": it sends everybody to HTTPS, but for
 *                       /healthz; "off": it is closed
 * http.insecure_tokens  tokens are taken and given without TLS: whoever listens has them then
 * chips.added           of the board's buses, besides its own: "id=type@bus/address" (base/chip_text.h). Which types and buses
 *                       there are is the board's matter: whoever takes settings over asks it (sensors/chip_table.h)
 * chips.removed         ids of the board's chips that this device does not have. Both hold from the next start on
 * time.server           host name or IP address of an NTP server; null: the one that DHCP names
 */
#ifndef SETTINGS_DEVICE_SETTINGS_H
#define SETTINGS_DEVICE_SETTINGS_H

#include "config/limits.h"
#include "settings/schema.h"

typedef enum { NETWORK_DHCP, NETWORK_STATIC } network_mode_t;
typedef enum { READ_AUTH_NONE, READ_AUTH_TOKEN } read_auth_t;
typedef enum { HTTP_MODE_ON, HTTP_MODE_REDIRECT, HTTP_MODE_OFF } http_mode_t;

typedef struct {
    char name[SETTINGS_NAME_BYTES];
    char hostname[SETTINGS_HOSTNAME_BYTES]; /* empty: made from the MAC address */
    char location[SETTINGS_LOCATION_BYTES];
    uint8_t network_mode;          /* network_mode_t */
    uint32_t address, gateway;     /* first octet in the high byte; 0: none */
    uint32_t prefix;               /* 1..30 */
    uint32_t sampling_interval_ms; /* SENSOR_INTERVAL_MS_MIN..SENSOR_INTERVAL_MS_MAX */
    uint8_t read_auth;             /* read_auth_t */
    uint8_t http_mode;             /* http_mode_t */
    bool insecure_tokens;
    char time_server[SETTINGS_HOST_BYTES]; /* empty: DHCP's */
    uint8_t cors_origin_count, allowed_host_count, chips_added_count, chips_removed_count;
    char cors_origins[SETTINGS_ORIGINS_MAX][SETTINGS_ORIGIN_BYTES];
    char allowed_hosts[SETTINGS_HOSTS_MAX][SETTINGS_HOST_BYTES];
    char chips_added[CHIPS_ADDED_MAX][SETTINGS_CHIP_BYTES];
    char chips_removed[CHIPS_REMOVED_MAX][CHIP_ID_BYTES_MAX + 1u];
} device_settings_t;

extern const schema_t device_schema; /* its functions' decimals do not matter: 0 */

#endif
