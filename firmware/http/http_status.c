#include "http/http_status.h"

#include "config/limits.h"

#define KNOWN(status, text)                                                                                  \
    {                                                                                                        \
        (status), sizeof(text) - 1, (text)                                                                   \
    }

typedef struct {
    uint16_t status;
    uint16_t bytes; /* of the text: nobody counts them for each answer */
    const char *text;
} reason_t;

static const reason_t *reason(unsigned status)
{
    static const reason_t known[] = {
        KNOWN(304, "304 Not Modified"),
        KNOWN(308, "308 Permanent Redirect"),
        KNOWN(201, "201 Created"),
        KNOWN(202, "202 Accepted"),
        KNOWN(204, "204 No Content"),
        KNOWN(400, "400 Bad Request"),
        KNOWN(401, "401 Unauthorized"),
        KNOWN(403, "403 Forbidden"),
        KNOWN(404, "404 Not Found"),
        KNOWN(405, "405 Method Not Allowed"),
        KNOWN(406, "406 Not Acceptable"),
        KNOWN(408, "408 Request Timeout"),
        KNOWN(409, "409 Conflict"),
        KNOWN(412, "412 Precondition Failed"),
        KNOWN(413, "413 Content Too Large"),
        KNOWN(414, "414 URI Too Long"),
        KNOWN(415, "415 Unsupported Media Type"),
        KNOWN(417, "417 Expectation Failed"),
        KNOWN(421, "421 Misdirected Request"),
        KNOWN(422, "422 Unprocessable Content"),
        KNOWN(428, "428 Precondition Required"),
        KNOWN(429, "429 Too Many Requests"),
        KNOWN(431, "431 Request Header Fields Too Large"),
        KNOWN(500, "500 Internal Server Error"),
        KNOWN(501, "501 Not Implemented"),
        KNOWN(503, "503 Service Unavailable"),
        KNOWN(505, "505 HTTP Version Not Supported"),
    };
    _Static_assert(sizeof known / sizeof known[0] <= HTTP_STATUSES_MAX, "each is counted");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].status == status) return &known[i];
    }
    return NULL;
}

void http_write_status_line(text_writer_t *out, unsigned status)
{
    if (status == 200) {
        text_literal(out, "HTTP/1.1 200 OK\r\n");
        return;
    }
    const reason_t *known = reason(status);
    text_literal(out, "HTTP/1.1 ");
    if (known) {
        text_append(out, known->text, known->bytes);
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
