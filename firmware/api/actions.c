/* What the device is asked to do, and what became of it. */
#include "api/handlers.h"
#include "api/patch.h"
#include "api/problem.h"
#include "base/hash.h"
#include "settings/json_number.h"

/* ---- What goes out ----------------------------------------------------------------------------------- */

static void write_run_members(json_writer_t *json, const api_t *api, const action_run_t *run)
{
    char id[ACTION_RUN_ID_BYTES];
    action_run_id(run, id);
    json_key(json, "id");
    json_string(json, id);
    json_key(json, "action");
    json_string(json, action_name(run->action));
    json_key(json, "state");
    json_string(json, run_state_name(run->state));
    json_key(json, "detail");
    if (run->detail)
        json_string(json, run->detail);
    else
        json_null(json);
    if (run->lasts) { /* it began before this start: no clock of ours measured it */
        json_key(json, "time");
        json_null(json);
        json_key(json, "uptime_ms");
        json_null(json);
    } else {
        api_write_time(json, api->clock, run->begun_ms);
        json_key(json, "uptime_ms");
        json_u64(json, run->begun_ms);
    }
}

static void write_run(json_writer_t *json, const api_t *api, const action_run_t *run)
{
    json_object_begin(json);
    write_run_members(json, api, run);
    json_object_end(json);
}

static void respond_accepted(http_exchange_t *ex, const api_t *api, const action_run_t *run)
{
    char id[ACTION_RUN_ID_BYTES], location[64];
    action_run_id(run, id);
    text_writer_t out = text_writer(location, sizeof location - 1u);
    text_format(&out, "/api/v1/actions/%s/%s", action_name(run->action), id);
    *out.at = '\0';
    http_set_location(ex, location);
    write_run(http_respond_json(ex, 202, api_media_json), api, run);
}

static http_produced_t list_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    (void)ex;
    if (state[0] == 0) {
        json_object_begin(json);
        json_key(json, "actions");
        json_array_begin(json);
        for (unsigned i = 0; i < ACTION_COUNT; i++) json_string(json, action_name((action_t)i));
        json_array_end(json);
        json_key(json, "runs");
        json_array_begin(json);
    } else if (state[0] <= ACTION_RUNS_MAX && api->runs->items[state[0] - 1u].id) {
        write_run(json, api, &api->runs->items[state[0] - 1u]);
    } else {
        json_array_end(json);
        json_object_end(json);
        return HTTP_DONE;
    }
    state[0]++;
    return HTTP_MORE;
}

/* GET /api/v1/actions
 * 200 {"actions":["identify",...],"runs":[{...},...]}: what can be asked for, and the last runs, oldest first */
void api_action_list(http_exchange_t *ex, void *app)
{
    (void)app;
    if (api_accepts_json(ex)) http_respond_generated(ex, 200, api_media_json, list_piece);
}

static void write_found(json_writer_t *json, const bus_scan_t *scan, uint8_t bus, uint8_t addr)
{
    const chip_place_t *place = bus_scan_place(scan, bus, addr);
    json_object_begin(json);
    json_key(json, "address");
    json_u32(json, addr);
    json_key(json, "answers");
    json_bool(json, bus_scan_answered(scan, bus, addr));
    json_key(json, "id");
    place ? json_string(json, place->id) : json_null(json);
    json_key(json, "part");
    place ? json_string(json, place->part) : json_null(json);
    json_object_end(json);
}

/* Some addresses of a bus, from state[2] on: those that answered, and those that should have.
 * returns   whether that was all of the bus */
static bool write_some_of_bus(json_writer_t *json, const bus_scan_t *scan, uint8_t bus, uint32_t state[4])
{
    enum { AT_ONCE = 12 };
    unsigned written = 0;
    for (; state[2] <= CHIP_ADDRESS_LAST && written < AT_ONCE; state[2]++) {
        uint8_t addr = (uint8_t)state[2];
        if (!bus_scan_answered(scan, bus, addr) && !bus_scan_place(scan, bus, addr)) continue;
        write_found(json, scan, bus, addr);
        written++;
    }
    return state[2] > CHIP_ADDRESS_LAST;
}

/* state[0]: 0 the run, then its buses; [1]: the bus; [2]: the address, 0 when the bus has not begun */
static http_produced_t scan_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    const bus_scan_t *scan = api->scan;
    const action_run_t *run = action_runs_find(api->runs, ACTION_SCAN, http_path_param(ex, 1));
    if (state[0] == 0) {
        json_object_begin(json);
        if (run) write_run_members(json, api, run);
        json_key(json, "result");
        json_object_begin(json);
        json_key(json, "buses");
        json_array_begin(json);
        state[0] = 1;
        return HTTP_MORE;
    }
    if (state[1] == scan->bus_count) {
        json_array_end(json);
        json_object_end(json);
        json_object_end(json);
        return HTTP_DONE;
    }
    uint8_t bus = (uint8_t)state[1];
    if (state[2] == 0) {
        state[2] = CHIP_ADDRESS_FIRST;
        json_object_begin(json);
        json_key(json, "bus");
        json_string(json, scan->buses[bus].name);
        json_key(json, "held");
        json_bool(json, scan->held[bus]);
        json_key(json, "devices");
        json_array_begin(json);
    }
    if (!write_some_of_bus(json, scan, bus, state)) return HTTP_MORE;
    json_array_end(json);
    json_object_end(json);
    state[1]++;
    state[2] = 0;
    return HTTP_MORE;
}

/* GET /api/v1/actions/{name}/{run}
 * 200 {"id":"00c0ffee","action":"reboot","state":"done","detail":null,...}: state is pending, running, done or failed,
 *     and detail says why it failed. A scan that is done has its result, until the next one begins
 * 404 no such run, or so long ago that it is forgotten */
void api_run_get(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    const action_run_t *run = NULL;
    for (unsigned i = 0; i < ACTION_COUNT && !run; i++) {
        if (!text_equal(http_path_param(ex, 0), text_view(action_name((action_t)i)))) continue;
        run = action_runs_find(api->runs, (action_t)i, http_path_param(ex, 1));
    }
    if (!run)
        api_write_problem(ex, 404, "there is no such run of this action, or it is forgotten");
    else if (!api_accepts_json(ex))
        return;
    else if (run->action == ACTION_SCAN && run->state == RUN_DONE && run->id == api->scan->run)
        http_respond_generated(ex, 200, api_media_json, scan_piece);
    else
        write_run(http_respond_json(ex, 200, api_media_json), api, run);
}

/* ---- What comes in ----------------------------------------------------------------------------------- */

static uint64_t hash_text(text_view_t text)
{
    uint64_t hash = HASH_SEED;
    for (size_t i = 0; i < text.count; i++) hash = hash_word(hash, (unsigned char)text.bytes[i]);
    return hash;
}

/* Idempotency-Key: what it began the first time is answered again.
 * returns   false when the request has been answered */
static bool take_key(http_exchange_t *ex, const api_t *api, action_run_t *fresh)
{
    text_view_t key = http_field(ex, HTTP_FIELD_IDEMPOTENCY_KEY);
    fresh->request = hash_word(hash_text(http_body(ex)), fresh->action);
    if (key.count == 0) return true;
    if (key.count > ACTION_KEY_BYTES_MAX) {
        api_write_problem(ex, 400, "the Idempotency-Key is longer than 128 bytes");
        return false;
    }
    fresh->has_key = true;
    fresh->key = hash_text(key);
    const action_run_t *before;
    status_t status = action_runs_find_key(api->runs, fresh->key, fresh->request, &before);
    if (status == STATUS_NOT_FOUND) return true;
    /* The hash is no proof: who may blink could make it fit the request of somebody who restarts. */
    if (status == STATUS_OK && before->action == fresh->action)
        respond_accepted(ex, api, before);
    else
        api_write_problem(ex, 422, "this Idempotency-Key was used for another request");
    return false;
}

/* Reads what an action is asked to do with. errors are about members of document. */
typedef void (*input_reader_t)(const api_t *api, const cJSON *document, action_input_t *input,
                               schema_errors_t *errors);

/* A request without a body asks for an action without saying more. */
static bool read_input(http_exchange_t *ex, const api_t *api, input_reader_t read, action_input_t *input)
{
    static const cJSON nothing = { .type = cJSON_Object };
    json_document_t document = { .root = &nothing };
    bool has_body = http_body(ex).count > 0;
    if (has_body && !api_read_document(ex, &document)) return false;
    schema_errors_t errors = schema_errors();
    read(api, document.root, input, &errors);
    if (errors.count > 0) api_problem_members(ex, 422, "nothing was done", &errors);
    if (has_body) json_document_end(&document);
    return errors.count == 0;
}

static void accept_action(http_exchange_t *ex, const api_t *api, action_t action, input_reader_t read)
{
    action_run_t fresh = { .action = action };
    if (!api_accepts_json(ex) || !read_input(ex, api, read, &fresh.input) || !take_key(ex, api, &fresh))
        return;
    if (action_restarts(action) &&
        (action_runs_busy(api->runs, ACTION_REBOOT) || action_runs_busy(api->runs, ACTION_FACTORY_RESET))) {
        api_write_problem(ex, 409, "the device is about to restart already");
        return;
    }
    const action_run_t *run = action_runs_begin(api->runs, &fresh, http_now_ms(ex));
    if (run) {
        respond_accepted(ex, api, run);
        return;
    }
    http_set_retry_after(ex, HTTP_RETRY_AFTER_S);
    api_write_problem(ex, 503, "too many actions at the same time");
}

static void read_nothing(const api_t *api, const cJSON *document, action_input_t *input,
                         schema_errors_t *errors)
{
    (void)api;
    (void)input;
    api_only_members(document, NULL, 0, errors);
}

static void read_identify(const api_t *api, const cJSON *document, action_input_t *input,
                          schema_errors_t *errors)
{
    static const char *const members[] = { "duration_ms" };
    const cJSON *duration = cJSON_GetObjectItemCaseSensitive(document, "duration_ms");
    (void)api;
    api_only_members(document, members, 1, errors);
    input->duration_ms = ACTION_IDENTIFY_MS_DEFAULT;
    if (!duration) return;
    int32_t ms;
    if (!cJSON_IsNumber(duration) || !json_scaled(duration->valuedouble, 0, &ms) || ms < 0 ||
        ms > (int32_t)ACTUATOR_IDENTIFY_MS_MAX) {
        schema_cross_error(errors, "duration_ms", "must be a whole number from 0 to 600000");
        return;
    }
    input->duration_ms = (uint32_t)ms;
}

static void read_calibrate(const api_t *api, const cJSON *document, action_input_t *input,
                           schema_errors_t *errors)
{
    static const char *const members[] = { "sensor", "value" };
    const char *id = api_string_member(document, "sensor");
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(document, "value");
    api_only_members(document, members, 2, errors);
    const sensor_t *sensor = id ? sensor_registry_find(api->sensors, text_view(id)) : NULL;
    if (!sensor) schema_cross_error(errors, "sensor", "must be the id of a sensor");
    if (!cJSON_IsNumber(value) ||
        (sensor && !json_scaled(value->valuedouble, sensor->channel->decimals, &input->reference))) {
        schema_cross_error(
            errors, "value",
            "must be what the sensor should read: a number with no more decimals than its value");
    }
    if (sensor) input->sensor = (size_t)(sensor - api->sensors->sensors);
}

/* POST /api/v1/actions/identify {"duration_ms":10000}: blinks, so that somebody can find the device
 * POST /api/v1/actions/calibrate {"sensor":"temp0","value":21.0}: sets the sensor's offset so that its next sample
 *      reads as the reference does
 * POST /api/v1/actions/scan: asks every address of every I2C bus; what answered stands in the run
 * POST /api/v1/actions/reboot: writes what has changed, then restarts
 * POST /api/v1/actions/factory-reset: erases settings, owners and all else, then restarts
 * 202 the run, and its place as Location; with an Idempotency-Key that is known: the run that it began
 * 409 a restart is under way; 400 413 422 the document; 503 too many at the same time */
void api_identify_post(http_exchange_t *ex, void *app)
{
    accept_action(ex, app, ACTION_IDENTIFY, read_identify);
}

void api_calibrate_post(http_exchange_t *ex, void *app)
{
    accept_action(ex, app, ACTION_CALIBRATE, read_calibrate);
}

void api_scan_post(http_exchange_t *ex, void *app)
{
    accept_action(ex, app, ACTION_SCAN, read_nothing);
}

void api_reboot_post(http_exchange_t *ex, void *app)
{
    accept_action(ex, app, ACTION_REBOOT, read_nothing);
}

void api_factory_reset_post(http_exchange_t *ex, void *app)
{
    accept_action(ex, app, ACTION_FACTORY_RESET, read_nothing);
}
