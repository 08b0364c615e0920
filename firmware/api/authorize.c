/* Who may: asked for each request, by what it carries. */
#include "api/handlers.h"
#include "security/access.h"

/* What the client's certificate says, if the authority that signed it is still ours. */
static scope_t certified_scope(const api_t *api, const http_peer_t *peer)
{
    if (!api->tls || !peer->client_unit || peer->client_epoch != api->tls->clients_epoch) return SCOPE_NONE;
    return scope_from_name(text_view(peer->client_unit));
}

http_decision_t api_authorize(void *app, http_exchange_t *ex, uint8_t scope)
{
    const api_t *api = app;
    const http_peer_t *peer = http_peer(ex);
    access_request_t request = {
        .scope = (scope_t)scope,
        .authorization = http_field(ex, HTTP_FIELD_AUTHORIZATION),
        .address = peer->address,
        .secure = peer->secure,
        .certified = certified_scope(api, peer),
        .now_ms = http_now_ms(ex),
    };
    access_decision_t decision = access_decide(api->access, &request);
    /* A device that knows its owners no more tells everybody why: somebody has to come and reset it. */
    if (decision.status == 503 && scope == SCOPE_READ &&
        text_equal(http_path(ex), text_view("/api/v1/status"))) {
        decision.status = 0;
    }
    return (http_decision_t){ decision.status, decision.retry_after_s, decision.detail, decision.challenge };
}
