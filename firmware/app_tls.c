/* The device's identity for HTTPS: made once, kept, renewed when its name changes. */
#include "app_state.h"
#include "base/log.h"
#include "base/wipe.h"
#include "hal/clock.h"
#include "tls/tls_identity.h"

static const char key_name[] = "tls_key", chain_name[] = "tls_chain";

static status_t draw(void *context, uint8_t *out, size_t bytes)
{
    return random_bytes(context, out, bytes);
}

static status_t load(app_t *app, tls_key_t *key, tls_chain_t *chain)
{
    status_t status =
        store_read(&app->store, key_name, (char *)key->der, sizeof key->der, &key->bytes);
    if (status != STATUS_OK) return status;
    return store_read(&app->store, chain_name, (char *)chain->der, sizeof chain->der, &chain->bytes);
}

static status_t make(app_t *app, tls_key_t *key, tls_chain_t *chain)
{
    log_info("app", "making a key for HTTPS");
    status_t status = tls_identity_make_key(&app->tls, key);
    if (status != STATUS_OK) return status;
    status = tls_identity_make_certificate(&app->tls, key, app->api.device.hostname, "20000101000000", chain);
    if (status != STATUS_OK) return status;
    if (store_write(&app->store, key_name, (const char *)key->der, key->bytes) != STATUS_OK ||
        store_write(&app->store, chain_name, (const char *)chain->der, chain->bytes) != STATUS_OK ||
        store_sync(&app->store) != STATUS_OK)
        log_warning("app", "the key for HTTPS does not last: the next start makes another one");
    return STATUS_OK;
}

bool app_tls_init(app_t *app)
{
    static tls_key_t key;
    static tls_chain_t chain;
    const tls_platform_t platform = { draw, &app->random, hal_clock_ms };
    status_t status = tls_server_init(&app->tls, &platform);
    if (status == STATUS_OK && load(app, &key, &chain) != STATUS_OK) status = make(app, &key, &chain);
    if (status == STATUS_OK)
        status = tls_server_use(&app->tls, chain.der, chain.bytes, key.der, key.bytes);
    wipe(&key, sizeof key);
    if (status != STATUS_OK) log_error("app", "there is no HTTPS (status %d)", (int)status);
    return status == STATUS_OK;
}
