/* api/api.h - the public REST API: what it needs, and its entrance.
 *
 * The API knows the HTTP core and the sensor registry. What it shows of the network and the platform it gets
 * through the functions in api_platform_t, which app.c wires.
 *
 * Context: main loop only.
 */
#ifndef API_API_H
#define API_API_H

#include <stdbool.h>
#include <stdint.h>

#include "actions/action_runs.h"
#include "actuators/actuator_registry.h"
#include "base/log_ring.h"
#include "base/wall_clock.h"
#include "events/events.h"
#include "http/http_exchange.h"
#include "http/http_server.h"
#include "security/access.h"
#include "security/random.h"
#include "sensors/bus_scan.h"
#include "sensors/history.h"
#include "sensors/sensor_registry.h"
#include "settings/settings.h"
#include "sources/sources.h"
#include "store/store_health.h"
#include "tls/tls_identity.h"
#include "tls/tls_outgoing.h"

#define API_ADDRESS_BYTES 46u /* an IPv6 address as text with its NUL */
#define API_ADDRESSES_MAX 4u

/* Who the device is: nothing secret; only name and host name change while it runs. */
typedef struct {
    char id[13];                            /* the MAC address as 12 hexadecimal digits */
    char hostname[SETTINGS_HOSTNAME_BYTES]; /* in effect on the network */
    char wanted_hostname
        [SETTINGS_HOSTNAME_BYTES]; /* of the settings, or "jembatan-" and the end of the MAC address */
    const char *board;
    const char *model;
    const char *mcu;
    const char *version;
    const char *build; /* commit the image was built from, or "unknown" */
    uint8_t mac[6];
    bool localhost_is_us;
    char pin[TLS_PIN_BYTES]; /* of its public key; "": it has no HTTPS */
    uint64_t build_tag;      /* of version and build: another firmware may say the same in other words */
    uint64_t tag;            /* of the document, for its ETag */
} api_device_t;

typedef struct {
    bool link_up;
    const char *ipv4_mode; /* "dhcp", "static", "link_local" or "none" */
    char ipv4[16];         /* "" while there is none */
    char ipv6[API_ADDRESSES_MAX][API_ADDRESS_BYTES];
    unsigned ipv6_count;
    uint32_t rx_frames, tx_frames, rx_dropped, tx_dropped;
    uint32_t accepted, refused, evicted;   /* connections since reset */
    char time_server[SETTINGS_HOST_BYTES]; /* that is asked, "" for none */
    uint32_t time_refused;                 /* its answers, or what pretended to be such, that were none */
} api_network_t;

/* A bounded pool of anything: bytes or pieces. */
typedef struct {
    const char *name;
    uint32_t used, peak, size;
    bool in_bytes; /* else in pieces */
} api_pool_t;

typedef struct {
    uint64_t (*uptime_ms)(void);
    void (*read_network)(api_network_t *out);

    /* Returns false where the stack cannot be measured. */
    bool (*read_stack)(uint32_t *peak_bytes, uint32_t *size_bytes);

    const char *(*reset_cause)(void); /* "power_on", "software", "watchdog" or "fault" */

    /* What follows gets api_t.context. */

    /* index    0, 1, ... ; returns false when there is no such pool */
    bool (*read_pool)(void *context, unsigned index, api_pool_t *out);

    uint32_t (*pending_writes)(void *context); /* documents that have changed and are not written yet */

    /* Adds what the board says against chips that these settings would add or remove. Texts of errors are constants. */
    void (*check_chips)(void *context, const device_settings_t *candidate, schema_errors_t *errors);

    bool (*restart_required)(void *context); /* settings hold that take a restart, and there was none since */

    /* The settings have new values: apply and keep them.
     * index    of the sensor or actuator in its registry */
    void (*device_settings_changed)(void *context);
    void (*sensor_settings_changed)(void *context, size_t index);
    void (*actuator_settings_changed)(void *context, size_t index);

    void (*source_changed)(void *context, size_t index); /* of api_t.sources: it is another, or gone */

    /* Changes of the identity for HTTPS: they last, and hold for connections that come, when STATUS_OK comes back; else
     * nothing has changed. Only while there is HTTPS. tls_rotate makes a new key and a certificate for it; tls_install takes
     * a chain for the key in use, or, with NULL, makes a certificate of its own; tls_trust takes an authority for
     * clients (tls_clients.h), none with 0 bytes.
     * returns   as tls_server_use and tls_clients_trust; STATUS_UNSUPPORTED: it could not be saved */
    status_t (*tls_rotate)(void *context);
    status_t (*tls_install)(void *context, const tls_chain_t *chain);
    status_t (*tls_trust)(void *context, const uint8_t *der, size_t bytes);
    /* Takes anchors for servers that the device asks (tls_outgoing.h), none with 0 bytes; only while there is outgoing.
     * returns   as tls_outgoing_trust; STATUS_UNSUPPORTED: it could not be saved */
    status_t (*trust_servers)(void *context, const uint8_t *der, size_t bytes);
    bool (*tls_is_installed)(void *context); /* the certificate was given to it */
} api_platform_t;

/* What was last written of a sensor (sensors.c). Zero it to begin with. */
typedef struct {
    const sensor_t *sensor; /* NULL: nothing */
    uint64_t moment;        /* of the sensor and the clock when it was written */
    uint64_t tag;           /* of the document */
    uint32_t bytes; /* 0: it is longer than there is room; a whole word, so that the text begins at one */
    char json[SENSOR_TEXT_BYTES];
} api_sensor_text_t;

typedef struct {
    api_device_t device;
    api_sensor_text_t *sensor_texts; /* SENSOR_TEXTS_MAX of them */
    const sensor_registry_t *sensors;
    const history_t *history;
    actuator_registry_t *actuators;
    settings_t *settings;
    action_runs_t *runs;
    const bus_scan_t *scan;
    const access_t *access;
    claim_t *claim;
    const random_t *random;
    const store_health_t *store;
    const log_ring_t *log;
    events_t *events;
    sources_t *sources;
    const wall_clock_t *clock;
    http_server_t *server;          /* for its counters; learns when names change */
    tls_server_t *tls;              /* NULL: the device has no HTTPS */
    const tls_outgoing_t *outgoing; /* NULL: what it asks others it asks without TLS */
    const api_platform_t *platform;
    void *context;            /* of the platform's functions */
    uint64_t status_check_ms; /* when to look whether the status has changed; the API's own */
} api_t;

/* Works out the device's id. The caller has filled the rest of api->device; api_device_changed follows. */
void api_init(api_t *api);

/* Who owns it, for people and for the status: "unclaimed", "claimed", "locked", "no_entropy", "damaged". */
const char *api_owner_name(const api_t *api);

/* The device's settings have new values: host name and document tag follow. */
void api_device_changed(api_t *api);

/* There are other sensors. */
void api_sensors_changed(api_t *api);

/* Looks whether the status has changed for those who listen.
 * returns   when it wants to be called next */
uint64_t api_events_poll(api_t *api, uint64_t now_ms);

/* The device has another key for HTTPS. */
void api_pin_changed(api_t *api);

/* The network has given the device another host name than the one it wanted, or that one after all. */
void api_hostname_changed(api_t *api, const char *hostname);

/* The whole public API, one line a method and resource (api/routes.c). */
extern const http_route_t api_routes[];
extern const size_t api_route_count;

/* http_server_t.write_problem: application/problem+json (RFC 9457) for any status. */
void api_write_problem(http_exchange_t *ex, unsigned status, const char *detail);

/* http_server_t.authorize: by the bearer token that came with the request (security/access.h). */
http_decision_t api_authorize(void *app, http_exchange_t *ex, uint8_t scope);

/* http_server_t.allows_origin: those of the settings. */
bool api_allows_origin(void *app, text_view_t origin);

/* http_server_t.wants_tls: by the setting http.mode, but for /healthz, which monitors of plain HTTP ask. */
bool api_wants_tls(void *app, text_view_t path);

/* http_server_t.is_our_host; app is an api_t. IP literals, our host name, the same under .local, and localhost
 * where the board says so, and the names of the settings. A name that is none of these may be an attacker's that resolves to us. */
bool api_is_our_host(void *app, text_view_t host);

#endif
