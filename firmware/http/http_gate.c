#include "http/http_gate.h"

#include "http/http_answer.h"
#include "http/http_redirect.h"
#include "http/http_token.h"

static http_verdict_t find_route(http_exchange_t *ex)
{
    const http_request_t *request = &ex->request;
    if (ex->match.route) return HTTP_FINE; /* as the last time */
    if (!request->method) return (http_verdict_t){ 501, false, "the method is not implemented here" };
    if (request->asterisk) return HTTP_FINE;
    text_view_t path = http_path(ex);
    ex->match = http_router_find(&ex->server->router, request->method, path);
    if (!ex->match.allowed) return (http_verdict_t){ 404, false, "there is no such resource" };
    if (ex->match.route || request->method == HTTP_OPTIONS) return HTTP_FINE;
    http_set_allow(ex, ex->match.allowed);
    return (http_verdict_t){ 405, false, "the resource does not have this method" };
}

static http_verdict_t check_authority(http_exchange_t *ex)
{
    if (ex->host_is_ours || ex->request.authority.count == 0) return HTTP_FINE; /* HTTP/1.0 without Host */
    text_view_t host = http_host_of(http_span_text(http_conn_of(ex)->head, ex->request.authority));
    if (ex->server->is_our_host(ex->server->app, host)) return HTTP_FINE;
    return (http_verdict_t){ 421, false, "the host named in the request is not this device" };
}

/* Scripts of a foreign page can send a simple POST without asking first; they cannot send JSON (CORS). So whatever
 * changes something must say that it is JSON, with a body or without; a DELETE asks first by itself, so that only
 * content that is going to be read must say what it is. */
static bool must_be_json(const http_exchange_t *ex)
{
    const unsigned changing = HTTP_POST | HTTP_PUT | HTTP_PATCH;
    const http_route_t *route = ex->match.route;
    if (!route) return false;
    return (ex->request.method & changing) || (ex->request.has_content && route->body_bytes_max > 0);
}

static http_verdict_t check_media(const http_exchange_t *ex)
{
    if (!must_be_json(ex)) return HTTP_FINE;
    text_view_t type = http_field(ex, HTTP_FIELD_CONTENT_TYPE);
    text_view_t media = http_trim(http_split(&type, ';'));
    if (text_equal_nocase(media, text_view("application/json"))) return HTTP_FINE;
    if (ex->request.method != HTTP_PATCH) {
        return (http_verdict_t){ 415, false, "Content-Type must be application/json" };
    }
    if (text_equal_nocase(media, text_view("application/merge-patch+json"))) return HTTP_FINE;
    return (http_verdict_t){ 415, false,
                             "Content-Type must be application/merge-patch+json or application/json" };
}

static http_verdict_t check_access(http_exchange_t *ex, uint8_t scope)
{
    http_decision_t decision = ex->server->authorize(ex->server->app, ex, scope);
    if (decision.status == 0) return HTTP_FINE;
    ex->answer.challenge = decision.challenge;
    http_set_retry_after(ex, decision.retry_after_s);
    return (http_verdict_t){ decision.status, false, decision.detail };
}

http_verdict_t http_gate_access(http_exchange_t *ex)
{
    const http_route_t *route = ex->match.route;
    if (!route || !route->scope || !ex->server->authorize) return HTTP_FINE;
    return check_access(ex, route->scope);
}

bool http_respond_if_refused(http_exchange_t *ex, uint8_t scope)
{
    if (!ex->server->authorize) return false;
    http_verdict_t verdict = check_access(ex, scope);
    if (verdict.status == 0) return false;
    ex->server->write_problem(ex, verdict.status, verdict.detail);
    return true;
}

/* scheme "://" host [":" port], as browsers write it (RFC 6454 section 6.2). "null" is what any sandboxed page says,
 * so it names nobody. What is found here is echoed: it is short, and holds nothing that could end a field. */
static bool is_web_origin(text_view_t origin)
{
    if (origin.count > HTTP_ORIGIN_BYTES_MAX) return false;
    text_view_t host = origin;
    text_view_t scheme = http_split(&host, ':');
    if (scheme.count == 0 || host.count < 3 || memcmp(host.bytes, "//", 2) != 0) return false;
    for (size_t i = 0; i < scheme.count; i++) {
        if (!http_char_is(scheme.bytes[i], HTTP_CHAR_TOKEN)) return false;
    }
    for (size_t i = 2; i < host.count; i++) {
        if (!http_char_is(host.bytes[i], HTTP_CHAR_HOST)) return false;
    }
    return true;
}

static void check_origin(http_exchange_t *ex)
{
    text_view_t origin = http_field(ex, HTTP_FIELD_ORIGIN);
    if (!ex->server->allows_origin || !is_web_origin(origin)) return;
    ex->answer.cors = ex->server->allows_origin(ex->server->app, origin);
    ex->answer.preflight = ex->answer.cors && ex->request.method == HTTP_OPTIONS &&
                           http_field(ex, HTTP_FIELD_ACCESS_CONTROL_REQUEST_METHOD).count > 0;
}

http_verdict_t http_gate(http_exchange_t *ex)
{
    http_verdict_t verdict = check_authority(ex);
    if (verdict.status) return verdict;
    check_origin(ex); /* before anything is refused, so that a page can read why */
    if (http_redirect_wanted(ex)) {
        if (http_authority(ex).count == 0)
            return (http_verdict_t){ 400, false, "without Host there is no telling where HTTPS would be" };
        return (http_verdict_t){ 308, false, "this device is to be asked by HTTPS" };
    }
    verdict = find_route(ex);
    if (verdict.status == 0) verdict = http_gate_access(ex);
    if (verdict.status == 0) verdict = check_media(ex);
    return verdict;
}

void http_gate_respond(http_exchange_t *ex)
{
    if (ex->error_status == 308)
        http_redirect_respond(ex);
    else
        ex->server->write_problem(ex, ex->error_status, ex->error ? ex->error : "the request was refused");
}
