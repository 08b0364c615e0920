/* Outside sources: what is asked of others, and what became of it. */
#include "api/handlers.h"
#include "api/patch.h"
#include "api/problem.h"
#include "base/hash.h"
#include "base/wipe.h"

/* ---- What goes out --------------------------------------------------------------------------------------- */

/* Two halves, as of a sensor: what was set, and what became of it. */
#define SETTINGS_HALF 0xffffffff00000000u

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < count; i++) hash = hash_word(hash, at[i]);
    return hash;
}

static uint64_t source_tag(const api_t *api, const source_t *source)
{
    uint64_t set =
        hash_bytes(hash_string(api->device.build_tag, source->id), &source->config, sizeof source->config);
    uint64_t now = hash_word(hash_word(wall_clock_tag(api->clock), source->changes), source->asked_ms);
    now = hash_word(hash_word(now, source->questions), source->due_ms);
    return ((set ^ set << 32) & SETTINGS_HALF) | (uint32_t)(now ^ now >> 32);
}

static const char *state_name(const source_t *source)
{
    if (!source->asked) return source->stale ? "stale" : "pending";
    if (source->fault != SOURCE_OK) return "error";
    return source->stale ? "stale" : "ok";
}

static void write_error(json_writer_t *json, source_fault_t fault)
{
    json_key(json, "error");
    if (fault == SOURCE_OK) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    json_key(json, "code");
    json_plain(json, source_fault_code(fault));
    json_key(json, "detail");
    json_string(json, source_fault_text(fault));
    json_object_end(json);
}

static void write_optional_u64(json_writer_t *json, const char *key, bool there, uint64_t value)
{
    json_key(json, key);
    if (there)
        json_u64(json, value);
    else
        json_null(json);
}

static void write_source(json_writer_t *json, const api_t *api, const source_t *source)
{
    json_object_begin(json);
    json_key(json, "id");
    json_plain(json, source->id);
    source_config_write(&source->config, false, json);
    json_key(json, "state");
    json_plain(json, state_name(source));
    write_error(json, source->fault);
    write_optional_u64(json, "status", source->status > 0, source->status);
    json_key(json, "failures");
    json_u32(json, source->failures);
    json_key(json, "questions");
    json_u32(json, source->questions);
    json_key(json, "failed");
    json_u32(json, source->failed);
    json_key(json, "body_bytes");
    json_u64(json, source->body_bytes);
    if (source->answered) {
        api_write_time(json, api->clock, source->answered_ms);
    } else {
        json_key(json, "time");
        json_null(json);
    }
    write_optional_u64(json, "uptime_ms", source->answered, source->answered_ms);
    json_key(json, "next_uptime_ms");
    json_u64(json, source->due_ms);
    json_object_end(json);
}

static void respond(http_exchange_t *ex, const api_t *api, const source_t *source, unsigned status)
{
    http_set_etag(ex, source_tag(api, source));
    write_source(http_respond_json(ex, status, api_media_json), api, source);
}

/* state[0]: 0 the opening, then 1 + the place of a source */
static http_produced_t list_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    (void)ex;
    if (state[0] == 0) {
        json_object_begin(json);
        json_key(json, "sources");
        json_array_begin(json);
    } else if (state[0] <= SOURCES_MAX) {
        const source_t *source = &api->sources->items[state[0] - 1u];
        if (source->id[0]) write_source(json, api, source);
    } else {
        json_array_end(json);
        json_object_end(json);
        return HTTP_DONE;
    }
    state[0]++;
    return HTTP_MORE;
}

/* GET /api/v1/sources
 * 200 {"sources":[{...},...]}: what is set, without secrets, and what became of the last question */
void api_source_list(http_exchange_t *ex, void *app)
{
    (void)app;
    if (api_accepts_json(ex)) http_respond_generated(ex, 200, api_media_json, list_piece);
}

static const source_t *find_or_refuse(http_exchange_t *ex, const api_t *api)
{
    const source_t *source = sources_find(api->sources, http_path_param(ex, 0));
    if (!source) api_write_problem(ex, 404, "there is no source of this id");
    return source;
}

/* GET /api/v1/sources/{id}
 * 200 {"id":"weather","url":...,"state":"ok","error":null,...}
 * 404 no such source */
void api_source_get(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    const source_t *source = find_or_refuse(ex, api);
    if (!source || !api_accepts_json(ex) || api_unchanged(ex, source_tag(api, source))) return;
    respond(ex, api, source, 200);
}

/* ---- What comes in --------------------------------------------------------------------------------------- */

/* A client that says what it has read must have read the last. */
static bool matches(http_exchange_t *ex, const api_t *api, const source_t *source)
{
    uint64_t tag = source ? source_tag(api, source) : 0;
    if (http_if_match(ex, tag, SETTINGS_HALF) != HTTP_PRECONDITION_FAILED) return true;
    api_write_problem(ex, 412, "somebody else has changed it: read it again");
    return false;
}

static bool read_candidate(http_exchange_t *ex, const api_t *api)
{
    json_document_t document;
    if (!api_read_document(ex, &document)) return false;
    schema_errors_t errors = schema_errors();
    bool ok = source_config_read(document.root, &api->sources->candidate, &errors);
    if (!ok) api_problem_members(ex, 422, "nothing was changed", &errors);
    json_document_end(&document);
    return ok;
}

static void refuse(http_exchange_t *ex, sources_result_t result, size_t index)
{
    schema_errors_t errors = schema_errors();
    if (result == SOURCES_FULL) {
        api_write_problem(ex, 409, "there is no room for another source: delete one");
    } else if (result == SOURCES_NO_PLACE) {
        schema_cross_error(&errors, "map", "has more sensors than there is room for");
        api_problem_members(ex, 409, "nothing was changed", &errors);
    } else {
        schema_errors_add(&errors, (schema_error_t){ text_view("map"), "sensor",
                                                     "is the id of another sensor", (int16_t)index });
        api_problem_members(ex, 409, "nothing was changed", &errors);
    }
}

/* PUT /api/v1/sources/{id}, all of what is set: what is left out is as by default, and secrets that are left out are gone
 * 200 the source as it is now, 201 and it was not there before; it is asked at once
 * 404 an id that cannot be; 409 no room, or a sensor's id is another's; 400 413 422 the document; 412 If-Match, when there
 *     is one */
void api_source_put(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    text_view_t id = http_path_param(ex, 0);
    if (!source_id_is_valid(id)) {
        api_write_problem(ex, 404, "a source's id is 1 to 23 of a-z, 0-9 and _");
        return;
    }
    if (!api_accepts_json(ex) || !matches(ex, api, sources_find(api->sources, id)) ||
        !read_candidate(ex, api))
        return;
    size_t index;
    sources_result_t result = sources_put(api->sources, id, http_now_ms(ex), &index);
    wipe(&api->sources->candidate, sizeof api->sources->candidate);
    if (result > SOURCES_SAME) {
        refuse(ex, result, index);
        return;
    }
    if (result != SOURCES_SAME) api->platform->source_changed(api->context, index);
    if (result == SOURCES_CREATED) {
        char location[48];
        text_writer_t out = text_writer(location, sizeof location - 1u);
        text_format(&out, "/api/v1/sources/%s", api->sources->items[index].id);
        *out.at = '\0';
        http_set_location(ex, location);
        respond(ex, api, &api->sources->items[index], 201);
    } else {
        respond(ex, api, &api->sources->items[index], 200);
    }
}

/* DELETE /api/v1/sources/{id}
 * 204 it is gone, with its sensors; 404 no such source; 412 If-Match, when there is one */
void api_source_delete(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    const source_t *source = find_or_refuse(ex, api);
    if (!source || !matches(ex, api, source)) return;
    size_t index = sources_remove(api->sources, http_path_param(ex, 0));
    api->platform->source_changed(api->context, index);
    http_respond_empty(ex, 204);
}
