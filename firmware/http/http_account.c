#include "http/http_account.h"

#include "http/http_head.h"

static void count_status(http_server_t *server, uint16_t status)
{
    server->counters.requests++;
    if (status >= 500)
        server->counters.errors_5xx++;
    else if (status >= 400)
        server->counters.errors_4xx++;
    for (unsigned i = 0; i < HTTP_STATUSES_MAX; i++) {
        if (server->counters.by_status[i].status == 0) server->counters.by_status[i].status = status;
        if (server->counters.by_status[i].status != status) continue;
        server->counters.by_status[i].answers++;
        break;
    }
}

static bool only_read(const http_exchange_t *ex)
{
    const unsigned reading = HTTP_GET | HTTP_HEAD | HTTP_OPTIONS;
    const http_request_t *request = &ex->request;
    return (request->method & reading) && ex->answer.status < 400 && !ex->answer.stream &&
           http_head_next_field(request, HTTP_FIELD_AUTHORIZATION, 0) == request->field_count;
}

void http_account(http_exchange_t *ex)
{
    count_status(ex->server, ex->answer.status);
    if (!only_read(ex)) ex->server->acted = true;
}
