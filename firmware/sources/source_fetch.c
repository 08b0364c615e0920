#include "sources/source_fetch.h"

#include "base/wipe.h"
#include "client/client_request.h"

static void finish(source_fetch_t *fetch, source_fault_t fault)
{
    fetch->link.close(fetch->link.context);
    wipe(fetch->head, sizeof fetch->head); /* it had secrets */
    fetch->busy = false;
    fetch->fault = fault;
}

void source_fetch_cancel(source_fetch_t *fetch)
{
    if (fetch->busy) finish(fetch, SOURCE_OK);
}

static void take_body(void *context, const char *bytes, size_t count)
{
    source_fetch_t *fetch = context;
    if (fetch->response.status == 200) json_pick_feed(&fetch->pick, bytes, count);
}

/* ---- The question ---------------------------------------------------------------------------------------------- */

static void write_head(source_fetch_t *fetch)
{
    client_url_t first;
    client_field_t fields[SOURCE_HEADERS_MAX];
    const source_config_t *config = fetch->config;
    for (unsigned i = 0; i < config->header_count; i++)
        fields[i] = (client_field_t){ config->headers[i].name, config->headers[i].value };
    bool trusted =
        client_url_parse(text_view(config->url), &first) && client_url_same_origin(&first, &fetch->parsed);
    text_writer_t out = text_writer(fetch->head, sizeof fetch->head);
    client_request_write(&out, &(client_request_t){ .url = &fetch->parsed,
                                                    .token = trusted ? config->token : NULL,
                                                    .fields = fields,
                                                    .field_count = trusted ? config->header_count : 0,
                                                    .etag = fetch->known_etag });
    fetch->head_bytes = (uint16_t)(out.at - fetch->head);
    fetch->sent_bytes = 0;
}

static void ask(source_fetch_t *fetch)
{
    const char *pointers[SOURCE_VALUES_MAX];
    for (unsigned i = 0; i < fetch->config->value_count; i++) pointers[i] = fetch->config->values[i].pointer;
    json_pick_begin(&fetch->pick, pointers, fetch->config->value_count);
    client_response_begin(&fetch->response, take_body, fetch);
    write_head(fetch);
    const client_link_target_t target = { fetch->parsed.host, fetch->parsed.port, fetch->parsed.secure };
    fetch->link.open(fetch->link.context, &target);
}

void source_fetch_begin(source_fetch_t *fetch, const source_config_t *config, const char *etag,
                        uint64_t now_ms)
{
    fetch->busy = true;
    fetch->fault = SOURCE_OK;
    fetch->unchanged = false;
    fetch->redirects = 0;
    fetch->config = config;
    fetch->known_etag = etag;
    fetch->deadline_ms = now_ms + config->timeout_ms;
    memcpy(fetch->url, config->url, sizeof fetch->url);
    (void)client_url_parse(text_view(fetch->url), &fetch->parsed); /* it was one when it was set */
    ask(fetch);
}

/* ---- The answer ------------------------------------------------------------------------------------------------- */

static bool is_redirect(unsigned status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void redirect(source_fetch_t *fetch)
{
    char next[CLIENT_URL_BYTES];
    client_url_t parsed;
    const client_response_t *response = &fetch->response;
    if (++fetch->redirects > SOURCE_REDIRECTS_MAX) {
        finish(fetch, SOURCE_REDIRECT_LOOP);
    } else if (!response->location[0] || response->location_too_long ||
               !client_url_resolve(&fetch->parsed, text_view(response->location), next, sizeof next) ||
               !client_url_parse(text_view(next), &parsed)) {
        finish(fetch, SOURCE_REDIRECT_BAD);
    } else if (fetch->parsed.secure && !parsed.secure) {
        finish(fetch, SOURCE_REDIRECT_INSECURE);
    } else {
        fetch->link.close(fetch->link.context);
        memcpy(fetch->url, next, sizeof fetch->url);
        (void)client_url_parse(text_view(fetch->url), &fetch->parsed);
        ask(fetch);
    }
}

/* A body that has all of the values, or is complete, or can have no more of them. */
static void judge_body(source_fetch_t *fetch)
{
    client_response_t *response = &fetch->response;
    if (response->phase == CLIENT_DONE) json_pick_end(&fetch->pick);
    switch (fetch->pick.state) {
    case PICK_DONE: finish(fetch, SOURCE_OK); break;
    case PICK_MALFORMED: finish(fetch, SOURCE_NOT_JSON); break;
    case PICK_TOO_DEEP: finish(fetch, SOURCE_TOO_DEEP); break;
    case PICK_MORE:
        if (response->body_bytes > SOURCE_BODY_BYTES_MAX) finish(fetch, SOURCE_TOO_LARGE);
        break;
    }
}

static void judge(source_fetch_t *fetch)
{
    const client_response_t *response = &fetch->response;
    if (response->phase == CLIENT_FAILED) {
        finish(fetch, source_fault_of_response(response->fault));
    } else if (response->phase == CLIENT_HEAD) {
        return;
    } else if (is_redirect(response->status)) {
        redirect(fetch);
    } else if (response->status == 304 && fetch->known_etag[0]) {
        fetch->unchanged = true;
        finish(fetch, SOURCE_OK);
    } else if (response->status != 200) {
        finish(fetch, SOURCE_STATUS);
    } else {
        judge_body(fetch);
    }
}

static bool move_output(source_fetch_t *fetch)
{
    size_t left = (size_t)(fetch->head_bytes - fetch->sent_bytes);
    if (left == 0) return false;
    size_t sent = fetch->link.send(fetch->link.context, fetch->head + fetch->sent_bytes, left);
    fetch->sent_bytes = (uint16_t)(fetch->sent_bytes + sent);
    return sent > 0;
}

static bool move_input(source_fetch_t *fetch)
{
    char bytes[SOURCE_PIECE_BYTES];
    size_t count = fetch->link.receive(fetch->link.context, bytes, sizeof bytes);
    if (count == 0) return false;
    client_response_feed(&fetch->response, bytes, count);
    judge(fetch);
    return true;
}

/* returns   whether anything has changed */
static bool step(source_fetch_t *fetch)
{
    client_link_fault_t fault;
    switch (fetch->link.state(fetch->link.context, &fault)) {
    case CLIENT_LINK_OPEN: {
        bool moved = move_output(fetch);
        if (move_input(fetch) || moved) return true;
        return fetch->link.state(fetch->link.context, &fault) !=
               CLIENT_LINK_OPEN; /* TLS ends where its bytes do */
    }
    case CLIENT_LINK_ENDED:
        client_response_end(&fetch->response);
        judge(fetch);
        return true;
    case CLIENT_LINK_FAILED: finish(fetch, source_fault_of_link(fault)); return true;
    case CLIENT_LINK_BUSY: fetch->hurries = true; return false;
    default: return false;
    }
}

bool source_fetch_poll(source_fetch_t *fetch, uint64_t now_ms)
{
    unsigned steps = 0;
    fetch->hurries = false;
    while (steps < SOURCE_STEPS_PER_POLL && fetch->busy && step(fetch)) steps++;
    fetch->hurries |= steps == SOURCE_STEPS_PER_POLL;
    if (fetch->busy && now_ms >= fetch->deadline_ms) finish(fetch, SOURCE_TIMEOUT);
    return fetch->busy;
}
