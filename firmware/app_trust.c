/* Whom the device believes when it asks others by https. */
#include "app_state.h"
#include "base/log.h"
#include "hal/clock.h"
#include "net/net_out.h"

static const char trust_name[] = "trust";

/* returns   whether what is kept is in use: none, where there is none */
static bool load(app_t *app)
{
    size_t bytes = 0;
    tls_chain_t *chain = heap_allocate(&app->tls.heap, 1, sizeof *chain);
    if (!chain) return false;
    status_t status = store_read(&app->store, trust_name, (char *)chain->der, sizeof chain->der, &bytes);
    bool none = status == STATUS_NOT_FOUND || status == STATUS_UNSUPPORTED;
    if (none || status == STATUS_OK)
        status = tls_outgoing_trust(&app->outgoing, chain->der, none ? 0 : bytes);
    heap_free(&app->tls.heap, chain);
    return status == STATUS_OK;
}

void app_trust_init(app_t *app)
{
    if (TLS_OUT_CONNECTIONS_MAX == 0u || !app->api.tls) return;
    if (tls_outgoing_init(&app->outgoing, &app->tls) != STATUS_OK) {
        log_error("app", "there is no https for outside sources: no memory");
        return;
    }
    if (!load(app)) log_error("app", "whom to trust is damaged: no server is believed");
    app->api.outgoing = &app->outgoing;
    net_out_use_tls(&app->outgoing);
}

status_t app_trust_servers(void *context, const uint8_t *der, size_t bytes)
{
    app_t *app = context;
    if (!app->store.usable) return STATUS_UNSUPPORTED;
    status_t status = tls_outgoing_trust(&app->outgoing, der, bytes);
    if (status != STATUS_OK) return status;
    sources_retry(&app->sources, hal_clock_ms());
    status = bytes > 0 ? store_write(&app->store, trust_name, (const char *)der, bytes)
                       : store_remove(&app->store, trust_name);
    if (status == STATUS_NOT_FOUND) status = STATUS_OK; /* there was none */
    if (status == STATUS_OK) status = store_sync(&app->store);
    if (status == STATUS_OK) return STATUS_OK;
    if (!load(app)) log_error("app", "whom the device trusts is not what is kept");
    return STATUS_UNSUPPORTED;
}
