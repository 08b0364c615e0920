/* actions/action_runs.h - what the device was asked to do, and what became of it.
 *
 * A run is one request for an action: accepted, carried out later, asked for by its id. The table keeps the last
 * ACTION_RUNS_MAX of them; the oldest that has ended gives way, restarts last.
 *
 * Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request with a key that is in the table is not
 * carried out again but answered with the run that it began the first time. The table knows a key by its hash.
 * Runs that restart the device, and those with keys, last (action_runs_write, action_runs_load), so that a client
 * that saw the connection break can ask again after the restart.
 *
 * It only keeps books: app_actions.c carries out.
 *
 * Context: main loop only.
 */
#ifndef ACTIONS_ACTION_RUNS_H
#define ACTIONS_ACTION_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "base/text.h"
#include "config/limits.h"
#include "hal/status.h"

#define ACTION_RUN_ID_BYTES 9u /* 8 hexadecimal digits and NUL */

typedef struct cJSON cJSON;

typedef enum {
    ACTION_IDENTIFY,
    ACTION_REBOOT,
    ACTION_FACTORY_RESET,
    ACTION_CALIBRATE,
    ACTION_SCAN,
    ACTION_COUNT
} action_t;

typedef enum { RUN_PENDING, RUN_RUNNING, RUN_DONE, RUN_FAILED } run_state_t;

/* What an action was asked to do with. */
typedef struct {
    uint32_t duration_ms; /* identify */
    size_t sensor;        /* calibrate: its index in the registry */
    int32_t reference;    /* calibrate: what it should read, in 10^-decimals units */
} action_input_t;

typedef struct {
    uint32_t id; /* 0: the place is free */
    action_t action;
    run_state_t state;
    action_input_t input;
    bool has_key, lasts;   /* lasts: restored from before this start */
    uint64_t key, request; /* hashes of the Idempotency-Key, and of what was asked */
    uint64_t begun_ms;     /* uptime; not when it lasts */
    uint64_t until_ms;     /* of whoever carries it out */
    const char *detail;    /* a sentence for people once it failed, a constant; else NULL */
} action_run_t;

typedef struct {
    action_run_t items[ACTION_RUNS_MAX]; /* the newest last; free places at the end */
    uint32_t next_id;
    uint32_t changes; /* of runs that are to last */
} action_runs_t;

/* An empty table.
 * seed      makes the ids of one start differ from those of others; need not be secret */
void action_runs_init(action_runs_t *runs, uint32_t seed);

/* Finds the run that a request with this key began.
 * request   of what is asked now
 * found     written unless STATUS_NOT_FOUND; alive until the next change of the table
 * returns   STATUS_OK: the same request; STATUS_INVALID: the key was used for another one; STATUS_NOT_FOUND */
status_t action_runs_find_key(const action_runs_t *runs, uint64_t key, uint64_t request,
                              const action_run_t **found);

/* Accepts a run, RUN_PENDING.
 * fresh     action, input, has_key, key and request are set
 * returns   NULL when none of the others has ended: ask again later. One place is kept for a restart: whoever may
 *           blink and calibrate must not keep an administrator from it */
action_run_t *action_runs_begin(action_runs_t *runs, const action_run_t *fresh, uint64_t now_ms);

/* A new state.
 * detail    for RUN_FAILED, a constant; else NULL */
void action_runs_set(action_runs_t *runs, action_run_t *run, run_state_t state, const char *detail);

/* NULL when there is none, or when it belongs to another action. */
const action_run_t *action_runs_find(const action_runs_t *runs, action_t action, text_view_t id);

/* Whether another run of this action has not ended. */
bool action_runs_busy(const action_runs_t *runs, action_t action);

/* Writes those that are to last. */
void action_runs_write(const action_runs_t *runs, json_writer_t *json);

/* Takes what was written before a restart: a restart that was asked for has happened, whatever else was going on
 * was interrupted.
 * document  its parsed text; members that are not as they were written are skipped */
void action_runs_load(action_runs_t *runs, const cJSON *document);

void action_run_id(const action_run_t *run, char id[ACTION_RUN_ID_BYTES]);

const char *action_name(action_t action); /* "identify", "reboot", "factory-reset", "calibrate", "scan" */
const char *run_state_name(run_state_t state); /* "pending", "running", "done", "failed" */
bool action_restarts(action_t action);         /* it ends with a reset of the device */

#endif
