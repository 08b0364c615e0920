/* libFuzzer target: answers of servers that may be anything, and the documents in them.
 *
 * Dictionary: http.dict
 * The first byte says how the input is cut: it must come out the same as whole. What the picker takes for a document is
 * one, and one that it refuses is none, by a second opinion; what it does not look at, behind the last number that was
 * asked for, nobody judges. A Location resolves to an address that is one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "client/client_response.h"
#include "client/client_url.h"
#include "client/json_pick.h"
#include "tests/support/json_oracle.h"

#define BODY_BYTES_MAX 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    client_response_t response;
    json_pick_t pick, scan; /* for numbers, and for the whole document */
    size_t bytes;
    char body[BODY_BYTES_MAX];
} reader_t;

static const char *const pointers[] = { "/current/temperature_2m", "/0/a", "", "/a~1b" };

static void take(void *context, const char *bytes, size_t count)
{
    reader_t *reader = context;
    if (count > sizeof reader->body - reader->bytes) count = sizeof reader->body - reader->bytes;
    memcpy(reader->body + reader->bytes, bytes, count);
    reader->bytes += count;
    json_pick_feed(&reader->pick, bytes, count);
    json_pick_feed(&reader->scan, bytes, count);
}

static void read_all(reader_t *reader, const char *bytes, size_t count, size_t piece)
{
    reader->bytes = 0;
    client_response_begin(&reader->response, take, reader);
    json_pick_begin(&reader->pick, pointers, sizeof pointers / sizeof pointers[0]);
    json_pick_begin(&reader->scan, NULL, 0);
    for (size_t at = 0; at < count; at += piece)
        client_response_feed(&reader->response, bytes + at, count - at < piece ? count - at : piece);
    client_response_end(&reader->response);
    json_pick_end(&reader->pick);
    json_pick_end(&reader->scan);
}

static void compare(const reader_t *a, const reader_t *b)
{
    if (a->response.phase != b->response.phase || a->response.fault != b->response.fault) abort();
    if (a->response.status != b->response.status || a->bytes != b->bytes) abort();
    if (memcmp(a->body, b->body, a->bytes) != 0 || strcmp(a->response.etag, b->response.etag) != 0) abort();
    if (strcmp(a->response.location, b->response.location) != 0) abort();
    if (a->pick.state != b->pick.state || a->pick.left != b->pick.left || a->scan.state != b->scan.state)
        abort();
}

static void judge(const reader_t *reader)
{
    client_url_t base, url;
    char resolved[CLIENT_URL_BYTES];
    if (reader->response.phase != CLIENT_DONE && reader->response.phase != CLIENT_FAILED) abort();
    if (reader->bytes < sizeof reader->body && reader->scan.state != PICK_TOO_DEEP &&
        (reader->scan.state == PICK_DONE) !=
            oracle_is_json((const unsigned char *)reader->body, reader->bytes)) {
        abort();
    }
    if (!client_url_parse(text_view("https://a.example/b/c?d"), &base)) abort();
    if (client_url_resolve(&base, text_view(reader->response.location), resolved, sizeof resolved) &&
        !client_url_parse(text_view(resolved), &url)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static reader_t whole, cut;
    if (size < 1) return 0;
    const char *text = (const char *)data + 1;
    read_all(&whole, text, size - 1u, size);
    read_all(&cut, text, size - 1u, data[0] % 16u + 1u);
    compare(&whole, &cut);
    judge(&whole);
    return 0;
}
