/* The device's identity for HTTPS: made once, kept, renewed when its name changes. */
#include "app_state.h"
#include "base/log.h"
#include "base/time_format.h"
#include "base/wipe.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "tls/tls_clients.h"

#ifndef JEMBATAN_BUILD_TIME_S
#define JEMBATAN_BUILD_TIME_S 0 /* the build gives the commit's */
#endif

/* Clocks of clients may be behind ours, and some tell local time. */
#define BACKDATED_MS (24 * 3600 * (int64_t)1000)

static const char identity_name[] = "tls_identity", clients_name[] = "tls_clients";

/* Key and chain are one document: one without the other would be no identity. */
typedef struct {
    uint8_t version;   /* RECORD_VERSION */
    uint8_t installed; /* 0, 1: the chain was given to us */
    uint8_t key_bytes;
    uint8_t reserved[5];
    uint8_t key[TLS_KEY_BYTES];
    tls_chain_t chain; /* its bytes are the rest of the document */
} record_t;

#define RECORD_VERSION    1u
#define RECORD_HEAD_BYTES offsetof(record_t, chain)

_Static_assert(offsetof(tls_chain_t, der) == 0, "the chain follows the head");
_Static_assert(RECORD_HEAD_BYTES + TLS_CHAIN_BYTES <= STORE_DOCUMENT_BYTES_MAX, "it fits the store");

/* ---- What TLS asks for ------------------------------------------------------------------------------------ */

static status_t draw(void *context, uint8_t *out, size_t bytes)
{
    return random_bytes(&((app_t *)context)->random, out, bytes);
}

/* No device is older than its firmware. */
static bool tell_utc_ms(void *context, int64_t *utc_ms)
{
    const int64_t built_ms = (int64_t)JEMBATAN_BUILD_TIME_S * 1000;
    const app_t *app = context;
    if (wall_clock_utc_ms(&app->clock, hal_clock_ms(), utc_ms) && *utc_ms >= built_ms) return true;
    *utc_ms = built_ms;
    return false;
}

static tls_names_t names_of(const app_t *app)
{
    return (tls_names_t){ app->api.device.wanted_hostname, app->api.device.localhost_is_us };
}

/* ---- Records ---------------------------------------------------------------------------------------------- */

/* Of the memory of TLS: nothing of an identity is kept anywhere else. */
static record_t *borrow(app_t *app)
{
    return heap_allocate(&app->tls.heap, 1, sizeof(record_t));
}

static void give_back(app_t *app, record_t *record)
{
    if (record) wipe(record, sizeof *record);
    heap_free(&app->tls.heap, record);
}

/* returns   as store_read; STATUS_BAD_DATA also for what is no record */
static status_t load(app_t *app, record_t *record)
{
    size_t bytes;
    status_t status =
        store_read(&app->store, identity_name, (char *)record, RECORD_HEAD_BYTES + TLS_CHAIN_BYTES, &bytes);
    if (status != STATUS_OK) return status;
    if (bytes <= RECORD_HEAD_BYTES || record->version != RECORD_VERSION ||
        record->key_bytes > sizeof record->key) {
        return STATUS_BAD_DATA;
    }
    record->chain.bytes = bytes - RECORD_HEAD_BYTES;
    return STATUS_OK;
}

static status_t save(app_t *app, const record_t *record)
{
    status_t status = store_write(&app->store, identity_name, (const char *)record,
                                  RECORD_HEAD_BYTES + record->chain.bytes);
    return status == STATUS_OK ? store_sync(&app->store) : status;
}

static status_t note_used(app_t *app, const record_t *record, status_t status)
{
    if (status != STATUS_OK) return status;
    app->tls_installed = record->installed;
    api_pin_changed(&app->api);
    return STATUS_OK;
}

static status_t use(app_t *app, const record_t *record)
{
    const tls_chain_t *chain = &record->chain;
    return note_used(app, record,
                     tls_server_use(&app->tls, chain->der, chain->bytes, record->key, record->key_bytes));
}

/* What was loaded had been in use when it was saved. */
static status_t use_loaded(app_t *app, const record_t *record)
{
    const tls_chain_t *chain = &record->chain;
    return note_used(
        app, record,
        tls_server_use_again(&app->tls, chain->der, chain->bytes, record->key, record->key_bytes));
}

static void take_key(record_t *record, tls_key_t *key)
{
    record->version = RECORD_VERSION;
    record->key_bytes = (uint8_t)key->bytes;
    memcpy(record->key, key->der, key->bytes);
    wipe(key, sizeof *key);
}

/* A certificate of our own for a key. */
static status_t sign(app_t *app, record_t *record, const tls_key_t *key)
{
    char rfc3339[25], from[15];
    int64_t utc_ms;
    (void)tell_utc_ms(app, &utc_ms);
    text_writer_t text = text_writer(rfc3339, sizeof rfc3339 - 1u);
    text_rfc3339(&text, utc_ms > BACKDATED_MS ? utc_ms - BACKDATED_MS : 0);
    text = text_writer(from, sizeof from - 1u);
    for (unsigned i = 0; i < 19; i++)
        if (rfc3339[i] >= '0' && rfc3339[i] <= '9') text_char(&text, rfc3339[i]);
    *text.at = '\0';
    const tls_names_t names = names_of(app);
    record->installed = 0;
    return tls_identity_make_certificate(&app->tls, key, &names, from, &record->chain);
}

/* ---- Changes ---------------------------------------------------------------------------------------------- */

/* Takes a record into use, if it can be kept. */
static status_t change_to(app_t *app, record_t *record)
{
    status_t status = use(app, record);
    if (status != STATUS_OK) return status;
    if (save(app, record) == STATUS_OK) return STATUS_OK;
    if (load(app, record) != STATUS_OK || use(app, record) != STATUS_OK)
        log_error("app", "TLS: the certificate in use is not the one that is kept");
    return STATUS_UNSUPPORTED;
}

/* A new certificate of our own: for the key in use, or for a new one. */
static status_t certify(app_t *app, record_t *record, bool new_key)
{
    tls_key_t key;
    status_t status =
        new_key ? tls_identity_make_key(&app->tls, &key) : tls_identity_read_key(&app->tls, &key);
    if (status == STATUS_OK) status = sign(app, record, &key);
    take_key(record, &key);
    return status;
}

status_t app_tls_rotate(void *context)
{
    app_t *app = context;
    if (!app->store.usable) return STATUS_UNSUPPORTED;
    record_t *record = borrow(app);
    status_t status = record ? certify(app, record, true) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) status = change_to(app, record);
    give_back(app, record);
    if (status == STATUS_OK) app_show_pin(app);
    return status;
}

static status_t take_chain(app_t *app, record_t *record, const tls_chain_t *chain)
{
    tls_key_t key;
    status_t status = tls_identity_read_key(&app->tls, &key);
    take_key(record, &key);
    record->installed = 1;
    memcpy(record->chain.der, chain->der, chain->bytes);
    record->chain.bytes = chain->bytes;
    return status;
}

/* Another one for the same names would only be unknown to those who have installed this one. */
static bool has_own(const app_t *app)
{
    return !app->tls_installed && tls_identity_is_for(&app->tls, app->api.device.wanted_hostname);
}

status_t app_tls_install(void *context, const tls_chain_t *chain)
{
    app_t *app = context;
    if (!chain && has_own(app)) return STATUS_OK;
    if (!app->store.usable) return STATUS_UNSUPPORTED;
    record_t *record = borrow(app);
    if (!record) return STATUS_NO_MEMORY;
    status_t status = chain ? take_chain(app, record, chain) : certify(app, record, false);
    if (status == STATUS_OK) status = change_to(app, record);
    give_back(app, record);
    return status;
}

/* returns   whether what is kept is in use: none, where there is none */
static bool load_clients(app_t *app)
{
    size_t bytes = 0;
    record_t *record = borrow(app);
    if (!record) return false;
    tls_chain_t *chain = &record->chain;
    status_t status = store_read(&app->store, clients_name, (char *)chain->der, sizeof chain->der, &bytes);
    bool none = status == STATUS_NOT_FOUND || status == STATUS_UNSUPPORTED;
    if (none || status == STATUS_OK) status = tls_clients_trust(&app->tls, chain->der, none ? 0 : bytes);
    give_back(app, record);
    return status == STATUS_OK;
}

status_t app_tls_trust(void *context, const uint8_t *der, size_t bytes)
{
    app_t *app = context;
    if (!app->store.usable) return STATUS_UNSUPPORTED;
    status_t status = tls_clients_trust(&app->tls, der, bytes);
    if (status != STATUS_OK) return status;
    app->server.access_changes++;
    status = bytes > 0 ? store_write(&app->store, clients_name, (const char *)der, bytes)
                       : store_remove(&app->store, clients_name);
    if (status == STATUS_OK) status = store_sync(&app->store);
    if (status == STATUS_OK) return STATUS_OK;
    if (!load_clients(app)) log_error("app", "TLS: the authority for clients is not the one that is kept");
    return STATUS_UNSUPPORTED;
}

void app_tls_rename(app_t *app)
{
    if (!app->tls.ready || app->tls_installed || has_own(app)) return;
    if (app_tls_install(app, NULL) != STATUS_OK)
        log_error("app", "TLS: no certificate could be made for the new name");
}

/* ---- Start ------------------------------------------------------------------------------------------------ */

static status_t make_first(app_t *app, record_t *record)
{
    log_info("app", "making a key for HTTPS");
    status_t status = certify(app, record, true);
    if (status == STATUS_OK) status = use(app, record);
    if (status == STATUS_OK && save(app, record) != STATUS_OK)
        log_warning("app", "the key for HTTPS does not last: the next start makes another one");
    return status;
}

static status_t begin(app_t *app, record_t *record)
{
    status_t status = load(app, record);
    if (status == STATUS_OK) status = use_loaded(app, record);
    if (status == STATUS_OK) {
        app_tls_rename(app);
        return STATUS_OK;
    }
    if (status == STATUS_NO_MEMORY) return status;
    if (status != STATUS_NOT_FOUND && status != STATUS_UNSUPPORTED)
        log_error("app", "the key for HTTPS is damaged: this device has another one now");
    return make_first(app, record);
}

bool app_tls_init(app_t *app)
{
    const tls_platform_t platform = { app, draw, hal_clock_ms, tell_utc_ms };
    status_t status = tls_server_init(&app->tls, &platform);
    if (status == STATUS_OK) {
        app->api.tls = &app->tls;
        record_t *record = borrow(app);
        status = record ? begin(app, record) : STATUS_NO_MEMORY;
        give_back(app, record);
    }
    if (status != STATUS_OK) {
        app->api.tls = NULL;
        log_error("app", "there is no HTTPS (status %d)", (int)status);
        return false;
    }
    if (!load_clients(app))
        log_error("app", "the authority for clients is damaged: their certificates count for nothing");
    app_show_pin(app);
    return true;
}

void app_show_pin(const app_t *app)
{
    char line[224];
    text_writer_t out = text_writer(line, sizeof line);
    if (!app->api.device.pin[0]) return;
    text_format(&out, "https: curl -k --pinnedpubkey sha256//%s https://%s.local/api/v1\r\n",
                app->api.device.pin, app->api.device.wanted_hostname);
    (void)hal_console_write(line, (size_t)(out.at - line));
}
