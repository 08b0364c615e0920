#include "sources/sources.h"

#include "base/log.h"
#include "base/wipe.h"
#include "client/client_backoff.h"

void sources_init(sources_t *sources, sensor_registry_t *registry, const client_link_t *link,
                  const sources_platform_t *platform)
{
    sources->registry = registry;
    sources->platform = *platform;
    sources->fetch.link = *link;
}

const source_t *sources_find(const sources_t *sources, text_view_t id)
{
    for (size_t i = 0; i < SOURCES_MAX; i++) {
        if (id.count > 0 && text_equal(text_view(sources->items[i].id), id)) return &sources->items[i];
    }
    return NULL;
}

/* ---- Sensors ------------------------------------------------------------------------------------------------------ */

static void remove_sensors(sources_t *sources, source_t *source)
{
    for (unsigned i = 0; i < source->config.value_count; i++) {
        sources->platform.sensor_removed(sources->platform.context, source->sensors[i]);
        sensor_registry_remove(sources->registry, source->sensors[i]);
    }
}

static void add_sensors(sources_t *sources, source_t *source)
{
    for (unsigned i = 0; i < source->config.value_count; i++) {
        const source_value_t *value = &source->config.values[i];
        source->channels[i] = (sensor_channel_t){ .key = value->sensor,
                                                  .name = value->sensor,
                                                  .kind = (sensor_kind_t)value->kind,
                                                  .unit = (sensor_unit_t)value->unit,
                                                  .decimals = value->decimals,
                                                  .min = -INT32_MAX,
                                                  .max = INT32_MAX };
        status_t status = sensor_registry_add(sources->registry, value->sensor, source->id,
                                              &source->channels[i], &source->sensors[i]);
        if (status == STATUS_OK)
            sources->platform.sensor_added(sources->platform.context, source->sensors[i]);
        else /* find_conflict and has_places have looked */
            log_error("sources", "sensor %s cannot be added", value->sensor);
    }
}

/* Whether the sensors of a configuration can be there, beside all but those of the source itself. */
static sources_result_t find_conflict(const sources_t *sources, text_view_t id, size_t *index)
{
    const sensor_registry_t *registry = sources->registry;
    const source_config_t *config = &sources->candidate;
    size_t free = 0, end = registry->chip_sensors + OUTSIDE_SENSORS_MAX;
    for (size_t i = registry->chip_sensors; i < end && i < SENSORS_MAX; i++) {
        const sensor_t *sensor = &registry->sensors[i];
        bool used = i < registry->sensor_count && !sensor->absent;
        free += !used || text_equal(text_view(sensor->source), id);
    }
    for (unsigned i = 0; i < config->value_count; i++) {
        const sensor_t *sensor = sensor_registry_find(registry, text_view(config->values[i].sensor));
        if (!sensor || (sensor->source && text_equal(text_view(sensor->source), id))) continue;
        *index = i;
        return SOURCES_TAKEN;
    }
    return config->value_count <= free ? SOURCES_CREATED : SOURCES_NO_PLACE;
}

static void publish(const sources_t *sources, const source_t *source, sensor_quality_t quality,
                    uint64_t now_ms)
{
    for (unsigned i = 0; i < source->config.value_count; i++) {
        sensor_quality_t of_one = quality == QUALITY_OK && !source->has_value[i] ? QUALITY_ERROR : quality;
        sensor_registry_put(sources->registry, source->sensors[i], of_one, source->values[i], now_ms);
    }
}

/* ---- Changes -------------------------------------------------------------------------------------------------------- */

static source_t *place_for(sources_t *sources, text_view_t id)
{
    source_t *free = NULL;
    for (size_t i = 0; i < SOURCES_MAX; i++) {
        source_t *source = &sources->items[i];
        if (text_equal(text_view(source->id), id)) return source;
        if (!free && !source->id[0]) free = source;
    }
    return free;
}

static void stop_asking(sources_t *sources, const source_t *source)
{
    if (sources->fetched != source) return;
    source_fetch_cancel(&sources->fetch);
    sources->fetched = NULL;
}

sources_result_t sources_put(sources_t *sources, text_view_t id, uint64_t now_ms, size_t *index)
{
    source_t *source = place_for(sources, id);
    if (!source) return SOURCES_FULL;
    bool new = !source->id[0];
    *index = (size_t)(source - sources->items);
    if (!new &&memcmp(&source->config, &sources->candidate, sizeof source->config) == 0) return SOURCES_SAME;
    sources_result_t result = find_conflict(sources, id, index);
    if (result != SOURCES_CREATED) return result;
    stop_asking(sources, source);
    remove_sensors(sources, source);
    uint32_t changes = source->changes;
    *source = (source_t){ .due_ms = now_ms, .fresh_ms = now_ms, .changes = changes + 1u };
    memcpy(source->id, id.bytes, id.count);
    source->config = sources->candidate;
    add_sensors(sources, source);
    sources->count += new;
    return new ? SOURCES_CREATED : SOURCES_REPLACED;
}

size_t sources_remove(sources_t *sources, text_view_t id)
{
    if (!sources_find(sources, id)) return SOURCES_MAX;
    source_t *source = place_for(sources, id);
    stop_asking(sources, source);
    remove_sensors(sources, source);
    uint32_t changes = source->changes;
    wipe(source, sizeof *source);
    sources->count--;
    source->changes = changes + 1u;
    return (size_t)(source - sources->items);
}

/* ---- Answers --------------------------------------------------------------------------------------------------------- */

static bool take_values(const source_fetch_t *fetch, source_t *source)
{
    bool all = true;
    for (unsigned i = 0; i < source->config.value_count; i++) {
        const source_value_t *value = &source->config.values[i];
        source->values[i] = 0;
        source->has_value[i] = json_picked_scaled(&fetch->pick.targets[i].found,
                                                  value->decimals + value->exponent, &source->values[i]);
        all &= source->has_value[i];
    }
    return all;
}

static void note_fault(source_t *source, source_fault_t fault)
{
    if (fault == source->fault && source->asked) return;
    if (fault != SOURCE_OK)
        log_warning("sources", "%s: %s (%u)", source->id, source_fault_text(fault), (unsigned)source->status);
    else if (source->asked)
        log_info("sources", "%s answers again", source->id);
}

static void answered(sources_t *sources, source_t *source, uint64_t now_ms)
{
    const source_fetch_t *fetch = &sources->fetch;
    bool all = true;
    if (fetch->unchanged) {
        for (unsigned i = 0; i < source->config.value_count; i++) all &= source->has_value[i];
    } else {
        all = take_values(fetch, source);
        memcpy(source->etag, fetch->response.etag, sizeof source->etag);
    }
    note_fault(source, all ? SOURCE_OK : SOURCE_NO_VALUE);
    source->fault = all ? SOURCE_OK : SOURCE_NO_VALUE;
    source->failures = 0;
    source->answered = true;
    source->answered_ms = source->fresh_ms = now_ms;
    source->stale = false;
    source->due_ms = source->begun_ms + source->config.interval_ms;
    if (source->due_ms < now_ms) source->due_ms = now_ms;
    publish(sources, source, QUALITY_OK, now_ms);
}

/* Never sooner than the server asked for, as long as that is no longer than we would ever wait. */
static void failed(sources_t *sources, source_t *source, uint64_t now_ms)
{
    const source_fetch_t *fetch = &sources->fetch;
    note_fault(source, fetch->fault);
    source->fault = fetch->fault;
    source->failed++;
    if (fetch->fault == SOURCE_NO_NETWORK && !source->answered) { /* after a start, for a moment */
        source->due_ms = now_ms + SOURCE_NETWORK_RETRY_MS;
        return;
    }
    bool waits = fetch->fault == SOURCE_NO_CLOCK; /* not the server's fault, and over one day */
    source->failures = waits ? 0 : source->failures < UINT32_MAX ? source->failures + 1u : UINT32_MAX;
    uint32_t wait_ms = client_backoff_ms(waits ? 1u : source->failures, SOURCE_RETRY_MS, SOURCE_RETRY_MS_MAX,
                                         sources->platform.random(sources->platform.context));
    bool asked_to_wait = source->status == 429 || source->status == 503;
    uint64_t wanted_ms = asked_to_wait ? (uint64_t)fetch->response.retry_after_s * 1000u : 0;
    if (wanted_ms > SOURCE_RETRY_MS_MAX) wanted_ms = SOURCE_RETRY_MS_MAX;
    if (wait_ms < wanted_ms) wait_ms = (uint32_t)wanted_ms;
    source->due_ms = now_ms + wait_ms;
    source->stale = true; /* error says more than that it is late */
    publish(sources, source, QUALITY_ERROR, now_ms);
}

static void finish(sources_t *sources, uint64_t now_ms)
{
    source_t *source = sources->fetched;
    const source_fetch_t *fetch = &sources->fetch;
    sources->fetched = NULL;
    bool head = fetch->response.phase != CLIENT_HEAD && fetch->response.status >= 200;
    source->status = head ? fetch->response.status : 0;
    source->body_bytes = fetch->response.body_bytes;
    source->questions++;
    if (fetch->fault == SOURCE_OK)
        answered(sources, source, now_ms);
    else
        failed(sources, source, now_ms);
    source->asked = true;
    source->asked_ms = now_ms;
    source->changes++;
}

void sources_retry(sources_t *sources, uint64_t now_ms)
{
    for (size_t i = 0; i < SOURCES_MAX; i++) {
        source_t *source = &sources->items[i];
        if (source->asked && source->fault != SOURCE_OK) source->due_ms = now_ms;
    }
}

/* ---- Time ------------------------------------------------------------------------------------------------------------ */

static uint64_t stale_ms(const source_t *source)
{
    if (source->stale) return UINT64_MAX;
    return source->fresh_ms + (uint64_t)source->config.interval_ms * SOURCE_STALE_INTERVALS_X2 / 2u;
}

static void look_for_stale(sources_t *sources, uint64_t now_ms)
{
    for (size_t i = 0; i < SOURCES_MAX; i++) {
        source_t *source = &sources->items[i];
        if (!source->id[0] || now_ms < stale_ms(source)) continue;
        source->stale = true;
        source->changes++;
        publish(sources, source, QUALITY_STALE, now_ms);
    }
}

static source_t *next_due(sources_t *sources)
{
    source_t *next = NULL;
    for (size_t i = 0; i < SOURCES_MAX; i++) {
        source_t *source = &sources->items[i];
        if (source->id[0] && (!next || source->due_ms < next->due_ms)) next = source;
    }
    return next;
}

static uint64_t earlier(uint64_t a_ms, uint64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

uint64_t sources_poll(sources_t *sources, uint64_t now_ms)
{
    if (sources->count == 0) return UINT64_MAX;
    if (sources->fetched && !source_fetch_poll(&sources->fetch, now_ms)) finish(sources, now_ms);
    look_for_stale(sources, now_ms);
    source_t *due = next_due(sources);
    if (!sources->fetched && due->due_ms <= now_ms) {
        sources->fetched = due;
        due->begun_ms = now_ms;
        source_fetch_begin(&sources->fetch, &due->config, due->etag, now_ms);
        return now_ms; /* it may have failed already */
    }
    uint64_t next_ms = sources->fetched ? sources->fetch.deadline_ms : due->due_ms;
    if (sources->fetched && sources->fetch.hurries) return now_ms;
    for (size_t i = 0; i < SOURCES_MAX; i++) {
        if (sources->items[i].id[0]) next_ms = earlier(next_ms, stale_ms(&sources->items[i]));
    }
    return next_ms;
}
