/* The public API of the plain profile on one page: what the device is and what it measures. */
#include "api/handlers.h"

const http_route_t api_routes[] = {
    { HTTP_GET, "/api/v1", api_index_get, SCOPE_NONE, 0 },
    { HTTP_GET, "/api/v1/device", api_device_get, SCOPE_NONE, 0 },
    { HTTP_GET, "/api/v1/sensors", api_sensor_list, SCOPE_READ, 0 },
    { HTTP_GET, "/api/v1/sensors/{id}", api_sensor_get, SCOPE_READ, 0 },
    { HTTP_GET, "/api/v1/sensors/{id}/value", api_sensor_number_get, SCOPE_READ, 0 },
    { HTTP_GET, "/healthz", api_health_get, SCOPE_NONE, 0 },
};

const size_t api_route_count = sizeof api_routes / sizeof api_routes[0];

const api_link_t api_links[] = {
    { "self", "/api/v1" },
    { "device", "/api/v1/device" },
    { "sensors", "/api/v1/sensors" },
    { "sensor", "/api/v1/sensors/{id}" },
    { "value", "/api/v1/sensors/{id}/value" },
    { "health", "/healthz" },
};

const size_t api_link_count = sizeof api_links / sizeof api_links[0];

/* Nothing can be set. */
uint64_t api_sensor_settings_tag(const api_t *api, const sensor_t *sensor)
{
    (void)api;
    (void)sensor;
    return 0;
}
