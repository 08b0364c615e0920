/* The whole public API on one page. Lines of one resource stand together; GET serves HEAD too, and every
 * resource answers OPTIONS. */
#include "api/handlers.h"

/* Bytes of the largest body: all settings at their longest, or a token's request. */
#define CONFIG_BYTES 2048u
#define SMALL_BYTES  512u
#define SOURCE_BYTES HTTP_BODY_BYTES_MAX /* a source with 8 values at their longest has 2800 */
#define CHAIN_BYTES  HTTP_BODY_BYTES_MAX /* certificates as PEM in JSON */

const http_route_t api_routes[] = {
    { HTTP_GET, "/api/v1", api_index_get, SCOPE_NONE, 0 },
    { HTTP_GET, "/api/v1/device", api_device_get, SCOPE_NONE, 0 },
    { HTTP_GET, "/api/v1/status", api_status_get, SCOPE_READ, 0 },
    { HTTP_GET, "/api/v1/sensors", api_sensor_list, SCOPE_READ, 0 },
    { HTTP_GET, "/api/v1/sensors/{id}", api_sensor_get, SCOPE_READ, 0 },
    { HTTP_PATCH, "/api/v1/sensors/{id}", api_sensor_patch, SCOPE_OPERATE, SMALL_BYTES },
    { HTTP_GET, "/api/v1/sensors/{id}/value", api_sensor_value_get, SCOPE_READ, 0 },
    { HTTP_GET, "/api/v1/sensors/{id}/history", api_history_get, SCOPE_READ, 0 },
    { HTTP_GET, "/api/v1/readings", api_reading_list, SCOPE_READ, 0 },
    { HTTP_GET, "/api/v1/events", api_events_get, SCOPE_READ, 0 },
    { HTTP_GET, "/api/v1/sources", api_source_list, SCOPE_ADMIN, 0 },
    { HTTP_GET, "/api/v1/sources/{id}", api_source_get, SCOPE_ADMIN, 0 },
    { HTTP_PUT, "/api/v1/sources/{id}", api_source_put, SCOPE_ADMIN, SOURCE_BYTES },
    { HTTP_DELETE, "/api/v1/sources/{id}", api_source_delete, SCOPE_ADMIN, 0 },
    { HTTP_GET, "/api/v1/trust", api_trust_get, SCOPE_ADMIN, 0 },
    { HTTP_PUT, "/api/v1/trust", api_trust_put, SCOPE_ADMIN, CHAIN_BYTES },
    { HTTP_DELETE, "/api/v1/trust", api_trust_delete, SCOPE_ADMIN, 0 },
    { HTTP_GET, "/api/v1/actuators", api_actuator_list, SCOPE_READ, 0 },
    { HTTP_GET, "/api/v1/actuators/{id}", api_actuator_get, SCOPE_READ, 0 },
    { HTTP_PUT, "/api/v1/actuators/{id}", api_actuator_put, SCOPE_OPERATE, SMALL_BYTES },
    { HTTP_PATCH, "/api/v1/actuators/{id}", api_actuator_patch, SCOPE_OPERATE, SMALL_BYTES },
    { HTTP_GET, "/api/v1/actions", api_action_list, SCOPE_READ, 0 },
    { HTTP_POST, "/api/v1/actions/identify", api_identify_post, SCOPE_OPERATE, SMALL_BYTES },
    { HTTP_POST, "/api/v1/actions/calibrate", api_calibrate_post, SCOPE_OPERATE, SMALL_BYTES },
    { HTTP_POST, "/api/v1/actions/reboot", api_reboot_post, SCOPE_ADMIN, SMALL_BYTES },
    { HTTP_POST, "/api/v1/actions/factory-reset", api_factory_reset_post, SCOPE_ADMIN, SMALL_BYTES },
    { HTTP_GET, "/api/v1/actions/{name}/{run}", api_run_get, SCOPE_READ, 0 },
    { HTTP_GET, "/api/v1/config", api_config_get, SCOPE_READ, 0 },
    { HTTP_PATCH, "/api/v1/config", api_config_patch, SCOPE_ADMIN, CONFIG_BYTES },
    { HTTP_POST, "/api/v1/claim", api_claim_post, SCOPE_NONE, SMALL_BYTES },
    { HTTP_GET, "/api/v1/tokens", api_token_list, SCOPE_ADMIN, 0 },
    { HTTP_POST, "/api/v1/tokens", api_token_post, SCOPE_ADMIN, SMALL_BYTES },
    { HTTP_DELETE, "/api/v1/tokens/{id}", api_token_delete, SCOPE_ADMIN, 0 },
    { HTTP_GET, "/api/v1/tls", api_tls_get, SCOPE_READ, 0 },
    { HTTP_POST, "/api/v1/tls/csr", api_tls_csr_post, SCOPE_ADMIN, 0 },
    { HTTP_POST, "/api/v1/tls/rotate", api_tls_rotate_post, SCOPE_ADMIN, 0 },
    { HTTP_PUT, "/api/v1/tls/certificate", api_tls_certificate_put, SCOPE_ADMIN, CHAIN_BYTES },
    { HTTP_DELETE, "/api/v1/tls/certificate", api_tls_certificate_delete, SCOPE_ADMIN, 0 },
    { HTTP_PUT, "/api/v1/tls/client_ca", api_tls_client_ca_put, SCOPE_ADMIN, CHAIN_BYTES },
    { HTTP_DELETE, "/api/v1/tls/client_ca", api_tls_client_ca_delete, SCOPE_ADMIN, 0 },
    { HTTP_GET, "/api/v1/logs", api_log_get, SCOPE_ADMIN, 0 },
    { HTTP_GET, "/metrics", api_metrics_get, SCOPE_READ, 0 },
    { HTTP_GET, "/openapi.json", api_openapi_get, SCOPE_NONE, 0 },
    { HTTP_GET, "/healthz", api_health_get, SCOPE_NONE, 0 },
    { HTTP_GET, "/.well-known/wot", api_wot_get, SCOPE_NONE, 0 },
};

const size_t api_route_count = sizeof api_routes / sizeof api_routes[0];

const api_link_t api_links[] = {
    { "self", "/api/v1" },
    { "device", "/api/v1/device" },
    { "status", "/api/v1/status" },
    { "sensors", "/api/v1/sensors" },
    { "sensor", "/api/v1/sensors/{id}" },
    { "value", "/api/v1/sensors/{id}/value" },
    { "history", "/api/v1/sensors/{id}/history" },
    { "readings", "/api/v1/readings" },
    { "sources", "/api/v1/sources" },
    { "source", "/api/v1/sources/{id}" },
    { "trust", "/api/v1/trust" },
    { "actuators", "/api/v1/actuators" },
    { "actuator", "/api/v1/actuators/{id}" },
    { "actions", "/api/v1/actions" },
    { "identify", "/api/v1/actions/identify" },
    { "calibrate", "/api/v1/actions/calibrate" },
    { "reboot", "/api/v1/actions/reboot" },
    { "factory_reset", "/api/v1/actions/factory-reset" },
    { "run", "/api/v1/actions/{name}/{run}" },
    { "config", "/api/v1/config" },
    { "claim", "/api/v1/claim" },
    { "tls", "/api/v1/tls" },
    { "tls_csr", "/api/v1/tls/csr" },
    { "tls_certificate", "/api/v1/tls/certificate" },
    { "tls_rotate", "/api/v1/tls/rotate" },
    { "tls_client_ca", "/api/v1/tls/client_ca" },
    { "tokens", "/api/v1/tokens" },
    { "token", "/api/v1/tokens/{id}" },
    { "events", "/api/v1/events{?types,sensors}" },
    { "logs", "/api/v1/logs" },
    { "metrics", "/metrics" },
    { "openapi", "/openapi.json" },
    { "health", "/healthz" },
    { "wot", "/.well-known/wot" },
};

const size_t api_link_count = sizeof api_links / sizeof api_links[0];
