#include "http/http_redirect.h"

#include "http/http_answer.h"
#include "http/http_head.h"
#include "http/http_token.h"

/* "https://", a host, and a target of which each byte may have to be encoded. */
#define LOCATION_BYTES (8u + 256u + 3u * HTTP_TARGET_BYTES_MAX)

bool http_redirect_wanted(const http_exchange_t *ex)
{
    const http_server_t *server = ex->server;
    return server->wants_tls && !ex->peer.secure && server->wants_tls(server->app, http_path(ex));
}

/* What was decoded. */
static void write_path(text_writer_t *out, text_view_t path)
{
    for (size_t i = 0; i < path.count; i++) {
        char c = path.bytes[i];
        if (c != '?' && c != '%' && http_char_is(c, HTTP_CHAR_TARGET)) {
            text_char(out, c);
        } else {
            text_char(out, '%');
            text_hex(out, (unsigned char)c, 2);
        }
    }
}

/* The port is HTTPS's own: the client's is that of plain HTTP. */
void http_redirect_respond(http_exchange_t *ex)
{
    char location[LOCATION_BYTES];
    text_writer_t out = text_writer(location, sizeof location - 1u);
    text_view_t host = http_host_of(http_authority(ex));
    text_string(&out, "https://");
    text_append(&out, host.bytes, host.count);
    write_path(&out, ex->request.asterisk ? text_view("/") : http_path(ex));
    text_view_t query = http_span_text(http_conn_of(ex)->head, ex->request.query);
    if (query.count > 0) {
        text_char(&out, '?');
        text_append(&out, query.bytes, query.count);
    }
    *out.at = '\0';
    http_set_location(ex, location);
    http_respond_empty(ex, 308);
}
