/* The device's certificate, its key, and the authority of clients' certificates. */
#include "api/handlers.h"
#include "api/patch.h"
#include "api/problem.h"
#include "tls/tls_clients.h"
#include "tls/tls_pem.h"

/* Lines of base 64 in one piece of a generated answer. */
#define LINES_PER_PIECE 16u

/* ---- What is there --------------------------------------------------------------------------------------- */

static tls_names_t names_of(const api_t *api)
{
    return (tls_names_t){ api->device.wanted_hostname, api->device.localhost_is_us };
}

static void write_time(json_writer_t *json, const char *key, const mbedtls_x509_time *time)
{
    json_key(json, key);
    json_raw_string_begin(json);
    tls_identity_write_time(&json->out, time);
    json_raw_string_end(json);
}

static void write_string(json_writer_t *json, const char *key, const char *value)
{
    json_key(json, key);
    json_string(json, value);
}

static void write_authority(const tls_server_t *tls, json_writer_t *json)
{
    char name[TLS_AUTHORITY_BYTES];
    if (!tls_server_asks_clients(tls)) {
        json_null(json);
        return;
    }
    text_writer_t text = text_writer(name, sizeof name - 1u);
    tls_clients_write_authority(&text, tls);
    *text.at = '\0';
    json_object_begin(json);
    write_string(json, "name", name);
    write_time(json, "not_after", &tls->clients.valid_to);
    json_object_end(json);
}

/* All members but the last one, the certificates. */
static void write_head(const api_t *api, json_writer_t *json)
{
    const mbedtls_x509_crt *own = &api->tls->chain;
    json_object_begin(json);
    json_key(json, "self_signed");
    json_bool(json, !api->platform->tls_is_installed(api->context));
    write_string(json, "spki_sha256", api->device.pin);
    json_key(json, "pin");
    json_raw_string_begin(json);
    text_format(&json->out, "sha256//%s", api->device.pin);
    json_raw_string_end(json);
    write_time(json, "not_before", &own->valid_from);
    write_time(json, "not_after", &own->valid_to);
    json_key(json, "client_ca");
    write_authority(api->tls, json);
    json_key(json, "certificates");
    json_array_begin(json);
}

/* Lines of a document from a position on. The ends of lines are written as JSON has them.
 * returns   how many bytes of it are written */
static uint32_t write_lines(json_writer_t *json, const uint8_t *der, size_t bytes, unsigned lines)
{
    size_t done = 0;
    for (; lines > 0 && done < bytes; lines--) {
        size_t count = bytes - done < TLS_PEM_LINE_BYTES ? bytes - done : TLS_PEM_LINE_BYTES;
        tls_pem_write_line(&json->out, der + done, count);
        text_string(&json->out, "\\n");
        done += count;
    }
    return (uint32_t)done;
}

static const mbedtls_x509_crt *certificate_at(const api_t *api, uint32_t index)
{
    const mbedtls_x509_crt *certificate = &api->tls->chain;
    while (certificate && index-- > 0) certificate = certificate->next;
    return certificate;
}

/* state: 1 + the index of a certificate, how many of its bytes are written, the server's epoch. When another
 * certificate has come into use in the middle of this one, the rest of it is left out: without its last line it cannot
 * be taken for a whole one. */
static http_produced_t tls_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    const api_t *api = app;
    (void)ex;
    if (state[0] == 0) {
        write_head(api, json);
        state[0] = 1;
        state[2] = api->tls->epoch;
        return HTTP_MORE;
    }
    bool same = state[2] == api->tls->epoch;
    const mbedtls_x509_crt *certificate = same ? certificate_at(api, state[0] - 1u) : NULL;
    if (!certificate) {
        if (state[1] > 0) json_raw_string_end(json);
        json_array_end(json);
        json_object_end(json);
        return HTTP_DONE;
    }
    if (state[1] == 0) {
        json_raw_string_begin(json);
        text_string(&json->out, "-----BEGIN CERTIFICATE-----\\n");
    }
    const mbedtls_x509_buf *raw = &certificate->raw;
    state[1] += write_lines(json, raw->p + state[1], raw->len - state[1], LINES_PER_PIECE);
    if (state[1] < raw->len) return HTTP_MORE;
    text_string(&json->out, "-----END CERTIFICATE-----\\n");
    json_raw_string_end(json);
    state[0]++;
    state[1] = 0;
    return HTTP_MORE;
}

/* Answers for a device that has no HTTPS. Returns true when it has answered. */
static bool has_none(http_exchange_t *ex, const api_t *api)
{
    if (api->tls) return false;
    api_write_problem(ex, 503, "this device has no HTTPS: it has no random numbers to make a key from");
    return true;
}

static void respond_tls(http_exchange_t *ex, const api_t *api)
{
    http_set_etag(ex, tls_server_tag(api->tls));
    http_respond_generated(ex, 200, api_media_json, tls_piece);
}

/* GET /api/v1/tls
 * 200 {"self_signed":true,"spki_sha256":...,"certificates":["-----BEGIN CERTIFICATE-----\n..."]}, the device's own first
 * 503 no HTTPS */
void api_tls_get(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    if (!api_accepts_json(ex) || has_none(ex, api) || api_unchanged(ex, tls_server_tag(api->tls))) return;
    respond_tls(ex, api);
}

/* ---- Changes --------------------------------------------------------------------------------------------- */

static void problem_of(http_exchange_t *ex, status_t status)
{
    if (status == STATUS_NO_MEMORY) {
        http_set_retry_after(ex, 1);
        api_write_problem(ex, 503, "the memory of TLS is in use: try again");
    } else {
        api_write_problem(ex, 503, "the change could not be saved, so nothing has changed");
    }
}

static void respond_changed(http_exchange_t *ex, const api_t *api, status_t status)
{
    if (status == STATUS_OK)
        respond_tls(ex, api);
    else
        problem_of(ex, status);
}

/* The request is one document, small enough for one piece. */
static void respond_request(http_exchange_t *ex, const tls_chain_t *request)
{
    json_writer_t *json = http_respond_json(ex, 200, api_media_json);
    json_object_begin(json);
    json_key(json, "csr");
    json_raw_string_begin(json);
    text_string(&json->out, "-----BEGIN CERTIFICATE REQUEST-----\\n");
    (void)write_lines(json, request->der, request->bytes, UINT32_MAX);
    text_string(&json->out, "-----END CERTIFICATE REQUEST-----\\n");
    json_raw_string_end(json);
    json_object_end(json);
}

/* POST /api/v1/tls/csr
 * 200 {"csr":"-----BEGIN CERTIFICATE REQUEST-----\n..."} (RFC 2986), for the key and the names of the device
 * 503 no HTTPS, or no memory for now */
void api_tls_csr_post(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    if (!api_accepts_json(ex) || has_none(ex, api)) return;
    const tls_names_t names = names_of(api);
    tls_chain_t *request = heap_allocate(&api->tls->heap, 1, sizeof *request);
    status_t status = request ? tls_identity_make_request(api->tls, &names, request) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        respond_request(ex, request);
    else
        problem_of(ex, status);
    heap_free(&api->tls->heap, request);
}

/* POST /api/v1/tls/rotate
 * 200 as GET: a new key, and a certificate of its own for it. Connections that are open go on
 * 503 no HTTPS, no memory for now, or it could not be saved */
void api_tls_rotate_post(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    if (!api_accepts_json(ex) || has_none(ex, api)) return;
    respond_changed(ex, api, api->platform->tls_rotate(api->context));
}

/* ---- What people send ------------------------------------------------------------------------------------ */

/* What is wrong with certificates, or NULL. */
static const char *complaint_of(status_t status)
{
    switch (status) {
    case STATUS_INVALID: return "must be PEM of ECDSA P-256 certificates, each signed by the next";
    case STATUS_BAD_DATA: return "must be for the key of this device (POST /api/v1/tls/csr)";
    case STATUS_NO_MEMORY: return "must have at most 3072 bytes without its base 64";
    default: return NULL;
    }
    _Static_assert(TLS_CHAIN_BYTES == 3072u, "as it says");
}

static void problem_of_member(http_exchange_t *ex, const char *member, const char *complaint)
{
    schema_errors_t errors = schema_errors();
    schema_cross_error(&errors, member, complaint);
    api_problem_members(ex, 422, "nothing was changed", &errors);
}

/* Reads the one member of the request, into memory of TLS that heap_free gives back.
 * returns   NULL when a problem has been answered */
static tls_chain_t *read_certificates(http_exchange_t *ex, const api_t *api, const char *member)
{
    json_document_t document;
    if (!api_read_document(ex, &document)) return NULL;
    schema_errors_t errors = schema_errors();
    api_only_members(document.root, &member, 1, &errors);
    const char *text = api_string_member(document.root, member);
    tls_chain_t *chain = NULL;
    if (!text) schema_cross_error(&errors, member, "must be certificates as PEM");
    if (errors.count > 0 || !text) {
        api_problem_members(ex, 422, "nothing was changed", &errors);
    } else if ((chain = heap_allocate(&api->tls->heap, 1, sizeof *chain)) == NULL) {
        problem_of(ex, STATUS_NO_MEMORY);
    } else {
        status_t status = tls_pem_read(text, chain);
        if (status != STATUS_OK) {
            problem_of_member(ex, member, complaint_of(status));
            heap_free(&api->tls->heap, chain);
            chain = NULL;
        }
    }
    json_document_end(&document);
    return chain;
}

/* PUT /api/v1/tls/certificate {"certificates":"-----BEGIN CERTIFICATE-----\n..."}, the device's own first
 * 200 as GET; handshakes that come show it
 * 422 malformed, not for the device's key, out of order; 400 413 the document
 * 503 no HTTPS, no memory for now, or it could not be saved */
void api_tls_certificate_put(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    if (!api_accepts_json(ex) || has_none(ex, api)) return;
    tls_chain_t *chain = read_certificates(ex, api, "certificates");
    if (!chain) return;
    status_t status = api->platform->tls_install(api->context, chain);
    heap_free(&api->tls->heap, chain);
    if (status == STATUS_INVALID || status == STATUS_BAD_DATA)
        problem_of_member(ex, "certificates", complaint_of(status));
    else
        respond_changed(ex, api, status);
}

/* DELETE /api/v1/tls/certificate
 * 200 as GET: the key is the same, the certificate is one of its own again
 * 503 no HTTPS, no memory for now, or it could not be saved */
void api_tls_certificate_delete(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    if (!api_accepts_json(ex) || has_none(ex, api)) return;
    respond_changed(ex, api, api->platform->tls_install(api->context, NULL));
}

/* PUT /api/v1/tls/client_ca {"certificate":"-----BEGIN CERTIFICATE-----\n..."}
 * 200 as GET; clients whose certificates it has signed have the scope that their subject has as its unit (OU)
 * 422 malformed, or not an authority's; 400 413 the document
 * 503 no HTTPS, no memory for now, or it could not be saved */
void api_tls_client_ca_put(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    if (!api_accepts_json(ex) || has_none(ex, api)) return;
    tls_chain_t *chain = read_certificates(ex, api, "certificate");
    if (!chain) return;
    status_t status = api->platform->tls_trust(api->context, chain->der, chain->bytes);
    heap_free(&api->tls->heap, chain);
    if (status == STATUS_INVALID)
        problem_of_member(ex, "certificate", "must be one ECDSA P-256 certificate of an authority");
    else
        respond_changed(ex, api, status);
}

/* DELETE /api/v1/tls/client_ca
 * 200 as GET: clients are not asked for certificates any more, and those that came with one need a token now
 * 503 no HTTPS, or it could not be saved */
void api_tls_client_ca_delete(http_exchange_t *ex, void *app)
{
    const api_t *api = app;
    if (!api_accepts_json(ex) || has_none(ex, api)) return;
    respond_changed(ex, api, api->platform->tls_trust(api->context, NULL, 0));
}
