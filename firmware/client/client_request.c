#include "client/client_request.h"

#include "config/version.h"

static void write_field(text_writer_t *out, const char *name, const char *before, const char *value)
{
    text_string(out, name);
    text_string(out, ": ");
    text_string(out, before);
    text_string(out, value);
    text_string(out, "\r\n");
}

void client_request_write(text_writer_t *out, const client_request_t *request)
{
    const client_url_t *url = request->url;
    text_string(out, "GET ");
    if (url->target.count == 0 || url->target.bytes[0] != '/') text_char(out, '/');
    text_append(out, url->target.bytes, url->target.count);
    text_string(out, " HTTP/1.1\r\nHost: ");
    text_append(out, url->authority.bytes, url->authority.count);
    text_string(out, "\r\nUser-Agent: jembatan/" JEMBATAN_VERSION
                     "\r\nAccept: application/json\r\nAccept-Encoding: identity\r\nConnection: close\r\n");
    if (request->token && request->token[0]) write_field(out, "Authorization", "Bearer ", request->token);
    if (request->etag && request->etag[0]) write_field(out, "If-None-Match", "", request->etag);
    for (unsigned i = 0; i < request->field_count; i++)
        write_field(out, request->fields[i].name, "", request->fields[i].value);
    text_string(out, "\r\n");
}

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

bool client_is_field_name(text_view_t name)
{
    static const char *const ours[] = {
        "host",   "connection", "content-length",  "transfer-encoding", "te",   "trailer", "upgrade",
        "expect", "keep-alive", "accept-encoding", "if-none-match",     "range"
    };
    if (name.count == 0) return false;
    for (size_t i = 0; i < name.count; i++) {
        if (!is_token_char(name.bytes[i])) return false;
    }
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (text_equal_nocase(name, text_view(ours[i]))) return false;
    }
    return true;
}

bool client_is_field_value(text_view_t value)
{
    if (value.count == 0 || value.bytes[0] == ' ' || value.bytes[value.count - 1u] == ' ') return false;
    for (size_t i = 0; i < value.count; i++) {
        if (value.bytes[i] < ' ' || value.bytes[i] > '~') return false;
    }
    return true;
}
