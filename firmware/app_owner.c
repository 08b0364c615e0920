/* Who owns the device: where random numbers come from, which tokens there are, and how the first owner gets in. */
#include "app_state.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/wipe.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "hal/entropy.h"
#include "hal/system.h"
#include "settings/json_document.h"

/* ---- The seed ---------------------------------------------------------------------------------------------- */

#define SEED_NAME       "seed"
#define SEED_TEXT_BYTES (2u * RANDOM_SEED_BYTES + 16u) /* {"seed":"..."} */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_seed(const char *text, uint8_t *seed)
{
    if (!text || strlen(text) != 2u * RANDOM_SEED_BYTES) return false;
    for (size_t i = 0; i < RANDOM_SEED_BYTES; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        seed[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static status_t read_seed(void *context, uint8_t *seed)
{
    app_t *app = context;
    char text[SEED_TEXT_BYTES];
    size_t bytes;
    status_t status = store_read(&app->store, SEED_NAME, text, sizeof text, &bytes);
    if (status != STATUS_OK) return status;
    json_document_t document;
    status = json_document_begin(&document, text, bytes);
    if (status == STATUS_OK &&
        !parse_seed(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(document.root, "seed")), seed)) {
        status = STATUS_BAD_DATA;
    }
    json_document_end(&document);
    wipe(text, sizeof text);
    return status;
}

static status_t write_seed(void *context, const uint8_t *seed)
{
    app_t *app = context;
    char text[SEED_TEXT_BYTES];
    json_writer_t json = json_writer(text, sizeof text);
    json_object_begin(&json);
    json_key(&json, "seed");
    json_raw_string_begin(&json);
    for (size_t i = 0; i < RANDOM_SEED_BYTES; i++) text_hex(&json.out, seed[i], 2);
    json_raw_string_end(&json);
    json_object_end(&json);
    status_t status = store_write(&app->store, SEED_NAME, text, (size_t)(json.out.at - text));
    wipe(text, sizeof text);
    return status == STATUS_OK ? store_sync(&app->store) : status;
}

status_t app_erase(app_t *app)
{
    uint8_t seed[RANDOM_SEED_BYTES];
    bool has_seed =
        app->random.source == RANDOM_SEED && random_bytes(&app->random, seed, sizeof seed) == STATUS_OK;
    status_t status = documents_erase(&app->documents);
    if (status == STATUS_OK && has_seed) status = write_seed(app, seed);
    wipe(seed, sizeof seed);
    return status;
}

/* What differs between devices and starts, as far as it is known that early. */
typedef struct {
    uint8_t mac[6];
    uint8_t cause;
    uint64_t uptime_ms;
    int64_t utc_ms;
} start_facts_t;

static void init_random(app_t *app, const uint8_t mac[6])
{
    start_facts_t facts;
    memset(&facts, 0, sizeof facts);
    memcpy(facts.mac, mac, sizeof facts.mac);
    facts.cause = (uint8_t)hal_system_reset_cause();
    facts.uptime_ms = hal_clock_ms();
    (void)hal_clock_utc_ms(&facts.utc_ms);
    random_sources_t sources = {
        .read_entropy = hal_entropy_read,
        .read_seed = read_seed,
        .write_seed = write_seed,
        .context = app,
        .provisioned = app->board->options.seed,
        .mix = (const uint8_t *)&facts,
        .mix_bytes = sizeof facts,
    };
    if (random_init(&app->random, &sources) != STATUS_OK) {
        log_error("app", "no random numbers: this device can have no owner until it is given a seed");
    }
    app->reseed_ms = facts.uptime_ms + RANDOM_RESEED_MS;
}

/* ---- Tokens and the claim ---------------------------------------------------------------------------------- */

static void write_tokens(const void *context, json_writer_t *json)
{
    tokens_write(&((const app_t *)context)->tokens, json);
}

static status_t save_tokens(void *context, const tokens_t *tokens)
{
    app_t *app = context;
    (void)tokens; /* there is one table */
    app->server.access_changes++;
    status_t status = documents_save(&app->documents, &app->kept.tokens);
    app->tokens_unsure = status != STATUS_OK;
    return status;
}

/* A table that was written, but perhaps not for good, has not happened: neither must it come back after a restart, or
 * the device would have an owner whose token nobody was ever shown. */
static void restore_tokens(app_t *app, uint64_t now_ms)
{
    app->tokens_unsure = false;
    if (app->tokens.state == TOKENS_LOADED)
        documents_changed(&app->documents, &app->kept.tokens, now_ms);
    else if (app->tokens.state == TOKENS_NONE &&
             store_remove(&app->store, app->kept.tokens.name) != STATUS_OK)
        log_error("app", "tokens that could not be saved may come back after a restart");
}

static void load_tokens(app_t *app)
{
    text_view_t text;
    json_document_t document;
    status_t status = documents_load(&app->documents, &app->kept.tokens, &text);
    if (status != STATUS_OK) {
        (void)tokens_load(&app->tokens, status, NULL);
        return;
    }
    bool parsed = json_document_begin(&document, text.bytes, text.count) == STATUS_OK;
    (void)tokens_load(&app->tokens, STATUS_OK, parsed ? document.root : NULL);
    json_document_end(&document);
}

void app_show_claim(const app_t *app)
{
    const claim_t *claim = &app->claim;
    const char *code = claim_code(claim);
    char line[96];
    text_writer_t out = text_writer(line, sizeof line);
    if (code)
        text_format(&out, "setup code: %s (POST /api/v1/claim)\r\n", code);
    else if (claim->state == CLAIM_DAMAGED)
        text_format(&out, "owners unknown: the stored tokens are damaged; reset to factory settings\r\n");
    else if (claim->state == CLAIM_LOCKED)
        text_format(&out, "too many wrong setup codes: restart the device\r\n");
    else if (claim->state == CLAIM_NO_ENTROPY)
        text_format(&out, "no owner is possible: the device has no random numbers\r\n");
    else
        text_format(&out, "the device has an owner\r\n");
    (void)hal_console_write(line, (size_t)(out.at - line));
}

void app_owner_init(app_t *app, const uint8_t mac[6])
{
    init_random(app, mac);
    tokens_init(&app->tokens, &app->random, save_tokens, app);
    app->kept.tokens = (document_t){ .name = "tokens", .write = write_tokens, .context = app };
    if (documents_register(&app->documents, &app->kept.tokens) != STATUS_OK) {
        hal_system_panic("the documents do not fit limits.h");
    }
    load_tokens(app);
    claim_init(&app->claim, &app->tokens);
    app->access.tokens = &app->tokens;
    app->access.claim = &app->claim;
    app->access.limiter = &app->limiter;
    if (app->claim.state != CLAIM_CLAIMED) app_show_claim(app);
}

/* ---- Now and then ------------------------------------------------------------------------------------------ */

/* When frames and answers come is nobody's secret, but who reads the memory later must guess it. */
uint64_t app_owner_poll(app_t *app, uint64_t now_ms)
{
    if (app->tokens_unsure) restore_tokens(app, now_ms);
    if (now_ms < app->reseed_ms || !random_ready(&app->random)) {
        return random_ready(&app->random) ? app->reseed_ms : UINT64_MAX;
    }
    struct {
        net_status_t network;
        uint64_t now_ms, requests, readings;
    } facts;
    memset(&facts, 0, sizeof facts);
    net_read_status(&facts.network);
    facts.now_ms = now_ms;
    facts.requests = app->server.counters.requests;
    facts.readings = app->sensors.tag;
    (void)random_reseed(&app->random, (const uint8_t *)&facts, sizeof facts);
    app->reseed_ms = now_ms + RANDOM_RESEED_MS;
    return app->reseed_ms;
}
