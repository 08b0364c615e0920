/* Walking over the records of the history. */
#include "sensors/history.h"

/* ---- Blocks ---------------------------------------------------------------------------------------------------- */

static void enter(history_reader_t *reader, const history_block_t *block)
{
    reader->sequence = block->sequence;
    reader->offset = 0;
    reader->number = block->first_number;
    reader->state = history_block_state(block);
}

/* Goes to the next block that is there, from this sequence on. */
static bool enter_from(history_reader_t *reader, uint32_t sequence)
{
    for (; sequence <= reader->ring->newest; sequence++) {
        const history_block_t *block = history_ring_block(reader->ring, sequence);
        if (!block) continue;
        enter(reader, block);
        return true;
    }
    return false;
}

/* What is left of the block to read, or of the next one that has some.
 * returns   NULL at the end */
static const uint8_t *rest(history_reader_t *reader, size_t *bytes)
{
    for (;;) {
        const history_block_t *block = history_ring_block(reader->ring, reader->sequence);
        uint32_t used = block ? history_block_used(block) : 0;
        if (reader->offset < used) {
            *bytes = used - reader->offset;
            return block->data + reader->offset;
        }
        if (!enter_from(reader, reader->sequence + 1u)) return NULL;
    }
}

/* Begins in the last block whose records all come after `after`, but for those that reading passes over, and whose
 * numbers begin with `number` or before. */
static history_reader_t begin(const history_t *history, const history_ring_t *ring, history_moment_t after,
                              uint32_t number)
{
    history_reader_t reader = { .history = history, .ring = ring, .after = after };
    uint32_t oldest = history_ring_oldest(ring);
    for (uint32_t sequence = ring->newest; sequence >= oldest; sequence--) {
        const history_block_t *block = history_ring_block(ring, sequence);
        if (!block) continue;
        enter(&reader, block);
        if (block->first_number <= number && history_compare(reader.state.at, after) <= 0) break;
    }
    return reader;
}

/* ---- Samples --------------------------------------------------------------------------------------------------- */

/* Passes over what is up to `after`, so that moments rise whatever the memory holds. */
bool history_read_sample(history_reader_t *reader, history_point_t *point)
{
    size_t bytes;
    for (const uint8_t *data; (data = rest(reader, &bytes)) != NULL;) {
        size_t taken = history_decode_point(&reader->state, data, bytes, point);
        reader->offset += (uint32_t)(taken ? taken : bytes);
        if (taken == 0) continue;
        reader->number++;
        if (history_compare(point->at, reader->after) <= 0) continue;
        reader->after = point->at;
        reader->first = reader->last = reader->number - 1u;
        return true;
    }
    return false;
}

history_reader_t history_samples_after(const history_t *history, size_t sensor, history_moment_t after)
{
    return begin(history, &history->samples[sensor], after, UINT32_MAX);
}

static const history_moment_t far_future = { UINT32_MAX, UINT64_MAX };

history_reader_t history_samples_from(const history_t *history, size_t sensor, uint32_t number)
{
    history_reader_t reader = begin(history, &history->samples[sensor], far_future, number);
    size_t bytes;
    for (const uint8_t *data; reader.number < number && (data = rest(&reader, &bytes)) != NULL;) {
        history_point_t point;
        if (reader.number >= number) break; /* rest went to a block behind a gap */
        size_t taken = history_decode_point(&reader.state, data, bytes, &point);
        reader.offset += (uint32_t)(taken ? taken : bytes);
        reader.number += taken > 0;
    }
    reader.after = (history_moment_t){ 0, 0 };
    return reader;
}

/* ---- Minutes --------------------------------------------------------------------------------------------------- */

static bool read_closed(history_reader_t *reader, history_minute_t *minute)
{
    size_t bytes;
    for (const uint8_t *data; (data = rest(reader, &bytes)) != NULL;) {
        size_t taken = history_decode_minute(&reader->state, data, bytes, minute);
        reader->offset += (uint32_t)(taken ? taken : bytes);
        if (taken == 0) continue;
        reader->number++;
        if (history_compare(minute->at, reader->after) <= 0) continue;
        reader->after = minute->at;
        return true;
    }
    return false;
}

static bool read_running(history_reader_t *reader, history_minute_t *minute)
{
    const history_minute_t *running = reader->running;
    reader->running = NULL;
    if (!running || running->samples == 0) return false;
    reader->number = reader->ring->next_number + 1u;
    if (history_compare(running->at, reader->after) <= 0) return false;
    reader->after = running->at;
    *minute = *running;
    return true;
}

bool history_read_minute(history_reader_t *reader, history_minute_t *minute)
{
    if (reader->held) {
        reader->held = false;
        reader->number++;
        *minute = reader->minute;
    } else if (!read_closed(reader, minute) && !read_running(reader, minute)) {
        return false;
    }
    reader->first = reader->last = reader->number - 1u;
    return true;
}

history_reader_t history_minutes_after(const history_t *history, size_t sensor, history_moment_t after)
{
    history_reader_t reader = begin(history, &history->minutes[sensor], after, UINT32_MAX);
    reader.running = &history->running[sensor];
    return reader;
}

history_reader_t history_minutes_from(const history_t *history, size_t sensor, uint32_t number)
{
    const history_ring_t *ring = &history->minutes[sensor];
    history_reader_t reader = begin(history, ring, far_future, number);
    reader.after = (history_moment_t){ 0, 0 };
    reader.running = number <= ring->next_number ? &history->running[sensor] : NULL;
    while (reader.number < number && history_read_minute(&reader, &reader.minute)) {
        if (reader.number <= number) continue;
        reader.number--; /* it has that number, or comes behind a gap */
        reader.held = true;
        break;
    }
    return reader;
}

bool history_read_interval(history_reader_t *reader, uint32_t step_ms, history_minute_t *interval)
{
    if (!history_read_minute(reader, interval)) return false;
    interval->at.uptime_ms -= interval->at.uptime_ms % step_ms;
    history_minute_t minute;
    const uint32_t first = reader->last;
    for (uint32_t last = first; history_read_minute(reader, &minute); last = reader->last) {
        reader->first = first;
        if (minute.at.boot != interval->at.boot || minute.at.uptime_ms - interval->at.uptime_ms >= step_ms) {
            reader->held = true;
            reader->minute = minute;
            reader->number--;
            reader->last = last;
            break;
        }
        if (minute.min < interval->min) interval->min = minute.min;
        if (minute.max > interval->max) interval->max = minute.max;
        interval->sum += minute.sum;
        interval->samples += minute.samples;
    }
    return true;
}
