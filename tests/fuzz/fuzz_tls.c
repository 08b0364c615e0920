/* libFuzzer target: what a peer says before and in a handshake, with certificates of clients asked for or not. Whatever
 * it is, it costs this connection only: the heap is sound, and what the connection held is given back.
 * The first byte says how it is cut. */
#include <stdlib.h>

#include "tls/tls_clients.h"
#include "tls/tls_conn.h"
#include "tls/tls_identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What mbedTLS sets up when it is first needed, and keeps. */
#define LASTING_BLOCKS 16u

typedef struct {
    const uint8_t *at, *end, *ripe;
} wire_t;

static uint32_t noise;

static status_t draw(void *context, uint8_t *out, size_t bytes)
{
    (void)context;
    for (size_t i = 0; i < bytes; i++) {
        noise = noise * 1664525u + 1013904223u;
        out[i] = (uint8_t)(noise >> 16);
    }
    return STATUS_OK;
}

static uint64_t uptime_ms(void)
{
    return 1000;
}

static bool utc_ms(void *context, int64_t *utc_ms)
{
    (void)context;
    *utc_ms = 1790000000000;
    return true;
}

static size_t take(void *context, const uint8_t *bytes, size_t count)
{
    (void)context;
    (void)bytes;
    return count;
}

static size_t give(void *context, uint8_t *bytes, size_t count)
{
    wire_t *wire = context;
    size_t ripe = (size_t)(wire->ripe - wire->at);
    if (count > ripe) count = ripe;
    memcpy(bytes, wire->at, count);
    wire->at += count;
    return count;
}

static bool ended(void *context)
{
    const wire_t *wire = context;
    return wire->at == wire->end;
}

static void start(tls_server_t *server)
{
    static tls_key_t key;
    static tls_chain_t chain;
    const tls_platform_t platform = { NULL, draw, uptime_ms, utc_ms };
    const tls_names_t names = { "fuzz", false };
    if (tls_server_init(server, &platform) != STATUS_OK || tls_identity_make_key(server, &key) != STATUS_OK ||
        tls_identity_make_certificate(server, &key, &names, "20260101000000", &chain) != STATUS_OK ||
        tls_server_use(server, chain.der, chain.bytes, key.der, key.bytes) != STATUS_OK)
        abort();
}

static void talk(tls_server_t *server, const uint8_t *data, size_t size, size_t piece)
{
    static tls_conn_t conn;
    wire_t wire = { data, data + size, data };
    const tls_io_t io = { &wire, take, give, ended };
    if (tls_conn_open(&conn, server, &io) != STATUS_OK) abort();
    tls_result_t result = TLS_WAIT;
    while (result == TLS_WAIT) {
        bool moved = true;
        size_t left = (size_t)(wire.end - wire.ripe);
        wire.ripe += left < piece ? left : piece;
        while (result == TLS_WAIT && moved) result = tls_conn_handshake(&conn, &moved);
        if (left == 0) break;
    }
    if (conn.unit[0]) abort(); /* nobody has signed anybody */
    tls_conn_close(&conn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tls_server_t server;
    static uint32_t blocks;
    if (blocks == 0) {
        start(&server);
        blocks = server.heap.blocks;
    }
    if (size == 0) return 0;
    noise = 1; /* the same input meets the same server */
    talk(&server, data + 1, size - 1u, data[0] ? data[0] : SIZE_MAX);
    if (!heap_is_sound(&server.heap) || server.contexts != 0 || server.heap.blocks > blocks + LASTING_BLOCKS)
        abort();
    return 0;
}
