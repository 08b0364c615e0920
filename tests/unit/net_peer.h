/* net_peer.h - the wire of the net tests: a hal_eth made of two queues, and a host at its other end that is
 * crafted frame by frame.
 *
 * To be included by exactly one file of a program. It defines what net calls of hal_eth, hal_clock_ms, hal_entropy_read and
 * hal_system_panic, so nothing of a hal family may define them in the same program as well: the linker takes
 * these and leaves the family's objects in their archive.
 */
#ifndef NET_PEER_H
#define NET_PEER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "hal/clock.h"
#include "hal/entropy.h"
#include "hal/eth.h"
#include "hal/system.h"
#include "net/net.h"

#define FRAMES_MAX 256

typedef struct {
    size_t count;
    uint8_t bytes[HAL_ETH_FRAME_BYTES_MAX];
} frame_t;

typedef struct {
    frame_t frames[FRAMES_MAX];
    unsigned head, tail;
} frame_queue_t;

/* The wire, as seen from the device. */
static struct {
    uint64_t now_ms;
    bool link_up;
    bool busy;        /* the chip has no room for a frame to be sent */
    unsigned refused; /* frames that met a busy chip */
    frame_queue_t to_device, from_device;
    hal_eth_stats_t stats;
} wire = { .now_ms = 1000, .link_up = true };

static const uint8_t device_mac[6] = { 0x02, 0, 0, 0, 0, 0x01 };
static const uint8_t peer_mac[6] = { 0x02, 0, 0, 0, 0, 0x02 };
static const uint8_t device_ip[4] = { 10, 0, 0, 1 };
static const uint8_t peer_ip[4] = { 10, 0, 0, 2 };

static inline frame_t *queue_push(frame_queue_t *queue)
{
    frame_t *frame = &queue->frames[queue->head % FRAMES_MAX];
    assert_true(queue->head - queue->tail < FRAMES_MAX);
    memset(frame, 0, sizeof *frame);
    queue->head++;
    return frame;
}

static inline frame_t *queue_pop(frame_queue_t *queue)
{
    if (queue->head == queue->tail) return NULL;
    return &queue->frames[queue->tail++ % FRAMES_MAX];
}

/* ---- The hal ---------------------------------------------------------------------------------------- */

uint64_t hal_clock_ms(void)
{
    return wire.now_ms;
}

status_t hal_entropy_read(uint8_t *out, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) out[i] = (uint8_t)(i * 37 + 11);
    return STATUS_OK;
}

void hal_system_panic(const char *what)
{
    fprintf(stderr, "panic: %s\n", what);
    abort();
}

bool hal_eth_link_up(void)
{
    return wire.link_up;
}

size_t hal_eth_pending(void)
{
    frame_queue_t *queue = &wire.to_device;
    return queue->head == queue->tail ? 0 : queue->frames[queue->tail % FRAMES_MAX].count;
}

/* As strict about its arguments as the word-wide FIFO of a real chip. */
void hal_eth_receive(const hal_eth_span_t spans[], size_t span_count)
{
    const frame_t *frame = queue_pop(&wire.to_device);
    uint8_t padded[HAL_ETH_PAD_BYTES + HAL_ETH_FRAME_BYTES_MAX + 3];
    assert_non_null(frame);
    memset(padded, 0xa5, sizeof padded);
    memcpy(padded + HAL_ETH_PAD_BYTES, frame->bytes, frame->count);
    size_t left = (frame->count + HAL_ETH_PAD_BYTES + 3u) & ~(size_t)3, at = 0;
    for (size_t i = 0; i < span_count && left > 0; i++) {
        size_t part = spans[i].count < left ? spans[i].count : left;
        assert_int_equal((uintptr_t)spans[i].bytes % 4, 0);
        memcpy(spans[i].bytes, padded + at, part);
        at += part;
        left -= part;
        if (left > 0) assert_int_equal(spans[i].count % 4, 0);
    }
    assert_int_equal(left, 0);
    wire.stats.rx_frames++;
}

void hal_eth_discard(void)
{
    assert_non_null(queue_pop(&wire.to_device));
}

status_t hal_eth_send(const hal_eth_slice_t slices[], size_t slice_count, size_t bytes)
{
    if (!wire.link_up) return STATUS_NO_LINK;
    if (wire.busy) {
        wire.refused++;
        return STATUS_BUSY;
    }
    frame_t *frame = queue_push(&wire.from_device);
    for (size_t i = 0; i < slice_count; i++) {
        assert_true(frame->count + slices[i].count <= HAL_ETH_FRAME_BYTES_MAX);
        memcpy(frame->bytes + frame->count, slices[i].bytes, slices[i].count);
        frame->count += slices[i].count;
    }
    assert_int_equal(frame->count, bytes);
    wire.stats.tx_frames++;
    return STATUS_OK;
}

void hal_eth_read_stats(hal_eth_stats_t *out)
{
    *out = wire.stats;
}

/* ---- Frames ----------------------------------------------------------------------------------------- */

static inline void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

static inline unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static inline uint32_t get32(const uint8_t *at)
{
    return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* RFC 1071, on top of a sum that a pseudo header has begun. */
static inline unsigned checksum(const uint8_t *bytes, size_t count, uint32_t sum)
{
    for (size_t i = 0; i + 1 < count; i += 2) sum += get16(bytes + i);
    if (count & 1) sum += (uint32_t)bytes[count - 1] << 8;
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static inline uint32_t pseudo_sum(const uint8_t *ip_header, size_t payload_bytes)
{
    uint32_t sum = ip_header[9] + (uint32_t)payload_bytes;
    for (size_t i = 12; i < 20; i += 2) sum += get16(ip_header + i);
    return sum;
}

static inline uint8_t *put_ethernet(frame_t *frame, const uint8_t to[6], unsigned type)
{
    memcpy(frame->bytes, to, 6);
    memcpy(frame->bytes + 6, peer_mac, 6);
    put16(frame->bytes + 12, type);
    frame->count = 14;
    return frame->bytes + 14;
}

/* Sends an IPv4 packet whose payload has its own checksum at checksum_at. */
static inline void send_ip(unsigned protocol, const uint8_t from[4], const uint8_t to[4],
                           const uint8_t *payload, size_t count, size_t checksum_at, bool pseudo)
{
    static const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    frame_t *frame = queue_push(&wire.to_device);
    uint8_t *ip = put_ethernet(frame, to[0] == 255 ? broadcast : device_mac, 0x0800);
    uint8_t header[20] = { 0x45, 0, 0, 0, 0, 0, 0, 0, 64, (uint8_t)protocol };
    put16(header + 2, (unsigned)(20 + count));
    memcpy(header + 12, from, 4);
    memcpy(header + 16, to, 4);
    put16(header + 10, checksum(header, 20, 0));
    memcpy(ip, header, 20);
    memcpy(ip + 20, payload, count);
    put16(ip + 20 + checksum_at, checksum(ip + 20, count, pseudo ? pseudo_sum(ip, count) : 0));
    frame->count = 14 + 20 + count;
}

static inline void send_arp(unsigned operation, const uint8_t from_ip[4], const uint8_t to_ip[4])
{
    frame_t *frame = queue_push(&wire.to_device);
    uint8_t *arp = put_ethernet(frame, device_mac, 0x0806);
    static const uint8_t fixed[] = { 0, 1, 8, 0, 6, 4 };
    memcpy(arp, fixed, sizeof fixed);
    put16(arp + 6, operation);
    memcpy(arp + 8, peer_mac, 6);
    memcpy(arp + 14, from_ip, 4);
    memcpy(arp + 24, to_ip, 4);
    frame->count = 60;
}

/* ---- Time ------------------------------------------------------------------------------------------- */

/* What the test does with each frame that the device sends. */
static void on_frame(const frame_t *frame);

/* Runs the device until it has nothing to do at this moment. */
static inline void settle(void)
{
    for (;;) {
        uint64_t next_ms = net_poll(wire.now_ms, &(bool){ false });
        bool more = hal_eth_pending() > 0;
        const frame_t *frame;
        while ((frame = queue_pop(&wire.from_device))) {
            on_frame(frame);
            more = true;
        }
        if (!more && next_ms > wire.now_ms) return;
    }
}

/* Lets time pass, in steps no longer than the device asked for. */
static inline void pass_ms(uint64_t duration_ms)
{
    uint64_t end_ms = wire.now_ms + duration_ms;
    while (wire.now_ms < end_ms) {
        settle();
        uint64_t next_ms = net_poll(wire.now_ms, &(bool){ false });
        if (next_ms <= wire.now_ms) next_ms = wire.now_ms + 1;
        wire.now_ms = next_ms < end_ms ? next_ms : end_ms;
    }
    settle();
}

/* ---- Pools ------------------------------------------------------------------------------------------ */

static inline net_pool_t pool_named(const char *name)
{
    net_pool_t pool;
    for (size_t i = 0; i < net_pool_count(); i++) {
        net_read_pool(i, &pool);
        if (strcmp(pool.name, name) == 0) return pool;
    }
    fail_msg("there is no pool %s", name);
    return pool;
}

static inline unsigned pool_used(const char *name)
{
    return pool_named(name).used;
}

static inline void log_to_stderr(const char *line, size_t bytes)
{
    fwrite(line, 1, bytes, stderr);
}

#endif
