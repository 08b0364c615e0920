/* The Thing Description (W3C WoT TD 1.1): the device in terms that programs of any vendor understand. */
#include "api/handlers.h"
#include "base/hash.h"

static const char media[] = "application/td+json";

/* ---- Templates --------------------------------------------------------------------------------------- */

/* Writes JSON after a template: ' stands for ", % for name, and $, at the end of a form that only reads, for what it
 * says about security. The Thing's own security is the token, and forms say when none is needed, not the other
 * way round: node-wot 0.9 finds no credentials for a form that asks for them by itself. */
static void put(json_writer_t *json, const api_t *api, const char *text, const char *name)
{
    static const char open[] = ",\"security\":[\"nosec\"]";
    for (; *text; text++) {
        if (*text == '%')
            text_string(&json->out, name);
        else if (*text == '$')
            text_string(&json->out, api->settings->device.read_auth == READ_AUTH_NONE ? open : "");
        else
            text_char(&json->out, *text == '\'' ? '"' : *text);
    }
}

/* ---- Properties -------------------------------------------------------------------------------------- */

/* A limit of what the chip can measure, moved as the offset moves the value. */
static int32_t moved(int32_t limit, int32_t offset)
{
    int64_t sum = (int64_t)limit + offset;
    if (sum > INT32_MAX) return INT32_MAX;
    return sum < -INT32_MAX ? -INT32_MAX : (int32_t)sum;
}

static void put_sensor(json_writer_t *json, const api_t *api, const sensor_t *sensor)
{
    const sensor_channel_t *channel = sensor->channel;
    json_key(json, sensor->id);
    json_object_begin(json);
    json_key(json, "title");
    json_string(json, sensor->config.name);
    json_key(json, "description");
    json_raw_string_begin(json);
    text_format(&json->out, "%s (%s)", sensor_kind_name(channel->kind),
                sensor->chip ? sensor->chip : sensor->source);
    json_raw_string_end(json);
    json_key(json, "unit");
    json_string(json, sensor_unit_symbol(channel->unit));
    json_key(json, "minimum");
    json_decimal(json, moved(channel->min, sensor->config.offset), channel->decimals);
    json_key(json, "maximum");
    json_decimal(json, moved(channel->max, sensor->config.offset), channel->decimals);
    put(json, api,
        ",'type':'number','readOnly':true,'observable':true,'forms':["
        "{'op':'readproperty','href':'/api/v1/sensors/%/value'$},"
        "{'op':['observeproperty','unobserveproperty'],'subprotocol':'sse','href':'/api/v1/sensors/%/"
        "value'$}]",
        sensor->id);
    json_object_end(json);
}

/* What may be asked for, as members of a schema. */
static void put_states(json_writer_t *json, const api_t *api, const actuator_ops_t *ops)
{
    if (ops->kind == ACTUATOR_SWITCH) {
        put(json, api, "'type':'string','enum':['off','on']", "");
        return;
    }
    put(json, api, "'type':'integer','minimum':", "");
    text_decimal(&json->out, ops->min, 0);
    put(json, api, ",'maximum':", "");
    text_decimal(&json->out, ops->max, 0);
}

/* Reading and writing speak of one object: a writer sends the members that are not readOnly. A state that is not known
 * is null, which is an answer only. */
static void put_actuator(json_writer_t *json, const api_t *api, const actuator_t *actuator)
{
    json_key(json, actuator->id);
    json_object_begin(json);
    json_key(json, "title");
    json_string(json, actuator->config.name);
    put(json, api, ",'type':'object','properties':{'state':{'oneOf':[{", "");
    put_states(json, api, actuator->ops);
    if (actuator->ops->kind != ACTUATOR_SWITCH)
        put(json, api, "},{'type':'string','enum':['off','on'],'writeOnly':true", "");
    put(json, api, "},{'type':'null','readOnly':true}]},'requested':{'readOnly':true,", "");
    put_states(json, api, actuator->ops);
    put(json, api,
        "},'quality':{'readOnly':true,'type':'string','enum':['pending','ok','missing','error']}},"
        "'required':['state'],'forms':[{'op':'readproperty','href':'/api/v1/actuators/%'$},"
        "{'op':'writeproperty','scopes':['operate'],'href':'/api/v1/actuators/%'}]",
        actuator->id);
    json_object_end(json);
}

static void put_readings(json_writer_t *json, const api_t *api)
{
    json_key(json, "readings");
    json_object_begin(json);
    put(json, api,
        "'title':'The latest reading of each sensor','readOnly':true,'type':'object','properties':"
        "{'readings':{'type':'array','items':{'type':'object','properties':{'id':{'type':'string'},"
        "'unit':{'type':'string'},'value':{'oneOf':[{'type':'number'},{'type':'null'}]},"
        "'quality':{'type':'string','enum':['pending','ok','missing','error']}}}}},"
        "'forms':[{'op':'readproperty','href':'/api/v1/readings'$}]",
        "");
    json_object_end(json);
}

/* ---- Actions and events ------------------------------------------------------------------------------- */

/* What the route asks for. */
static const char *scope_of(const char *action)
{
    static const char folder[] = "/api/v1/actions/";
    for (size_t i = 0; i < api_route_count; i++) {
        const http_route_t *route = &api_routes[i];
        if (route->method == HTTP_POST && strncmp(route->pattern, folder, sizeof folder - 1u) == 0 &&
            strcmp(route->pattern + sizeof folder - 1u, action) == 0) {
            return scope_name((scope_t)route->scope);
        }
    }
    return "";
}

static void put_identify_input(json_writer_t *json, const api_t *api)
{
    put(json, api,
        ",'input':{'type':'object','properties':{'duration_ms':{'type':'integer','minimum':0,'maximum':", "");
    text_u32(&json->out, ACTUATOR_IDENTIFY_MS_MAX);
    put(json, api, ",'default':", "");
    text_u32(&json->out, ACTION_IDENTIFY_MS_DEFAULT);
    put(json, api, "}}}", "");
}

static void put_calibrate_input(json_writer_t *json, const api_t *api)
{
    put(json, api, ",'input':{'type':'object','required':['sensor','value'],'properties':{'sensor':", "");
    put(json, api, "{'type':'string','enum':[", "");
    bool any = false;
    for (size_t i = 0; i < api->sensors->sensor_count; i++) {
        if (api->sensors->sensors[i].absent) continue;
        put(json, api, any ? ",'%'" : "'%'", api->sensors->sensors[i].id);
        any = true;
    }
    put(json, api, "]},'value':{'type':'number'}}}", "");
}

static void put_action_input(json_writer_t *json, const api_t *api, action_t action)
{
    static const char *const descriptions[] = {
        [ACTION_IDENTIFY] = "Blinks, so that somebody can find the device",
        [ACTION_REBOOT] = "Writes what has changed, then restarts",
        [ACTION_FACTORY_RESET] = "Erases settings, owners and all else, then restarts",
        [ACTION_CALIBRATE] = "Sets the offset so that the sensor's next sample reads as the reference does",
        [ACTION_SCAN] = "Looks which addresses of the I2C buses answer",
    };
    json_key(json, action_name(action));
    json_object_begin(json);
    json_key(json, "description");
    json_string(json, descriptions[action]);
    if (action == ACTION_IDENTIFY) put_identify_input(json, api);
    if (action == ACTION_CALIBRATE) put_calibrate_input(json, api);
}

/* The rest of it. Whoever invokes an action without an input sends no Content-Type by itself, and POST needs one. */
static void put_action_forms(json_writer_t *json, const api_t *api, action_t action)
{
    const char *name = action_name(action);
    put(json, api,
        ",'synchronous':false,'output':{'type':'object','properties':{'id':{'type':'string'},"
        "'state':{'type':'string','enum':['pending','running','done','failed']}}},"
        "'uriVariables':{'run':{'type':'string','description':'the id that invoking it gave'}},"
        "'forms':[{'op':'invokeaction','href':'/api/v1/actions/%',"
        "'htv:headers':[{'htv:fieldName':'Content-Type','htv:fieldValue':'application/json'}],'scopes':['",
        name);
    text_string(&json->out, scope_of(name));
    put(json, api, "']},{'op':'queryaction','href':'/api/v1/actions/%/{run}'$}]", name);
    json_object_end(json);
}

/* The affordance has the name of the event in the stream. */
static void put_events(json_writer_t *json, const api_t *api)
{
    json_key(json, "events");
    json_object_begin(json);
    put(json, api,
        "'alert':{'description':'A value went beyond a threshold, or is inside of it again',"
        "'data':{'type':'object','properties':{'id':{'type':'string'},"
        "'alert':{'type':'string','enum':['none','low','high']},"
        "'value':{'oneOf':[{'type':'number'},{'type':'null'}]}}},'forms':["
        "{'op':['subscribeevent','unsubscribeevent'],'subprotocol':'sse','href':'/api/v1/"
        "events?types=alert'$}]}",
        "");
    json_object_end(json);
}

/* ---- The Thing ----------------------------------------------------------------------------------------- */

/* A client that names no host (HTTP/1.0) knows where it asked. */
static void put_base(json_writer_t *json, const http_exchange_t *ex)
{
    text_view_t authority = http_authority(ex);
    if (authority.count == 0) return;
    json_key(json, "base");
    json_raw_string_begin(json);
    text_string(&json->out, http_peer(ex)->secure ? "https://" : "http://");
    text_append(&json->out, authority.bytes,
                authority.count); /* its grammar lets nothing in that needs an escape */
    text_char(&json->out, '/');
    json_raw_string_end(json);
}

static void put_opening(json_writer_t *json, const api_t *api, const http_exchange_t *ex)
{
    const api_device_t *device = &api->device;
    json_object_begin(json);
    json_key(json, "@context");
    json_string(json, "https://www.w3.org/2022/wot/td/v1.1");
    json_key(json, "id");
    json_raw_string_begin(json);
    api_write_urn(&json->out, device->mac);
    json_raw_string_end(json);
    json_key(json, "title");
    json_string(json, api->settings->device.name);
    json_key(json, "version");
    json_object_begin(json);
    json_key(json, "instance");
    json_string(json, device->version);
    json_object_end(json);
    put_base(json, ex);
    put(json, api,
        ",'securityDefinitions':{'nosec':{'scheme':'nosec'},'bearer':{'scheme':'bearer','format':'opaque'}},"
        "'security':['bearer'],"
        "'links':[{'rel':'service-desc','href':'/openapi.json','type':'application/json'}]",
        "");
    json_key(json, "properties");
    json_object_begin(json);
}

/* state[0]: 0 the opening, then one step each: sensors, actuators, all readings, two for an action, and the
 * rest. */
static http_produced_t write_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    size_t step = state[0]++;
    if (step == 0) {
        put_opening(json, api, ex);
        return HTTP_MORE;
    }
    step--;
    if (step < api->sensors->sensor_count) {
        if (!api->sensors->sensors[step].absent) put_sensor(json, api, &api->sensors->sensors[step]);
        return HTTP_MORE;
    }
    step -= api->sensors->sensor_count;
    if (step < api->actuators->actuator_count) {
        put_actuator(json, api, &api->actuators->actuators[step]);
        return HTTP_MORE;
    }
    step -= api->actuators->actuator_count;
    if (step == 0) {
        put_readings(json, api);
        json_object_end(json);
        json_key(json, "actions");
        json_object_begin(json);
        return HTTP_MORE;
    }
    step--;
    if (step < 2u * ACTION_COUNT) { /* the ids of all sensors fill a piece */
        (step % 2u == 0 ? put_action_input : put_action_forms)(json, api, (action_t)(step / 2u));
        return HTTP_MORE;
    }
    json_object_end(json);
    put_events(json, api);
    json_object_end(json);
    return HTTP_DONE;
}

/* Over all that is shown. */
static uint64_t tag_of(const api_t *api, const http_exchange_t *ex)
{
    text_view_t authority = http_authority(ex);
    uint64_t tag = hash_word(api->device.tag, api->settings->device.read_auth);
    tag = hash_word(tag, http_peer(ex)->secure);
    for (size_t i = 0; i < authority.count; i++) tag = hash_word(tag, (unsigned char)authority.bytes[i]);
    for (size_t i = 0; i < api->sensors->sensor_count; i++) {
        const sensor_t *sensor = &api->sensors->sensors[i];
        if (sensor->absent) continue;
        tag = hash_string(hash_string(tag, sensor->id), sensor->config.name);
        tag = hash_word(tag, (uint32_t)sensor->config.offset);
    }
    for (size_t i = 0; i < api->actuators->actuator_count; i++) {
        const actuator_t *actuator = &api->actuators->actuators[i];
        tag = hash_string(hash_string(tag, actuator->id), actuator->config.name);
    }
    return tag;
}

/* GET /.well-known/wot
 * 200 {"@context":"https://www.w3.org/2022/wot/td/v1.1","id":"urn:dev:mac:...","properties":{"temp0":{...},...},...}:
 *     a property a sensor and actuator, the actions and alerts, each with the requests that serve it
 * 400 the Host is longer than any name of ours; 406 the client does not take application/td+json */
void api_wot_get(http_exchange_t *ex, void *app)
{
    static const char *const offers[] = { media };
    const api_t *api = app;
    text_view_t authority = http_authority(ex);
    if (authority.count > WOT_AUTHORITY_BYTES_MAX)
        api_write_problem(ex, 400, "the port in Host is too long");
    else if (http_negotiate(ex, offers, 1) < 0)
        api_write_problem(ex, 406, "this resource is application/td+json");
    else if (!api_unchanged(ex, tag_of(api, ex)))
        http_respond_generated(ex, 200, media, write_piece);
}
