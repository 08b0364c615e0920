/* libFuzzer target: certificates as an owner sends them. What is no certificate for the device's key, and no authority,
 * changes nothing. */
#include <stdlib.h>

#include "tls/tls_clients.h"
#include "tls/tls_pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t noise = 1;

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

static tls_key_t key;

static void start(tls_server_t *server)
{
    static tls_chain_t chain;
    const tls_platform_t platform = { NULL, draw, uptime_ms, utc_ms };
    const tls_names_t names = { "fuzz", false };
    if (tls_server_init(server, &platform) != STATUS_OK || tls_identity_make_key(server, &key) != STATUS_OK ||
        tls_identity_make_certificate(server, &key, &names, "20260101000000", &chain) != STATUS_OK ||
        tls_server_use(server, chain.der, chain.bytes, key.der, key.bytes) != STATUS_OK)
        abort();
}

/* Each key is new: nobody can have a certificate for it. An authority can be anybody's. */
static void try_chain(tls_server_t *server, const tls_chain_t *chain)
{
    uint64_t tag = tls_server_tag(server);
    if (tls_server_use(server, chain->der, chain->bytes, key.der, key.bytes) == STATUS_OK) abort();
    if (tag != tls_server_tag(server) || !server->ready) abort();
    bool trusted = tls_clients_trust(server, chain->der, chain->bytes) == STATUS_OK;
    if (trusted != tls_server_asks_clients(server)) abort();
    if (!trusted && tag != tls_server_tag(server)) abort();
    if (tls_clients_trust(server, NULL, 0) != STATUS_OK) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tls_server_t server;
    static uint32_t used;
    static char text[8192];
    static tls_chain_t chain;
    if (used == 0) {
        start(&server);
        used = server.heap.used;
    }
    if (size >= sizeof text) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (tls_pem_read(text, &chain) == STATUS_OK) try_chain(&server, &chain);
    if (!heap_is_sound(&server.heap) || server.heap.used != used) abort();
    return 0;
}
