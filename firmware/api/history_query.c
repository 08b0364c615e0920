#include "api/history_query.h"

#include "api/handlers.h"
#include "base/hash.h"
#include "base/time_parse.h"

#define STEP_S_MAX     86400u
#define LIMIT_MAX      1000u
#define LIMIT_DEFAULT  100u
#define BACK_S_MAX     315576000u /* ten years */
#define CURSOR_BOOT    8u         /* digits */
#define CURSOR_UPTIME  12u
#define CURSOR_CHECK   4u
#define TIME_RULE      "must be a time as of RFC 3339, or seconds from now, 0 or negative, at least -315576000"
#define NO_CLOCK       "the device does not know the time yet: only seconds from now can be asked for"
#define CURSOR_RULE    "must be a cursor that this device gave, and has not forgotten"
#define UNKNOWN_FUTURE ((history_moment_t){ UINT32_MAX, UINT64_MAX })
#define HISTORY_ORIGIN ((history_moment_t){ 0, 0 })

/* ---- Cursors --------------------------------------------------------------------------------------------------- */

/* Enough that a cursor which was cut or mistyped is refused. */
static uint64_t check_of(history_moment_t at)
{
    uint64_t hash = hash_word(hash_word(HASH_SEED, at.boot), at.uptime_ms);
    hash = hash_word(hash_word(hash, HASH_SEED), HASH_SEED); /* so that every bit reaches all others */
    return (hash ^ hash >> 32 ^ hash >> 16 ^ hash >> 48) & 0xffffu;
}

void history_query_write_cursor(text_writer_t *out, history_moment_t at)
{
    text_hex(out, at.boot, CURSOR_BOOT);
    text_hex(out, at.uptime_ms, CURSOR_UPTIME);
    text_hex(out, check_of(at), CURSOR_CHECK);
}

/* Lower-case hexadecimal digits, exactly so many. */
static bool take_hex(const char **at, unsigned digits, uint64_t *value)
{
    for (*value = 0; digits > 0; digits--, (*at)++) {
        char c = **at;
        bool digit = c >= '0' && c <= '9';
        if (!digit && !(c >= 'a' && c <= 'f')) return false;
        *value = *value << 4 | (uint64_t)(digit ? c - '0' : c - 'a' + 10);
    }
    return true;
}

static bool parse_cursor(const char *text, history_moment_t *at)
{
    uint64_t boot, uptime_ms, check;
    if (!take_hex(&text, CURSOR_BOOT, &boot) || !take_hex(&text, CURSOR_UPTIME, &uptime_ms) ||
        !take_hex(&text, CURSOR_CHECK, &check) || *text) {
        return false;
    }
    *at = (history_moment_t){ (uint32_t)boot, uptime_ms };
    return check == check_of(*at);
}

/* ---- Parameters ------------------------------------------------------------------------------------------------ */

typedef struct {
    const http_exchange_t *ex;
    const api_t *api;
    schema_errors_t *errors;
} request_t;

/* returns   false when it is not there, or wrong (which has been told then) */
static bool find(const request_t *request, const char *name, const char *rule,
                 char value[HISTORY_PARAMETER_BYTES])
{
    value[0] = '\0';
    if (!http_has_query(request->ex, name)) return false;
    if (http_query(request->ex, name, value, HISTORY_PARAMETER_BYTES) && value[0]) return true;
    schema_cross_error(request->errors, name, rule);
    return false;
}

/* Milliseconds on the clock that there is: UTC, or before somebody told it the uptime, which may become negative. */
static bool parse_time(const api_t *api, const char *text, int64_t *clock_ms, const char **rule)
{
    uint64_t uptime_ms = api->platform->uptime_ms();
    bool negative = text[0] == '-';
    uint32_t seconds = api_number(text + negative);
    *rule = TIME_RULE;
    if (seconds != UINT32_MAX) {
        if ((!negative && seconds > 0) || seconds > BACK_S_MAX) return false;
        if (!wall_clock_utc_ms(api->clock, uptime_ms, clock_ms)) *clock_ms = (int64_t)uptime_ms;
        *clock_ms -= (int64_t)seconds * 1000;
        return true;
    }
    if (!time_parse_rfc3339(text_view(text), clock_ms)) return false;
    *rule = NO_CLOCK;
    return api->clock->set;
}

static bool read_time(const request_t *request, const char *name, char text[HISTORY_PARAMETER_BYTES],
                      int64_t *clock_ms)
{
    const char *rule;
    if (!find(request, name, TIME_RULE, text)) return false;
    if (parse_time(request->api, text, clock_ms, &rule)) return true;
    schema_cross_error(request->errors, name, rule);
    return false;
}

/* Before the clock is set nothing is known of the time of earlier starts: this one's beginning is the limit. */
static history_moment_t moment_of(const api_t *api, int64_t clock_ms)
{
    if (api->clock->set) return history_moment_of_utc(api->history, clock_ms);
    return history_moment(api->history, clock_ms > 0 ? (uint64_t)clock_ms : 0);
}

/* Intervals are counted from their beginning: the first one at or after the moment. */
static history_moment_t round_up(history_moment_t at, uint32_t step_s)
{
    uint64_t step_ms = (uint64_t)step_s * 1000u;
    if (step_s > 0 && at.uptime_ms % step_ms) at.uptime_ms += step_ms - at.uptime_ms % step_ms;
    return at;
}

static history_moment_t just_before(history_moment_t at)
{
    if (at.uptime_ms > 0) return (history_moment_t){ at.boot, at.uptime_ms - 1u };
    return at.boot > 0 ? (history_moment_t){ at.boot - 1u, UINT64_MAX } : HISTORY_ORIGIN;
}

static void read_numbers(const request_t *request, history_query_t *query)
{
    static const char step_rule[] = "must be 0 or a multiple of 60 up to 86400";
    static const char limit_rule[] = "must be a whole number from 1 to 1000";
    char text[HISTORY_PARAMETER_BYTES];
    query->limit = LIMIT_DEFAULT;
    query->has_step = find(request, "step", step_rule, text);
    if (query->has_step) {
        query->step_s = api_number(text);
        if (query->step_s > STEP_S_MAX || query->step_s % 60u)
            schema_cross_error(request->errors, "step", step_rule);
    }
    query->has_limit = find(request, "limit", limit_rule, text);
    if (query->has_limit) {
        query->limit = api_number(text);
        if (query->limit == 0 || query->limit > LIMIT_MAX)
            schema_cross_error(request->errors, "limit", limit_rule);
    }
}

/* A cursor behind now was given before the memory lost its power: nothing comes after it. */
static void read_cursor(const request_t *request, history_query_t *query)
{
    const api_t *api = request->api;
    char text[HISTORY_PARAMETER_BYTES];
    history_moment_t at;
    if (!find(request, "cursor", CURSOR_RULE, text)) return;
    if (!parse_cursor(text, &at) ||
        history_compare(at, history_moment(api->history, api->platform->uptime_ms())) > 0) {
        schema_cross_error(request->errors, "cursor", CURSOR_RULE);
        return;
    }
    if (query->step_s) at.uptime_ms += (uint64_t)query->step_s * 1000u - 1u; /* to the end of its interval */
    if (history_compare(at, query->after) > 0) query->after = at;
}

bool history_query_read(const http_exchange_t *ex, const api_t *api, history_query_t *query,
                        schema_errors_t *errors)
{
    const request_t request = { ex, api, errors };
    int64_t since_ms = 0, until_ms = 0;
    *query = (history_query_t){ .after = HISTORY_ORIGIN, .upto = UNKNOWN_FUTURE };
    read_numbers(&request, query);
    bool has_since = read_time(&request, "since", query->since, &since_ms);
    bool has_until = read_time(&request, "until", query->until, &until_ms);
    if (has_since && has_until && since_ms > until_ms)
        schema_cross_error(errors, "since", "must not be after until");
    if (errors->count == 0) {
        if (has_since) query->after = just_before(round_up(moment_of(api, since_ms), query->step_s));
        if (has_until) query->upto = just_before(round_up(moment_of(api, until_ms), query->step_s));
    }
    read_cursor(&request, query);
    return errors->count == 0;
}

/* ---- The following page ------------------------------------------------------------------------------------------ */

/* Of all bytes that a time may have, only the sign means something else in a query. */
static void write_time(text_writer_t *out, const char *name, const char *value)
{
    if (!value[0]) return;
    text_format(out, "%s=", name);
    for (; *value; value++) {
        if (*value == '+')
            text_string(out, "%2B");
        else
            text_char(out, *value);
    }
    text_char(out, '&');
}

void history_query_write_target(const history_query_t *query, const sensor_t *sensor, history_moment_t at,
                                char target[HISTORY_TARGET_BYTES])
{
    text_writer_t out = text_writer(target, HISTORY_TARGET_BYTES - 1u);
    text_format(&out, "/api/v1/sensors/%s/history?", sensor->id);
    write_time(&out, "since", query->since);
    write_time(&out, "until", query->until);
    if (query->has_step) text_format(&out, "step=%u&", (unsigned)query->step_s);
    if (query->has_limit) text_format(&out, "limit=%u&", (unsigned)query->limit);
    text_string(&out, "cursor=");
    history_query_write_cursor(&out, at);
    *out.at = '\0';
}
