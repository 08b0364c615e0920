/* app_state.h - the device, whole: one of each part, and how app.c is divided.
 *
 * Internal to firmware/app*.c, the composition root. Context: main loop only.
 */
#ifndef APP_STATE_H
#define APP_STATE_H

#include "actions/action_runs.h"
#include "actuators/actuator_registry.h"
#include "api/api.h"
#include "board.h"
#include "console/console_line.h"
#include "console/hold.h"
#include "net/net.h"
#include "security/random.h"
#include "sensors/bus_scan.h"
#include "sensors/chip_table.h"
#include "sensors/history.h"
#include "settings/json_document.h"
#include "sources/sources.h"
#include "store/documents.h"
#include "tls/tls_identity.h"

/* What the network is told of the device (app_discovery.c). */
typedef struct {
    char mac[18];
    char claimed[2];         /* "0" or "1" */
    char pin[TLS_PIN_BYTES]; /* as it is announced */
    uint64_t device_seen;    /* api.device.tag, and the names of the network, when they were last looked at */
    uint32_t names_seen;
    net_txt_t jembatan[9], prometheus[1];
    struct {
        net_txt_t wot[3];
        net_service_t services[NET_SERVICES_MAX];
        size_t count;
    } plain,
        secure; /* what is announced with port 80 and without: those of before are still there to say goodbye */
} discovery_t;

typedef struct {
    const board_t *board;
    log_ring_t log;
    wall_clock_t clock;
    sensor_registry_t sensors;
    history_t history;
    sources_t sources;
    uint64_t outside_settings
        [OUTSIDE_SENSORS_MAX]; /* digest of the sensor that the settings at each place are of */
    actuator_registry_t actuators;
    settings_t settings;
    action_runs_t runs;
    bus_scan_t scan;
    chip_table_t chips;
    uint64_t chips_seen; /* what the settings said of chips when the table was made */
    events_t events;

    store_t store;
    documents_t documents;
    struct {
        document_t device, actuators, outputs, actions, tokens, outside;
        document_t sources[SOURCES_MAX];
        document_t sensors[SENSOR_DEVICES_MAX]; /* one a chip: each is small enough to be parsed */
        struct sensors_document {
            const void *app;
            size_t slot;
        } sensors_context[SENSOR_DEVICES_MAX];
    } kept;
    uint32_t outputs_seen, runs_seen; /* the counts of changes when they were last marked to be written */

    random_t random;
    uint64_t reseed_ms;
    tokens_t tokens;
    bool tokens_unsure; /* saving the table failed, and the store may have it all the same */
    claim_t claim;
    limiter_t limiter;
    access_t access;

    discovery_t discovery;
    uint64_t network_due_ms; /* when the network takes new settings over; 0: there are none */
    console_line_t console;
    hold_t button;
    uint64_t button_ms; /* when to look at it again */
    tls_server_t tls;
    tls_outgoing_t outgoing;
    bool tls_installed; /* the certificate in use was given to us */
    http_server_t server;
    uint64_t network_ms, sensors_ms, sources_ms,
        housework_ms;     /* when the network, the sampler, sources and all else are due */
    uint32_t access_seen; /* server.access_changes when streams were last looked at */
    api_t api;
    api_sensor_text_t sensor_texts[SENSOR_TEXTS_MAX];
} app_t;

/* ---- app_platform.c: what the API shows of the network and the platform -------------------------------- */

extern const api_platform_t app_platform;

const char *app_reset_cause(void);

/* ---- app_chips.c: which chips there are ------------------------------------------------------------------ */

/* Makes the table of chips. After app_settings_load_device, before the registry. */
void app_chips_init(app_t *app);

/* As api_platform_t has them. */
void app_chips_check(void *context, const device_settings_t *candidate, schema_errors_t *errors);
bool app_restart_required(void *context);

/* ---- app_settings.c: settings, from the store and back -------------------------------------------------- */

/* Before all that reads from it. */
void app_store_open(app_t *app);

/* Takes over what the store has of the device's own settings. After app_store_open. */
void app_settings_load_device(app_t *app);

/* The same for what else the store has: settings of sensors and actuators, outputs and actions. Before the first poll of
 * the registries. */
void app_settings_load(app_t *app);

/* New values are in app->settings: lets the parts that they concern take them over, and has them written. */
void app_settings_device_changed(app_t *app);
void app_settings_sensor_changed(app_t *app, size_t index);
void app_settings_actuator_changed(app_t *app, size_t index);

/* Marks outputs and actions that have changed to be written. */
void app_settings_notice(app_t *app, uint64_t now_ms);

/* Takes a changed network over when it is time, and notices what else has changed.
 * returns   when it wants to be called next */
uint64_t app_settings_poll(app_t *app, uint64_t now_ms);

/* Whether port 80 is served: by the setting, where there is another way. */
bool app_has_plain_http(const app_t *app);

/* What the network is to be configured to: what the board was started with, or else the settings. */
net_config_t app_net_config(const app_t *app);

/* For documents of other parts: registers one, and reads it. Unless STATUS_OK comes back nothing is to be ended. */
void app_document_keep(app_t *app, document_t *document, const char *name, document_write_t write,
                       const void *context);
status_t app_document_open(app_t *app, const document_t *kept, json_document_t *document);

/* Lets a sensor take over its settings. */
void app_settings_apply_sensor(app_t *app, size_t index);

/* Takes over what the store has of one sensor's settings. */
void app_settings_take_sensor(app_t *app, size_t index, const cJSON *object);

/* ---- app_sources.c: outside sources --------------------------------------------------------------------- */

/* Loads them. After what is set about sensors of chips was loaded. */
void app_sources_init(app_t *app);

/* One of app->sources.items is another now, or gone: has it written. */
void app_source_changed(void *context, size_t index);

/* What is set about an outside sensor has changed. */
void app_outside_sensor_changed(app_t *app);

/* ---- app_trust.c: whom it believes ------------------------------------------------------------------------ */

/* After app_tls_init. */
void app_trust_init(app_t *app);

/* As api_platform_t has it. */
status_t app_trust_servers(void *context, const uint8_t *der, size_t bytes);

/* ---- app_owner.c: random numbers, tokens and the first owner -------------------------------------------- */

/* After app_store_open. mac: the device's. */
void app_owner_init(app_t *app, const uint8_t mac[6]);

/* Erases all that lasts. A device whose random numbers begin with a seed gets a new one: it could never have an owner
 * again without. */
status_t app_erase(app_t *app);

/* Mixes in now and then what has been learned since. */
uint64_t app_owner_poll(app_t *app, uint64_t now_ms);

/* Shows the setup code, or why there is none, on the console and nowhere else. */
void app_show_claim(const app_t *app);

/* ---- app_tls.c: the identity for HTTPS ------------------------------------------------------------------- */

/* Loads it, or makes it. After app_owner_init and app_settings_load.
 * returns   whether there is HTTPS */
bool app_tls_init(app_t *app);

/* The device may have another name: one that has its own certificate makes another one then. Blocks for a signature. */
void app_tls_rename(app_t *app);

/* Shows on the console how to reach the device without being deceived. */
void app_show_pin(const app_t *app);

/* As api_platform_t has them. */
status_t app_tls_rotate(void *context);
status_t app_tls_install(void *context, const tls_chain_t *chain);
status_t app_tls_trust(void *context, const uint8_t *der, size_t bytes);

/* ---- app_discovery.c: how the device is found on the network --------------------------------------------- */

/* Adds the services to config. After app_settings_load, app_owner_init and app_tls_init. */
void app_discovery_init(app_t *app, net_config_t *config);

/* The same when settings have changed. */
void app_discovery_configure(const app_t *app, net_config_t *config);

/* Tells the network of a new owner, and the API of a new host name. */
void app_discovery_poll(app_t *app);

/* ---- app_actions.c: what the device was asked to do ----------------------------------------------------- */

/* After the registries. */
void app_actions_init(app_t *app);

/* Carries out what is due.
 * returns   when it wants to be called next */
uint64_t app_actions_poll(app_t *app, uint64_t now_ms);

/* Erases settings, owners and all else that lasts, then resets the device. Blocks (store/store.h). */
_Noreturn void app_factory_reset(app_t *app);

/* Writes what has changed and resets the device. */
_Noreturn void app_restart(app_t *app);

/* ---- app_console.c: who stands beside the device ---------------------------------------------------------- */

void app_console_init(app_t *app);

/* Runs what was typed, and looks at the button.
 * returns   when it wants to be called next */
uint64_t app_console_poll(app_t *app, uint64_t now_ms);

#endif
