#include "events/events.h"

_Static_assert(SENSORS_MAX <= 32, "a bit each");

static bool wants(const subscriber_t *subscriber, event_type_t type)
{
    return (unsigned)subscriber->filter.types >> type & 1u;
}

static uint32_t bit(size_t sensor)
{
    return (uint32_t)1 << sensor;
}

void events_init(events_t *events, const sensor_registry_t *sensors, const history_t *history,
                 const log_ring_t *log)
{
    *events = (events_t){ .sensors = sensors, .history = history, .log = log };
}

/* ---- Seats ------------------------------------------------------------------------------------------- */

static history_moment_t moment_of(const events_t *events, const sensor_t *sensor)
{
    return history_moment(events->history, sensor->uptime_ms);
}

/* The number of this start of the device. */
static uint32_t this_boot(const events_t *events)
{
    return history_moment(events->history, 0).boot;
}

static void begin_with_present(const events_t *events, subscriber_t *subscriber)
{
    const sensor_registry_t *sensors = events->sensors;
    subscriber->position = (event_position_t){ { this_boot(events), 0 }, 0, events->log->next - 1u };
    for (size_t i = 0; i < sensors->sensor_count; i++) {
        if (sensors->sensors[i].absent) continue;
        if (sensors->sensors[i].quality != QUALITY_PENDING) subscriber->readings |= bit(i);
        if (sensors->sensors[i].alert != ALERT_NONE) subscriber->alerts |= bit(i);
    }
}

/* Whether an alert has come or gone in the meantime nobody knows: all are told. Lines are numbered anew by each start.
 * One who has seen no reading yet gets the present ones. */
static void begin_behind(const events_t *events, subscriber_t *subscriber, const event_position_t *resume)
{
    bool same_start = resume->at.boot == this_boot(events);
    subscriber->position.log = same_start && resume->log < events->log->next ? resume->log : 0;
    subscriber->alerts = UINT32_MAX;
    if (same_start && resume->at.uptime_ms == 0) return;
    subscriber->position.at = resume->at;
    subscriber->position.sensor = resume->sensor;
    subscriber->replaying = true;
    subscriber->readings = 0;
}

int events_subscribe(events_t *events, event_filter_t filter, const event_position_t *resume)
{
    unsigned seat = 0;
    while (seat < EVENT_SUBSCRIBERS_MAX && events->subscribers[seat].taken) seat++;
    if (seat == EVENT_SUBSCRIBERS_MAX) return -1;
    subscriber_t *subscriber = &events->subscribers[seat];
    *subscriber = (subscriber_t){ .taken = true, .status = true, .turn = EVENT_STATUS, .filter = filter };
    /* Starts that are still to come were counted by a history that is lost. */
    begin_with_present(events, subscriber);
    if (resume && resume->at.boot <= this_boot(events)) begin_behind(events, subscriber, resume);
    subscriber->readings &= filter.sensors;
    subscriber->alerts &= filter.sensors;
    if (++events->used > events->peak) events->peak = events->used;
    return (int)seat;
}

void events_unsubscribe(events_t *events, unsigned seat)
{
    events->subscribers[seat].taken = false;
    events->used--;
}

/* ---- What is next ------------------------------------------------------------------------------------- */

static void fill_reading(event_t *event, const events_t *events, size_t sensor, const history_point_t *point,
                         sensor_quality_t quality)
{
    event->sensor = &events->sensors->sensors[sensor];
    event->point = *point;
    event->quality = quality;
    event->position.at = point->at;
    event->position.sensor = (uint8_t)sensor;
}

/* Readings of one moment stand in the order of their sensors; so the first one behind a position is at its moment for
 * the sensors after its own, and later for the others. */
static history_moment_t last_told(const event_position_t *position, size_t sensor)
{
    history_moment_t at = position->at;
    if (sensor <= position->sensor) return at;
    if (at.uptime_ms > 0)
        at.uptime_ms--;
    else if (at.boot > 0)
        at = (history_moment_t){ at.boot - 1u, UINT64_MAX };
    return at;
}

static bool next_from_history(const events_t *events, const subscriber_t *subscriber, event_t *event)
{
    history_point_t first = { .has_value = false };
    size_t whose = SENSORS_MAX;
    for (size_t i = 0; i < events->sensors->sensor_count; i++) {
        history_point_t point;
        if (!(subscriber->filter.sensors & bit(i)) || events->sensors->sensors[i].absent) continue;
        if (!history_next(events->history, i, last_told(&subscriber->position, i), &point)) continue;
        if (whose < SENSORS_MAX && history_compare(point.at, first.at) >= 0) continue;
        first = point;
        whose = i;
    }
    if (whose == SENSORS_MAX) return false;
    fill_reading(event, events, whose, &first, first.has_value ? QUALITY_OK : QUALITY_ERROR);
    return true;
}

/* The oldest of the samples that have not been told: then what was told is always all up to a moment. */
static bool next_from_present(const events_t *events, const subscriber_t *subscriber, event_t *event)
{
    const sensor_t *oldest = NULL;
    for (size_t i = 0; i < events->sensors->sensor_count; i++) {
        const sensor_t *sensor = &events->sensors->sensors[i];
        if (!(subscriber->readings & bit(i)) || sensor->absent) continue;
        if (!oldest || sensor->uptime_ms < oldest->uptime_ms) oldest = sensor;
    }
    if (!oldest) return false;
    const history_point_t point = { moment_of(events, oldest), oldest->quality == QUALITY_OK, oldest->value };
    fill_reading(event, events, (size_t)(oldest - events->sensors->sensors), &point, oldest->quality);
    return true;
}

static bool next_reading(const events_t *events, const subscriber_t *subscriber, event_t *event)
{
    if (subscriber->replaying && next_from_history(events, subscriber, event)) return true;
    return next_from_present(events, subscriber, event);
}

static bool next_alert(const events_t *events, const subscriber_t *subscriber, event_t *event)
{
    for (size_t i = 0; i < events->sensors->sensor_count; i++) {
        if (!(subscriber->alerts & bit(i)) || events->sensors->sensors[i].absent) continue;
        event->sensor = &events->sensors->sensors[i];
        return true;
    }
    return false;
}

static bool next_line(const events_t *events, const subscriber_t *subscriber, event_t *event)
{
    if (!log_ring_read(events->log, subscriber->position.log, &event->line)) return false;
    event->position.log = event->line.number;
    return true;
}

static bool next_of(const events_t *events, const subscriber_t *subscriber, event_type_t type, event_t *event)
{
    if (!wants(subscriber, type)) return false;
    event->type = type;
    event->position = subscriber->position;
    switch (type) {
    case EVENT_READING: return next_reading(events, subscriber, event);
    case EVENT_ALERT: return next_alert(events, subscriber, event);
    case EVENT_STATUS: return subscriber->status;
    case EVENT_LOG: return next_line(events, subscriber, event);
    case EVENT_TYPES: break;
    }
    return false;
}

bool events_next(const events_t *events, unsigned seat, event_t *event)
{
    const subscriber_t *subscriber = &events->subscribers[seat];
    for (unsigned i = 0; i < EVENT_TYPES; i++) {
        event_type_t type = (event_type_t)((subscriber->turn + i) % EVENT_TYPES);
        if (next_of(events, subscriber, type, event)) return true;
    }
    return false;
}

void events_told(events_t *events, unsigned seat, const event_t *event)
{
    subscriber_t *subscriber = &events->subscribers[seat];
    subscriber->position = event->position;
    subscriber->turn = (uint8_t)((event->type + 1u) % EVENT_TYPES);
    if (event->type == EVENT_STATUS) {
        subscriber->status = false;
    } else if (event->type == EVENT_ALERT) {
        subscriber->alerts &= ~bit((size_t)(event->sensor - events->sensors->sensors));
    } else if (event->type == EVENT_READING) {
        size_t sensor = (size_t)(event->sensor - events->sensors->sensors);
        if (history_compare(event->point.at, moment_of(events, event->sensor)) < 0) return;
        subscriber->readings &= ~bit(sensor);
        /* Whoever has been told the history is told the present, which goes on where it ends. */
        event_t more;
        if (subscriber->replaying) subscriber->replaying = next_from_history(events, subscriber, &more);
    }
}

/* ---- What happens -------------------------------------------------------------------------------------- */

void events_note_sample(events_t *events, size_t sensor)
{
    for (unsigned i = 0; i < EVENT_SUBSCRIBERS_MAX; i++) {
        subscriber_t *subscriber = &events->subscribers[i];
        if (!subscriber->taken || !wants(subscriber, EVENT_READING)) continue;
        if (!(subscriber->filter.sensors & bit(sensor))) continue;
        events->coalesced += !subscriber->replaying && (subscriber->readings & bit(sensor));
        subscriber->readings |= bit(sensor);
        events->news = true;
    }
}

void events_note_alert(events_t *events, size_t sensor)
{
    for (unsigned i = 0; i < EVENT_SUBSCRIBERS_MAX; i++) {
        subscriber_t *subscriber = &events->subscribers[i];
        if (!subscriber->taken || !(subscriber->filter.sensors & bit(sensor))) continue;
        subscriber->alerts |= bit(sensor);
        events->news = true;
    }
}

/* Who listens to all sensors listens to whoever comes there next; who named this one has not meant that one. */
void events_note_removed(events_t *events, size_t sensor)
{
    for (unsigned i = 0; i < EVENT_SUBSCRIBERS_MAX; i++) {
        subscriber_t *subscriber = &events->subscribers[i];
        subscriber->readings &= ~bit(sensor);
        subscriber->alerts &= ~bit(sensor);
        if (!subscriber->taken || subscriber->filter.sensors == UINT32_MAX) continue;
        subscriber->filter.sensors &= ~bit(sensor);
        events->news = true;
    }
}

bool events_has_subject(const events_t *events, unsigned seat)
{
    return events->subscribers[seat].filter.sensors != 0;
}

void events_note_status(events_t *events, uint64_t tag)
{
    if (events->status_tag == tag) return;
    events->status_tag = tag;
    for (unsigned i = 0; i < EVENT_SUBSCRIBERS_MAX; i++) events->subscribers[i].status = true;
    events->news = true;
}

bool events_listened(const events_t *events, event_type_t type)
{
    for (unsigned i = 0; i < EVENT_SUBSCRIBERS_MAX; i++) {
        if (events->subscribers[i].taken && wants(&events->subscribers[i], type)) return true;
    }
    return false;
}

bool events_have_news(const events_t *events)
{
    if (events->news) return true;
    return events->lines != events->log->next && events_listened(events, EVENT_LOG);
}

bool events_take_news(events_t *events)
{
    bool news = events_have_news(events);
    events->lines = events->log->next;
    events->news = false;
    return news;
}
