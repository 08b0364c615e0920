/* Whom the device believes when it asks others by https. */
#include "api/handlers.h"
#include "api/patch.h"
#include "api/problem.h"
#include "tls/tls_clients.h"
#include "tls/tls_pem.h"

/* Answers for a device that cannot. Returns true when it has answered. */
static bool has_none(http_exchange_t *ex, const api_t *api)
{
    if (api->outgoing) return false;
    api_write_problem(ex, 503, "this device has no https for what it asks others");
    return true;
}

static void write_anchor(json_writer_t *json, const mbedtls_x509_crt *anchor)
{
    char name[TLS_AUTHORITY_BYTES];
    text_writer_t text = text_writer(name, sizeof name - 1u);
    tls_clients_write_name(&text, anchor);
    *text.at = '\0';
    json_object_begin(json);
    json_key(json, "name");
    json_string(json, name);
    json_key(json, "not_before");
    json_raw_string_begin(json);
    tls_identity_write_time(&json->out, &anchor->valid_from);
    json_raw_string_end(json);
    json_key(json, "not_after");
    json_raw_string_begin(json);
    tls_identity_write_time(&json->out, &anchor->valid_to);
    json_raw_string_end(json);
    json_object_end(json);
}

static const mbedtls_x509_crt *anchor_at(const api_t *api, uint32_t index)
{
    const mbedtls_x509_crt *anchor = &api->outgoing->anchors;
    if (!tls_outgoing_trusts_anybody(api->outgoing)) return NULL;
    while (anchor && index-- > 0) anchor = anchor->next;
    return anchor;
}

/* state: 1 + the index of an anchor, and when others come in the middle the list ends */
static http_produced_t trust_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    (void)ex;
    if (state[0] == 0) {
        json_object_begin(json);
        json_key(json, "anchors");
        json_array_begin(json);
        state[0] = 1;
        state[1] = api->outgoing->epoch;
        return HTTP_MORE;
    }
    const mbedtls_x509_crt *anchor = state[1] == api->outgoing->epoch ? anchor_at(api, state[0] - 1u) : NULL;
    if (anchor) {
        write_anchor(json, anchor);
        state[0]++;
        return HTTP_MORE;
    }
    json_array_end(json);
    json_object_end(json);
    return HTTP_DONE;
}

/* GET /api/v1/trust
 * 200 {"anchors":[{"name":"ISRG Root X2","not_before":...,"not_after":...},...]}
 * 503 no https for what it asks others */
void api_trust_get(http_exchange_t *ex, void *app)
{
    if (api_accepts_json(ex) && !has_none(ex, app))
        http_respond_generated(ex, 200, api_media_json, trust_piece);
}

static void respond_changed(http_exchange_t *ex, status_t status)
{
    schema_errors_t errors = schema_errors();
    switch (status) {
    case STATUS_OK: http_respond_generated(ex, 200, api_media_json, trust_piece); break;
    case STATUS_INVALID:
        schema_cross_error(&errors, "certificates", "must be PEM of ECDSA P-256 certificates");
        api_problem_members(ex, 422, "nothing was changed", &errors);
        break;
    case STATUS_NO_MEMORY:
        http_set_retry_after(ex, 1);
        api_write_problem(ex, 503, "the memory of TLS is in use: try again");
        break;
    default: api_write_problem(ex, 503, "the change could not be saved, so nothing has changed"); break;
    }
}

/* PEM into memory of TLS that heap_free gives back.
 * returns   NULL when a problem has been answered */
static tls_chain_t *read_anchors(http_exchange_t *ex, const api_t *api)
{
    static const char *const members[] = { "certificates" };
    json_document_t document;
    if (!api_read_document(ex, &document)) return NULL;
    schema_errors_t errors = schema_errors();
    api_only_members(document.root, members, 1, &errors);
    const char *text = api_string_member(document.root, "certificates");
    tls_chain_t *chain = text && errors.count == 0 ? heap_allocate(&api->tls->heap, 1, sizeof *chain) : NULL;
    status_t status = chain ? tls_pem_read(text, chain) : STATUS_NO_MEMORY;
    if (!text) schema_cross_error(&errors, "certificates", "must be certificates as PEM");
    if (chain && status != STATUS_OK) {
        schema_cross_error(&errors, "certificates",
                           status == STATUS_NO_MEMORY ? "must have at most 3072 bytes without its base 64"
                                                      : "must be PEM of ECDSA P-256 certificates");
    }
    if (errors.count > 0) {
        api_problem_members(ex, 422, "nothing was changed", &errors);
        heap_free(&api->tls->heap, chain);
        chain = NULL;
    } else if (!chain) {
        respond_changed(ex, STATUS_NO_MEMORY);
    }
    json_document_end(&document);
    return chain;
}

/* PUT /api/v1/trust {"certificates":"-----BEGIN CERTIFICATE-----\n..."}: all of them, in place of those before
 * 200 as GET; sources that failed are asked again at once
 * 422 malformed, or not ECDSA P-256; 400 413 the document; 503 no https, no memory for now, or it could not be saved */
void api_trust_put(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    if (!api_accepts_json(ex) || has_none(ex, api)) return;
    tls_chain_t *chain = read_anchors(ex, api);
    if (!chain) return;
    respond_changed(ex, api->platform->trust_servers(api->context, chain->der, chain->bytes));
    heap_free(&api->tls->heap, chain);
}

/* DELETE /api/v1/trust
 * 200 as GET: nobody is believed; 503 as PUT */
void api_trust_delete(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    if (!api_accepts_json(ex) || has_none(ex, api)) return;
    respond_changed(ex, api->platform->trust_servers(api->context, NULL, 0));
}
