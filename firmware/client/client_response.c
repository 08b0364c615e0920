#include "client/client_response.h"

#include "base/text.h"

enum { AT_STATUS, AT_FIELD, AT_LENGTH, AT_CHUNK_SIZE, AT_CHUNK, AT_CHUNK_END, AT_TRAILER, AT_CLOSE };

#define LENGTH_DIGITS_MAX 15 /* more than any body that we would wait for */

static void fail(client_response_t *response, client_fault_t fault)
{
    response->phase = CLIENT_FAILED;
    response->fault = fault;
}

/* Of one answer; those of an interim one do not count. */
static void forget_fields(client_response_t *response)
{
    response->etag[0] = response->location[0] = '\0';
    response->location_too_long = false;
    response->retry_after_s = 0;
    response->chunked = response->has_length = false;
    response->left = 0;
}

void client_response_begin(client_response_t *response, client_body_t take, void *context)
{
    response->phase = CLIENT_HEAD;
    response->fault = CLIENT_FAULT_NONE;
    response->status = 0;
    response->body_bytes = 0;
    response->take = take;
    response->context = context;
    response->state = AT_STATUS;
    response->interim = 0;
    response->line_cut = false;
    response->line_bytes = 0;
    response->head_bytes = response->overhead_bytes = 0;
    forget_fields(response);
}

/* ---- Lines of the head ---------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* HTTP/1.x SP 3DIGIT, then SP or the end. */
static void read_status(client_response_t *response, text_view_t line)
{
    const char *at = line.bytes;
    if (line.count < 12 || memcmp(at, "HTTP/1.", 7) != 0 || !is_digit(at[7]) || at[8] != ' ' ||
        !is_digit(at[9]) || !is_digit(at[10]) || !is_digit(at[11]) || (line.count > 12 && at[12] != ' ')) {
        fail(response, CLIENT_FAULT_SYNTAX);
        return;
    }
    response->status = (uint16_t)((at[9] - '0') * 100 + (at[10] - '0') * 10 + (at[11] - '0'));
    if (response->status < 100 || response->status >= 600 || response->status == 101) {
        fail(response, CLIENT_FAULT_SYNTAX); /* nobody asked to speak anything else */
        return;
    }
    response->state = AT_FIELD;
}

static bool copy(char *out, size_t bytes, text_view_t value)
{
    bool fits = value.count < bytes;
    size_t count = fits ? value.count : 0;
    memcpy(out, value.bytes, count);
    out[count] = '\0';
    return fits;
}

static bool read_decimal(text_view_t digits, uint64_t *value)
{
    *value = 0;
    if (digits.count == 0 || digits.count > LENGTH_DIGITS_MAX) return false;
    for (size_t i = 0; i < digits.count; i++) {
        if (!is_digit(digits.bytes[i])) return false;
        *value = *value * 10u + (uint64_t)(digits.bytes[i] - '0');
    }
    return true;
}

static void take_length(client_response_t *response, text_view_t value)
{
    uint64_t length;
    if (!read_decimal(value, &length) || (response->has_length && length != response->left)) {
        fail(response, CLIENT_FAULT_SYNTAX);
        return;
    }
    response->has_length = true;
    response->left = length;
}

static void take_field(client_response_t *response, text_view_t name, text_view_t value)
{
    uint64_t seconds;
    if (text_equal_nocase(name, text_view("content-length"))) {
        take_length(response, value);
    } else if (text_equal_nocase(name, text_view("transfer-encoding"))) {
        if (response->chunked || !text_equal_nocase(value, text_view("chunked")))
            fail(response, CLIENT_FAULT_CODING);
        response->chunked = true;
    } else if (text_equal_nocase(name, text_view("content-encoding"))) {
        if (!text_equal_nocase(value, text_view("identity"))) fail(response, CLIENT_FAULT_CODING);
    } else if (text_equal_nocase(name, text_view("etag"))) {
        (void)copy(response->etag, sizeof response->etag, value);
    } else if (text_equal_nocase(name, text_view("location"))) {
        response->location_too_long = !copy(response->location, sizeof response->location, value);
    } else if (text_equal_nocase(name, text_view("retry-after"))) {
        bool known = read_decimal(value, &seconds) && seconds <= UINT32_MAX;
        response->retry_after_s = known ? (uint32_t)seconds : 0;
    }
}

static bool is_name(text_view_t name)
{
    for (size_t i = 0; i < name.count; i++) {
        if (name.bytes[i] <= ' ' || name.bytes[i] > '~') return false;
    }
    return name.count > 0;
}

static text_view_t trim(text_view_t text)
{
    while (text.count > 0 && (text.bytes[0] == ' ' || text.bytes[0] == '\t')) {
        text.bytes++;
        text.count--;
    }
    while (text.count > 0 && (text.bytes[text.count - 1u] == ' ' || text.bytes[text.count - 1u] == '\t'))
        text.count--;
    return text;
}

/* A line that was too long for the buffer has lost its end: of the fields that count only a Location is as long. */
static void read_field(client_response_t *response, text_view_t line)
{
    size_t at = 0;
    while (at < line.count && line.bytes[at] != ':') at++;
    text_view_t name = { line.bytes, at };
    if (at == line.count || !is_name(name)) {
        fail(response, CLIENT_FAULT_SYNTAX);
    } else if (response->line_cut) {
        bool location = text_equal_nocase(name, text_view("location"));
        bool frames = text_equal_nocase(name, text_view("content-length")) ||
                      text_equal_nocase(name, text_view("transfer-encoding")) ||
                      text_equal_nocase(name, text_view("content-encoding"));
        if (location) response->location_too_long = true;
        if (frames) fail(response, CLIENT_FAULT_SYNTAX);
    } else {
        take_field(response, name, trim((text_view_t){ line.bytes + at + 1u, line.count - at - 1u }));
    }
}

static void end_head(client_response_t *response)
{
    if (response->status < 200) {
        if (++response->interim > CLIENT_INTERIM_MAX) {
            fail(response, CLIENT_FAULT_HEAD_SIZE);
            return;
        }
        forget_fields(response);
        response->state = AT_STATUS;
        return;
    }
    if (response->chunked && response->has_length) {
        fail(response,
             CLIENT_FAULT_SYNTAX); /* RFC 9112 section 6.3: somebody between us may have read it otherwise */
        return;
    }
    response->phase = CLIENT_BODY;
    bool bodiless = response->status == 204 || response->status == 304;
    if (bodiless || (response->has_length && response->left == 0))
        response->phase = CLIENT_DONE;
    else if (response->chunked)
        response->state = AT_CHUNK_SIZE;
    else
        response->state = response->has_length ? AT_LENGTH : AT_CLOSE;
}

/* ---- Lines of the framing -------------------------------------------------------------------------------- */

static int hex_value(char c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static void read_chunk_size(client_response_t *response, text_view_t line)
{
    size_t at = 0;
    response->left = 0;
    for (; at < line.count && hex_value(line.bytes[at]) >= 0; at++) {
        if (at == 8) break;
        response->left = response->left << 4u | (unsigned)hex_value(line.bytes[at]);
    }
    bool ends = at == line.count || line.bytes[at] == ';' || line.bytes[at] == ' ' || line.bytes[at] == '\t';
    if (at == 0 || !ends) {
        fail(response, CLIENT_FAULT_SYNTAX);
        return;
    }
    response->state = response->left > 0 ? AT_CHUNK : AT_TRAILER;
}

static void read_line(client_response_t *response, text_view_t line)
{
    switch (response->state) {
    case AT_STATUS: read_status(response, line); break;
    case AT_FIELD:
        if (line.count > 0)
            read_field(response, line);
        else
            end_head(response);
        break;
    case AT_CHUNK_SIZE: read_chunk_size(response, line); break;
    case AT_CHUNK_END:
        if (line.count > 0)
            fail(response, CLIENT_FAULT_SYNTAX);
        else
            response->state = AT_CHUNK_SIZE;
        break;
    default: /* trailers mean nothing to us */
        if (line.count == 0) response->phase = CLIENT_DONE;
        break;
    }
}

static void count_line_byte(client_response_t *response)
{
    uint32_t *count = response->phase == CLIENT_HEAD ? &response->head_bytes : &response->overhead_bytes;
    if (++*count > CLIENT_HEAD_BYTES_MAX && response->phase == CLIENT_HEAD)
        fail(response, CLIENT_FAULT_HEAD_SIZE);
    /* Framing may grow with what it frames, but not without it. */
    if (response->phase == CLIENT_BODY && *count > CLIENT_HEAD_BYTES_MAX + response->body_bytes)
        fail(response, CLIENT_FAULT_SYNTAX);
}

/* The line's end is LF, with a CR before it that is not part of it. */
static void feed_line(client_response_t *response, char c)
{
    count_line_byte(response);
    if (response->phase == CLIENT_FAILED) return;
    if (c == '\n') {
        size_t count = response->line_bytes;
        if (count > 0 && !response->line_cut && response->line[count - 1u] == '\r') count--;
        read_line(response, (text_view_t){ response->line, count });
        response->line_bytes = 0;
        response->line_cut = false;
    } else if (c == '\0' || (response->line_bytes > 0 && response->line[response->line_bytes - 1u] == '\r')) {
        fail(response, CLIENT_FAULT_SYNTAX); /* a CR alone is no end */
    } else if (response->line_bytes < sizeof response->line) {
        response->line[response->line_bytes++] = c;
    } else {
        response->line_cut = true;
    }
}

/* ---- Bytes ------------------------------------------------------------------------------------------------ */

static size_t feed_body(client_response_t *response, const char *bytes, size_t count)
{
    bool bounded = response->state != AT_CLOSE;
    if (bounded && count > response->left) count = (size_t)response->left;
    response->body_bytes += count;
    response->take(response->context, bytes, count);
    if (!bounded) return count;
    response->left -= count;
    if (response->left > 0) return count;
    if (response->state == AT_CHUNK)
        response->state = AT_CHUNK_END;
    else
        response->phase = CLIENT_DONE;
    return count;
}

void client_response_feed(client_response_t *response, const char *bytes, size_t count)
{
    size_t at = 0;
    while (at < count && response->phase < CLIENT_DONE) {
        bool in_body =
            response->state == AT_LENGTH || response->state == AT_CHUNK || response->state == AT_CLOSE;
        if (in_body)
            at += feed_body(response, bytes + at, count - at);
        else
            feed_line(response, bytes[at++]);
    }
}

void client_response_end(client_response_t *response)
{
    if (response->phase >= CLIENT_DONE) return;
    if (response->phase == CLIENT_BODY && response->state == AT_CLOSE)
        response->phase = CLIENT_DONE;
    else
        fail(response, CLIENT_FAULT_TRUNCATED);
}
