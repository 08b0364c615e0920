/* events/events.h - who listens to what happens, and what each has not been told yet.
 *
 * Nothing is queued: a subscriber has a few marks (this sensor has a new sample, that alert has changed), and what it
 * is told is looked up when it has room. So a slow reader skips to the newest, costs no more memory than a fast one
 * and delays nobody. A reader that was away names the last event it saw and is told from the history what it missed.
 *
 * Memory: events_t, static; no allocation.
 * Context: main loop only.
 */
#ifndef EVENTS_EVENTS_H
#define EVENTS_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log_ring.h"
#include "config/limits.h"
#include "sensors/history.h"
#include "sensors/sensor_registry.h"

typedef enum {
    EVENT_READING, /* a sample was taken or failed */
    EVENT_ALERT,   /* a sensor's alert has changed */
    EVENT_STATUS,  /* something about the device has changed */
    EVENT_LOG,     /* a line of the log */
    EVENT_TYPES
} event_type_t;

/* What has been told: all readings up to one, all lines up to one. */
typedef struct {
    history_moment_t at;
    uint8_t sensor; /* index of the reading at that moment: samples of one chip share theirs */
    uint32_t log;   /* number of the line */
} event_position_t;

typedef struct {
    uint8_t types;    /* bit n: event_type_t n */
    uint32_t sensors; /* bit n: the sensor of index n; UINT32_MAX: all, also those that come later */
} event_filter_t;

typedef struct {
    event_type_t type;
    const sensor_t *sensor; /* of a reading or an alert */
    history_point_t point;  /* of a reading */
    sensor_quality_t quality;
    log_entry_t line;          /* of EVENT_LOG */
    event_position_t position; /* with this event told */
} event_t;

typedef struct {
    bool taken;
    bool replaying; /* readings come from the history, from position on */
    bool status;    /* not told yet */
    uint8_t turn;   /* the type that is looked at first, so that none starves another */
    event_filter_t filter;
    uint32_t readings, alerts; /* bit n: of the sensor of index n, not told yet */
    event_position_t position;
} subscriber_t;

typedef struct {
    const sensor_registry_t *sensors;
    const history_t *history;
    const log_ring_t *log;
    subscriber_t subscribers[EVENT_SUBSCRIBERS_MAX];
    uint8_t used, peak;
    uint32_t coalesced; /* readings that were overtaken by a newer one before somebody was told */
    bool news;          /* somebody may have something to be told since events_take_news */
    uint32_t lines;     /* of the log, when it was looked at last */
    uint64_t status_tag;
} events_t;

/* All is borrowed for the life of events. */
void events_init(events_t *events, const sensor_registry_t *sensors, const history_t *history,
                 const log_ring_t *log);

/* Takes a seat. The first events are what there is now: the status, the latest sample of each sensor, each alert that
 * is not none. With resume they are what came after it, as far as the history reaches, and all alerts.
 * resume    position of the last event that was seen; NULL, or one that cannot have been: none was
 * returns   the seat, or -1 when all are taken */
int events_subscribe(events_t *events, event_filter_t filter, const event_position_t *resume);

void events_unsubscribe(events_t *events, unsigned seat);

/* What the subscriber is to be told next; it stays that until events_told.
 * returns   false when there is nothing now */
bool events_next(const events_t *events, unsigned seat, event_t *event);

/* event     from events_next */
void events_told(events_t *events, unsigned seat, const event_t *event);

/* A sample of the sensor was taken or failed, and the history has it. */
void events_note_sample(events_t *events, size_t sensor);

/* Its alert has changed. */
void events_note_alert(events_t *events, size_t sensor);

/* A sensor was removed: nobody is told of it any more. */
void events_note_removed(events_t *events, size_t sensor);

/* Whether any of the sensors that a subscriber named is still there. */
bool events_has_subject(const events_t *events, unsigned seat);

/* tag       a hash over what the status shows: nothing is noted while it stays the same */
void events_note_status(events_t *events, uint64_t tag);

/* Whether somebody listens to events of a type. */
bool events_listened(const events_t *events, event_type_t type);

/* Whether there may be something to be told since events_take_news. */
bool events_have_news(const events_t *events);

/* The same, and nothing is new any more. */
bool events_take_news(events_t *events);

#endif
