/* api/handlers.h - the endpoints behind routes.c, and what they share.
 *
 * Each handler's contract (answer, statuses) stands above its definition. Internal to firmware/api.
 * Context: called by the HTTP core for one request; app is the api_t.
 */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "api/api.h"

void api_index_get(http_exchange_t *ex, void *app);
void api_device_get(http_exchange_t *ex, void *app);
void api_status_get(http_exchange_t *ex, void *app);
void api_sensor_list(http_exchange_t *ex, void *app);
void api_sensor_get(http_exchange_t *ex, void *app);
void api_sensor_value_get(http_exchange_t *ex, void *app);
void api_sensor_number_get(http_exchange_t *ex, void *app);
void api_history_get(http_exchange_t *ex, void *app);
void api_reading_list(http_exchange_t *ex, void *app);
void api_events_get(http_exchange_t *ex, void *app);
void api_log_get(http_exchange_t *ex, void *app);
void api_metrics_get(http_exchange_t *ex, void *app);
void api_openapi_get(http_exchange_t *ex, void *app);
void api_health_get(http_exchange_t *ex, void *app);
void api_wot_get(http_exchange_t *ex, void *app);
void api_sensor_patch(http_exchange_t *ex, void *app);
void api_source_list(http_exchange_t *ex, void *app);
void api_source_get(http_exchange_t *ex, void *app);
void api_source_put(http_exchange_t *ex, void *app);
void api_source_delete(http_exchange_t *ex, void *app);
void api_trust_get(http_exchange_t *ex, void *app);
void api_trust_put(http_exchange_t *ex, void *app);
void api_trust_delete(http_exchange_t *ex, void *app);
void api_actuator_list(http_exchange_t *ex, void *app);
void api_actuator_get(http_exchange_t *ex, void *app);
void api_actuator_put(http_exchange_t *ex, void *app);
void api_actuator_patch(http_exchange_t *ex, void *app);
void api_action_list(http_exchange_t *ex, void *app);
void api_identify_post(http_exchange_t *ex, void *app);
void api_calibrate_post(http_exchange_t *ex, void *app);
void api_scan_post(http_exchange_t *ex, void *app);
void api_reboot_post(http_exchange_t *ex, void *app);
void api_factory_reset_post(http_exchange_t *ex, void *app);
void api_run_get(http_exchange_t *ex, void *app);
void api_config_get(http_exchange_t *ex, void *app);
void api_config_patch(http_exchange_t *ex, void *app);
void api_tls_get(http_exchange_t *ex, void *app);
void api_tls_csr_post(http_exchange_t *ex, void *app);
void api_tls_rotate_post(http_exchange_t *ex, void *app);
void api_tls_certificate_put(http_exchange_t *ex, void *app);
void api_tls_certificate_delete(http_exchange_t *ex, void *app);
void api_tls_client_ca_put(http_exchange_t *ex, void *app);
void api_tls_client_ca_delete(http_exchange_t *ex, void *app);
void api_claim_post(http_exchange_t *ex, void *app);
void api_token_list(http_exchange_t *ex, void *app);
void api_token_post(http_exchange_t *ex, void *app);
void api_token_delete(http_exchange_t *ex, void *app);

/* Where everything is, as api_index_get shows it: beside the routes. */
typedef struct {
    const char *name;   /* of the link relation */
    const char *target; /* a path, or a URI template of RFC 6570 */
} api_link_t;

extern const api_link_t api_links[];
extern const size_t api_link_count;

/* The media types of all answers. */
extern const char api_media_json[];
extern const char api_media_senml[];
extern const char api_media_events[];

/* A decimal number without sign or blanks; UINT32_MAX when it is none, or too large. */
uint32_t api_number(const char *text);

/* Answers 406 unless the client takes JSON. Returns false when it has answered. */
bool api_accepts_json(http_exchange_t *ex);

/* Sets the entity tag and answers 304 when the client has that already. Returns true when it has answered. */
bool api_unchanged(http_exchange_t *ex, uint64_t tag);

/* A hash over all that was set about a sensor; a constant where nothing can be set. */
uint64_t api_sensor_settings_tag(const api_t *api, const sensor_t *sensor);

/* The sensor that the path names; answers 404 and returns NULL when there is none. */
const sensor_t *api_find_sensor(http_exchange_t *ex, const api_t *api);

/* Problems that are not a matter of HTTP alone. */
void api_problem_no_reading(http_exchange_t *ex, const sensor_t *sensor);

/* Writes the key "time" and a moment as RFC 3339, or null while the clock is not set. */
void api_write_time(json_writer_t *json, const wall_clock_t *clock, uint64_t uptime_ms);

/* Writes urn:dev:mac: and the EUI-64 of the MAC address, RFC 9039 section 4.1. */
void api_write_urn(text_writer_t *out, const uint8_t mac[6]);

/* Writes the members unit, value, quality, time and uptime_ms into an object: a sensor's latest reading. */
void api_write_reading(json_writer_t *json, const sensor_t *sensor, const api_t *api);

/* How many sensors have a value, and the member "sensors" of a status, which says it. */
uint32_t api_sensors_ok(const sensor_registry_t *sensors);
void api_write_sensor_counts(json_writer_t *json, const sensor_registry_t *sensors);

/* Writes the members of a line of the log into an object. */
void api_write_log_members(json_writer_t *json, const api_t *api, const log_entry_t *entry);

/* One sensor as an element of a collection. */
typedef void (*api_sensor_writer_t)(json_writer_t *json, const sensor_t *sensor, const api_t *api);

/* The next piece of {"<key>":[...]} with one element a sensor, for a generator.
 * state     state[0] is 0 at the opening, then 1 + the index of a sensor */
http_produced_t api_collection_piece(const api_t *api, json_writer_t *json, uint32_t state[4],
                                     const char *key, api_sensor_writer_t write);

#endif
