#include "sensors/history_codec.h"

#define MINUTE_MS    60000u
#define OFF_MS_MAX   127 /* jitter; more is another interval */
#define TAG_JITTER   0x80u
#define TAG_VALUE    0xc0u
#define TAG_FAILED   0xe0u
#define TAG_BOOT     0xf0u
#define VALUE_OTHER  31u /* in 5 bits: the number follows */
#define FAILED_OTHER 15u

/* ---- Numbers -------------------------------------------------------------------------------------------------- */

static uint64_t zigzag(int64_t value)
{
    return value < 0 ? ~((uint64_t)value << 1) : (uint64_t)value << 1;
}

static int64_t unzigzag(uint64_t code)
{
    return (int64_t)(code & 1u ? ~(code >> 1) : code >> 1);
}

/* b - a without overflow: it wraps around, and adding it to a gives b again. */
static uint64_t difference32(int32_t a, int32_t b)
{
    return zigzag((int32_t)((uint32_t)b - (uint32_t)a));
}

static int32_t plus32(int32_t a, uint64_t code)
{
    return (int32_t)((uint32_t)a + (uint32_t)unzigzag(code));
}

static size_t put(uint8_t *out, uint64_t value)
{
    size_t n = 0;
    for (; value > 0x7fu; value >>= 7) out[n++] = (uint8_t)(value | 0x80u);
    out[n++] = (uint8_t)value;
    return n;
}

typedef struct {
    const uint8_t *data;
    size_t bytes, at;
    bool bad;
} source_t;

static uint8_t take_byte(source_t *from)
{
    if (from->at < from->bytes) return from->data[from->at++];
    from->bad = true;
    return 0;
}

static uint64_t take(source_t *from)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = take_byte(from);
        value |= (uint64_t)(byte & 0x7fu) << shift;
        if (!(byte & 0x80u)) return value;
    }
    from->bad = true;
    return 0;
}

/* ---- Samples --------------------------------------------------------------------------------------------------- */

static void move_time(history_state_t *state, uint64_t delta_ms)
{
    int64_t off = (int64_t)(delta_ms - state->expected);
    state->at.uptime_ms += delta_ms;
    if (off > OFF_MS_MAX || off < -OFF_MS_MAX)
        state->expected = delta_ms > UINT32_MAX ? 0 : (uint32_t)delta_ms;
}

static size_t put_value(uint8_t *out, uint64_t off, uint64_t value)
{
    size_t n = 0;
    if (off == 0 && value < TAG_JITTER) {
        out[n++] = (uint8_t)value;
    } else if (off < 8 && value < 8) {
        out[n++] = (uint8_t)(TAG_JITTER | off << 3 | value);
    } else {
        out[n++] = (uint8_t)(TAG_VALUE | (off < VALUE_OTHER ? off : VALUE_OTHER));
        if (off >= VALUE_OTHER) n += put(out + n, off);
        n += put(out + n, value);
    }
    return n;
}

static size_t put_failure(uint8_t *out, uint64_t off)
{
    out[0] = (uint8_t)(TAG_FAILED | (off < FAILED_OTHER ? off : FAILED_OTHER));
    return off < FAILED_OTHER ? 1u : 1u + put(out + 1, off);
}

size_t history_encode_point(history_state_t *state, const history_point_t *point, uint8_t out[])
{
    size_t n = 0;
    if (point->at.boot != state->at.boot) {
        out[n++] = TAG_BOOT;
        n += put(out + n, point->at.boot - state->at.boot);
        state->at = (history_moment_t){ point->at.boot, 0 };
    }
    uint64_t delta_ms = point->at.uptime_ms - state->at.uptime_ms;
    uint64_t off = zigzag((int64_t)(delta_ms - state->expected));
    if (point->has_value) {
        n += put_value(out + n, off, difference32(state->value, point->value));
        state->value = point->value;
    } else {
        n += put_failure(out + n, off);
    }
    move_time(state, delta_ms);
    return n;
}

size_t history_decode_point(history_state_t *state, const uint8_t *data, size_t bytes, history_point_t *point)
{
    source_t from = { data, bytes, 0, false };
    uint8_t tag = take_byte(&from);
    uint64_t off = 0, value = 0;
    if (tag == TAG_BOOT) {
        state->at = (history_moment_t){ state->at.boot + (uint32_t)take(&from), 0 };
        tag = take_byte(&from);
    }
    point->has_value = tag < TAG_FAILED;
    if (tag < TAG_JITTER) {
        value = tag;
    } else if (tag < TAG_VALUE) {
        off = tag >> 3 & 7u;
        value = tag & 7u;
    } else if (tag < TAG_FAILED) {
        off = tag & 31u;
        if (off == VALUE_OTHER) off = take(&from);
        value = take(&from);
    } else if (tag < TAG_BOOT) {
        off = tag & 15u;
        if (off == FAILED_OTHER) off = take(&from);
    } else {
        return 0;
    }
    if (from.bad) return 0;
    move_time(state, (uint64_t)unzigzag(off) + state->expected);
    if (point->has_value) state->value = plus32(state->value, value);
    point->at = state->at;
    point->value = point->has_value ? state->value : 0;
    return from.at;
}

/* ---- Minutes --------------------------------------------------------------------------------------------------- */

enum { MINUTE_OFF = 1, MINUTE_SAMPLES = 2, MINUTE_BOOT = 4 };

int32_t history_average(const history_minute_t *minute)
{
    int64_t samples = minute->samples;
    int64_t average = minute->sum / samples, rest = minute->sum % samples;
    if (2 * rest >= samples) average++;
    if (2 * rest <= -samples) average--;
    return (int32_t)average;
}

size_t history_encode_minute(history_state_t *state, const history_minute_t *minute, uint8_t out[])
{
    uint8_t tag = 0;
    size_t n = 1;
    if (minute->at.boot != state->at.boot) {
        tag |= MINUTE_BOOT;
        n += put(out + n, minute->at.boot - state->at.boot);
        state->at.uptime_ms = 0;
    }
    uint64_t off = zigzag((int64_t)(minute->at.uptime_ms / MINUTE_MS - state->at.uptime_ms / MINUTE_MS - 1u));
    if (off) {
        tag |= MINUTE_OFF;
        n += put(out + n, off);
    }
    if (minute->samples != state->expected) {
        tag |= MINUTE_SAMPLES;
        n += put(out + n, difference32((int32_t)state->expected, (int32_t)minute->samples));
    }
    uint64_t value = difference32(state->value, minute->min);
    if (value >= VALUE_OTHER) n += put(out + n, value);
    out[0] = (uint8_t)(tag | (value < VALUE_OTHER ? value : VALUE_OTHER) << 3);
    n += put(out + n, (uint32_t)minute->max - (uint32_t)minute->min);
    n += put(out + n, (uint64_t)minute->sum - (uint64_t)((int64_t)minute->min * minute->samples));
    *state = (history_state_t){ minute->at, minute->min, minute->samples };
    return n;
}

size_t history_decode_minute(history_state_t *state, const uint8_t *data, size_t bytes,
                             history_minute_t *minute)
{
    source_t from = { data, bytes, 0, false };
    uint8_t tag = take_byte(&from);
    if (tag & MINUTE_BOOT) { state->at = (history_moment_t){ state->at.boot + (uint32_t)take(&from), 0 }; }
    uint64_t off = tag & MINUTE_OFF ? (uint64_t)unzigzag(take(&from)) : 0;
    uint64_t samples = tag & MINUTE_SAMPLES ? take(&from) : 0;
    uint64_t value = tag >> 3;
    if (value == VALUE_OTHER) value = take(&from);
    uint64_t spread = take(&from), excess = take(&from);
    state->at.uptime_ms = (state->at.uptime_ms / MINUTE_MS + 1u + off) * MINUTE_MS;
    state->expected = (uint32_t)plus32((int32_t)state->expected, samples);
    state->value = plus32(state->value, value);
    *minute = (history_minute_t){
        .at = state->at,
        .min = state->value,
        .max = (int32_t)((uint32_t)state->value + (uint32_t)spread),
        .sum = (int64_t)((uint64_t)((int64_t)state->value * state->expected) + excess),
        .samples = state->expected,
    };
    return from.bad || state->expected == 0 ? 0 : from.at;
}
