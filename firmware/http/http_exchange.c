#include "http/http_exchange.h"

#include "http/http_answer.h"
#include "http/http_head.h"
#include "http/http_token.h"

/* Views of the request point into the head buffer of its connection. */
static const char *head_of(const http_exchange_t *ex)
{
    return ((const http_conn_t *)(const void *)ex)->head;
}

http_method_t http_method(const http_exchange_t *ex)
{
    return ex->request.method;
}

text_view_t http_path(const http_exchange_t *ex)
{
    return http_span_text(head_of(ex), ex->request.path);
}

text_view_t http_path_param(const http_exchange_t *ex, unsigned index)
{
    return index < ex->match.param_count ? ex->match.params[index] : (text_view_t){ "", 0 };
}

text_view_t http_field(const http_exchange_t *ex, http_field_name_t name)
{
    unsigned i = http_head_next_field(&ex->request, name, 0);
    if (i == ex->request.field_count) return (text_view_t){ "", 0 };
    return http_span_text(head_of(ex), ex->request.fields[i].value);
}

text_view_t http_authority(const http_exchange_t *ex)
{
    return http_span_text(head_of(ex), ex->request.authority);
}

const http_peer_t *http_peer(const http_exchange_t *ex)
{
    return &ex->peer;
}

uint64_t http_now_ms(const http_exchange_t *ex)
{
    return ((const http_conn_t *)(const void *)ex)->now_ms;
}

text_view_t http_body(const http_exchange_t *ex)
{
    return ex->body;
}

/* application/x-www-form-urlencoded: '+' is a blank. False when it is broken or does not fit. */
static bool decode_query(text_view_t text, char *value, size_t value_bytes)
{
    size_t length = 0;
    for (size_t i = 0; i < text.count; i++) {
        char c = text.bytes[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            if (text.count - i < 3 || !http_char_is(text.bytes[i + 1], HTTP_CHAR_HEX) ||
                !http_char_is(text.bytes[i + 2], HTTP_CHAR_HEX)) {
                return false;
            }
            c = (char)(http_hex_value(text.bytes[i + 1]) << 4 | http_hex_value(text.bytes[i + 2]));
            i += 2;
        }
        if (c == '\0' || length + 1 >= value_bytes) return false;
        value[length++] = c;
    }
    value[length] = '\0';
    return true;
}

/* Finds a parameter; its value is still encoded. */
static bool find_query(const http_exchange_t *ex, const char *name, text_view_t *value)
{
    text_view_t query = http_span_text(head_of(ex), ex->request.query);
    while (query.count > 0) {
        *value = http_split(&query, '&');
        text_view_t key = http_split(value, '=');
        char decoded[HTTP_QUERY_NAME_BYTES];
        if (decode_query(key, decoded, sizeof decoded) && strcmp(decoded, name) == 0) return true;
    }
    return false;
}

bool http_has_query(const http_exchange_t *ex, const char *name)
{
    text_view_t value;
    return find_query(ex, name, &value);
}

bool http_query(const http_exchange_t *ex, const char *name, char *value, size_t value_bytes)
{
    text_view_t encoded;
    return find_query(ex, name, &encoded) && decode_query(encoded, value, value_bytes);
}

void http_set_etag(http_exchange_t *ex, uint64_t tag)
{
    ex->answer.etag = tag;
    ex->answer.has_etag = true;
}

/* mine      a tag of 16 digits in quotes; those whose nibble of mask is 0 may differ */
static bool same_tag(text_view_t theirs, const char mine[18], uint64_t mask)
{
    if (theirs.count != 18) return false;
    for (unsigned i = 0; i < 18; i++) {
        bool counts = i == 0 || i == 17 || (mask >> (64u - 4u * i) & 0xfu) != 0;
        if (counts && theirs.bytes[i] != mine[i]) return false;
    }
    return true;
}

/* What a condition asks for. */
typedef struct {
    http_field_name_t field;
    uint64_t mask; /* of the tag: nibbles that count */
    bool weak_counts;
} tag_condition_t;

/* Several tags, weak ones, or any by "*". */
static bool lists_tag(const http_exchange_t *ex, const tag_condition_t *condition, const char digits[16])
{
    const http_request_t *request = &ex->request;
    char mine[18] = { [0] = '"', [17] = '"' };
    memcpy(mine + 1, digits, 16);
    unsigned first = http_head_next_field(request, condition->field, 0);
    bool alone = http_head_next_field(request, condition->field, first + 1u) >= request->field_count;
    for (unsigned i = first; (i = http_head_next_field(request, condition->field, i)) < request->field_count;
         i++) {
        text_view_t list = http_span_text(head_of(ex), request->fields[i].value);
        if (alone && text_equal(list, text_view("*"))) return true;
        for (text_view_t theirs; http_next(&list, ',', HTTP_PLAIN_QUOTES, &theirs);) {
            if (condition->weak_counts && theirs.count > 2 && memcmp(theirs.bytes, "W/", 2) == 0) {
                theirs.bytes += 2;
                theirs.count -= 2;
            }
            if (same_tag(theirs, mine, condition->mask)) return true;
        }
    }
    return false;
}

/* By words: each conditional request compares them. */
static bool same_digits(const char one[16], const char other[16])
{
    uint64_t a[2], b[2];
    memcpy(a, one, sizeof a);
    memcpy(b, other, sizeof b);
    return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
}

/* Whether a field of entity tags (RFC 9110 section 8.8.3) names a tag of ours. Most hold just the one that we gave. */
static bool names_tag(const http_exchange_t *ex, const tag_condition_t *condition, uint64_t tag)
{
    const http_request_t *request = &ex->request;
    unsigned first = http_head_next_field(request, condition->field, 0);
    if (first == request->field_count) return false;
    const char *digits = http_answer_tag_digits(ex->server, tag);
    text_view_t usual = http_span_text(head_of(ex), request->fields[first].value);
    if (usual.count == 18 && usual.bytes[0] == '"' && usual.bytes[17] == '"' &&
        same_digits(usual.bytes + 1, digits))
        return true;
    return lists_tag(ex, condition, digits);
}

bool http_client_has_it(const http_exchange_t *ex)
{
    static const tag_condition_t none_match = { HTTP_FIELD_IF_NONE_MATCH, UINT64_MAX, true };
    return ex->answer.has_etag && names_tag(ex, &none_match, ex->answer.etag);
}

http_precondition_t http_if_match(const http_exchange_t *ex, uint64_t tag, uint64_t mask)
{
    const http_request_t *request = &ex->request;
    if (http_head_next_field(request, HTTP_FIELD_IF_MATCH, 0) == request->field_count) {
        return HTTP_PRECONDITION_NONE;
    }
    const tag_condition_t match = { HTTP_FIELD_IF_MATCH, mask, false };
    return names_tag(ex, &match, tag) ? HTTP_PRECONDITION_HOLDS : HTTP_PRECONDITION_FAILED;
}

void http_set_allow(http_exchange_t *ex, uint8_t methods)
{
    ex->answer.allow = methods;
}

void http_set_retry_after(http_exchange_t *ex, uint16_t seconds)
{
    ex->answer.retry_after_s = seconds;
}

void http_set_location(http_exchange_t *ex, const char *location)
{
    ex->answer.location = location;
}

void http_set_link_next(http_exchange_t *ex, const char *target)
{
    ex->answer.link_next = target;
}

void http_set_generator_state(http_exchange_t *ex, const uint32_t state[4])
{
    memcpy(ex->answer.state, state, sizeof ex->answer.state);
}

void http_close_after(http_exchange_t *ex)
{
    ex->close = true;
}
