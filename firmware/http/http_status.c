#include "http/http_status.h"

#include "config/limits.h"

static const char *reason(unsigned status)
{
    static const struct {
        uint16_t status;
        const char *text;
    } known[] = {
        { 304, "304 Not Modified" },
        { 308, "308 Permanent Redirect" },
        { 201, "201 Created" },
        { 202, "202 Accepted" },
        { 204, "204 No Content" },
        { 400, "400 Bad Request" },
        { 401, "401 Unauthorized" },
        { 403, "403 Forbidden" },
        { 404, "404 Not Found" },
        { 405, "405 Method Not Allowed" },
        { 406, "406 Not Acceptable" },
        { 408, "408 Request Timeout" },
        { 409, "409 Conflict" },
        { 412, "412 Precondition Failed" },
        { 413, "413 Content Too Large" },
        { 414, "414 URI Too Long" },
        { 415, "415 Unsupported Media Type" },
        { 417, "417 Expectation Failed" },
        { 421, "421 Misdirected Request" },
        { 422, "422 Unprocessable Content" },
        { 428, "428 Precondition Required" },
        { 429, "429 Too Many Requests" },
        { 431, "431 Request Header Fields Too Large" },
        { 500, "500 Internal Server Error" },
        { 501, "501 Not Implemented" },
        { 503, "503 Service Unavailable" },
        { 505, "505 HTTP Version Not Supported" },
    };
    _Static_assert(sizeof known / sizeof known[0] <= HTTP_STATUSES_MAX, "each is counted");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].status == status) return known[i].text;
    }
    return NULL;
}

void http_write_status_line(text_writer_t *out, unsigned status)
{
    if (status == 200) {
        text_literal(out, "HTTP/1.1 200 OK\r\n");
        return;
    }
    const char *known = reason(status);
    text_literal(out, "HTTP/1.1 ");
    if (known) {
        text_string(out, known);
    } else { /* the reason phrase is optional (RFC 9112 section 4) */
        text_u32(out, status);
        text_char(out, ' ');
    }
    text_literal(out, "\r\n");
}

#define REFUSAL_BODY                                                                                         \
    "{\"type\":\"/problems/overloaded\",\"title\":\"Service unavailable\",\"status\":503,"                   \
    "\"detail\":\"all connections are in use, try again\"}"

text_view_t http_refusal(void)
{
    static const char refusal[] = "HTTP/1.1 503 Service Unavailable\r\n"
                                  "Content-Type: application/problem+json\r\n"
                                  "Retry-After: 1\r\n"
                                  "Connection: close\r\n"
                                  "Content-Length: 123\r\n"
                                  "\r\n" REFUSAL_BODY;
    _Static_assert(sizeof REFUSAL_BODY - 1 == 123, "the Content-Length above");
    _Static_assert(HTTP_RETRY_AFTER_S == 1, "the Retry-After above");
    return (text_view_t){ refusal, sizeof refusal - 1 };
}
