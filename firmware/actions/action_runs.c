#include "actions/action_runs.h"

#include "cJSON.h"

static const char *const action_names[] = {
    [ACTION_IDENTIFY] = "identify",   [ACTION_REBOOT] = "reboot", [ACTION_FACTORY_RESET] = "factory-reset",
    [ACTION_CALIBRATE] = "calibrate", [ACTION_SCAN] = "scan",
};

static const char *const state_names[] = {
    [RUN_PENDING] = "pending",
    [RUN_RUNNING] = "running",
    [RUN_DONE] = "done",
    [RUN_FAILED] = "failed",
};

const char *action_name(action_t action)
{
    return action_names[action];
}

const char *run_state_name(run_state_t state)
{
    return state_names[state];
}

bool action_restarts(action_t action)
{
    return action == ACTION_REBOOT || action == ACTION_FACTORY_RESET;
}

static bool has_ended(const action_run_t *run)
{
    return run->state == RUN_DONE || run->state == RUN_FAILED;
}

static bool is_to_last(const action_run_t *run)
{
    return run->id && (run->has_key || action_restarts(run->action));
}

void action_runs_init(action_runs_t *runs, uint32_t seed)
{
    memset(runs, 0, sizeof *runs);
    runs->next_id = seed ? seed : 1u;
}

status_t action_runs_find_key(const action_runs_t *runs, uint64_t key, uint64_t request,
                              const action_run_t **found)
{
    for (size_t i = 0; i < ACTION_RUNS_MAX; i++) {
        const action_run_t *run = &runs->items[i];
        if (!run->id || !run->has_key || run->key != key) continue;
        *found = run;
        return run->request == request ? STATUS_OK : STATUS_INVALID;
    }
    return STATUS_NOT_FOUND;
}

static bool id_is_taken(const action_runs_t *runs, uint32_t id)
{
    for (size_t i = 0; i < ACTION_RUNS_MAX; i++)
        if (runs->items[i].id == id) return true;
    return id == 0;
}

/* The oldest that has ended; ACTION_RUNS_MAX when there is none. */
static size_t oldest_ended(const action_runs_t *runs, bool restarts_too)
{
    size_t i = 0;
    while (i < ACTION_RUNS_MAX &&
           (!has_ended(&runs->items[i]) || (!restarts_too && action_restarts(runs->items[i].action)))) {
        i++;
    }
    return i;
}

/* A free place behind the newest; the oldest that has ended gives way for it. Restarts give way last: who may only
 * blink must not make a restart forgotten, whose key would then restart the device again. */
static action_run_t *make_room(action_runs_t *runs)
{
    size_t i = 0;
    while (i < ACTION_RUNS_MAX && runs->items[i].id) i++;
    if (i < ACTION_RUNS_MAX) return &runs->items[i];
    i = oldest_ended(runs, false);
    if (i == ACTION_RUNS_MAX) i = oldest_ended(runs, true);
    if (i == ACTION_RUNS_MAX) return NULL;
    memmove(&runs->items[i], &runs->items[i + 1], (ACTION_RUNS_MAX - i - 1) * sizeof runs->items[0]);
    return &runs->items[ACTION_RUNS_MAX - 1];
}

/* At most one restart is under way, and nothing less may keep it from being asked for. */
static bool is_for_restart_only(const action_runs_t *runs)
{
    unsigned under_way = 0;
    for (size_t i = 0; i < ACTION_RUNS_MAX; i++) {
        const action_run_t *run = &runs->items[i];
        under_way += run->id && !has_ended(run) && !action_restarts(run->action);
    }
    return under_way >= ACTION_RUNS_MAX - 1u;
}

action_run_t *action_runs_begin(action_runs_t *runs, const action_run_t *fresh, uint64_t now_ms)
{
    if (!action_restarts(fresh->action) && is_for_restart_only(runs)) return NULL;
    action_run_t *run = make_room(runs);
    if (!run) return NULL;
    *run = *fresh;
    run->id = 0;
    while (id_is_taken(runs, runs->next_id)) runs->next_id++;
    run->id = runs->next_id++;
    run->begun_ms = now_ms;
    run->lasts = false;
    run->until_ms = 0;
    action_runs_set(runs, run, RUN_PENDING, NULL);
    return run;
}

void action_runs_set(action_runs_t *runs, action_run_t *run, run_state_t state, const char *detail)
{
    run->state = state;
    run->detail = detail;
    if (is_to_last(run)) runs->changes++;
}

const action_run_t *action_runs_find(const action_runs_t *runs, action_t action, text_view_t id)
{
    for (size_t i = 0; i < ACTION_RUNS_MAX; i++) {
        char name[ACTION_RUN_ID_BYTES];
        action_run_id(&runs->items[i], name);
        if (runs->items[i].id && runs->items[i].action == action && text_equal(id, text_view(name))) {
            return &runs->items[i];
        }
    }
    return NULL;
}

bool action_runs_busy(const action_runs_t *runs, action_t action)
{
    for (size_t i = 0; i < ACTION_RUNS_MAX; i++) {
        const action_run_t *run = &runs->items[i];
        if (run->id && run->action == action && !has_ended(run)) return true;
    }
    return false;
}

void action_run_id(const action_run_t *run, char id[ACTION_RUN_ID_BYTES])
{
    text_writer_t out = text_writer(id, ACTION_RUN_ID_BYTES - 1u);
    text_hex(&out, run->id, ACTION_RUN_ID_BYTES - 1u);
    *out.at = '\0';
}

/* ---- What lasts ---------------------------------------------------------------------------------------- */

static void write_hex(json_writer_t *json, const char *key, uint64_t value, unsigned digits)
{
    json_key(json, key);
    json_raw_string_begin(json);
    text_hex(&json->out, value, digits);
    json_raw_string_end(json);
}

void action_runs_write(const action_runs_t *runs, json_writer_t *json)
{
    json_object_begin(json);
    json_key(json, "runs");
    json_array_begin(json);
    for (size_t i = 0; i < ACTION_RUNS_MAX; i++) {
        const action_run_t *run = &runs->items[i];
        if (!is_to_last(run)) continue;
        json_object_begin(json);
        write_hex(json, "id", run->id, 8);
        json_key(json, "action");
        json_string(json, action_name(run->action));
        json_key(json, "state");
        json_string(json, run_state_name(run->state));
        if (run->has_key) {
            write_hex(json, "key", run->key, 16);
            write_hex(json, "request", run->request, 16);
        }
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

/* Exactly digits hexadecimal digits as a string member. */
static bool read_hex(const cJSON *item, const char *key, unsigned digits, uint64_t *value)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, key));
    if (!text || strlen(text) != digits) return false;
    *value = 0;
    for (; *text; text++) {
        const char *digit = strchr("0123456789abcdef", *text);
        if (!digit) return false;
        *value = *value << 4 | (uint64_t)(digit - "0123456789abcdef");
    }
    return true;
}

/* Index of a string member among names; count when it is none of them. */
static size_t read_choice(const cJSON *item, const char *key, const char *const names[], size_t count)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, key));
    size_t i = 0;
    while (i < count && (!text || strcmp(text, names[i]) != 0)) i++;
    return i;
}

static void load_run(action_runs_t *runs, const cJSON *item)
{
    action_run_t run = { .lasts = true };
    uint64_t id;
    size_t action = read_choice(item, "action", action_names, ACTION_COUNT);
    size_t state = read_choice(item, "state", state_names, sizeof state_names / sizeof state_names[0]);
    if (action == ACTION_COUNT || state == sizeof state_names / sizeof state_names[0]) return;
    if (!read_hex(item, "id", 8, &id) || id_is_taken(runs, (uint32_t)id)) return;
    run.id = (uint32_t)id;
    run.action = (action_t)action;
    run.state = (run_state_t)state;
    run.has_key = read_hex(item, "key", 16, &run.key) && read_hex(item, "request", 16, &run.request);
    if (!has_ended(&run)) {
        bool done = action_restarts(run.action) || run.action == ACTION_IDENTIFY;
        run.state = done ? RUN_DONE : RUN_FAILED;
        if (!done) run.detail = "interrupted by a restart";
    } else if (run.state == RUN_FAILED) {
        run.detail = "failed before a restart";
    }
    action_run_t *place = make_room(runs);
    if (place) *place = run;
}

void action_runs_load(action_runs_t *runs, const cJSON *document)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(document, "runs");
    for (const cJSON *item = list ? list->child : NULL; item; item = item->next) load_run(runs, item);
}
