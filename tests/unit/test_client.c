/* HTTP from the other side: addresses, requests, answers cut at each byte, and how long to wait after failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/client_backoff.h"
#include "client/client_request.h"
#include "client/client_response.h"
#include "client/client_url.h"

/* ---- Addresses -------------------------------------------------------------------------------------------------- */

static void is_url(const char *text, bool secure, const char *host, uint16_t port, const char *authority,
                   const char *target)
{
    client_url_t url;
    if (!client_url_parse(text_view(text), &url)) fail_msg("%s", text);
    assert_int_equal(url.secure, secure);
    assert_int_equal(url.port, port);
    assert_true(text_equal(url.host, text_view(host)));
    assert_true(text_equal(url.authority, text_view(authority)));
    assert_true(text_equal(url.target, text_view(target)));
}

static void addresses_are_taken_apart(void **state)
{
    (void)state;
    is_url("http://a", false, "a", 80, "a", "");
    is_url("https://a/", true, "a", 443, "a", "/");
    is_url("HTTPS://A.example:8443/x?y=z&w=%20", true, "A.example", 8443, "A.example:8443", "/x?y=z&w=%20");
    is_url("http://10.0.2.2:8080?q", false, "10.0.2.2", 8080, "10.0.2.2:8080", "?q");
    is_url("http://[fec0::2]:81/", false, "fec0::2", 81, "[fec0::2]:81", "/");
    is_url("http://[::1]", false, "::1", 80, "[::1]", "");
}

static void some_texts_are_no_addresses(void **state)
{
    static const char *const texts[] = { "",
                                         "http://",
                                         "http:///x",
                                         "ftp://a/",
                                         "//a/",
                                         "a/b",
                                         "http:/a",
                                         "http://a:0/",
                                         "http://a:65536/",
                                         "http://a:/",
                                         "http://a:8x",
                                         "http://u:p@a/",
                                         "http://u@a/",
                                         "http://a/#f",
                                         "http://a/ b",
                                         "http://a/%2",
                                         "http://a/%zz",
                                         "http://a/\x80",
                                         "http://a\r\nX: y/",
                                         "http://a/\r\nX: y",
                                         "http://.a/",
                                         "http://[::1",
                                         "http://[fe80::1%25eth0]/",
                                         "http://[::1]x",
                                         "http://a/<b>",
                                         "http://a/\"",
                                         "http://a/\\",
                                         "http://a b/",
                                         "javascript://a/" };
    client_url_t url;
    char host[CLIENT_HOST_BYTES + 8u] = "http://";
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (client_url_parse(text_view(texts[i]), &url)) fail_msg("%s", texts[i]);
    memset(host + 7, 'a', CLIENT_HOST_BYTES);
    assert_false(client_url_parse((text_view_t){ host, 7u + CLIENT_HOST_BYTES }, &url));
    assert_true(client_url_parse((text_view_t){ host, 6u + CLIENT_HOST_BYTES }, &url));
}

static void resolves(const char *base_text, const char *location, const char *expected)
{
    client_url_t base;
    char resolved[CLIENT_URL_BYTES];
    assert_true(client_url_parse(text_view(base_text), &base));
    bool ok = client_url_resolve(&base, text_view(location), resolved, sizeof resolved);
    if (ok != (expected != NULL)) fail_msg("%s %s", base_text, location);
    if (ok) assert_string_equal(resolved, expected);
}

static void a_location_is_meant_beside_its_address(void **state)
{
    static const char base[] = "https://a.example:8443/b/c?q=/x";
    char longest[CLIENT_URL_BYTES];
    (void)state;
    resolves(base, "http://other/x#part", "http://other/x");
    resolves(base, "//other/x", "https://other/x");
    resolves(base, "/x?y", "https://a.example:8443/x?y");
    resolves(base, "d", "https://a.example:8443/b/d");
    resolves(base, "d/e.json?f", "https://a.example:8443/b/d/e.json?f");
    resolves(base, "?r", "https://a.example:8443/b/c?r");
    resolves("http://a", "x", "http://a/x");
    resolves("http://a?q", "?r", "http://a/?r");
    resolves(base, "../x", NULL);
    resolves(base, "d/./x", NULL);
    resolves(base, "ftp://other/", NULL);
    resolves(base, "javascript:alert(1)", NULL);
    resolves(base, "d/a:b", "https://a.example:8443/b/d/a:b");
    memset(longest, 'x', sizeof longest - 1u);
    longest[sizeof longest - 1u] = '\0';
    resolves(base, longest, NULL);
}

static void an_origin_is_scheme_host_and_port(void **state)
{
    client_url_t a, b;
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } pairs[] = {
        { "http://a/x", "http://A:80/y", true },  { "http://a/", "https://a/", false },
        { "http://a/", "http://a:81/", false },   { "http://a/", "http://b/", false },
        { "https://a/", "https://a:443/", true },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_true(client_url_parse(text_view(pairs[i].a), &a));
        assert_true(client_url_parse(text_view(pairs[i].b), &b));
        assert_int_equal(client_url_same_origin(&a, &b), pairs[i].same);
    }
}

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

static void a_request_says_all_that_is_needed(void **state)
{
    static const client_field_t fields[] = { { "X-Key", "k 1" }, { "Accept-Language", "de" } };
    char head[512];
    client_url_t url;
    text_writer_t out = text_writer(head, sizeof head - 1u);
    (void)state;
    assert_true(client_url_parse(text_view("http://a:81?q=1"), &url));
    client_request_write(
        &out, &(client_request_t){
                  .url = &url, .token = "secret", .fields = fields, .field_count = 2, .etag = "\"v1\"" });
    *out.at = '\0';
    assert_false(out.overflow);
    assert_memory_equal(head, "GET /?q=1 HTTP/1.1\r\nHost: a:81\r\nUser-Agent: jembatan/", 53);
    assert_non_null(strstr(head, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(head, "\r\nAuthorization: Bearer secret\r\n"));
    assert_non_null(strstr(head, "\r\nIf-None-Match: \"v1\"\r\n"));
    assert_non_null(strstr(head, "\r\nX-Key: k 1\r\nAccept-Language: de\r\n\r\n"));
}

static void some_fields_are_not_the_users(void **state)
{
    (void)state;
    assert_true(client_is_field_name(text_view("X-Api-Key")));
    assert_true(client_is_field_name(text_view("Authorization")));
    assert_false(client_is_field_name(text_view("")));
    assert_false(client_is_field_name(text_view("X Key")));
    assert_false(client_is_field_name(text_view("X:")));
    assert_false(client_is_field_name(text_view("hOST")));
    assert_false(client_is_field_name(text_view("Transfer-Encoding")));
    assert_true(client_is_field_value(text_view("a b")));
    assert_false(client_is_field_value(text_view("")));
    assert_false(client_is_field_value(text_view(" a")));
    assert_false(client_is_field_value(text_view("a ")));
    assert_false(client_is_field_value(text_view("a\r\nb: c")));
    assert_false(client_is_field_value(text_view("\xc3\xa9")));
}

/* ---- Answers ------------------------------------------------------------------------------------------------------ */

typedef struct {
    client_response_t response;
    char body[512];
    size_t bytes;
} answer_t;

static void collect(void *context, const char *bytes, size_t count)
{
    answer_t *answer = context;
    assert_true(answer->bytes + count < sizeof answer->body);
    memcpy(answer->body + answer->bytes, bytes, count);
    answer->bytes += count;
    answer->body[answer->bytes] = '\0';
}

/* cut 0: byte by byte */
static void read_answer(answer_t *answer, const char *text, size_t bytes, size_t cut, bool ends)
{
    *answer = (answer_t){ .bytes = 0 };
    client_response_begin(&answer->response, collect, answer);
    if (cut == 0) {
        for (size_t i = 0; i < bytes; i++) client_response_feed(&answer->response, text + i, 1);
    } else {
        client_response_feed(&answer->response, text, cut);
        client_response_feed(&answer->response, text + cut, bytes - cut);
    }
    if (ends) client_response_end(&answer->response);
}

static answer_t answer_of(const char *text, bool ends)
{
    answer_t whole, other;
    size_t bytes = strlen(text);
    read_answer(&whole, text, bytes, bytes, ends);
    for (size_t cut = 0; cut < bytes; cut++) {
        read_answer(&other, text, bytes, cut, ends);
        if (other.response.phase != whole.response.phase || other.response.fault != whole.response.fault)
            fail_msg("%s cut at %zu: %d %d", text, cut, (int)other.response.phase, (int)other.response.fault);
        assert_int_equal(other.response.status, whole.response.status);
        assert_string_equal(other.body, whole.body);
        assert_string_equal(other.response.etag, whole.response.etag);
        assert_string_equal(other.response.location, whole.response.location);
        assert_int_equal(other.response.retry_after_s, whole.response.retry_after_s);
    }
    return whole;
}

static void is_done(const char *text, bool ends, unsigned status, const char *body)
{
    answer_t answer = answer_of(text, ends);
    if (answer.response.phase != CLIENT_DONE) fail_msg("%s: %d", text, (int)answer.response.phase);
    assert_int_equal(answer.response.status, status);
    assert_string_equal(answer.body, body);
    assert_int_equal(answer.response.body_bytes, strlen(body));
}

static void fails_by(const char *text, client_fault_t fault)
{
    answer_t answer = answer_of(text, true);
    if (answer.response.phase != CLIENT_FAILED || answer.response.fault != fault)
        fail_msg("%s: %d %d", text, (int)answer.response.phase, (int)answer.response.fault);
}

static void bodies_end_by_length_chunks_or_close(void **state)
{
    (void)state;
    is_done("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcXYZ", false, 200, "abc");
    is_done("HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", false, 200, "");
    is_done("HTTP/1.0 200 Fine\r\n\r\nall of it", true, 200, "all of it");
    is_done("HTTP/1.1 200 OK\nContent-Length: 1\n\nx", false, 200, "x");
    is_done("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nX: "
            "y\r\n\r\n",
            false, 200, "abc0123456789");
    is_done("HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno", false, 500, "no");
    is_done("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", false, 200, "x");
}

static void some_answers_have_no_body(void **state)
{
    (void)state;
    is_done("HTTP/1.1 304 Not Modified\r\nETag: W/\"1\"\r\n\r\n", false, 304, "");
    is_done("HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\n\r\n", false, 304, "");
    is_done("HTTP/1.1 204 No Content\r\n\r\n", false, 204, "");
}

static void interim_answers_are_passed_over(void **state)
{
    char text[256] = "";
    (void)state;
    is_done(
        "HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        false, 200, "x");
    for (unsigned i = 0; i <= CLIENT_INTERIM_MAX; i++) strcat(text, "HTTP/1.1 100 Continue\r\n\r\n");
    fails_by(text, CLIENT_FAULT_HEAD_SIZE);
    fails_by("HTTP/1.1 101 Switching\r\n\r\n", CLIENT_FAULT_SYNTAX);
}

static void fields_that_matter_are_kept(void **state)
{
    (void)state;
    answer_t answer =
        answer_of("HTTP/1.1 302 Found\r\nETag: \"a b\" \r\nLOCATION:  /next\t\r\nRetry-After: 120\r\n"
                  "Content-Length: 0\r\n\r\n",
                  false);
    assert_string_equal(answer.response.etag, "\"a b\"");
    assert_string_equal(answer.response.location, "/next");
    assert_int_equal(answer.response.retry_after_s, 120);
    answer = answer_of(
        "HTTP/1.1 503 No\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n", false);
    assert_int_equal(answer.response.retry_after_s, 0);
}

static void what_is_too_long_is_not_half_kept(void **state)
{
    char text[CLIENT_HEAD_BYTES_MAX + 256u];
    answer_t answer;
    (void)state;
    int n = snprintf(
        text, sizeof text,
        "HTTP/1.1 302 Found\r\nETag: \"%0*d\"\r\nLocation: /%0*d\r\nX: %0*d\r\nContent-Length: 0\r\n\r\n",
        (int)CLIENT_ETAG_BYTES, 0, (int)CLIENT_URL_BYTES, 0, 2 * (int)CLIENT_LINE_BYTES, 0);
    read_answer(&answer, text, (size_t)n, 0, false);
    assert_int_equal(answer.response.phase, CLIENT_DONE);
    assert_string_equal(answer.response.etag, "");
    assert_string_equal(answer.response.location, "");
    assert_true(answer.response.location_too_long);
    n = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: %0*d\r\n\r\n", (int)CLIENT_LINE_BYTES,
                 1);
    read_answer(&answer, text, (size_t)n, 0, false);
    assert_int_equal(answer.response.fault, CLIENT_FAULT_SYNTAX);
    n = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nX: %0*d\r\n\r\n", (int)CLIENT_HEAD_BYTES_MAX, 0);
    read_answer(&answer, text, (size_t)n, 1, false);
    assert_int_equal(answer.response.fault, CLIENT_FAULT_HEAD_SIZE);
}

static void what_ends_too_early_is_truncated(void **state)
{
    (void)state;
    fails_by("", CLIENT_FAULT_TRUNCATED);
    fails_by("HTTP/1.1 200 OK\r\n", CLIENT_FAULT_TRUNCATED);
    fails_by("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", CLIENT_FAULT_TRUNCATED);
    fails_by("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", CLIENT_FAULT_TRUNCATED);
    fails_by("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
             CLIENT_FAULT_TRUNCATED);
}

static void what_is_no_http_is_refused(void **state)
{
    static const char *const texts[] = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: x\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: x\ry\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n123456789\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) fails_by(texts[i], CLIENT_FAULT_SYNTAX);
}

static void codings_that_were_not_asked_for_are_refused(void **state)
{
    (void)state;
    fails_by("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", CLIENT_FAULT_CODING);
    fails_by("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", CLIENT_FAULT_CODING);
    fails_by("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
             CLIENT_FAULT_CODING);
    is_done("HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 0\r\n\r\n", false, 200, "");
}

static void ignore(void *context, const char *bytes, size_t count)
{
    (void)context;
    (void)bytes;
    (void)count;
}

/* Chunks of one byte with long extensions, and trailers without an end. */
static void framing_without_end_is_refused(void **state)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    client_response_t response;
    (void)state;
    client_response_begin(&response, ignore, NULL);
    client_response_feed(&response, head, sizeof head - 1u);
    for (unsigned i = 0; i < 100000 && response.phase == CLIENT_BODY; i++)
        client_response_feed(&response, "1;xxxxxxxxxxxxxxxxx\r\nx\r\n", 24);
    assert_int_equal(response.phase, CLIENT_FAILED);
    client_response_begin(&response, ignore, NULL);
    client_response_feed(&response, head, sizeof head - 1u);
    client_response_feed(&response, "0\r\n", 3);
    for (unsigned i = 0; i < 100000 && response.phase == CLIENT_BODY; i++)
        client_response_feed(&response, "a: b\r\n", 6);
    assert_int_equal(response.phase, CLIENT_FAILED);
}

/* ---- Waiting ------------------------------------------------------------------------------------------------------- */

static void failures_are_waited_for_ever_longer_within_bounds(void **state)
{
    static const uint32_t randoms[] = { 0, 1, 0x7fffffffu, UINT32_MAX };
    (void)state;
    for (uint32_t failures = 1; failures < 70; failures++) {
        uint32_t whole = failures > 8 ? 900000u : 5000u << (failures - 1u);
        if (whole > 900000u) whole = 900000u;
        for (unsigned i = 0; i < 4; i++) {
            uint32_t wait_ms = client_backoff_ms(failures, 5000, 900000, randoms[i]);
            assert_in_range(wait_ms, whole / 2u, whole);
        }
        assert_int_equal(client_backoff_ms(failures, 5000, 900000, 0), whole - whole / 2u);
        assert_int_equal(client_backoff_ms(failures, 5000, 900000, UINT32_MAX), whole);
    }
    assert_int_equal(client_backoff_ms(1, 5000, 1000, UINT32_MAX), 1000);
    assert_in_range(client_backoff_ms(UINT32_MAX, UINT32_MAX, UINT32_MAX, 7), UINT32_MAX / 2u, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_apart),
        cmocka_unit_test(some_texts_are_no_addresses),
        cmocka_unit_test(a_location_is_meant_beside_its_address),
        cmocka_unit_test(an_origin_is_scheme_host_and_port),
        cmocka_unit_test(a_request_says_all_that_is_needed),
        cmocka_unit_test(some_fields_are_not_the_users),
        cmocka_unit_test(bodies_end_by_length_chunks_or_close),
        cmocka_unit_test(some_answers_have_no_body),
        cmocka_unit_test(interim_answers_are_passed_over),
        cmocka_unit_test(fields_that_matter_are_kept),
        cmocka_unit_test(what_is_too_long_is_not_half_kept),
        cmocka_unit_test(what_ends_too_early_is_truncated),
        cmocka_unit_test(what_is_no_http_is_refused),
        cmocka_unit_test(codings_that_were_not_asked_for_are_refused),
        cmocka_unit_test(framing_without_end_is_refused),
        cmocka_unit_test(failures_are_waited_for_ever_longer_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
