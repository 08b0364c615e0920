#include "sensors/sensor_registry.h"

#include "base/hash.h"
#include "base/log.h"

/* ---- Building ---------------------------------------------------------------------------------------- */

bool sensor_registry_id_is_valid(text_view_t id)
{
    for (size_t i = 0; i < id.count; i++) {
        char c = id.bytes[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return id.count > 0 && id.count < SENSOR_ID_BYTES;
}

static status_t make_id(sensor_registry_t *registry, sensor_t *sensor, const sensor_device_t *device)
{
    text_writer_t out = text_writer(sensor->id, sizeof sensor->id - 1u);
    text_string(&out, device->id);
    if (device->ops->channel_count > 1) {
        text_char(&out, '_');
        text_string(&out, sensor->channel->key);
    }
    text_view_t id = { sensor->id, (size_t)(out.at - sensor->id) };
    if (out.overflow || !sensor_registry_id_is_valid(id) || sensor_registry_find(registry, id))
        return STATUS_INVALID;
    sensor->id[id.count] = '\0';
    return STATUS_OK;
}

/* What is in a sensor's tag that no sample changes. */
static void renew_config_tag(sensor_t *sensor)
{
    const sensor_config_t *config = &sensor->config;
    uint64_t tag = hash_string(hash_string(HASH_SEED, sensor->id), config->name);
    tag = hash_word(tag, config->interval_ms);
    tag = hash_word(tag, (uint64_t)(uint32_t)config->offset << 32 | (uint32_t)config->hysteresis);
    tag = hash_word(tag, (uint64_t)(uint32_t)config->min << 32 | (uint32_t)config->max);
    /* A chip's channel stays what it is; what a source gives may become something else under the same id. */
    if (sensor->source) {
        const sensor_channel_t *channel = sensor->channel;
        tag = hash_word(hash_string(tag, sensor->source),
                        (uint64_t)channel->kind << 16 | (uint64_t)channel->unit << 8 | channel->decimals);
    }
    sensor->config_tag = tag;
}

static status_t add_device(sensor_registry_t *registry, const sensor_device_t *device)
{
    const sensor_ops_t *ops = device->ops;
    if (registry->slot_count == SENSOR_DEVICES_MAX || ops->channel_count > SENSOR_CHANNELS_MAX ||
        registry->sensor_count + ops->channel_count > SENSORS_MAX) {
        return STATUS_NO_MEMORY;
    }
    registry->slots[registry->slot_count++] =
        (sensor_slot_t){ .device = device, .first = (uint8_t)registry->sensor_count };
    for (unsigned i = 0; i < ops->channel_count; i++) {
        sensor_t *sensor = &registry->sensors[registry->sensor_count];
        *sensor = (sensor_t){
            .chip = ops->chip,
            .channel = &ops->channels[i],
            .config = sensor_config_default(&ops->channels[i]),
        };
        status_t status = make_id(registry, sensor, device);
        if (status != STATUS_OK) return status;
        renew_config_tag(sensor);
        registry->sensor_count++;
    }
    return STATUS_OK;
}

status_t sensor_registry_init(sensor_registry_t *registry, const sensor_device_t *devices,
                              size_t device_count, const wall_clock_t *clock)
{
    *registry = (sensor_registry_t){ .clock = clock, .tag = HASH_SEED };
    for (size_t i = 0; i < device_count; i++) {
        status_t status = add_device(registry, &devices[i]);
        if (status != STATUS_OK) return status;
    }
    registry->chip_sensors = registry->sensor_count;
    return STATUS_OK;
}

/* ---- Publishing -------------------------------------------------------------------------------------- */

/* Everything that is shown of a sensor goes into its tag. The same moment, value and quality after a reset would be
 * the same bytes, so no boot counter is needed. */
static void renew_tag(sensor_registry_t *registry, sensor_t *sensor)
{
    int64_t utc_ms = 0;
    (void)wall_clock_utc_ms(registry->clock, sensor->uptime_ms, &utc_ms);
    uint64_t tag = hash_word(hash_word(sensor->config_tag, sensor->uptime_ms), (uint64_t)utc_ms);
    tag = hash_word(tag,
                    (uint64_t)(uint32_t)sensor->value << 32 | (uint64_t)sensor->quality << 4 | sensor->alert);
    registry->tag ^= sensor->tag ^ tag;
    sensor->tag = tag;
}

/* A sensor without a value keeps its alert: silence is no all-clear. */
static void judge(sensor_registry_t *registry, sensor_t *sensor)
{
    const sensor_config_t *config = &sensor->config;
    const alert_limits_t limits = { config->min, config->max, config->hysteresis };
    if (sensor->quality != QUALITY_OK) return;
    sensor_alert_t alert = alert_next(sensor->alert, sensor->value, &limits);
    if (alert == sensor->alert) return;
    sensor->alert = alert;
    log_line(alert == ALERT_NONE ? LOG_INFO : LOG_WARNING, "sensors", "%s alert is %s", sensor->id,
             sensor_alert_name(alert));
    if (registry->alert_hook) registry->alert_hook(registry->alert_context, sensor);
}

static void publish(sensor_registry_t *registry, sensor_t *sensor, sensor_quality_t quality, int32_t value,
                    uint64_t now_ms)
{
    if (quality != sensor->quality) {
        log_line(quality == QUALITY_OK ? LOG_INFO : LOG_WARNING, "sensors", "%s is %s", sensor->id,
                 sensor_quality_name(quality));
    }
    sensor->quality = quality;
    sensor->value = value;
    sensor->uptime_ms = now_ms;
    judge(registry, sensor);
    renew_tag(registry, sensor);
}

static void tell_sample(const sensor_registry_t *registry, const sensor_t *sensor)
{
    if (registry->sample_hook)
        registry->sample_hook(registry->sample_context, (size_t)(sensor - registry->sensors), sensor);
}

/* INT32_MIN means that there is no value, so it cannot be one. */
static bool is_value(int64_t value)
{
    return value > SENSOR_NO_VALUE && value <= INT32_MAX;
}

static void publish_value(sensor_registry_t *registry, sensor_t *sensor, int32_t measured, uint64_t now_ms)
{
    int64_t value = (int64_t)measured + sensor->config.offset;
    bool valid = measured >= sensor->channel->min && measured <= sensor->channel->max && is_value(value);
    sensor->errors += !valid;
    publish(registry, sensor, valid ? QUALITY_OK : QUALITY_ERROR, valid ? (int32_t)value : 0, now_ms);
    tell_sample(registry, sensor);
}

static void publish_values(sensor_registry_t *registry, const sensor_slot_t *slot, uint64_t now_ms)
{
    for (unsigned i = 0; i < slot->device->ops->channel_count; i++)
        publish_value(registry, &registry->sensors[slot->first + i], slot->values[i], now_ms);
}

static void publish_failure(sensor_registry_t *registry, const sensor_slot_t *slot, uint64_t now_ms)
{
    for (unsigned i = 0; i < slot->device->ops->channel_count; i++) {
        sensor_t *sensor = &registry->sensors[slot->first + i];
        sensor->errors++;
        publish(registry, sensor, slot->seen ? QUALITY_ERROR : QUALITY_MISSING, 0, now_ms);
        tell_sample(registry, sensor);
    }
}

/* ---- Sampling ---------------------------------------------------------------------------------------- */

/* A chip is read as often as its most impatient channel wants. */
static uint32_t interval_ms(const sensor_registry_t *registry, const sensor_slot_t *slot)
{
    uint32_t least = UINT32_MAX;
    for (unsigned i = 0; i < slot->device->ops->channel_count; i++) {
        uint32_t wanted = registry->sensors[slot->first + i].config.interval_ms;
        if (wanted < least) least = wanted;
    }
    return least;
}

static void failed(sensor_registry_t *registry, sensor_slot_t *slot, uint64_t now_ms)
{
    slot->phase = DEVICE_TO_PROBE;
    slot->step = 0;
    slot->due_ms = now_ms + SENSOR_RETRY_MS;
    publish_failure(registry, slot, now_ms);
}

static void sampled(sensor_registry_t *registry, sensor_slot_t *slot, uint64_t now_ms)
{
    uint32_t interval = interval_ms(registry, slot);
    slot->grid_ms += interval;
    /* After a pause (a failure, a changed interval) the grid starts anew instead of catching up in a burst. */
    if (slot->grid_ms <= now_ms || slot->grid_ms > now_ms + interval) slot->grid_ms = now_ms + interval;
    slot->due_ms = slot->grid_ms;
    slot->phase = DEVICE_READY;
    slot->step = 0;
    publish_values(registry, slot, now_ms);
}

static void step(sensor_registry_t *registry, sensor_slot_t *slot, uint64_t now_ms)
{
    const sensor_ops_t *ops = slot->device->ops;
    void *self = slot->device->self;

    if (slot->phase == DEVICE_TO_PROBE) {
        if (ops->probe(self) != STATUS_OK) {
            failed(registry, slot, now_ms);
            return;
        }
        slot->seen = true;
        slot->phase = DEVICE_READY;
        slot->due_ms = now_ms;
    } else if (slot->phase == DEVICE_READY && ops->start) {
        if (ops->start(self) != STATUS_OK) {
            failed(registry, slot, now_ms);
            return;
        }
        slot->phase = DEVICE_CONVERTING;
        slot->due_ms = now_ms + ops->conversion_ms;
    } else if (ops->fetch(self, slot->step, slot->values) != STATUS_OK) {
        failed(registry, slot, now_ms);
    } else if (++slot->step == ops->fetch_steps) {
        sampled(registry, slot, now_ms);
    }
}

uint64_t sensor_registry_poll(sensor_registry_t *registry, uint64_t now_ms)
{
    for (size_t i = 0; i < registry->slot_count; i++) {
        size_t index = (registry->next_slot + i) % registry->slot_count;
        if (registry->slots[index].due_ms > now_ms) continue;
        registry->next_slot = (index + 1) % registry->slot_count;
        step(registry, &registry->slots[index], now_ms);
        break;
    }
    uint64_t next_ms = UINT64_MAX;
    for (size_t i = 0; i < registry->slot_count; i++) {
        if (registry->slots[i].due_ms < next_ms) next_ms = registry->slots[i].due_ms;
    }
    return next_ms;
}

/* ---- Configuring ------------------------------------------------------------------------------------ */

sensor_config_t sensor_config_default(const sensor_channel_t *channel)
{
    return (sensor_config_t){
        .name = channel->name,
        .interval_ms = SENSOR_INTERVAL_MS_DEFAULT,
        .min = SENSOR_NO_THRESHOLD,
        .max = SENSOR_NO_THRESHOLD,
    };
}

/* The slot whose chip has the sensor. */
static sensor_slot_t *slot_of(sensor_registry_t *registry, size_t index)
{
    size_t i = registry->slot_count;
    while (i > 1 && registry->slots[i - 1].first > index) i--;
    return &registry->slots[i - 1];
}

static bool is_valid(const sensor_config_t *config)
{
    if (config->interval_ms < SENSOR_INTERVAL_MS_MIN || config->interval_ms > SENSOR_INTERVAL_MS_MAX)
        return false;
    if (config->hysteresis < 0) return false;
    if (config->min == SENSOR_NO_THRESHOLD || config->max == SENSOR_NO_THRESHOLD) return true;
    return (int64_t)config->max - config->min > config->hysteresis;
}

/* The sample that is shown, as if it had been taken with another offset. */
static void move_value(sensor_registry_t *registry, sensor_t *sensor, int32_t offset_before)
{
    int64_t value = (int64_t)sensor->value - offset_before + sensor->config.offset;
    if (sensor->quality != QUALITY_OK) return;
    if (is_value(value))
        publish(registry, sensor, QUALITY_OK, (int32_t)value, sensor->uptime_ms);
    else
        publish(registry, sensor, QUALITY_ERROR, 0, sensor->uptime_ms);
}

status_t sensor_registry_configure(sensor_registry_t *registry, size_t index, const sensor_config_t *config,
                                   uint64_t now_ms)
{
    if (!is_valid(config)) return STATUS_INVALID;
    sensor_t *sensor = &registry->sensors[index];
    sensor_slot_t *slot = sensor->source ? NULL : slot_of(registry, index); /* a source has its own clock */
    uint32_t interval_before = slot ? interval_ms(registry, slot) : 0;
    int32_t offset_before = sensor->config.offset;
    sensor->config = *config;
    uint32_t interval = slot ? interval_ms(registry, slot) : 0;
    bool waits = slot && slot->phase == DEVICE_READY && slot->due_ms > now_ms;
    if (interval != interval_before && waits) slot->grid_ms = slot->due_ms = now_ms + interval;
    renew_config_tag(sensor);
    move_value(registry, sensor, offset_before);
    renew_tag(registry, sensor);
    return STATUS_OK;
}

/* ---- Sensors without a chip --------------------------------------------------------------------------- */

/* The place that it had, or else the first that is nobody's; SENSORS_MAX: none. */
static size_t find_place(const sensor_registry_t *registry, text_view_t id)
{
    size_t free = SENSORS_MAX, end = registry->chip_sensors + OUTSIDE_SENSORS_MAX;
    for (size_t i = registry->chip_sensors; i < end && i < SENSORS_MAX; i++) {
        if (i < registry->sensor_count && !registry->sensors[i].absent) continue;
        if (text_equal(text_view(registry->sensors[i].id), id)) return i;
        if (free == SENSORS_MAX) free = i;
    }
    return free;
}

status_t sensor_registry_add(sensor_registry_t *registry, const char *id, const char *source,
                             const sensor_channel_t *channel, size_t *index)
{
    if (!sensor_registry_id_is_valid(text_view(id))) return STATUS_INVALID;
    if (sensor_registry_find(registry, text_view(id))) return STATUS_BUSY;
    size_t place = find_place(registry, text_view(id));
    if (place == SENSORS_MAX) return STATUS_NO_MEMORY;
    sensor_t *sensor = &registry->sensors[place];
    *sensor = (sensor_t){ .source = source, .channel = channel, .config = sensor_config_default(channel) };
    memcpy(sensor->id, id, strlen(id));
    /* Those before it were somebody's once, and are absent. */
    if (place >= registry->sensor_count) registry->sensor_count = place + 1u;
    renew_config_tag(sensor);
    renew_tag(registry, sensor);
    *index = place;
    return STATUS_OK;
}

void sensor_registry_remove(sensor_registry_t *registry, size_t index)
{
    static const sensor_channel_t nothing = { .key = "", .name = "" };
    sensor_t *sensor = &registry->sensors[index];
    registry->tag ^= sensor->tag;
    sensor->tag = 0;
    sensor->absent = true;
    sensor->source = "";
    sensor->channel = &nothing;
    sensor->config = sensor_config_default(&nothing);
    sensor->quality = QUALITY_PENDING;
    sensor->alert = ALERT_NONE;
    while (registry->sensor_count > registry->chip_sensors &&
           registry->sensors[registry->sensor_count - 1u].absent) {
        registry->sensor_count--;
    }
}

void sensor_registry_put(sensor_registry_t *registry, size_t index, sensor_quality_t quality, int32_t value,
                         uint64_t now_ms)
{
    sensor_t *sensor = &registry->sensors[index];
    if (quality == QUALITY_OK) {
        publish_value(registry, sensor, value, now_ms);
        return;
    }
    sensor->errors++;
    publish(registry, sensor, quality, 0, now_ms);
    tell_sample(registry, sensor);
}

void sensor_registry_on_alert(sensor_registry_t *registry, sensor_alert_hook_t hook, void *context)
{
    registry->alert_hook = hook;
    registry->alert_context = context;
}

void sensor_registry_on_sample(sensor_registry_t *registry, sensor_sample_hook_t hook, void *context)
{
    registry->sample_hook = hook;
    registry->sample_context = context;
}

/* ---- Asking ------------------------------------------------------------------------------------------ */

const sensor_t *sensor_registry_find(const sensor_registry_t *registry, text_view_t id)
{
    for (size_t i = 0; i < registry->sensor_count; i++) {
        const sensor_t *sensor = &registry->sensors[i];
        if (!sensor->absent && id.count < sizeof sensor->id && sensor->id[id.count] == '\0' &&
            memcmp(sensor->id, id.bytes, id.count) == 0) {
            return sensor;
        }
    }
    return NULL;
}

size_t sensor_registry_count(const sensor_registry_t *registry)
{
    size_t count = 0;
    for (size_t i = 0; i < registry->sensor_count; i++) count += !registry->sensors[i].absent;
    return count;
}

const char *sensor_quality_name(sensor_quality_t quality)
{
    static const char *const names[] = {
        [QUALITY_PENDING] = "pending", [QUALITY_OK] = "ok",       [QUALITY_MISSING] = "missing",
        [QUALITY_ERROR] = "error",     [QUALITY_STALE] = "stale",
    };
    return names[quality];
}

const char *sensor_kind_name(sensor_kind_t kind)
{
    static const char *const names[] = {
        [SENSOR_TEMPERATURE] = "temperature",
        [SENSOR_MAGNETIC_FLUX_DENSITY] = "magnetic_flux_density",
        [SENSOR_RELATIVE_HUMIDITY] = "relative_humidity",
        [SENSOR_PRESSURE] = "pressure",
    };
    return names[kind];
}

const char *sensor_unit_symbol(sensor_unit_t unit)
{
    static const char *const symbols[] = {
        [UNIT_CELSIUS] = "Cel",
        [UNIT_TESLA] = "T",
        [UNIT_PERCENT_RH] = "%RH",
        [UNIT_PASCAL] = "Pa",
    };
    return symbols[unit];
}
