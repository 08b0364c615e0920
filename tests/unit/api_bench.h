/* api_bench.h - the API behind the HTTP core, without a network and without a store: what the suites that speak to a
 * whole device cannot reach (clock set and not set, every quality, every state of ownership). */
#ifndef API_BENCH_H
#define API_BENCH_H

#include "api/api.h"
#include "fake_actuators.h"
#include "http/http_conn.h"

typedef struct {
    status_t chip_a, chip_b; /* what the chips answer */
    int32_t measured;        /* hundredths of a degree, by both */
    sensor_device_t devices[2];
    sensor_registry_t sensors;
    history_t history;
    history_memory_t history_memory;
    fake_chip_t leds, lamps;
    actuator_device_t actuator_devices[2];
    actuator_registry_t actuators;
    settings_t settings;
    action_runs_t runs;
    random_t random;
    tokens_t tokens;
    claim_t claim;
    limiter_t limiter;
    access_t access;
    store_health_t store;
    wall_clock_t clock;
    log_ring_t log;
    events_t events;
    sources_t sources;
    http_server_t server;
    api_t api;
    api_sensor_text_t sensor_texts[SENSOR_TEXTS_MAX];
    http_conn_t conn;

    uint64_t uptime_ms;
    api_network_t network;
    bool has_stack, restart_required;
    status_t save; /* what saving the tokens ends with */
    unsigned device_changes, sensor_changes, actuator_changes, source_changes;
    char secrets[SCOPE_ADMIN + 1][TOKEN_SECRET_BYTES]; /* by scope, after api_bench_claim */
    char answer[98304];
} api_bench_t;

/* A cmocka set-up: *state is the bench, of a device that nobody owns. */
int api_bench_set_up(void **state);

/* The same, claimed. */
int api_bench_set_up_claimed(void **state);

/* Samples what is due. */
void api_bench_sample(api_bench_t *bench, uint64_t now_ms);

/* Sends one request on a connection of its own and returns the whole answer. */
const char *api_bench_ask(api_bench_t *bench, const char *request);

/* headers, body   may be ""; a body gets its Content-Length and the type application/json
 * scope           whose token goes with it; SCOPE_NONE: none */
const char *api_bench_request(api_bench_t *bench, const char *method, const char *path, scope_t scope,
                              const char *headers, const char *body);

const char *api_bench_get(api_bench_t *bench, const char *path, const char *headers);

/* The body of the last answer without its chunks' size lines, until the next call. */
const char *api_bench_body(const api_bench_t *bench);

/* The status of the last answer. */
unsigned api_bench_status(const api_bench_t *bench);

/* The value of a field of the last answer, in a buffer of its own until the next call; "" when it is absent. */
const char *api_bench_field(const api_bench_t *bench, const char *name);

/* Fails when part is not in answer. */
void assert_holds(const char *answer, const char *part);

#endif
