#include "sensors/history.h"

#include "base/hash.h"

#define MINUTE_MS 60000u

/* Another layout or meaning of the memory is another number. */
#define LAYOUT 1u

/* ---- Moments --------------------------------------------------------------------------------------------------- */

int history_compare(history_moment_t a, history_moment_t b)
{
    if (a.boot != b.boot) return a.boot < b.boot ? -1 : 1;
    return (a.uptime_ms > b.uptime_ms) - (a.uptime_ms < b.uptime_ms);
}

history_moment_t history_moment(const history_t *history, uint64_t uptime_ms)
{
    return (history_moment_t){ history->boot, uptime_ms };
}

/* UTC = uptime + offset. */
static bool offset_of(const history_t *history, uint32_t boot, int64_t *offset_ms)
{
    if (boot == history->boot) return wall_clock_utc_ms(history->clock, 0, offset_ms);
    return history_boots_offset_ms(history->memory->boots, boot, offset_ms);
}

bool history_utc_ms(const history_t *history, history_moment_t at, int64_t *utc_ms)
{
    int64_t offset_ms;
    if (!offset_of(history, at.boot, &offset_ms)) return false;
    *utc_ms = offset_ms + (int64_t)at.uptime_ms;
    return true;
}

history_moment_t history_moment_of_utc(const history_t *history, int64_t utc_ms)
{
    uint32_t forgotten = history->boot > HISTORY_BOOTS_MAX ? history->boot - HISTORY_BOOTS_MAX : 0;
    for (uint32_t boot = history->boot; boot > forgotten; boot--) {
        int64_t offset_ms;
        if (offset_of(history, boot, &offset_ms) && offset_ms <= utc_ms) {
            return (history_moment_t){ boot, (uint64_t)(utc_ms - offset_ms) };
        }
    }
    return (history_moment_t){ 0, 0 };
}

/* ---- Adding ---------------------------------------------------------------------------------------------------- */

static void close_minute(history_t *history, size_t sensor)
{
    history_ring_t *ring = &history->minutes[sensor];
    history_state_t state = ring->state;
    uint8_t record[HISTORY_RECORD_BYTES_MAX];
    size_t bytes = history_encode_minute(&state, &history->running[sensor], record);
    history_ring_append(ring, record, bytes, &state);
    history->running[sensor].samples = 0;
}

/* A minute ends with the first sample of another one. */
static void collect(history_t *history, size_t sensor, const history_point_t *point)
{
    history_minute_t *minute = &history->running[sensor];
    const history_moment_t start = { point->at.boot, point->at.uptime_ms - point->at.uptime_ms % MINUTE_MS };
    if (minute->samples > 0 && history_compare(minute->at, start) != 0) close_minute(history, sensor);
    if (!point->has_value) return;
    if (minute->samples == 0) {
        *minute = (history_minute_t){ .at = start, .min = point->value, .max = point->value };
    }
    if (point->value < minute->min) minute->min = point->value;
    if (point->value > minute->max) minute->max = point->value;
    minute->sum += point->value;
    minute->samples++;
}

/* A time that was set or corrected goes into the memory with the next sample, so that it outlasts this start. */
static void note_clock(history_t *history)
{
    int64_t offset_ms;
    if (!wall_clock_utc_ms(history->clock, 0, &offset_ms)) return;
    if (history->noted && history->noted_offset_ms == offset_ms) return;
    history->noted = true;
    history->noted_offset_ms = offset_ms;
    history_boots_write(history->memory->boots, history->boot, true, offset_ms);
}

void history_add(history_t *history, size_t sensor, uint64_t uptime_ms, bool has_value, int32_t value)
{
    history_ring_t *ring = &history->samples[sensor];
    if (!ring->blocks) return; /* of a sensor that is gone */
    const history_point_t point = { history_moment(history, uptime_ms), has_value, has_value ? value : 0 };
    note_clock(history);
    if (history_compare(point.at, ring->state.at) <= 0) return;
    history_state_t state = ring->state;
    uint8_t record[HISTORY_RECORD_BYTES_MAX];
    size_t bytes = history_encode_point(&state, &point, record);
    history_ring_append(ring, record, bytes, &state);
    history->failed[sensor] = !has_value;
    collect(history, sensor, &point);
}

void history_add_sample(history_t *history, size_t index, const sensor_t *sensor)
{
    const history_moment_t last = history->samples[index].state.at;
    bool has_value = sensor->quality == QUALITY_OK;
    bool again = !has_value && history->failed[index] && last.boot == history->boot;
    if (again && sensor->uptime_ms - last.uptime_ms < sensor->config.interval_ms) return;
    history_add(history, index, sensor->uptime_ms, has_value, sensor->value);
}

/* ---- At start -------------------------------------------------------------------------------------------------- */

static size_t step_point(history_state_t *state, const uint8_t *data, size_t bytes)
{
    history_point_t point;
    return history_decode_point(state, data, bytes, &point);
}

static size_t step_minute(history_state_t *state, const uint8_t *data, size_t bytes)
{
    history_minute_t minute;
    return history_decode_minute(state, data, bytes, &minute);
}

static uint64_t digest_sensor(uint64_t digest, const sensor_t *sensor)
{
    digest = hash_string(hash_word(digest, HASH_SEED), sensor->id);
    return hash_word(digest, (uint64_t)sensor->channel->kind << 16 | (uint64_t)sensor->channel->unit << 8 |
                                 sensor->channel->decimals);
}

/* Numbers of other sensors, or in another scale, must not be taken for those of these. */
static uint64_t digest_sensors(const sensor_registry_t *registry)
{
    uint64_t digest = hash_word(hash_word(HASH_SEED, LAYOUT), sizeof(history_memory_t));
    digest = hash_word(hash_word(digest, HISTORY_BLOCK_BYTES), HISTORY_BOOTS_MAX);
    for (size_t i = 0; i < registry->chip_sensors; i++) digest = digest_sensor(digest, &registry->sensors[i]);
    return digest;
}

static void empty(history_memory_t *memory, uint64_t sensors)
{
    memory->check = 0;
    __asm volatile("" ::: "memory");
    history_boots_clear(memory->boots);
    history_ring_clear(memory->samples, sizeof memory->samples / sizeof memory->samples[0]);
    history_ring_clear(memory->minutes, sizeof memory->minutes / sizeof memory->minutes[0]);
    memset(memory->outside, 0, sizeof memory->outside);
    memory->sensors = sensors;
    __asm volatile("" ::: "memory");
    memory->check = hash_word(sensors, LAYOUT);
}

void history_forget(history_t *history)
{
    history->memory->check = ~hash_word(history->memory->sensors, LAYOUT);
}

/* The minute that was being collected was in no memory that lasts, but its samples are. */
static void resume_minute(history_t *history, size_t sensor)
{
    history_moment_t last = history->minutes[sensor].state.at;
    if (history->minutes[sensor].newest) last.uptime_ms += MINUTE_MS - 1u;
    history_reader_t reader = history_samples_after(history, sensor, last);
    history_point_t point;
    while (history_read_sample(&reader, &point)) {
        collect(history, sensor, &point);
        history->failed[sensor] = !point.has_value;
    }
}

void history_init(history_t *history, history_memory_t *memory, const sensor_registry_t *registry,
                  const wall_clock_t *clock)
{
    *history = (history_t){ .memory = memory, .clock = clock, .sensor_count = registry->chip_sensors };
    uint64_t sensors = digest_sensors(registry);
    if (memory->sensors != sensors || memory->check != hash_word(sensors, LAYOUT)) empty(memory, sensors);
    uint32_t last = history_boots_last(memory->boots);
    for (size_t i = 0; i < history->sensor_count; i++) {
        const uint32_t count = (uint32_t)history->sensor_count;
        const uint32_t of_samples = HISTORY_SAMPLES_BYTES / HISTORY_BLOCK_BYTES / count;
        const uint32_t of_minutes = HISTORY_MINUTES_BYTES / HISTORY_BLOCK_BYTES / count;
        history_ring_t *samples = &history->samples[i], *minutes = &history->minutes[i];
        history->dropped_blocks +=
            history_ring_open(samples, memory->samples + i * of_samples, of_samples, step_point);
        history->dropped_blocks +=
            history_ring_open(minutes, memory->minutes + i * of_minutes, of_minutes, step_minute);
        if (samples->state.at.boot > last) last = samples->state.at.boot;
        if (minutes->state.at.boot > last) last = minutes->state.at.boot;
        resume_minute(history, i);
    }
    history->boot = last + 1u;
    history_boots_write(memory->boots, history->boot, false, 0);
}

/* ---- Outside sensors ------------------------------------------------------------------------------------------- */

#define SHARE_SAMPLES (HISTORY_OUTSIDE_SAMPLES_BYTES / HISTORY_BLOCK_BYTES / OUTSIDE_SENSORS_MAX)
#define SHARE_MINUTES (HISTORY_OUTSIDE_MINUTES_BYTES / HISTORY_BLOCK_BYTES / OUTSIDE_SENSORS_MAX)

static bool share_is_taken(const history_t *history, unsigned share)
{
    for (size_t i = 0; i < SENSORS_MAX; i++) {
        if (history->share[i] == share + 1u) return true;
    }
    return false;
}

/* The share that has records of this sensor, else one that nobody has, else one of a sensor that is gone. */
static unsigned choose_share(const history_t *history, uint64_t digest)
{
    unsigned chosen = OUTSIDE_SENSORS_MAX;
    for (unsigned i = 0; i < OUTSIDE_SENSORS_MAX; i++) {
        if (share_is_taken(history, i)) continue;
        if (history->memory->outside[i] == digest) return i;
        bool better = chosen == OUTSIDE_SENSORS_MAX ||
                      (history->memory->outside[chosen] != 0 && history->memory->outside[i] == 0);
        if (better) chosen = i;
    }
    return chosen;
}

static void empty_share(history_memory_t *memory, unsigned share, uint64_t digest)
{
    history_ring_clear(memory->outside_samples + share * SHARE_SAMPLES, SHARE_SAMPLES);
    history_ring_clear(memory->outside_minutes + share * SHARE_MINUTES, SHARE_MINUTES);
    __asm volatile("" ::: "memory");
    memory->outside[share] = digest;
}

static void open_share(history_t *history, size_t index, unsigned share)
{
    history_memory_t *memory = history->memory;
    history->dropped_blocks += history_ring_open(
        &history->samples[index], memory->outside_samples + share * SHARE_SAMPLES, SHARE_SAMPLES, step_point);
    history->dropped_blocks +=
        history_ring_open(&history->minutes[index], memory->outside_minutes + share * SHARE_MINUTES,
                          SHARE_MINUTES, step_minute);
}

void history_begin_sensor(history_t *history, size_t index, const sensor_t *sensor)
{
    uint64_t digest = digest_sensor(LAYOUT, sensor);
    unsigned share = choose_share(history, digest);
    if (history->memory->outside[share] != digest) empty_share(history->memory, share, digest);
    history->share[index] = (uint8_t)(share + 1u);
    history->running[index] = (history_minute_t){ .samples = 0 };
    history->failed[index] = false;
    open_share(history, index, share);
    /* Records of starts that the rest of the memory knows nothing of would be later than all that comes. */
    if (history->samples[index].state.at.boot > history->boot ||
        history->minutes[index].state.at.boot > history->boot) {
        empty_share(history->memory, share, digest);
        open_share(history, index, share);
    }
    resume_minute(history, index);
}

void history_end_sensor(history_t *history, size_t index)
{
    history->share[index] = 0;
    history->running[index].samples = 0;
    history->samples[index] = history->minutes[index] = (history_ring_t){ .blocks = NULL };
}

/* ---- How much there is ----------------------------------------------------------------------------------------- */

static uint32_t records_of(const history_ring_t *ring)
{
    if (ring->newest == 0) return 0;
    for (uint32_t sequence = history_ring_oldest(ring); sequence <= ring->newest; sequence++) {
        const history_block_t *block = history_ring_block(ring, sequence);
        if (block) return ring->next_number - block->first_number;
    }
    return 0;
}

history_usage_t history_usage(const history_t *history)
{
    history_usage_t usage = { .dropped_blocks = history->dropped_blocks,
                              .size_bytes = HISTORY_SAMPLES_BYTES + HISTORY_MINUTES_BYTES +
                                            HISTORY_OUTSIDE_SAMPLES_BYTES + HISTORY_OUTSIDE_MINUTES_BYTES,
                              .starts = history->boot };
    for (size_t i = 0; i < SENSORS_MAX; i++) {
        usage.samples += records_of(&history->samples[i]);
        usage.minutes += records_of(&history->minutes[i]);
    }
    return usage;
}
