/* The whole public API on one page. Lines of one resource stand together; GET serves HEAD too, and every
 * resource answers OPTIONS. */
#include "api/handlers.h"

const http_route_t api_routes[] = {
    { HTTP_GET, "/api/v1", api_index_get, 0, 0 },
    { HTTP_GET, "/api/v1/device", api_device_get, 0, 0 },
    { HTTP_GET, "/api/v1/status", api_status_get, 0, 0 },
    { HTTP_GET, "/api/v1/sensors", api_sensor_list, 0, 0 },
    { HTTP_GET, "/api/v1/sensors/{id}", api_sensor_get, 0, 0 },
    { HTTP_GET, "/api/v1/sensors/{id}/value", api_sensor_value_get, 0, 0 },
    { HTTP_GET, "/api/v1/readings", api_reading_list, 0, 0 },
    { HTTP_GET, "/healthz", api_health_get, 0, 0 },
};

const size_t api_route_count = sizeof api_routes / sizeof api_routes[0];
