#include "api/handlers.h"

static void count(json_writer_t *json, const char *key, uint32_t value)
{
    json_key(json, key);
    json_u32(json, value);
}

static void write_network(json_writer_t *json, const api_network_t *network)
{
    json_key(json, "network");
    json_object_begin(json);
    json_key(json, "link_up");
    json_bool(json, network->link_up);
    json_key(json, "ipv4_mode");
    json_string(json, network->ipv4_mode);
    json_key(json, "ipv4");
    if (network->ipv4[0])
        json_string(json, network->ipv4);
    else
        json_null(json);
    json_key(json, "ipv6");
    json_array_begin(json);
    for (unsigned i = 0; i < network->ipv6_count; i++) json_string(json, network->ipv6[i]);
    json_array_end(json);
    count(json, "rx_frames", network->rx_frames);
    count(json, "tx_frames", network->tx_frames);
    count(json, "rx_dropped", network->rx_dropped);
    count(json, "tx_dropped", network->tx_dropped);
    json_object_end(json);
}

/* How many there are now and ever were at once is a pool, http_connection. */
static void write_connections(json_writer_t *json, const api_network_t *network)
{
    json_key(json, "connections");
    json_object_begin(json);
    count(json, "accepted", network->accepted);
    count(json, "refused", network->refused);
    count(json, "evicted", network->evicted);
    json_object_end(json);
}

static void write_requests(json_writer_t *json, const http_server_t *server)
{
    json_key(json, "requests");
    json_object_begin(json);
    count(json, "total", server->counters.requests);
    count(json, "errors_4xx", server->counters.errors_4xx);
    count(json, "errors_5xx", server->counters.errors_5xx);
    json_object_end(json);
}

static void write_stack(json_writer_t *json, const api_platform_t *platform)
{
    uint32_t peak_bytes, size_bytes;
    json_key(json, "stack");
    if (!platform->read_stack(&peak_bytes, &size_bytes)) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    count(json, "peak_bytes", peak_bytes);
    count(json, "size_bytes", size_bytes);
    json_object_end(json);
}

uint32_t api_sensors_ok(const sensor_registry_t *sensors)
{
    uint32_t ok = 0;
    for (size_t i = 0; i < sensors->sensor_count; i++) ok += sensors->sensors[i].quality == QUALITY_OK;
    return ok;
}

void api_write_sensor_counts(json_writer_t *json, const sensor_registry_t *sensors)
{
    json_key(json, "sensors");
    json_object_begin(json);
    count(json, "total", (uint32_t)sensor_registry_count(sensors));
    count(json, "ok", api_sensors_ok(sensors));
    json_object_end(json);
}

/* What is kept of what the sensors measured. */
static void write_history(json_writer_t *json, const history_t *history)
{
    const history_usage_t usage = history_usage(history);
    json_key(json, "history");
    json_object_begin(json);
    count(json, "starts", usage.starts);
    count(json, "samples", usage.samples);
    count(json, "minutes", usage.minutes);
    count(json, "dropped_blocks", usage.dropped_blocks);
    count(json, "size_bytes", usage.size_bytes);
    json_object_end(json);
}

/* What lasts: a state other than good says that something was lost, or that nothing lasts. */
static void write_store(json_writer_t *json, const api_t *api)
{
    const store_health_t *store = api->store;
    json_key(json, "store");
    json_object_begin(json);
    json_key(json, "state");
    json_string(json, store_state_name(store->state));
    count(json, "damaged", store->damaged);
    count(json, "pending", api->platform->pending_writes(api->context));
    count(json, "writes", store->writes);
    count(json, "write_failures", store->write_failures);
    count(json, "used_bytes", store->used_bytes);
    count(json, "size_bytes", store->size_bytes);
    json_object_end(json);
}

const char *api_owner_name(const api_t *api)
{
    static const char *const states[] = {
        [CLAIM_UNCLAIMED] = "unclaimed",   [CLAIM_CLAIMED] = "claimed", [CLAIM_LOCKED] = "locked",
        [CLAIM_NO_ENTROPY] = "no_entropy", [CLAIM_DAMAGED] = "damaged",
    };
    return states[api->claim->state];
}

static void write_owner(json_writer_t *json, const api_t *api)
{
    static const char *const sources[] = {
        [RANDOM_NO_SOURCE] = "none",
        [RANDOM_GENERATOR] = "generator",
        [RANDOM_SEED] = "seed",
    };
    json_key(json, "owner");
    json_string(json, api_owner_name(api));
    json_key(json, "random");
    json_string(json, sources[api->random->source]);
}

/* offset_ms: what the last answer would have changed the clock by, whether it was taken or not. */
static void write_clock(json_writer_t *json, const api_t *api, const api_network_t *network)
{
    static const char *const states[] = {
        [WALL_CLOCK_UNSET] = "unset",
        [WALL_CLOCK_BOARD] = "board",
        [WALL_CLOCK_NETWORK] = "sntp",
    };
    const wall_clock_t *clock = api->clock;
    bool synced = clock->source == WALL_CLOCK_NETWORK;
    json_key(json, "clock");
    json_object_begin(json);
    json_key(json, "state");
    json_string(json, states[clock->source]);
    json_key(json, "server");
    if (network->time_server[0])
        json_string(json, network->time_server);
    else
        json_null(json);
    json_key(json, "synced_uptime_ms");
    if (synced)
        json_u64(json, clock->synced_ms);
    else
        json_null(json);
    json_key(json, "offset_ms");
    json_i64(json, clock->correction_ms);
    count(json, "slewing_ms", wall_clock_slewing_ms(clock, api->platform->uptime_ms()));
    count(json, "refused_corrections", clock->refused);
    count(json, "refused_answers", network->time_refused);
    json_object_end(json);
}

static void write_tls(json_writer_t *json, const tls_server_t *tls)
{
    json_key(json, "tls");
    if (!tls) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    count(json, "handshakes", tls->counters.handshakes);
    count(json, "resumed", tls->counters.resumed);
    count(json, "failures", tls->counters.failures);
    json_object_end(json);
}

static void write_overview(json_writer_t *json, const api_t *api)
{
    uint64_t uptime_ms = api->platform->uptime_ms();
    json_object_begin(json);
    json_key(json, "uptime_ms");
    json_u64(json, uptime_ms);
    api_write_time(json, api->clock, uptime_ms);
    json_key(json, "time_synced");
    json_bool(json, api->clock->set);
    json_key(json, "reset_cause");
    json_string(json, api->platform->reset_cause());
    json_key(json, "restart_required");
    json_bool(json, api->platform->restart_required(api->context));
    api_network_t network = { .ipv4_mode = "none" };
    api->platform->read_network(&network);
    write_clock(json, api, &network);
    write_network(json, &network);
    write_connections(json, &network);
    write_tls(json, api->tls);
    write_requests(json, api->server);
    api_write_sensor_counts(json, api->sensors);
    write_history(json, api->history);
    write_store(json, api);
    write_owner(json, api);
    write_stack(json, api->platform);
    json_key(json, "pools");
    json_array_begin(json);
}

/* state[0]: 0 the overview, then 1 + the index of a pool. */
static http_produced_t write_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    (void)ex;
    if (state[0] == 0) {
        write_overview(json, api);
        state[0] = 1;
        return HTTP_MORE;
    }
    api_pool_t pool;
    if (!api->platform->read_pool(api->context, state[0] - 1u, &pool)) {
        json_array_end(json);
        json_object_end(json);
        return HTTP_DONE;
    }
    json_object_begin(json);
    json_key(json, "name");
    json_string(json, pool.name);
    count(json, "used", pool.used);
    count(json, "peak", pool.peak);
    count(json, "size", pool.size);
    json_object_end(json);
    state[0]++;
    return HTTP_MORE;
}

/* GET /api/v1/status
 * 200 {"uptime_ms":734112,...,"pools":[{"name":"tcp_pcb","used":1,"peak":3,"size":18},...]}: how it fares. A pool
 *     whose peak is its size has been exhausted, or nearly. */
void api_status_get(http_exchange_t *ex, void *app)
{
    (void)app;
    if (!api_accepts_json(ex)) return;
    http_respond_generated(ex, 200, api_media_json, write_piece);
}

/* GET /healthz
 * 200 {"status":"ok"}: the loop turns and answers */
void api_health_get(http_exchange_t *ex, void *app)
{
    (void)app;
    if (!api_accepts_json(ex)) return;
    json_writer_t *json = http_respond_json(ex, 200, api_media_json);
    json_object_begin(json);
    json_key(json, "status");
    json_string(json, "ok");
    json_object_end(json);
}
