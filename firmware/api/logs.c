/* The last lines of the log. */
#include "api/handlers.h"
#include "api/problem.h"
#include "base/log.h"

void api_write_log_members(json_writer_t *json, const api_t *api, const log_entry_t *entry)
{
    json_key(json, "number");
    json_u32(json, entry->number);
    api_write_time(json, api->clock, entry->uptime_ms);
    json_key(json, "uptime_ms");
    json_u64(json, entry->uptime_ms);
    json_key(json, "level");
    json_string(json, log_level_name((log_level_t)entry->level));
    json_key(json, "component");
    json_text(json, entry->component);
    json_key(json, "message");
    json_text(json, entry->message);
}

/* state[0]: the opening has been written; state[1]: the number of the last line that was; state[2]: of the last that
 * there was when the answer began, so that it ends although it may log itself. */
static http_produced_t write_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    log_entry_t entry;
    if (state[0] == 0) {
        char after[12];
        state[1] = http_query(ex, "after", after, sizeof after) ? api_number(after) : 0;
        state[2] = api->log->next - 1u;
        json_object_begin(json);
        json_key(json, "lines");
        json_array_begin(json);
        state[0] = 1;
        return HTTP_MORE;
    }
    if (state[1] < state[2] && log_ring_read(api->log, state[1], &entry)) {
        json_object_begin(json);
        api_write_log_members(json, api, &entry);
        json_object_end(json);
        state[1] = entry.number;
        return HTTP_MORE;
    }
    json_array_end(json);
    json_key(json, "last");
    json_u32(json, state[1]);
    json_object_end(json);
    return HTTP_DONE;
}

/* GET /api/v1/logs?after=NUMBER
 * 200 {"lines":[{"number":12,"time":null,"uptime_ms":734,"level":"info","component":"net","message":"link up"},...],
 *      "last":12}: the lines that are still kept, oldest first; last is what to ask for next as after
 * 422 after is no number */
void api_log_get(http_exchange_t *ex, void *app)
{
    char after[12];
    (void)app;
    if (!api_accepts_json(ex)) return;
    if (http_has_query(ex, "after") &&
        (!http_query(ex, "after", after, sizeof after) || api_number(after) == UINT32_MAX)) {
        schema_errors_t errors = schema_errors();
        schema_cross_error(&errors, "after", "must be a whole number from 0 to 4294967294");
        api_problem_members(ex, 422, "a parameter of the query is wrong", &errors);
        return;
    }
    http_respond_generated(ex, 200, api_media_json, write_piece);
}
