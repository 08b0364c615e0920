/* sensors/sensor_registry.h - all sensors of the device, and their latest readings.
 *
 * The registry owns sampling: sensor_registry_poll starts and fetches chips when they are due, and everybody
 * else reads what it keeps. A reading that could not be taken has no value; an old number is never shown as a
 * new one.
 *
 * Memory: sensor_registry_t, static; no allocation.
 * Context: main loop only.
 */
#ifndef SENSORS_SENSOR_REGISTRY_H
#define SENSORS_SENSOR_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/wall_clock.h"
#include "config/limits.h"
#include "hal/sensor.h"
#include "sensors/alert.h"

typedef enum {
    QUALITY_PENDING, /* no sample has been taken yet */
    QUALITY_OK,
    QUALITY_MISSING, /* the chip never answered since reset */
    QUALITY_ERROR,   /* the chip answered once, but its last sample failed; an outside source failed */
    QUALITY_STALE,   /* an outside source is late */
} sensor_quality_t;

/* What may be set about a sensor. Numbers are in 10^-decimals units of its channel. */
typedef struct {
    const char *name;     /* for people; copied by reference: alive until the next configuration */
    uint32_t interval_ms; /* between samples */
    int32_t offset;   /* added to what the chip measures; a sum outside int32_t is no value but an error */
    int32_t min, max; /* below min or above max is an alert; SENSOR_NO_THRESHOLD: no such threshold */
    int32_t
        hysteresis; /* how far inside a threshold the value, offset included, must come to end its alert */
} sensor_config_t;

typedef struct {
    char id[SENSOR_ID_BYTES];
    const char *chip;   /* NULL: an outside source measures, not a chip */
    const char *source; /* its id; NULL: a chip measures */
    bool absent;        /* nobody's place: an outside sensor that was removed */
    const sensor_channel_t *channel;
    sensor_config_t config;
    sensor_quality_t quality;
    sensor_alert_t alert; /* of the last value; a sensor without a value keeps it: silence is no all-clear */
    int32_t value;        /* in 10^-decimals units; only while quality is QUALITY_OK */
    uint32_t errors;      /* samples since reset that gave no value, and looks for a chip that is away */
    uint64_t uptime_ms;   /* when the sample was taken or failed; 0 while pending */
    uint64_t config_tag;  /* of the id and the configuration */
    uint64_t tag;         /* differs whenever anything shown of the sensor does: for entity tags */
} sensor_t;

/* Called when a sensor's alert has changed; the sensor already has the new one. */
typedef void (*sensor_alert_hook_t)(void *context, const sensor_t *sensor);

/* Called for each sample that was taken, and whenever one could not be; the sensor already has it.
 * index     of the sensor in registry->sensors */
typedef void (*sensor_sample_hook_t)(void *context, size_t index, const sensor_t *sensor);

typedef enum { DEVICE_TO_PROBE, DEVICE_READY, DEVICE_CONVERTING } device_phase_t;

typedef struct {
    const sensor_device_t *device;
    device_phase_t phase;
    bool seen;                           /* answered a probe since reset */
    uint8_t step;                        /* the next one of fetch */
    uint8_t first;                       /* index of its first sensor */
    uint64_t due_ms;                     /* when it wants the bus next */
    int32_t values[SENSOR_CHANNELS_MAX]; /* of the sample that is being fetched */
    uint64_t grid_ms; /* the last sample's place on the interval's grid, so that jitter does not add up */
} sensor_slot_t;

typedef struct {
    const wall_clock_t *clock;
    sensor_t sensors[SENSORS_MAX];
    size_t
        sensor_count; /* places up to the last one in use: some of those of outside sensors may be absent */
    size_t chip_sensors; /* the first ones, which chips measure */
    sensor_slot_t slots[SENSOR_DEVICES_MAX];
    size_t slot_count;
    size_t next_slot;               /* whose turn it is, so that a failing chip starves nobody */
    uint64_t tag;                   /* of the whole collection */
    sensor_alert_hook_t alert_hook; /* NULL: none */
    void *alert_context;
    sensor_sample_hook_t sample_hook; /* NULL: none */
    void *sample_context;
} sensor_registry_t;

/* Builds the registry from the board's table; nothing is asked of a chip yet.
 * devices, clock   borrowed for the life of the registry
 * returns          STATUS_OK, STATUS_NO_MEMORY (more chips or channels than limits.h allows), STATUS_INVALID
 *                  (an id that is too long, malformed or not unique) */
status_t sensor_registry_init(sensor_registry_t *registry, const sensor_device_t *devices,
                              size_t device_count, const wall_clock_t *clock);

/* Does at most one operation on one chip (1 ms at most).
 * returns   when it wants to be called next */
uint64_t sensor_registry_poll(sensor_registry_t *registry, uint64_t now_ms);

/* NULL when there is no such sensor. */
const sensor_t *sensor_registry_find(const sensor_registry_t *registry, text_view_t id);

/* How many sensors there are. */
size_t sensor_registry_count(const sensor_registry_t *registry);

/* Takes over a configuration, at once: the next sample is taken one new interval from now, the value that there
 * is gets the new offset, and the new thresholds judge it. What is configured now stands in sensor->config.
 * index     of the sensor in registry->sensors
 * returns   STATUS_OK, STATUS_INVALID (an interval outside of what limits.h allows, a hysteresis below 0, min
 *           not below max, or a hysteresis that leaves nothing between them: nothing has changed) */
status_t sensor_registry_configure(sensor_registry_t *registry, size_t index, const sensor_config_t *config,
                                   uint64_t now_ms);

/* hook      NULL: none. Called from sensor_registry_poll and sensor_registry_configure, which it must not call */
void sensor_registry_on_alert(sensor_registry_t *registry, sensor_alert_hook_t hook, void *context);

/* hook      NULL: none. Called from sensor_registry_poll, which it must not call; not when a changed offset moves the
 *           value of a sample that was taken before */
void sensor_registry_on_sample(sensor_registry_t *registry, sensor_sample_hook_t hook, void *context);

/* ---- Sensors without a chip ---------------------------------------------------------------------------------- */

/* Adds one, at a place that it keeps until it is removed; at the one it had before, when nobody took that.
 * id        [a-z0-9_]+, less than SENSOR_ID_BYTES; copied
 * source    who measures, for people and programs; channel and its strings and source: alive until it is removed
 * index     set to its place in registry->sensors
 * returns   STATUS_OK, STATUS_INVALID (a malformed id), STATUS_BUSY (another sensor has it), STATUS_NO_MEMORY (there are
 *           OUTSIDE_SENSORS_MAX, or SENSORS_MAX with those of chips) */
status_t sensor_registry_add(sensor_registry_t *registry, const char *id, const char *source,
                             const sensor_channel_t *channel, size_t *index);

/* Removes one that was added. Whoever still looks at its place sees a sensor that never was sampled. */
void sensor_registry_remove(sensor_registry_t *registry, size_t index);

/* Publishes what became of one sample of such a sensor.
 * quality   QUALITY_OK: value is judged as one of a chip would be; else it is not looked at */
void sensor_registry_put(sensor_registry_t *registry, size_t index, sensor_quality_t quality, int32_t value,
                         uint64_t now_ms);

/* Whether an id may be one of a sensor. */
bool sensor_registry_id_is_valid(text_view_t id);

/* ---- Names and defaults -------------------------------------------------------------------------------------- */

/* What a sensor has before it is configured. */
sensor_config_t sensor_config_default(const sensor_channel_t *channel);

/* Names for the API: constants. */
const char *sensor_quality_name(sensor_quality_t quality);
const char *sensor_kind_name(sensor_kind_t kind);
const char *sensor_unit_symbol(sensor_unit_t unit); /* SenML, RFC 8428 section 12.1 */

#endif
