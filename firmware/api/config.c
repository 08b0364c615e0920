/* GET and PATCH of the device's settings. */
#include "api/handlers.h"
#include "api/patch.h"
#include "api/problem.h"

static void respond_config(http_exchange_t *ex, const device_settings_t *settings)
{
    http_set_etag(ex, schema_tag(&device_schema, settings));
    schema_write(&device_schema, 0, settings, http_respond_json(ex, 200, api_media_json));
}

/* GET /api/v1/config
 * 200 {"name":"Greenhouse","hostname":null,...}: settings/device_settings.h has the members */
void api_config_get(http_exchange_t *ex, void *app)
{
    const device_settings_t *settings = &((const api_t *)app)->settings->device;
    if (!api_accepts_json(ex) || api_unchanged(ex, schema_tag(&device_schema, settings))) return;
    respond_config(ex, settings);
}

/* PATCH /api/v1/config, a merge-patch (RFC 7396): all of it or nothing. Other chips come with the next start
 * 200 the settings as they are now
 * 400 413 no document; 412 428 If-Match; 422 wrong members, each named */
void api_config_patch(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    device_settings_t candidate = api->settings->device;
    if (!api_accepts_json(ex)) return;
    if (!api_patch(ex, schema_tag(&device_schema, &candidate), UINT64_MAX, &device_schema, 0, &candidate))
        return;
    schema_errors_t errors = schema_errors();
    api->platform->check_chips(api->context, &candidate, &errors);
    if (errors.count > 0) {
        api_problem_members(ex, 422, "nothing was changed", &errors);
        return;
    }
    if (!schema_equal(&device_schema, &candidate, &api->settings->device)) {
        api->settings->device = candidate;
        api->platform->device_settings_changed(api->context);
    }
    respond_config(ex, &api->settings->device);
}
