#include "http_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIELDS_MAX 16

typedef struct {
    const char *at;
    const char *end;
} reader_t;

/* A line up to its CRLF, copied with a NUL; nothing below SP but HTAB may be in it. */
static void read_line(reader_t *in, char *line, size_t line_bytes)
{
    size_t n = 0;
    for (;;) {
        assert_true(in->at < in->end);
        char c = *in->at++;
        if (c == '\r') break;
        assert_true((unsigned char)c >= 0x20 || c == '\t');
        assert_true(n + 1 < line_bytes);
        line[n++] = c;
    }
    assert_true(in->at < in->end && *in->at == '\n');
    in->at++;
    line[n] = '\0';
}

static unsigned read_status_line(reader_t *in)
{
    char line[128];
    read_line(in, line, sizeof line);
    assert_int_equal(strncmp(line, "HTTP/1.1 ", 9), 0);
    assert_int_equal(strspn(line + 9, "0123456789"), 3);
    assert_int_equal(line[12], ' ');
    return (unsigned)strtoul(line + 9, NULL, 10);
}

static void take_field(client_answer_t *answer, const char *name, const char *value)
{
    if (strcmp(name, "Content-Length") == 0) {
        assert_true(value[0] != '\0' && strspn(value, "0123456789") == strlen(value));
        answer->has_length = true;
        answer->length = strtoul(value, NULL, 10);
    } else if (strcmp(name, "Transfer-Encoding") == 0) {
        assert_string_equal(value, "chunked");
        answer->chunked = true;
    } else if (strcmp(name, "Connection") == 0) {
        answer->close = strcmp(value, "close") == 0;
        answer->keep_alive = strcmp(value, "keep-alive") == 0;
        assert_true(answer->close || answer->keep_alive);
    } else if (strcmp(name, "Allow") == 0) {
        answer->has_allow = true;
    }
}

static void read_fields(client_answer_t *answer, reader_t *in)
{
    static const char token[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char names[FIELDS_MAX][64], line[512];
    for (unsigned count = 0;; count++) {
        read_line(in, line, sizeof line);
        if (line[0] == '\0') return;
        assert_true(count < FIELDS_MAX);
        size_t n = strspn(line, token);
        assert_true(n > 0 && n < sizeof names[0]);
        assert_int_equal(line[n], ':');
        assert_int_equal(line[n + 1], ' ');
        line[n] = '\0';
        memcpy(names[count], line, n + 1);
        for (unsigned i = 0; i < count; i++) assert_string_not_equal(names[i], names[count]);
        take_field(answer, line, line + n + 2);
    }
}

static void take_content(client_answer_t *answer, reader_t *in, size_t count)
{
    assert_true((size_t)(in->end - in->at) >= count);
    assert_true(answer->body_bytes + count < sizeof answer->body);
    memcpy(answer->body + answer->body_bytes, in->at, count);
    answer->body_bytes += count;
    in->at += count;
}

static void read_chunks(client_answer_t *answer, reader_t *in)
{
    char line[32];
    for (;;) {
        read_line(in, line, sizeof line);
        assert_true(line[0] != '\0' && strspn(line, "0123456789abcdefABCDEF") == strlen(line));
        size_t count = strtoul(line, NULL, 16);
        take_content(answer, in, count);
        read_line(in, line, sizeof line);
        assert_string_equal(line, ""); /* behind data, or in place of trailers */
        if (count == 0) return;
    }
}

size_t client_read(client_answer_t *answer, const char *bytes, size_t count, bool head)
{
    reader_t in = { bytes, bytes + count };
    memset(answer, 0, sizeof *answer);
    answer->status = read_status_line(&in);
    read_fields(answer, &in);
    assert_false(answer->has_length && answer->chunked);
    if (answer->status < 200 || answer->status == 204 || answer->status == 304) {
        /* RFC 9110 section 8.6, RFC 9112 section 6.1; ours sends no length with 304 either */
        assert_false(answer->has_length || answer->chunked);
    } else if (!head) {
        if (answer->chunked) {
            read_chunks(answer, &in);
        } else if (answer->has_length) {
            take_content(answer, &in, answer->length);
        } else {
            assert_true(answer->close);
            take_content(answer, &in, (size_t)(in.end - in.at));
        }
    }
    answer->body[answer->body_bytes] = '\0';
    return (size_t)(in.at - bytes);
}
