/* Server-sent events (HTML, section 9.2): what happens, while it happens. */
#include "api/events.h"

#include "api/handlers.h"
#include "api/problem.h"
#include "base/hash.h"
#include "base/time_format.h"

/* ---- Ids ---------------------------------------------------------------------------------------------- */

/* The position as four numbers: clients give it back as Last-Event-ID and need not understand it. */
static void write_id(text_writer_t *out, const event_position_t *position)
{
    text_string(out, "id: ");
    text_u32(out, position->at.boot);
    text_char(out, '.');
    text_u64(out, position->at.uptime_ms);
    text_char(out, '.');
    text_u32(out, position->sensor);
    text_char(out, '.');
    text_u32(out, position->log);
    text_char(out, '\n');
}

/* Takes one number and the dot behind it, if it is not the last. */
static bool read_number(text_view_t *text, uint64_t max, bool last, uint64_t *value)
{
    size_t at = 0;
    *value = 0;
    for (; at < text->count && text->bytes[at] >= '0' && text->bytes[at] <= '9'; at++) {
        unsigned digit = (unsigned)(text->bytes[at] - '0');
        if (*value > (max - digit) / 10u) return false;
        *value = *value * 10u + digit;
    }
    if (at == 0 || (last ? at != text->count : at == text->count || text->bytes[at] != '.')) return false;
    size_t used = last ? at : at + 1u;
    *text = (text_view_t){ text->bytes + used, text->count - used };
    return true;
}

static bool read_position(text_view_t id, event_position_t *position)
{
    uint64_t boot, uptime_ms, sensor, line;
    if (id.count == 0 || id.count > EVENT_ID_BYTES_MAX) return false;
    if (!read_number(&id, UINT32_MAX, false, &boot) || !read_number(&id, UINT64_MAX, false, &uptime_ms) ||
        !read_number(&id, UINT8_MAX, false, &sensor) || !read_number(&id, UINT32_MAX, true, &line)) {
        return false;
    }
    *position = (event_position_t){ { (uint32_t)boot, uptime_ms }, (uint8_t)sensor, (uint32_t)line };
    return true;
}

/* ---- One event ---------------------------------------------------------------------------------------- */

static void write_value(json_writer_t *json, const sensor_t *sensor, bool has_value, int32_t value)
{
    if (has_value)
        json_decimal(json, value, sensor->channel->decimals);
    else
        json_null(json);
}

/* The members of a reading, from whatever start of the device it is. */
static void write_reading(json_writer_t *json, const api_t *api, const event_t *event)
{
    int64_t utc_ms;
    const history_point_t *point = &event->point;
    json_key(json, "id");
    json_string(json, event->sensor->id);
    json_key(json, "unit");
    json_string(json, sensor_unit_symbol(event->sensor->channel->unit));
    json_key(json, "value");
    write_value(json, event->sensor, point->has_value, point->value);
    json_key(json, "quality");
    json_string(json, sensor_quality_name(event->quality));
    json_key(json, "time");
    if (history_utc_ms(api->history, point->at, &utc_ms)) {
        json_raw_string_begin(json);
        text_rfc3339(&json->out, utc_ms);
        json_raw_string_end(json);
    } else {
        json_null(json);
    }
    json_key(json, "boot");
    json_u32(json, point->at.boot);
    json_key(json, "uptime_ms");
    json_u64(json, point->at.uptime_ms);
}

static void write_alert(json_writer_t *json, const api_t *api, const sensor_t *sensor)
{
    json_key(json, "id");
    json_string(json, sensor->id);
    json_key(json, "alert");
    json_string(json, sensor_alert_name(sensor->alert));
    api_write_reading(json, sensor, api);
}

static void write_status(json_writer_t *json, const api_t *api)
{
    api_network_t network = { .ipv4_mode = "none" };
    api->platform->read_network(&network);
    uint64_t uptime_ms = api->platform->uptime_ms();
    json_key(json, "uptime_ms");
    json_u64(json, uptime_ms);
    api_write_time(json, api->clock, uptime_ms);
    json_key(json, "time_synced");
    json_bool(json, api->clock->set);
    json_key(json, "reset_cause");
    json_string(json, api->platform->reset_cause());
    json_key(json, "link_up");
    json_bool(json, network.link_up);
    json_key(json, "ipv4");
    json_string(json, network.ipv4);
    json_key(json, "owner");
    json_string(json, api_owner_name(api));
    json_key(json, "store");
    json_string(json, store_state_name(api->store->state));
    api_write_sensor_counts(json, api->sensors);
}

static void write_data(json_writer_t *json, const api_t *api, const event_t *event)
{
    json_restart(json);
    json_object_begin(json);
    switch (event->type) {
    case EVENT_READING: write_reading(json, api, event); break;
    case EVENT_ALERT: write_alert(json, api, event->sensor); break;
    case EVENT_STATUS: write_status(json, api); break;
    case EVENT_LOG: api_write_log_members(json, api, &event->line); break;
    case EVENT_TYPES: break;
    }
    json_object_end(json);
}

static const char *const type_names[EVENT_TYPES] = { "reading", "alert", "status", "log" };

/* state[0]: the seat */
static http_produced_t named_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    event_t event;
    (void)ex;
    if (!events_next(api->events, state[0], &event)) return HTTP_WAIT;
    text_writer_t *out = &json->out;
    text_string(out, "event: ");
    text_string(out, type_names[event.type]);
    text_char(out, '\n');
    write_id(out, &event.position);
    text_string(out, "data: ");
    write_data(json, api, &event);
    text_string(out, "\n\n");
    if (!json_overflowed(json)) events_told(api->events, state[0], &event);
    return HTTP_MORE;
}

/* Bare numbers, for clients that know no names of events (WoT); a sample that failed is none. */
static http_produced_t value_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    event_t event;
    (void)ex;
    if (!events_has_subject(api->events, state[0])) return HTTP_DONE;
    if (!events_next(api->events, state[0], &event)) return HTTP_WAIT;
    if (event.point.has_value) {
        write_id(&json->out, &event.position);
        text_string(&json->out, "data: ");
        json_restart(json);
        json_decimal(json, event.point.value, event.sensor->channel->decimals);
        text_string(&json->out, "\n\n");
    }
    if (!json_overflowed(json)) events_told(api->events, state[0], &event);
    return HTTP_MORE;
}

static void leave(void *app, const uint32_t state[4])
{
    events_unsubscribe(((api_t *)app)->events, state[0]);
}

/* A hash over what a status event shows and what lasts: two moments differ only in their time. */
static uint64_t status_tag(const api_t *api)
{
    api_network_t network = { .ipv4_mode = "none" };
    api->platform->read_network(&network);
    uint64_t tag = hash_string(HASH_SEED, network.ipv4);
    tag = hash_word(tag, (uint64_t)network.link_up << 1 | api->clock->set);
    tag = hash_word(tag, (uint64_t)api->claim->state << 8 | (uint64_t)api->store->state);
    return hash_word(tag, api_sensors_ok(api->sensors));
}

uint64_t api_events_poll(api_t *api, uint64_t now_ms)
{
    if (!events_listened(api->events, EVENT_STATUS)) return UINT64_MAX;
    if (now_ms < api->status_check_ms) return api->status_check_ms;
    events_note_status(api->events, status_tag(api));
    api->status_check_ms = now_ms + EVENT_STATUS_CHECK_MS;
    return api->status_check_ms;
}

/* ---- Streams ------------------------------------------------------------------------------------------ */

static void open_stream(http_exchange_t *ex, api_t *api, event_filter_t filter, const http_stream_t *stream)
{
    event_position_t position;
    events_note_status(api->events, status_tag(api)); /* so that what it is told first is not told again */
    bool resumes = read_position(http_field(ex, HTTP_FIELD_LAST_EVENT_ID), &position);
    int seat = events_subscribe(api->events, filter, resumes ? &position : NULL);
    if (seat < 0) {
        http_set_retry_after(ex, EVENT_RETRY_AFTER_S);
        api_write_problem(ex, 503, "as many streams of events as the device serves are open");
        return;
    }
    http_respond_stream(ex, api_media_events, stream, (uint32_t)seat);
}

void api_value_stream(http_exchange_t *ex, api_t *api, size_t sensor)
{
    static const http_stream_t stream = {
        .generator = value_piece, .end = leave, .ping = ":\n\n", .scope = SCOPE_READ
    };
    open_stream(ex, api, (event_filter_t){ 1u << EVENT_READING, (uint32_t)1 << sensor }, &stream);
}

/* The next name of a comma-separated list. */
static bool next_name(text_view_t *list, text_view_t *name)
{
    if (list->count == 0) return false;
    size_t at = 0;
    while (at < list->count && list->bytes[at] != ',') at++;
    *name = (text_view_t){ list->bytes, at };
    size_t used = at < list->count ? at + 1u : at;
    *list = (text_view_t){ list->bytes + used, list->count - used };
    return true;
}

static bool add_type(void *context, text_view_t name)
{
    event_filter_t *filter = context;
    for (unsigned i = 0; i < EVENT_TYPES; i++) {
        if (!text_equal(name, text_view(type_names[i]))) continue;
        filter->types = (uint8_t)(filter->types | 1u << i);
        return true;
    }
    return false;
}

typedef struct {
    const sensor_registry_t *sensors;
    uint32_t found;
} sensor_list_t;

static bool add_sensor(void *context, text_view_t id)
{
    sensor_list_t *list = context;
    const sensor_t *sensor = sensor_registry_find(list->sensors, id);
    if (!sensor) return false;
    list->found |= (uint32_t)1 << (sensor - list->sensors->sensors);
    return true;
}

/* Hands each name of a parameter to add. Without the parameter nothing happens.
 * returns   false when there is none, or one that add does not know */
static bool read_list(const http_exchange_t *ex, const char *parameter, bool (*add)(void *, text_view_t),
                      void *context)
{
    char text[EVENT_LIST_BYTES];
    if (!http_query(ex, parameter, text, sizeof text)) return false;
    text_view_t list = text_view(text), name;
    if (list.count == 0 || list.bytes[list.count - 1] == ',') return false;
    while (next_name(&list, &name)) {
        if (!add(context, name)) return false;
    }
    return true;
}

static bool read_filter(http_exchange_t *ex, const api_t *api, event_filter_t *filter)
{
    schema_errors_t errors = schema_errors();
    sensor_list_t sensors = { .sensors = api->sensors };
    *filter = (event_filter_t){ .types = 0 };
    if (http_has_query(ex, "types")) {
        if (!read_list(ex, "types", add_type, filter))
            schema_cross_error(&errors, "types", "must be a list of reading, alert, status and log");
    } else { /* lines of the log are for those who ask for them: they need a scope of their own */
        filter->types = 1u << EVENT_READING | 1u << EVENT_ALERT | 1u << EVENT_STATUS;
    }
    if (http_has_query(ex, "sensors")) {
        if (!read_list(ex, "sensors", add_sensor, &sensors))
            schema_cross_error(&errors, "sensors", "must be a list of ids of sensors");
    } else {
        sensors.found = UINT32_MAX;
    }
    filter->sensors = sensors.found;
    if (errors.count == 0) return true;
    api_problem_members(ex, 422, "a parameter of the query is wrong", &errors);
    return false;
}

/* GET /api/v1/events?types=&sensors=
 * 200 text/event-stream without an end: named events with ids, JSON as data
 * 406 the client does not take it; 422 wrong parameters; 503 too many streams
 * 401 403 429 for lines of the log, which need the scope admin */
void api_events_get(http_exchange_t *ex, void *app)
{
    static const char *const offers[] = { api_media_events };
    static const http_stream_t open_to_readers = {
        .generator = named_piece, .end = leave, .ping = ":\n\n", .scope = SCOPE_READ
    };
    static const http_stream_t open_to_admins = {
        .generator = named_piece, .end = leave, .ping = ":\n\n", .scope = SCOPE_ADMIN
    };
    api_t *api = app;
    event_filter_t filter;
    if (http_negotiate(ex, offers, 1) < 0) {
        api_write_problem(ex, 406, "this resource is text/event-stream");
        return;
    }
    if (!read_filter(ex, api, &filter)) return;
    bool log = (unsigned)filter.types >> EVENT_LOG & 1u;
    if (log && http_respond_if_refused(ex, SCOPE_ADMIN)) return;
    open_stream(ex, api, filter, log ? &open_to_admins : &open_to_readers);
}
