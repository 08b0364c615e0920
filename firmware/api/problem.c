/* RFC 9457 problem details: the one place where an error becomes an answer. */
#include "api/problem.h"

#include "api/handlers.h"

typedef struct {
    uint16_t status;
    const char *type; /* "/problems/" and this */
    const char *title;
} problem_kind_t;

static const problem_kind_t kinds[] = {
    { 400, "bad-request", "Malformed request" },
    { 401, "unauthorized", "Not authenticated" },
    { 403, "forbidden", "Not allowed" },
    { 404, "not-found", "No such resource" },
    { 405, "method-not-allowed", "Method not allowed" },
    { 406, "not-acceptable", "No acceptable representation" },
    { 408, "timeout", "Request too slow" },
    { 409, "conflict", "Conflict with the present state" },
    { 412, "precondition-failed", "The resource has changed" },
    { 413, "too-large", "Body too large" },
    { 414, "target-too-long", "Request target too long" },
    { 415, "unsupported-media-type", "Unsupported media type" },
    { 417, "expectation-failed", "Expectation cannot be met" },
    { 421, "misdirected", "Not this device" },
    { 422, "invalid", "Invalid content" },
    { 428, "precondition-required", "If-Match is missing" },
    { 429, "too-many-requests", "Too many wrong tries" },
    { 431, "head-too-large", "Request head too large" },
    { 501, "not-implemented", "Not implemented" },
    { 503, "overloaded", "Service unavailable" },
    { 505, "version-not-supported", "HTTP version not supported" },
    { 500, "internal", "Internal error" }, /* last: also what any other status is called */
};

static const problem_kind_t *kind_of(unsigned status)
{
    size_t i = 0;
    while (i + 1 < sizeof kinds / sizeof kinds[0] && kinds[i].status != status) i++;
    return &kinds[i];
}

/* All members but the last bracket. */
static json_writer_t *begin_problem(http_exchange_t *ex, unsigned status, const char *type, const char *title,
                                    const char *detail)
{
    json_writer_t *json = http_respond_json(ex, status, "application/problem+json");
    json_object_begin(json);
    json_key(json, "type");
    json_raw_string_begin(json);
    text_string(&json->out, "/problems/");
    text_string(&json->out, type);
    json_raw_string_end(json);
    json_key(json, "title");
    json_string(json, title);
    json_key(json, "status");
    json_u32(json, status);
    json_key(json, "detail");
    json_string(json, detail);
    text_view_t path = http_path(ex);
    if (path.count > 0) { /* unknown when the request line itself was refused */
        json_key(json, "instance");
        json_text(json, path);
    }
    return json;
}

static void write_problem(http_exchange_t *ex, unsigned status, const char *type, const char *title,
                          const char *detail)
{
    json_object_end(begin_problem(ex, status, type, title, detail));
}

void api_write_problem(http_exchange_t *ex, unsigned status, const char *detail)
{
    const problem_kind_t *kind = kind_of(status);
    write_problem(ex, status, kind->type, kind->title, detail);
}

void api_problem_no_reading(http_exchange_t *ex, const sensor_t *sensor)
{
    static const char *const details[] = {
        [QUALITY_PENDING] = "the sensor has not been sampled yet",
        [QUALITY_OK] = "",
        [QUALITY_MISSING] = "the sensor's chip does not answer on its bus",
        [QUALITY_ERROR] = "the sensor's last sample failed",
        [QUALITY_STALE] = "the sensor's source is late",
    };
    http_set_retry_after(ex, (uint16_t)((sensor->config.interval_ms + 999u) / 1000u));
    write_problem(ex, 503, "no-reading", "The sensor has no value", details[sensor->quality]);
}

void api_problem_members(http_exchange_t *ex, unsigned status, const char *detail,
                         const schema_errors_t *errors)
{
    const problem_kind_t *kind = kind_of(status);
    json_writer_t *json = begin_problem(ex, status, kind->type, kind->title, detail);
    json_key(json, "errors");
    schema_errors_write(json, errors, 2);
    json_object_end(json);
}

void api_problem_json(http_exchange_t *ex, status_t status, const json_scan_t *scan)
{
    if (status == STATUS_NO_MEMORY) {
        api_write_problem(ex, 413, "the document is too large to be parsed here");
        return;
    }
    if (status != STATUS_INVALID) {
        api_write_problem(ex, 500, "the parser is busy");
        return;
    }
    unsigned code = json_is_malformed(scan->verdict) ? 400 : 422;
    const problem_kind_t *kind = kind_of(code);
    json_writer_t *json = begin_problem(ex, code, kind->type, kind->title, json_verdict_text(scan->verdict));
    json_key(json, "offset");
    json_u32(json, (uint32_t)scan->offset);
    json_object_end(json);
}
