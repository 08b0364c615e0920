/* api/history_query.h - what a request wants to see of a sensor's history.
 *
 * Internal to firmware/api. Context: inside a handler.
 */
#ifndef API_HISTORY_QUERY_H
#define API_HISTORY_QUERY_H

#include "api/api.h"
#include "settings/schema_errors.h"

/* Longest parameter: 2026-11-22T12:59:59.123456789+05:30 has 35. */
#define HISTORY_PARAMETER_BYTES 40u

/* Longest target of a following page: the path of a sensor, both times with an escaped sign, all parameters. */
#define HISTORY_TARGET_BYTES (64u + SENSOR_ID_BYTES + 2u * (HISTORY_PARAMETER_BYTES + 10u) + 64u)

/* A cursor: start, uptime and check as hexadecimal digits, with NUL. */
#define HISTORY_CURSOR_BYTES 25u

typedef struct {
    char since[HISTORY_PARAMETER_BYTES], until[HISTORY_PARAMETER_BYTES]; /* as they came; "": not there */
    uint32_t step_s;                                                     /* 0: every sample */
    bool has_step, has_limit;
    uint32_t limit;
    history_moment_t after; /* records strictly after this ... */
    history_moment_t upto;  /* ... and not after this */
} history_query_t;

/* Reads all parameters and tells everything that is wrong with them.
 * errors    begun by schema_errors
 * returns   whether nothing is */
bool history_query_read(const http_exchange_t *ex, const api_t *api, history_query_t *query,
                        schema_errors_t *errors);

/* Behind which moment the following page begins, as a word of its own. */
void history_query_write_cursor(text_writer_t *out, history_moment_t at);

/* The path and query of the page behind a moment, with NUL. */
void history_query_write_target(const history_query_t *query, const sensor_t *sensor, history_moment_t at,
                                char target[HISTORY_TARGET_BYTES]);

#endif
