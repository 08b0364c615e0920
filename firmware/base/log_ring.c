#include "base/log_ring.h"

/* In front of each line's text: bytes of both, of the component, level, uptime. */
#define HEADER_BYTES 8u

_Static_assert(LOG_LINE_BYTES <= UINT8_MAX, "lengths are bytes");
_Static_assert(LOG_RING_BYTES >= 2u * (HEADER_BYTES + LOG_LINE_BYTES), "at least one line is always there");

void log_ring_init(log_ring_t *ring)
{
    ring->first = ring->next = 1;
    ring->start = ring->used = 0;
}

static uint8_t byte_at(const log_ring_t *ring, uint32_t at)
{
    return ring->bytes[at % LOG_RING_BYTES];
}

static uint32_t line_bytes(const log_ring_t *ring, uint32_t at)
{
    return HEADER_BYTES + byte_at(ring, at);
}

static void put(log_ring_t *ring, uint8_t byte)
{
    ring->bytes[(ring->start + ring->used++) % LOG_RING_BYTES] = byte;
}

static void put_text(log_ring_t *ring, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) put(ring, (uint8_t)text[i]);
}

void log_ring_add(log_ring_t *ring, unsigned level, uint64_t uptime_ms, text_view_t component,
                  text_view_t message)
{
    if (component.count > LOG_LINE_BYTES / 2u) component.count = LOG_LINE_BYTES / 2u;
    if (message.count > LOG_LINE_BYTES - component.count) message.count = LOG_LINE_BYTES - component.count;
    size_t count = component.count + message.count;
    while (LOG_RING_BYTES - ring->used < HEADER_BYTES + count) {
        uint32_t gone = line_bytes(ring, ring->start);
        ring->start = (ring->start + gone) % LOG_RING_BYTES;
        ring->used -= gone;
        ring->first++;
    }
    put(ring, (uint8_t)count);
    put(ring, (uint8_t)component.count);
    put(ring, (uint8_t)level);
    for (unsigned i = 0; i < 5; i++) put(ring, (uint8_t)(uptime_ms >> (8u * i))); /* 34 years */
    put_text(ring, component.bytes, component.count);
    put_text(ring, message.bytes, message.count);
    ring->next++;
}

bool log_ring_read(const log_ring_t *ring, uint32_t after, log_entry_t *entry)
{
    uint32_t number = ring->first, at = ring->start;
    for (; number != ring->next && number <= after; number++) at += line_bytes(ring, at);
    if (number == ring->next) return false;
    size_t count = byte_at(ring, at), component = byte_at(ring, at + 1u);
    entry->number = number;
    entry->level = byte_at(ring, at + 2u);
    entry->uptime_ms = 0;
    for (unsigned i = 0; i < 5; i++) entry->uptime_ms |= (uint64_t)byte_at(ring, at + 3u + i) << (8u * i);
    for (uint32_t i = 0; i < count; i++) entry->text[i] = (char)byte_at(ring, at + HEADER_BYTES + i);
    entry->component = (text_view_t){ entry->text, component };
    entry->message = (text_view_t){ entry->text + component, count - component };
    return true;
}
