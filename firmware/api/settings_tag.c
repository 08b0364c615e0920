#include "api/handlers.h"

uint64_t api_sensor_settings_tag(const api_t *api, const sensor_t *sensor)
{
    return schema_tag(&sensor_schema, &api->settings->sensors[sensor - api->sensors->sensors]);
}
