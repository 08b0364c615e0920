/* sources/sources.h - outside sources: HTTP services that are asked at an interval, whose numbers become sensors.
 *
 * They take turns: one is asked at a time, the one that has waited longest first. One that fails is left alone ever longer.
 * Its sensors are in error then; those of one that is only late (nothing good came for SOURCE_STALE_INTERVALS_X2 / 2
 * intervals) are stale. Neither shows an old value.
 *
 * Memory:  sources_t, static; no allocation.
 * Context: main loop only.
 */
#ifndef SOURCES_SOURCES_H
#define SOURCES_SOURCES_H

#include "sensors/sensor_registry.h"
#include "sources/source_config.h"
#include "sources/source_fault.h"
#include "sources/source_fetch.h"

typedef struct {
    char id[SOURCE_ID_BYTES]; /* "": no source at this place */
    source_config_t config;
    sensor_channel_t channels[SOURCE_VALUES_MAX];
    size_t sensors[SOURCE_VALUES_MAX]; /* their places in the registry */
    int32_t values[SOURCE_VALUES_MAX]; /* of the last answer: what 304 says is so still */
    bool has_value[SOURCE_VALUES_MAX];
    char etag[CLIENT_ETAG_BYTES]; /* of that answer; "": it had none */

    source_fault_t fault; /* of the last question */
    bool asked;           /* it has been, since it was set or since start */
    bool answered;        /* and had a good answer once: then */
    uint64_t answered_ms;
    uint16_t status;            /* of the last answer; 0: none came */
    uint64_t asked_ms;          /* when the last question ended */
    uint64_t fresh_ms;          /* when it was last as it should be: answered, or set */
    uint64_t due_ms;            /* when it is asked next */
    uint64_t begun_ms;          /* the last question */
    uint64_t body_bytes;        /* of the last answer, as far as it was read */
    uint32_t failures;          /* in a row */
    uint32_t questions, failed; /* since it was set or since start */
    bool stale;                 /* its sensors say so */
    uint32_t changes;           /* of all that is shown */
} source_t;

typedef struct {
    void *context;
    uint32_t (*random)(void *context); /* for jitter */
    /* A sensor was added, or is about to be removed.
     * index     in the registry */
    void (*sensor_added)(void *context, size_t index);
    void (*sensor_removed)(void *context, size_t index);
} sources_platform_t;

typedef struct {
    source_t items[SOURCES_MAX];
    size_t count;              /* of those there are; with none there is nothing to poll */
    source_config_t candidate; /* for those who read one: it is too large for the stack */
    source_fetch_t fetch;
    source_t *fetched; /* the one that is being asked; NULL: none */
    sensor_registry_t *registry;
    sources_platform_t platform;
} sources_t;

/* registry, link   borrowed for the life of sources */
void sources_init(sources_t *sources, sensor_registry_t *registry, const client_link_t *link,
                  const sources_platform_t *platform);

/* NULL: there is none of this id. */
const source_t *sources_find(const sources_t *sources, text_view_t id);

typedef enum {
    SOURCES_CREATED,
    SOURCES_REPLACED,
    SOURCES_SAME,     /* it was so already */
    SOURCES_FULL,     /* there are SOURCES_MAX */
    SOURCES_NO_PLACE, /* more sensors than there may be */
    SOURCES_TAKEN,    /* a sensor's id is another's */
} sources_result_t;

/* Takes sources->candidate as what is set of a source, and asks it at once. Nothing has changed unless one of the first
 * three comes back.
 * id        source_id_is_valid
 * index     set to the place of what was added or replaced; of SOURCES_TAKEN to the value in the map */
sources_result_t sources_put(sources_t *sources, text_view_t id, uint64_t now_ms, size_t *index);

/* Removes it and its sensors.
 * returns   its place; SOURCES_MAX: there was none */
size_t sources_remove(sources_t *sources, text_view_t id);

/* Something has changed that may help: those that failed are asked at once. */
void sources_retry(sources_t *sources, uint64_t now_ms);

/* Asks who is due, and goes on with who is being asked.
 * returns   when it wants to be called next if the network does not move before */
uint64_t sources_poll(sources_t *sources, uint64_t now_ms);

#endif
