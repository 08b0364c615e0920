/* The device in the words of Prometheus: text format 0.0.4, written family by family, sample by sample.
 * https://prometheus.io/docs/instrumenting/exposition_formats/ */
#include "api/handlers.h"

static const char media[] = "text/plain; version=0.0.4; charset=utf-8";

/* What became of one sample of a family. */
typedef enum {
    SAMPLE_WRITTEN,
    SAMPLE_LEFT_OUT, /* it has no value now */
    SAMPLE_NONE,     /* there is none of this index, nor of a higher one */
} sample_t;

typedef struct family family_t;

/* index    of the sample in its family, from 0 */
typedef sample_t (*sample_writer_t)(text_writer_t *out, const family_t *family, const api_t *api,
                                    unsigned index);

struct family {
    const char *name, *type, *help;
    sample_writer_t write;
    unsigned which; /* of the values that its writer knows */
};

/* ---- Words of the format ------------------------------------------------------------------------------------- */

/* A label's value may hold any UTF-8, but three bytes of it are escaped. */
static void write_escaped(text_writer_t *out, const char *value)
{
    for (; *value; value++) {
        if (*value == '\n') {
            text_append(out, "\\n", 2);
            continue;
        }
        if (*value == '\\' || *value == '"') text_char(out, '\\');
        text_char(out, *value);
    }
}

/* The first label of a sample, and what comes before it. */
static void first_label(text_writer_t *out, const family_t *family, const char *name, const char *value)
{
    text_format(out, "%s{%s=\"", family->name, name);
    write_escaped(out, value);
    text_char(out, '"');
}

static void next_label(text_writer_t *out, const char *name, const char *value)
{
    text_format(out, ",%s=\"", name);
    write_escaped(out, value);
    text_char(out, '"');
}

/* The end of a sample with labels. */
static sample_t labelled_u32(text_writer_t *out, uint32_t value)
{
    text_format(out, "} %u\n", (unsigned)value);
    return SAMPLE_WRITTEN;
}

static sample_t plain_u32(text_writer_t *out, const family_t *family, uint32_t value)
{
    text_format(out, "%s %u\n", family->name, (unsigned)value);
    return SAMPLE_WRITTEN;
}

static sample_t plain_seconds(text_writer_t *out, const family_t *family, uint64_t ms)
{
    text_format(out, "%s ", family->name);
    text_u64(out, ms / 1000u);
    text_char(out, '.');
    text_padded(out, (uint32_t)(ms % 1000u), 3);
    text_char(out, '\n');
    return SAMPLE_WRITTEN;
}

/* ---- Sensors and actuators ----------------------------------------------------------------------------------- */

static void sensor_labels(text_writer_t *out, const family_t *family, const sensor_t *sensor)
{
    first_label(out, family, "sensor", sensor->id);
    if (sensor->chip)
        next_label(out, "chip", sensor->chip);
    else
        next_label(out, "source", sensor->source);
}

/* which    the kind of sensors of the family */
static sample_t write_value(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    if (index >= api->sensors->sensor_count) return SAMPLE_NONE;
    const sensor_t *sensor = &api->sensors->sensors[index];
    if (sensor->absent || sensor->channel->kind != (sensor_kind_t)family->which ||
        sensor->quality != QUALITY_OK)
        return SAMPLE_LEFT_OUT;
    sensor_labels(out, family, sensor);
    text_append(out, "} ", 2);
    text_decimal(out, sensor->value, sensor->channel->decimals);
    text_char(out, '\n');
    return SAMPLE_WRITTEN;
}

enum { SENSOR_UP, SENSOR_ERRORS, SENSOR_ALERT, SENSOR_INFO };

static sample_t write_sensor(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    if (index >= api->sensors->sensor_count) return SAMPLE_NONE;
    const sensor_t *sensor = &api->sensors->sensors[index];
    if (sensor->absent) return SAMPLE_LEFT_OUT;
    sensor_labels(out, family, sensor);
    switch (family->which) {
    case SENSOR_UP: return labelled_u32(out, sensor->quality == QUALITY_OK);
    case SENSOR_ERRORS: return labelled_u32(out, sensor->errors);
    case SENSOR_ALERT:
        text_string(out, sensor->alert == ALERT_LOW ? "} -" : "} ");
        text_string(out, sensor->alert == ALERT_NONE ? "0\n" : "1\n");
        return SAMPLE_WRITTEN;
    default: /* people's names stand apart: a renamed sensor goes on with its series */
        next_label(out, "name", sensor->config.name);
        next_label(out, "kind", sensor_kind_name(sensor->channel->kind));
        return labelled_u32(out, 1);
    }
}

enum { ACTUATOR_STATE, ACTUATOR_UP };

static sample_t write_actuator(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    if (index >= api->actuators->actuator_count) return SAMPLE_NONE;
    const actuator_t *actuator = &api->actuators->actuators[index];
    if (family->which == ACTUATOR_STATE && !actuator->known) return SAMPLE_LEFT_OUT;
    first_label(out, family, "actuator", actuator->id);
    next_label(out, "chip", actuator->ops->chip);
    if (family->which == ACTUATOR_UP) return labelled_u32(out, actuator->quality == ACTUATOR_OK);
    text_append(out, "} ", 2);
    text_decimal(out, actuator->actual, 0);
    text_char(out, '\n');
    return SAMPLE_WRITTEN;
}

/* ---- The device ---------------------------------------------------------------------------------------------- */

static sample_t write_build(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    if (index > 0) return SAMPLE_NONE;
    first_label(out, family, "version", api->device.version);
    next_label(out, "build", api->device.build);
    next_label(out, "board", api->device.board);
    return labelled_u32(out, 1);
}

static sample_t write_reset(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    if (index > 0) return SAMPLE_NONE;
    first_label(out, family, "cause", api->platform->reset_cause());
    return labelled_u32(out, 1);
}

static sample_t write_uptime(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    return index > 0 ? SAMPLE_NONE : plain_seconds(out, family, api->platform->uptime_ms());
}

static sample_t write_boot(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    int64_t utc_ms;
    if (index > 0 || !wall_clock_utc_ms(api->clock, 0, &utc_ms) || utc_ms < 0) return SAMPLE_NONE;
    return plain_seconds(out, family, (uint64_t)utc_ms);
}

enum { STACK_PEAK, STACK_SIZE };

static sample_t write_stack(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    uint32_t peak_bytes, size_bytes;
    if (index > 0 || !api->platform->read_stack(&peak_bytes, &size_bytes)) return SAMPLE_NONE;
    return plain_u32(out, family, family->which == STACK_PEAK ? peak_bytes : size_bytes);
}

/* Bytes and pieces are two units, and so two families; POOL_BYTES is a bit of its own. */
enum { POOL_USED = 1, POOL_PEAK, POOL_SIZE, POOL_BYTES };

static sample_t write_pool(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    api_pool_t pool;
    if (!api->platform->read_pool(api->context, index, &pool)) return SAMPLE_NONE;
    if (pool.in_bytes != ((family->which & POOL_BYTES) != 0)) return SAMPLE_LEFT_OUT;
    first_label(out, family, "pool", pool.name);
    switch (family->which & ~(unsigned)POOL_BYTES) {
    case POOL_USED: return labelled_u32(out, pool.used);
    case POOL_PEAK: return labelled_u32(out, pool.peak);
    default: return labelled_u32(out, pool.size);
    }
}

/* ---- Network and HTTP ---------------------------------------------------------------------------------------- */

enum { LINK_UP, RX_FRAMES, TX_FRAMES, RX_DROPPED, TX_DROPPED, ACCEPTED, REFUSED, EVICTED };

static sample_t write_network(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    if (index > 0) return SAMPLE_NONE;
    api_network_t network = { .ipv4_mode = "none" };
    api->platform->read_network(&network);
    const uint32_t values[] = {
        [LINK_UP] = network.link_up,       [RX_FRAMES] = network.rx_frames,   [TX_FRAMES] = network.tx_frames,
        [RX_DROPPED] = network.rx_dropped, [TX_DROPPED] = network.tx_dropped, [ACCEPTED] = network.accepted,
        [REFUSED] = network.refused,       [EVICTED] = network.evicted,
    };
    return plain_u32(out, family, values[family->which]);
}

static sample_t write_handshakes(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    static const char *const results[] = { "full", "resumed", "failed" };
    if (!api->tls || index >= 3) return SAMPLE_NONE;
    const tls_counters_t *counters = &api->tls->counters;
    const uint32_t values[] = { counters->handshakes - counters->resumed, counters->resumed,
                                counters->failures };
    text_format(out, "%s{result=\"%s", family->name, results[index]);
    text_char(out, '"');
    return labelled_u32(out, values[index]);
}

static sample_t write_requests(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    const http_server_t *server = api->server;
    if (index >= HTTP_STATUSES_MAX || server->counters.by_status[index].status == 0) return SAMPLE_NONE;
    text_format(out, "%s{code=\"%u", family->name, (unsigned)server->counters.by_status[index].status);
    text_char(out, '"');
    return labelled_u32(out, server->counters.by_status[index].answers);
}

/* ---- The store ----------------------------------------------------------------------------------------------- */

enum { STORE_IS_GOOD, STORE_DAMAGED, STORE_PENDING, STORE_WRITES, STORE_FAILURES, STORE_USED, STORE_SIZE };

static sample_t write_store(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    if (index > 0) return SAMPLE_NONE;
    const store_health_t *store = api->store;
    const uint32_t values[] = {
        [STORE_IS_GOOD] = store->state == STORE_GOOD,
        [STORE_DAMAGED] = store->damaged,
        [STORE_PENDING] = api->platform->pending_writes(api->context),
        [STORE_WRITES] = store->writes,
        [STORE_FAILURES] = store->write_failures,
        [STORE_USED] = store->used_bytes,
        [STORE_SIZE] = store->size_bytes,
    };
    return plain_u32(out, family, values[family->which]);
}

/* ---- The history --------------------------------------------------------------------------------------------- */

enum { HISTORY_SAMPLES, HISTORY_MINUTES, HISTORY_DROPPED, HISTORY_SIZE };

static sample_t write_history(text_writer_t *out, const family_t *family, const api_t *api, unsigned index)
{
    if (index > 0) return SAMPLE_NONE;
    const history_usage_t usage = history_usage(api->history);
    const uint32_t values[] = {
        [HISTORY_SAMPLES] = usage.samples,
        [HISTORY_MINUTES] = usage.minutes,
        [HISTORY_DROPPED] = usage.dropped_blocks,
        [HISTORY_SIZE] = usage.size_bytes,
    };
    return plain_u32(out, family, values[family->which]);
}

/* ---- All together -------------------------------------------------------------------------------------------- */

/* clang-format off */
static const family_t families[] = {
    { "sensor_temperature_celsius", "gauge", "Measured temperature.", write_value, SENSOR_TEMPERATURE },
    { "sensor_magnetic_flux_density_tesla", "gauge", "Measured magnetic flux density.", write_value,
      SENSOR_MAGNETIC_FLUX_DENSITY },
    { "sensor_relative_humidity_percent", "gauge", "Measured relative humidity.", write_value,
      SENSOR_RELATIVE_HUMIDITY },
    { "sensor_pressure_pascals", "gauge", "Measured pressure.", write_value, SENSOR_PRESSURE },
    { "sensor_up", "gauge", "Whether the last sample gave a value.", write_sensor, SENSOR_UP },
    { "sensor_read_errors_total", "counter", "Samples since reset that gave no value.", write_sensor,
      SENSOR_ERRORS },
    { "sensor_alert", "gauge", "Alert of the last value: 0 none, 1 high, -1 low.", write_sensor, SENSOR_ALERT },
    { "sensor_info", "gauge", "What people call a sensor, and what it measures.", write_sensor, SENSOR_INFO },
    { "actuator_state", "gauge", "State that was read back: of a switch 0 or 1, of a level up to 1000.",
      write_actuator, ACTUATOR_STATE },
    { "actuator_up", "gauge", "Whether it is as it was asked to be.", write_actuator, ACTUATOR_UP },
    { "device_build_info", "gauge", "Firmware and board.", write_build, 0 },
    { "device_reset_info", "gauge", "Why the device started.", write_reset, 0 },
    { "device_uptime_seconds", "gauge", "Time since reset.", write_uptime, 0 },
    { "device_boot_time_seconds", "gauge", "Unix time of the reset.", write_boot, 0 },
    { "device_stack_peak_bytes", "gauge", "Most that the stack ever was.", write_stack, STACK_PEAK },
    { "device_stack_size_bytes", "gauge", "Room for the stack.", write_stack, STACK_SIZE },
    { "device_memory_used_bytes", "gauge", "Memory in use.", write_pool, POOL_BYTES | POOL_USED },
    { "device_memory_peak_bytes", "gauge", "Most that ever was in use.", write_pool, POOL_BYTES | POOL_PEAK },
    { "device_memory_size_bytes", "gauge", "Memory that there is.", write_pool, POOL_BYTES | POOL_SIZE },
    { "device_pool_used", "gauge", "Pieces in use.", write_pool, POOL_USED },
    { "device_pool_peak", "gauge", "Most pieces that ever were in use.", write_pool, POOL_PEAK },
    { "device_pool_size", "gauge", "Pieces that there are.", write_pool, POOL_SIZE },
    { "network_link_up", "gauge", "Whether there is a link.", write_network, LINK_UP },
    { "network_received_frames_total", "counter", "Frames received.", write_network, RX_FRAMES },
    { "network_sent_frames_total", "counter", "Frames sent.", write_network, TX_FRAMES },
    { "network_received_dropped_frames_total", "counter", "Received frames that were dropped.", write_network,
      RX_DROPPED },
    { "network_sent_dropped_frames_total", "counter", "Frames that could not be sent.", write_network,
      TX_DROPPED },
    { "http_requests_total", "counter", "Requests answered, by status.", write_requests, 0 },
    { "http_connections_accepted_total", "counter", "Connections accepted.", write_network, ACCEPTED },
    { "http_connections_refused_total", "counter", "Connections refused because all were in use.",
      write_network, REFUSED },
    { "http_connections_evicted_total", "counter", "Connections that gave way to another.", write_network,
      EVICTED },
    { "tls_handshakes_total", "counter", "Handshakes, by how they ended.", write_handshakes, 0 },
    { "store_good", "gauge", "Whether everything that lasts is in order.", write_store, STORE_IS_GOOD },
    { "store_damaged_documents", "gauge", "Documents that could not be read at start.", write_store,
      STORE_DAMAGED },
    { "store_pending_writes", "gauge", "Documents that have changed and are not written yet.", write_store,
      STORE_PENDING },
    { "store_writes_total", "counter", "Documents written.", write_store, STORE_WRITES },
    { "store_write_failures_total", "counter", "Writes that failed.", write_store, STORE_FAILURES },
    { "store_used_bytes", "gauge", "Of the memory for documents, in use.", write_store, STORE_USED },
    { "store_size_bytes", "gauge", "Memory for documents.", write_store, STORE_SIZE },
    { "history_sample_records", "gauge", "Samples that are kept.", write_history, HISTORY_SAMPLES },
    { "history_interval_records", "gauge", "Intervals of a minute that are kept.", write_history, HISTORY_MINUTES },
    { "history_dropped_blocks", "gauge", "Damaged blocks that were dropped at start.", write_history,
      HISTORY_DROPPED },
    { "history_size_bytes", "gauge", "Memory for samples and minutes.", write_history, HISTORY_SIZE },
};
/* clang-format on */

/* state[0]: index of a family; state[1]: of its next sample; state[2]: its head has been written. A family without
 * samples has no head. */
static http_produced_t write_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    (void)ex;
    if (state[0] == sizeof families / sizeof families[0]) return HTTP_DONE;
    const family_t *family = &families[state[0]];
    text_writer_t before = json->out;
    if (!state[2]) {
        text_format(&json->out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name,
                    family->type);
    }
    sample_t sample = family->write(&json->out, family, app, state[1]++);
    if (sample == SAMPLE_WRITTEN) {
        state[2] = 1;
        return HTTP_MORE;
    }
    json->out = before;
    if (sample == SAMPLE_NONE) {
        state[0]++;
        state[1] = state[2] = 0;
    }
    return HTTP_MORE;
}

/* GET /metrics
 * 200 # HELP sensor_temperature_celsius ...: everything that is worth a graph or an alert; what has no value now is
 *     left out
 * 406 the client does not take text/plain */
void api_metrics_get(http_exchange_t *ex, void *app)
{
    static const char *const offers[] = { "text/plain" };
    (void)app;
    if (http_negotiate(ex, offers, 1) == 0)
        http_respond_generated(ex, 200, media, write_piece);
    else
        api_write_problem(ex, 406, "this resource is text/plain");
}
