/* The history of one sensor: JSON, CSV and SenML, in pages, written point by point. */
#include "api/handlers.h"
#include "api/history_query.h"
#include "api/problem.h"
#include "base/time_format.h"

static const char media_csv[] = "text/csv";

/* Bytes of the longest point in any of the three: three values in SenML, each with its name, unit and time. */
#define POINT_BYTES_MAX 320u

/* ---- What a page holds, and where its generator is ------------------------------------------------------------- */

typedef struct {
    size_t sensor;
    uint32_t step_s;
    uint32_t next, end; /* numbers of records: the next to read, and behind the last of this page */
    bool more;          /* there are others behind it */
    bool begun;         /* the opening was written */
    bool any;           /* and a point with its base, in SenML */
} page_t;

_Static_assert(SENSORS_MAX <= 32u, "5 bits");

static void pack(const page_t *page, uint32_t state[4])
{
    state[0] = (uint32_t)page->sensor | page->step_s / 60u << 5 | (uint32_t)page->more << 16 |
               (uint32_t)page->begun << 17 | (uint32_t)page->any << 18;
    state[1] = page->next;
    state[2] = page->end;
}

static page_t unpack(const uint32_t state[4])
{
    return (page_t){
        .sensor = state[0] & 31u,
        .step_s = (state[0] >> 5 & 0x7ffu) * 60u,
        .next = state[1],
        .end = state[2],
        .more = state[0] >> 16 & 1u,
        .begun = state[0] >> 17 & 1u,
        .any = state[0] >> 18 & 1u,
    };
}

/* A sample or an interval of minutes. */
typedef struct {
    history_moment_t at;
    history_point_t sample;
    history_minute_t interval;
} entry_t;

static history_reader_t reader_at(const page_t *page, const history_t *history, uint32_t number)
{
    return page->step_s ? history_minutes_from(history, page->sensor, number)
                        : history_samples_from(history, page->sensor, number);
}

/* Reads the next entry of the page. */
static bool read_entry(page_t *page, history_reader_t *reader, entry_t *entry)
{
    bool found = page->step_s ? history_read_interval(reader, page->step_s * 1000u, &entry->interval)
                              : history_read_sample(reader, &entry->sample);
    if (!found || reader->first >= page->end) return false;
    entry->at = page->step_s ? entry->interval.at : entry->sample.at;
    page->next = reader->last + 1u;
    return true;
}

/* The number of the first record strictly after a moment, or the one that the next record will get. */
static uint32_t number_after(const history_t *history, size_t sensor, bool minutes, history_moment_t after)
{
    history_reader_t reader;
    history_point_t point;
    history_minute_t minute;
    bool found;
    if (minutes) {
        reader = history_minutes_after(history, sensor, after);
        found = history_read_minute(&reader, &minute);
    } else {
        reader = history_samples_after(history, sensor, after);
        found = history_read_sample(&reader, &point);
    }
    return found ? reader.first : reader.number;
}

/* Goes to the last of so many entries, which page->next lies behind then. Records are numbered, so it is found at once
 * unless there is a gap, or intervals of many minutes are to be counted.
 * returns   false when there is none */
static bool skip(page_t *page, const history_t *history, uint32_t count, history_moment_t *last)
{
    const uint32_t first = page->next, number = first + count - 1u;
    entry_t entry;
    if (page->step_s <= 60u) {
        history_reader_t reader = reader_at(page, history, number);
        if (read_entry(page, &reader, &entry) && reader.first == number) {
            *last = entry.at;
            return true;
        }
    }
    page->next = first;
    history_reader_t reader = reader_at(page, history, first);
    for (; count > 0 && read_entry(page, &reader, &entry); count--) *last = entry.at;
    return page->next > first;
}

/* Finds out which records the page holds.
 * last      the last one's moment; written only when there are more */
static page_t find_page(const history_t *history, size_t sensor, const history_query_t *query,
                        history_moment_t *last)
{
    bool minutes = query->step_s > 0;
    page_t page = { .sensor = sensor, .step_s = query->step_s };
    const uint32_t first = number_after(history, sensor, minutes, query->after);
    page.next = first;
    page.end = number_after(history, sensor, minutes, query->upto);
    if (page.end > first && page.end - first > query->limit && skip(&page, history, query->limit, last) &&
        page.next < page.end) {
        page.more = true;
        page.end = page.next;
    }
    page.next = first;
    return page;
}

/* The moment of the page's last entry. When it was overwritten while a slow client took the page, whatever is left
 * comes after it. */
static history_moment_t last_moment(const page_t *page, const history_t *history)
{
    page_t last = *page;
    entry_t entry;
    history_reader_t reader = reader_at(page, history, page->end - 1u);
    return read_entry(&last, &reader, &entry) ? entry.at : (history_moment_t){ 0, 0 };
}

/* One format: what stands around the points, and each point. */
typedef struct {
    void (*open)(json_writer_t *json, const api_t *api, const page_t *page);
    void (*write)(json_writer_t *json, const api_t *api, page_t *page, const entry_t *entry);
    void (*close)(json_writer_t *json, const api_t *api, const page_t *page);
} format_t;

/* As many points as there is room for: finding the first one costs more than reading those behind it. */
static http_produced_t produce(const format_t *format, const api_t *api, json_writer_t *json,
                               uint32_t state[4])
{
    page_t page = unpack(state);
    if (json->out.end - json->out.at < (ptrdiff_t)POINT_BYTES_MAX) {
        json->out.overflow = true; /* does not fit: to be called again with an empty buffer */
        return HTTP_MORE;
    }
    if (!page.begun) {
        format->open(json, api, &page);
        page.begun = true;
        pack(&page, state);
    }
    history_reader_t reader = reader_at(&page, api->history, page.next);
    while (json->out.end - json->out.at >= (ptrdiff_t)POINT_BYTES_MAX) {
        entry_t entry;
        if (!read_entry(&page, &reader, &entry)) {
            format->close(json, api, &page);
            return HTTP_DONE;
        }
        format->write(json, api, &page, &entry);
        pack(&page, state);
    }
    return HTTP_MORE;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

static const sensor_t *sensor_of(const api_t *api, const page_t *page)
{
    return &api->sensors->sensors[page->sensor];
}

static void number(json_writer_t *json, const char *key, uint64_t value)
{
    json_key(json, key);
    json_u64(json, value);
}

static void open_json(json_writer_t *json, const api_t *api, const page_t *page)
{
    const sensor_t *sensor = sensor_of(api, page);
    json_object_begin(json);
    json_key(json, "id");
    json_string(json, sensor->id);
    json_key(json, "unit");
    json_string(json, sensor_unit_symbol(sensor->channel->unit));
    number(json, "step", page->step_s);
    json_key(json, "points");
    json_array_begin(json);
}

static void decimal(json_writer_t *json, const char *key, int32_t value, unsigned decimals)
{
    json_key(json, key);
    json_decimal(json, value, decimals);
}

static void write_json(json_writer_t *json, const api_t *api, page_t *page, const entry_t *entry)
{
    unsigned decimals = sensor_of(api, page)->channel->decimals;
    const history_minute_t *interval = &entry->interval;
    int64_t utc_ms;
    json_object_begin(json);
    json_key(json, "time");
    if (history_utc_ms(api->history, entry->at, &utc_ms)) {
        json_raw_string_begin(json);
        text_rfc3339(&json->out, utc_ms);
        json_raw_string_end(json);
    } else {
        json_null(json);
    }
    number(json, "boot", entry->at.boot);
    number(json, "uptime_ms", entry->at.uptime_ms);
    if (page->step_s) {
        decimal(json, "min", interval->min, decimals);
        decimal(json, "avg", history_average(interval), decimals);
        decimal(json, "max", interval->max, decimals);
        number(json, "samples", interval->samples);
    } else if (entry->sample.has_value) {
        decimal(json, "value", entry->sample.value, decimals);
    } else {
        json_key(json, "value");
        json_null(json);
    }
    json_object_end(json);
}

static void close_json(json_writer_t *json, const api_t *api, const page_t *page)
{
    json_array_end(json);
    json_key(json, "next");
    if (page->more) {
        json_raw_string_begin(json);
        history_query_write_cursor(&json->out, last_moment(page, api->history));
        json_raw_string_end(json);
    } else {
        json_null(json);
    }
    json_object_end(json);
}

static http_produced_t json_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    static const format_t format = { open_json, write_json, close_json };
    (void)ex;
    return produce(&format, app, json, state);
}

/* ---- CSV (RFC 4180) -------------------------------------------------------------------------------------------- */

static void open_csv(json_writer_t *json, const api_t *api, const page_t *page)
{
    (void)api;
    text_string(&json->out, page->step_s ? "time,boot,uptime_ms,min,avg,max,samples\r\n"
                                         : "time,boot,uptime_ms,value\r\n");
}

static void write_csv(json_writer_t *json, const api_t *api, page_t *page, const entry_t *entry)
{
    unsigned decimals = sensor_of(api, page)->channel->decimals;
    const history_minute_t *interval = &entry->interval;
    text_writer_t *out = &json->out;
    int64_t utc_ms;
    if (history_utc_ms(api->history, entry->at, &utc_ms)) text_rfc3339(out, utc_ms);
    text_format(out, ",%u,", (unsigned)entry->at.boot);
    text_u64(out, entry->at.uptime_ms);
    text_char(out, ',');
    if (page->step_s) {
        text_decimal(out, interval->min, decimals);
        text_char(out, ',');
        text_decimal(out, history_average(interval), decimals);
        text_char(out, ',');
        text_decimal(out, interval->max, decimals);
        text_format(out, ",%u", (unsigned)interval->samples);
    } else if (entry->sample.has_value) {
        text_decimal(out, entry->sample.value, decimals);
    }
    text_append(out, "\r\n", 2);
}

static void close_csv(json_writer_t *json, const api_t *api, const page_t *page)
{
    (void)json;
    (void)api;
    (void)page;
}

static http_produced_t csv_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    static const format_t format = { open_csv, write_csv, close_csv };
    (void)ex;
    return produce(&format, app, json, state);
}

/* ---- SenML (RFC 8428) ------------------------------------------------------------------------------------------ */

static void open_senml(json_writer_t *json, const api_t *api, const page_t *page)
{
    (void)api;
    (void)page;
    json_array_begin(json);
}

/* suffix    what the base name lacks; NULL: nothing */
static void write_record(json_writer_t *json, const char *suffix, int32_t value, unsigned decimals,
                         int64_t time_ms)
{
    if (suffix) {
        json_key(json, "n");
        json_string(json, suffix);
    }
    decimal(json, "v", value, decimals);
    json_key(json, "t");
    json_thousandths(json, time_ms);
    json_object_end(json);
}

/* Seconds, and while the clock is not set seconds relative to now. Of earlier starts without a time SenML can say
 * nothing.
 * returns   false then */
static bool senml_time(const api_t *api, history_moment_t at, int64_t *time_ms)
{
    if (history_utc_ms(api->history, at, time_ms)) return true;
    *time_ms = (int64_t)at.uptime_ms - (int64_t)api->platform->uptime_ms();
    return at.boot == history_moment(api->history, 0).boot;
}

static void write_senml(json_writer_t *json, const api_t *api, page_t *page, const entry_t *entry)
{
    const sensor_t *sensor = sensor_of(api, page);
    unsigned decimals = sensor->channel->decimals;
    int64_t time_ms;
    if (!page->step_s && !entry->sample.has_value) return;
    if (!senml_time(api, entry->at, &time_ms)) return;
    json_object_begin(json);
    if (!page->any) {
        json_key(json, "bn");
        json_raw_string_begin(json);
        api_write_urn(&json->out, api->device.mac);
        text_char(&json->out, '_');
        text_string(&json->out, sensor->id);
        json_raw_string_end(json);
        json_key(json, "bu");
        json_string(json, sensor_unit_symbol(sensor->channel->unit));
    }
    page->any = true;
    if (!page->step_s) {
        write_record(json, NULL, entry->sample.value, decimals, time_ms);
        return;
    }
    write_record(json, ":min", entry->interval.min, decimals, time_ms);
    json_object_begin(json);
    write_record(json, ":avg", history_average(&entry->interval), decimals, time_ms);
    json_object_begin(json);
    write_record(json, ":max", entry->interval.max, decimals, time_ms);
}

static void close_senml(json_writer_t *json, const api_t *api, const page_t *page)
{
    (void)api;
    (void)page;
    json_array_end(json);
}

static http_produced_t senml_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    static const format_t format = { open_senml, write_senml, close_senml };
    (void)ex;
    return produce(&format, app, json, state);
}

/* ---- The resource ------------------------------------------------------------------------------------------------ */

/* GET /api/v1/sensors/{id}/history?since=&until=&step=&limit=&cursor=
 * 200 {"id":"temp0","unit":"Cel","step":0,"points":[{"time":null,"boot":3,"uptime_ms":734,"value":21.44},...],
 *      "next":null}: samples, or with a step intervals of minutes, oldest first; or the same as CSV, or as SenML.
 *     Link with rel="next" while there are more
 * 404 no such sensor; 406 none of the three is acceptable
 * 422 wrong parameters, each named */
void api_history_get(http_exchange_t *ex, void *app)
{
    static const char *const offers[] = { api_media_json, media_csv, api_media_senml };
    static const char *const types[] = { api_media_json, "text/csv; charset=utf-8; header=present",
                                         api_media_senml };
    static const http_generator_t generators[] = { json_piece, csv_piece, senml_piece };
    const api_t *api = app;
    const sensor_t *sensor = api_find_sensor(ex, api);
    if (!sensor) return;
    int chosen = http_negotiate(ex, offers, 3);
    if (chosen < 0) {
        api_write_problem(ex, 406, "this resource is application/json, text/csv or application/senml+json");
        return;
    }
    history_query_t query;
    schema_errors_t errors = schema_errors();
    if (!history_query_read(ex, api, &query, &errors)) {
        api_problem_members(ex, 422, "a parameter of the query is wrong", &errors);
        return;
    }
    char target[HISTORY_TARGET_BYTES];
    uint32_t state[4] = { 0 };
    history_moment_t last;
    const page_t page = find_page(api->history, (size_t)(sensor - api->sensors->sensors), &query, &last);
    if (page.more) history_query_write_target(&query, sensor, last, target);
    http_set_link_next(ex, page.more ? target : NULL);
    pack(&page, state);
    http_set_generator_state(ex, state);
    http_respond_generated(ex, 200, types[chosen], generators[chosen]);
}
