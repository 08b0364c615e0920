#include "http/http_head.h"

#include "http/http_token.h"

static http_verdict_t refuse(uint16_t status, const char *detail)
{
    return (http_verdict_t){ status, true, detail };
}

/* Moves text behind what is kept, with a NUL that is not counted. The caller's line limit guarantees room: a
 * line is longer than what it leaves behind. */
static http_span_t keep(http_head_store_t store, text_view_t text)
{
    http_span_t span = { *store.kept, (uint16_t)text.count };
    memmove(store.buffer + span.start, text.bytes, text.count);
    store.buffer[span.start + span.count] = '\0';
    *store.kept = (uint16_t)(span.start + span.count + 1u);
    return span;
}

static http_method_t method_of(text_view_t token)
{
    static const struct {
        const char *name;
        http_method_t method;
    } known[] = {
        { "GET", HTTP_GET },         { "HEAD", HTTP_HEAD },   { "POST", HTTP_POST },     { "PUT", HTTP_PUT },
        { "OPTIONS", HTTP_OPTIONS }, { "PATCH", HTTP_PATCH }, { "DELETE", HTTP_DELETE },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (token.bytes[0] == known[i].name[0] && text_equal(token, text_view(known[i].name)))
            return known[i].method;
    }
    return (http_method_t)0;
}

static bool is_escape(text_view_t text, size_t at)
{
    return text.count - at >= 3 && http_char_is(text.bytes[at + 1], HTTP_CHAR_HEX) &&
           http_char_is(text.bytes[at + 2], HTTP_CHAR_HEX);
}

static const http_verdict_t not_encoded = {
    400, true, "the request target holds a character that must be percent-encoded"
};

/* Decodes the path of a target into the head buffer: once, before routing, so that no later stage sees an escape. A
 * decoded NUL or slash would make it another path than the one that was checked, so both are refused.
 * target    advanced to the query, or to its end */
static http_verdict_t keep_path(http_request_t *request, http_head_store_t store, text_view_t *target)
{
    char *to = store.buffer + *store.kept;
    const char *at = target->bytes;
    const char *end = at + target->count;
    request->path.start = *store.kept;
    for (; at < end && *at != '?'; at++) {
        char c = *at;
        if (!http_char_is(c, HTTP_CHAR_TARGET)) return not_encoded;
        if (c == '%') {
            if (!is_escape((text_view_t){ at, (size_t)(end - at) }, 0))
                return refuse(400, "the path holds a broken percent-encoding");
            c = (char)(http_hex_value(at[1]) << 4 | http_hex_value(at[2]));
            if (c == '\0' || c == '/') return refuse(400, "the path holds an encoded NUL or slash");
            at += 2;
        }
        *to++ = c;
    }
    *to = '\0';
    request->path.count = (uint16_t)(to - store.buffer - request->path.start);
    *store.kept = (uint16_t)(request->path.start + request->path.count + 1u);
    *target = (text_view_t){ at, (size_t)(end - at) };
    return HTTP_FINE;
}

/* query     with its '?', or empty */
static http_verdict_t keep_query(http_request_t *request, http_head_store_t store, text_view_t query)
{
    for (size_t i = 0; i < query.count; i++) {
        if (!http_char_is(query.bytes[i], HTTP_CHAR_TARGET)) return not_encoded;
    }
    if (query.count > 0) {
        query.bytes++;
        query.count--;
    }
    request->query = keep(store, query);
    return HTTP_FINE;
}

/* IPv6 in brackets (its groups are left to whoever uses it), or a name or IPv4 address: RFC 3986 section 3.2.2. */
static bool valid_host(text_view_t host)
{
    if (host.count > 0 && host.bytes[0] == '[') {
        for (size_t i = 1; i + 1 < host.count; i++) {
            char c = host.bytes[i];
            if (c != ':' && c != '.' && !http_char_is(c, HTTP_CHAR_HEX)) return false;
        }
        return host.count > 3 && memchr(host.bytes, ':', host.count) != NULL;
    }
    for (size_t i = 0; i < host.count; i++) {
        char c = host.bytes[i];
        if (!http_char_is(c, HTTP_CHAR_HOST) || c == '[' || c == ']') return false;
        if (c == '%' && !is_escape(host, i)) return false;
    }
    return host.count > 0;
}

static bool valid_authority(text_view_t authority)
{
    text_view_t host = http_host_of(authority);
    if (!valid_host(host)) return false;
    size_t at = host.count;
    if (at == authority.count) return true;
    if (authority.bytes[at] != ':') return false;
    while (++at < authority.count) {
        if (authority.bytes[at] < '0' || authority.bytes[at] > '9') return false;
    }
    return true;
}

/* Takes "http://" and the authority off an absolute target (RFC 9112 section 3.2.2). What is left may be empty, which
 * means the root, or for OPTIONS the server as a whole (section 3.2.4). */
static http_verdict_t keep_authority(http_request_t *request, http_head_store_t store, text_view_t *target)
{
    static const text_view_t scheme = { "http://", 7 };
    static const text_view_t root = { "/", 1 }, server = { "*", 1 };
    if (target->count < scheme.count ||
        !text_equal_nocase((text_view_t){ target->bytes, scheme.count }, scheme)) {
        return HTTP_FINE;
    }
    size_t end = scheme.count;
    while (end < target->count && target->bytes[end] != '/' && target->bytes[end] != '?') end++;
    text_view_t authority = { target->bytes + scheme.count, end - scheme.count };
    if (!valid_authority(authority)) return refuse(400, "the request target's authority is malformed");
    request->authority = keep(store, authority);
    target->bytes += end;
    target->count -= end;
    if (target->count == 0) *target = request->method == HTTP_OPTIONS ? server : root;
    return HTTP_FINE;
}

static http_verdict_t keep_target(http_request_t *request, http_head_store_t store, text_view_t target)
{
    http_verdict_t verdict = keep_authority(request, store, &target);
    if (verdict.status) return verdict;
    if (text_equal(target, text_view("*"))) {
        request->asterisk = true;
        request->path = request->query = (http_span_t){ 0, 0 };
        return request->method == HTTP_OPTIONS ? HTTP_FINE : refuse(400, "only OPTIONS may ask for *");
    }
    bool rootless = target.bytes[0] == '?' && request->authority.count > 0;
    if (target.bytes[0] != '/' && !rootless) {
        return refuse(400, "the request target must begin with / or http://");
    }
    text_view_t root = { "/", 1 };
    verdict = keep_path(request, store, rootless ? &root : &target);
    return verdict.status ? verdict : keep_query(request, store, target);
}

/* HTTP-version = "HTTP/" DIGIT "." DIGIT, case-sensitive (RFC 9112 section 2.3). */
static http_verdict_t read_version(http_request_t *request, text_view_t version)
{
    const char *v = version.bytes;
    if (version.count != 8 || memcmp(v, "HTTP/", 5) != 0 || v[5] < '0' || v[5] > '9' || v[6] != '.' ||
        v[7] < '0' || v[7] > '9') {
        return refuse(400, "the request line does not end in an HTTP version");
    }
    if (v[5] != '1') return refuse(505, "this server speaks versions 1.1 and 1.0 of HTTP");
    request->version_minor = v[7] == '0' ? 0 : 1;
    request->keep_alive = request->version_minor == 1;
    return HTTP_FINE;
}

http_verdict_t http_head_request_line(http_request_t *request, http_head_store_t store, text_view_t line)
{
    text_view_t rest = line;
    text_view_t method = http_split(&rest, ' ');
    text_view_t target = http_split(&rest, ' ');
    if (method.count == 0) return refuse(400, "the request line has no method");
    for (size_t i = 0; i < method.count; i++) {
        if (!http_char_is(method.bytes[i], HTTP_CHAR_TOKEN)) return refuse(400, "the method is not a token");
    }
    if (target.count == 0) return refuse(400, "the request line has no target");
    request->method = method_of(method); /* first: an answer to HEAD has no body, whatever is wrong */
    http_verdict_t verdict = read_version(request, rest);
    if (verdict.status) return verdict;
    if (target.count > HTTP_TARGET_BYTES_MAX) return refuse(414, "the request target is too long");
    /* An unknown method may come with a target of any form (CONNECT has an authority): it is not looked at. */
    return request->method ? keep_target(request, store, target) : HTTP_FINE;
}

/* ---- Fields ----------------------------------------------------------------------------------------- */

/* name is a token. For one, letters differ in one bit by their case, and no other character that a known name has
 * differs in that bit from another one of a token. */
static bool is_field(text_view_t name, text_view_t known)
{
    for (size_t i = 0; i < name.count; i++) {
        if (((unsigned)(name.bytes[i] ^ known.bytes[i]) & ~0x20u) != 0) return false;
    }
    return true;
}

static http_field_name_t field_name(text_view_t name)
{
    static const text_view_t known[HTTP_FIELD_COUNT] = {
        [HTTP_FIELD_HOST] = { "host", 4 },
        [HTTP_FIELD_ACCEPT] = { "accept", 6 },
        [HTTP_FIELD_EXPECT] = { "expect", 6 },
        [HTTP_FIELD_ORIGIN] = { "origin", 6 },
        [HTTP_FIELD_IF_MATCH] = { "if-match", 8 },
        [HTTP_FIELD_CONNECTION] = { "connection", 10 },
        [HTTP_FIELD_CONTENT_TYPE] = { "content-type", 12 },
        [HTTP_FIELD_IF_NONE_MATCH] = { "if-none-match", 13 },
        [HTTP_FIELD_AUTHORIZATION] = { "authorization", 13 },
        [HTTP_FIELD_LAST_EVENT_ID] = { "last-event-id", 13 },
        [HTTP_FIELD_CONTENT_LENGTH] = { "content-length", 14 },
        [HTTP_FIELD_IDEMPOTENCY_KEY] = { "idempotency-key", 15 },
        [HTTP_FIELD_TRANSFER_ENCODING] = { "transfer-encoding", 17 },
        [HTTP_FIELD_ACCESS_CONTROL_REQUEST_METHOD] = { "access-control-request-method", 29 },
    };
    unsigned i = 0;
    while (i < HTTP_FIELD_COUNT && known[i].count < name.count) i++;
    for (; i < HTTP_FIELD_COUNT && known[i].count == name.count; i++) {
        if (is_field(name, known[i])) return (http_field_name_t)i;
    }
    return HTTP_FIELD_COUNT;
}

/* Fields of which a second one contradicts the first (RFC 9112 section 6.3, RFC 9110 sections 7.2 and 8.3). */
static bool is_singleton(http_field_name_t name)
{
    return name == HTTP_FIELD_HOST || name == HTTP_FIELD_CONTENT_LENGTH || name == HTTP_FIELD_CONTENT_TYPE ||
           name == HTTP_FIELD_TRANSFER_ENCODING || name == HTTP_FIELD_AUTHORIZATION ||
           name == HTTP_FIELD_ORIGIN || name == HTTP_FIELD_IDEMPOTENCY_KEY ||
           name == HTTP_FIELD_LAST_EVENT_ID;
}

http_verdict_t http_head_field(http_request_t *request, http_head_store_t store, text_view_t line)
{
    size_t n = 0;
    while (n < line.count && http_char_is(line.bytes[n], HTTP_CHAR_TOKEN)) n++;
    if (n == 0 || n == line.count || line.bytes[n] != ':') {
        return refuse(400, "a header line is not a name, a colon and a value");
    }
    http_field_name_t name = field_name((text_view_t){ line.bytes, n });
    if (name == HTTP_FIELD_COUNT) return HTTP_FINE;
    if (is_singleton(name) && http_head_next_field(request, name, 0) < request->field_count) {
        return refuse(400, "a header that may stand once stands twice");
    }
    if (request->field_count == HTTP_FIELDS_MAX) return refuse(431, "too many header lines");
    text_view_t value = http_trim((text_view_t){ line.bytes + n + 1, line.count - n - 1 });
    request->fields[request->field_count].name = (uint8_t)name;
    request->fields[request->field_count].value = keep(store, value);
    request->field_count++;
    request->fields_seen |= (uint16_t)(1u << name);
    return HTTP_FINE;
}

unsigned http_head_next_field(const http_request_t *request, http_field_name_t name, unsigned from)
{
    if (!((unsigned)request->fields_seen >> name & 1u)) return request->field_count;
    while (from < request->field_count && request->fields[from].name != name) from++;
    return from;
}

text_view_t http_host_of(text_view_t authority)
{
    size_t n = 0;
    if (authority.count > 0 && authority.bytes[0] == '[') {
        while (n < authority.count && authority.bytes[n] != ']') n++;
        n = n < authority.count ? n + 1 : 0;
    } else {
        while (n < authority.count && authority.bytes[n] != ':') n++;
    }
    return (text_view_t){ authority.bytes, n };
}

/* ---- What the head means as a whole ------------------------------------------------------------------- */

static bool first_value(const http_request_t *request, const char *buffer, http_field_name_t name,
                        text_view_t *value)
{
    unsigned i = http_head_next_field(request, name, 0);
    if (i == request->field_count) return false;
    *value = http_span_text(buffer, request->fields[i].value);
    return true;
}

static http_verdict_t check_host(http_request_t *request, const char *buffer)
{
    unsigned i = http_head_next_field(request, HTTP_FIELD_HOST, 0);
    if (i == request->field_count) {
        return request->version_minor == 0 ? HTTP_FINE : refuse(400, "the Host header is missing");
    }
    if (!valid_authority(http_span_text(buffer, request->fields[i].value))) {
        return refuse(400, "the Host header is malformed");
    }
    if (request->authority.count == 0) request->authority = request->fields[i].value;
    return HTTP_FINE;
}

static http_verdict_t check_length(http_request_t *request, text_view_t value)
{
    uint32_t length = 0;
    if (value.count == 0) return refuse(400, "Content-Length is empty");
    for (size_t i = 0; i < value.count; i++) {
        if (value.bytes[i] < '0' || value.bytes[i] > '9')
            return refuse(400, "Content-Length is not a number");
        uint32_t digit = (uint32_t)(value.bytes[i] - '0');
        length = length > (UINT32_MAX - digit) / 10u ? UINT32_MAX : length * 10u + digit;
    }
    request->content_bytes = length;
    request->has_content = length > 0;
    return HTTP_FINE;
}

static http_verdict_t check_codings(http_request_t *request, text_view_t codings)
{
    if (request->version_minor == 0) return refuse(400, "HTTP/1.0 has no Transfer-Encoding");
    unsigned chunked = 0;
    for (text_view_t coding; http_list_next(&codings, &coding);) {
        if (!text_equal_nocase(coding, text_view("chunked"))) {
            return refuse(501, "the only transfer coding here is chunked");
        }
        chunked++;
    }
    if (chunked != 1) return refuse(400, "Transfer-Encoding must be chunked, once");
    request->chunked = request->has_content = true;
    return HTTP_FINE;
}

static http_verdict_t check_framing(http_request_t *request, const char *buffer)
{
    text_view_t length, codings;
    bool has_length = first_value(request, buffer, HTTP_FIELD_CONTENT_LENGTH, &length);
    bool has_codings = first_value(request, buffer, HTTP_FIELD_TRANSFER_ENCODING, &codings);
    if (has_length && has_codings) return refuse(400, "Content-Length and Transfer-Encoding contradict");
    if (has_length) return check_length(request, length);
    if (has_codings) return check_codings(request, codings);
    return HTTP_FINE;
}

static void read_connection(http_request_t *request, const char *buffer)
{
    bool close = false;
    for (unsigned i = 0; (i = http_head_next_field(request, HTTP_FIELD_CONNECTION, i)) < request->field_count;
         i++) {
        text_view_t list = http_span_text(buffer, request->fields[i].value);
        for (text_view_t option; http_list_next(&list, &option);) {
            if (text_equal_nocase(option, text_view("close")))
                close = true;
            else if (text_equal_nocase(option, text_view("keep-alive")))
                request->keep_alive = true;
        }
    }
    if (close) request->keep_alive = false;
}

/* All lines are one list (RFC 9110 section 5.3). */
static http_verdict_t read_expectation(http_request_t *request, const char *buffer)
{
    static const http_verdict_t cannot = { 417, true,
                                           "the only expectation that can be met is 100-continue" };
    unsigned i = http_head_next_field(request, HTTP_FIELD_EXPECT, 0), members = 0;
    /* RFC 9110 section 10.1.1: an HTTP/1.0 expectation is ignored. */
    if (request->version_minor == 0 || i == request->field_count) return HTTP_FINE;
    for (; i < request->field_count; i = http_head_next_field(request, HTTP_FIELD_EXPECT, i + 1)) {
        text_view_t list = http_span_text(buffer, request->fields[i].value);
        for (text_view_t member; http_list_next(&list, &member); members++) {
            if (!text_equal_nocase(member, text_view("100-continue"))) return cannot;
        }
    }
    if (members != 1) return cannot;
    request->expect_continue = request->has_content;
    return HTTP_FINE;
}

http_verdict_t http_head_complete(http_request_t *request, const char *buffer)
{
    http_verdict_t verdict = check_framing(request, buffer);
    if (verdict.status == 0) verdict = check_host(request, buffer);
    if (verdict.status) return verdict;
    read_connection(request, buffer);
    return read_expectation(request, buffer);
}
