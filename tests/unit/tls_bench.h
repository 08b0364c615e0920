/* tls_bench.h - a TLS server with an identity, and a client wired to one of its connections, memory to memory.
 *
 * To be included by exactly one file of a program.
 */
#ifndef TLS_BENCH_H
#define TLS_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/tls_client.h"
#include "tls/tls_conn.h"
#include "tls/tls_identity.h"

#define PIPE_BYTES 65536u

/* What is on its way in one direction. */
typedef struct {
    size_t start, end;
    size_t room; /* bytes that it takes from now on */
    size_t ripe; /* bytes that may come out */
    bool ended;
    uint8_t bytes[PIPE_BYTES];
} pipe_t;

typedef struct {
    pipe_t up, down; /* to the server, to the client */
    tls_conn_t conn;
    tls_client_t *client;
    tls_result_t server_result;
    int client_result;
} talk_t;

static struct {
    uint64_t now_ms;
    uint32_t seed;
    bool no_random;
    int64_t utc_ms;
} surroundings = { 1000, 88172645u, false, 1790000000000 };

static tls_server_t server;
static tls_key_t key;
static tls_chain_t chain;

static inline status_t draw(void *context, uint8_t *out, size_t bytes)
{
    (void)context;
    for (size_t i = 0; i < bytes; i++) {
        surroundings.seed = surroundings.seed * 1664525u + 1013904223u;
        out[i] = (uint8_t)(surroundings.seed >> 16);
    }
    return surroundings.no_random ? STATUS_UNSUPPORTED : STATUS_OK;
}

static inline uint64_t uptime_ms(void)
{
    return surroundings.now_ms;
}

static inline bool tell_utc_ms(void *context, int64_t *utc_ms)
{
    (void)context;
    *utc_ms = surroundings.utc_ms;
    return true;
}

static inline void start_server(void)
{
    const tls_platform_t platform = { NULL, draw, uptime_ms, tell_utc_ms };
    const tls_names_t names = { "jembatan-test", false };
    assert_int_equal(tls_server_init(&server, &platform), STATUS_OK);
    assert_int_equal(tls_identity_make_key(&server, &key), STATUS_OK);
    assert_int_equal(tls_identity_make_certificate(&server, &key, &names, "20260101000000", &chain),
                     STATUS_OK);
    assert_int_equal(tls_server_use(&server, chain.der, chain.bytes, key.der, key.bytes), STATUS_OK);
}

/* ---- Pipes --------------------------------------------------------------------------------------------- */

static inline size_t pipe_put(pipe_t *pipe, const uint8_t *bytes, size_t count)
{
    if (pipe->start == pipe->end) pipe->start = pipe->end = 0;
    size_t part = count < pipe->room ? count : pipe->room;
    assert_true(pipe->end + part <= PIPE_BYTES);
    memcpy(pipe->bytes + pipe->end, bytes, part);
    pipe->end += part;
    if (pipe->room != SIZE_MAX) pipe->room -= part;
    return part;
}

static inline size_t pipe_get(pipe_t *pipe, uint8_t *bytes, size_t count)
{
    size_t part = pipe->end - pipe->start;
    if (part > count) part = count;
    if (part > pipe->ripe) part = pipe->ripe;
    memcpy(bytes, pipe->bytes + pipe->start, part);
    pipe->start += part;
    if (pipe->ripe != SIZE_MAX) pipe->ripe -= part;
    return part;
}

static inline size_t server_send(void *context, const uint8_t *bytes, size_t count)
{
    return pipe_put(&((talk_t *)context)->down, bytes, count);
}

static inline size_t server_receive(void *context, uint8_t *bytes, size_t count)
{
    return pipe_get(&((talk_t *)context)->up, bytes, count);
}

static inline bool server_ended(void *context)
{
    const pipe_t *pipe = &((talk_t *)context)->up;
    return pipe->ended && pipe->start == pipe->end;
}

static inline size_t client_send(void *context, const uint8_t *bytes, size_t count)
{
    return pipe_put(&((talk_t *)context)->up, bytes, count);
}

static inline size_t client_receive(void *context, uint8_t *bytes, size_t count)
{
    return pipe_get(&((talk_t *)context)->down, bytes, count);
}

static inline bool client_ended(void *context)
{
    const pipe_t *pipe = &((talk_t *)context)->down;
    return pipe->ended && pipe->start == pipe->end;
}

/* ---- Talks --------------------------------------------------------------------------------------------- */

static const tls_client_options_t anything;

static inline status_t open_server(talk_t *talk)
{
    const tls_io_t io = { talk, server_send, server_receive, server_ended };
    talk->up = (pipe_t){ .room = SIZE_MAX, .ripe = SIZE_MAX };
    talk->down = (pipe_t){ .room = SIZE_MAX, .ripe = SIZE_MAX };
    talk->server_result = TLS_WAIT;
    talk->client = NULL;
    return tls_conn_open(&talk->conn, &server, &io);
}

static inline void open_client(talk_t *talk, const tls_client_options_t *options)
{
    const tls_client_wire_t wire = { talk, client_send, client_receive, client_ended };
    talk->client = tls_client_new(options, &wire);
    talk->client_result = TLS_CLIENT_WAIT;
}

static inline void server_steps(talk_t *talk)
{
    bool moved = true;
    while (talk->server_result == TLS_WAIT && moved)
        talk->server_result = tls_conn_handshake(&talk->conn, &moved);
}

/* returns   whether both sides are established */
static inline bool shake(talk_t *talk)
{
    for (unsigned turn = 0; turn < 40; turn++) {
        if (talk->client_result == TLS_CLIENT_WAIT) talk->client_result = tls_client_handshake(talk->client);
        server_steps(talk);
        if (talk->server_result == TLS_FAILED && talk->client_result == TLS_CLIENT_WAIT)
            talk->client_result = tls_client_handshake(talk->client); /* the alert */
        if (talk->server_result == TLS_FAILED || talk->client_result < 0) break;
        if (talk->server_result == TLS_DONE && talk->client_result == 0) return true;
    }
    return false;
}

static inline void hang_up(talk_t *talk)
{
    tls_conn_close(&talk->conn);
    if (talk->client) tls_client_free(talk->client);
    talk->client = NULL;
}

/* The server sends it; the client reads it.
 * returns   whether it came */
static inline bool answer(talk_t *talk, const uint8_t *bytes, size_t count)
{
    static uint8_t got[PIPE_BYTES];
    size_t sent = 0, received = 0;
    for (unsigned idle = 0; received < count && idle < 4; idle++) {
        size_t part = count - sent;
        if (part > 0) {
            if (tls_conn_write(&talk->conn, bytes + sent, &part) == TLS_FAILED) return false;
            sent += part;
            if (part > 0) idle = 0;
        }
        part = sizeof got - received;
        int result = tls_client_read(talk->client, got + received, &part);
        if (result < 0 || result == TLS_CLIENT_ENDED) return false;
        received += part;
        if (part > 0) idle = 0;
    }
    return received == count && memcmp(got, bytes, count) == 0;
}

/* The client sends it; the server reads it. */
static inline bool request(talk_t *talk, const uint8_t *bytes, size_t count)
{
    static uint8_t got[PIPE_BYTES];
    size_t sent = 0, received = 0;
    for (unsigned idle = 0; received < count && idle < 4; idle++) {
        size_t part = count - sent;
        if (part > 0) {
            if (tls_client_write(talk->client, bytes + sent, &part) < 0) return false;
            sent += part;
            if (part > 0) idle = 0;
        }
        part = sizeof got - received < 512 ? sizeof got - received : 512;
        tls_result_t result = tls_conn_read(&talk->conn, got + received, &part);
        if (result == TLS_FAILED || result == TLS_CLOSED) return false;
        received += part;
        if (part > 0) idle = 0;
    }
    return received == count && memcmp(got, bytes, count) == 0;
}

static inline bool whole_talk(talk_t *talk, const tls_client_options_t *options)
{
    static const uint8_t hello[] = "GET / HTTP/1.1\r\n\r\n", yes[] = "HTTP/1.1 200 OK\r\n\r\n";
    if (open_server(talk) != STATUS_OK) return false;
    open_client(talk, options);
    return shake(talk) && request(talk, hello, sizeof hello) && answer(talk, yes, sizeof yes) &&
           tls_conn_end(&talk->conn) == TLS_DONE;
}

/* ---- Nothing is left behind ----------------------------------------------------------------------------- */

static uint32_t used_at_rest, blocks_at_rest;

/* After a first talk of each version: mbedTLS keeps what it sets up when it is first needed. */
static inline void settle_heap(void)
{
    static talk_t talk;
    for (unsigned version = 12; version <= 13; version++) {
        assert_true(whole_talk(&talk, &(tls_client_options_t){ .version = version }));
        hang_up(&talk);
    }
    used_at_rest = server.heap.used;
    blocks_at_rest = server.heap.blocks;
}

static inline void assert_at_rest(void)
{
    assert_true(heap_is_sound(&server.heap));
    assert_int_equal(server.heap.used, used_at_rest);
    assert_int_equal(server.heap.blocks, blocks_at_rest);
    assert_int_equal(server.contexts, 0);
}

#endif
