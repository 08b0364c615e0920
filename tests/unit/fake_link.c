#include "tests/unit/fake_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void open_link(void *context, const client_link_target_t *target)
{
    fake_link_t *link = context;
    assert_int_equal(link->state, CLIENT_LINK_CLOSED);
    assert_true(target->host.count < sizeof link->host);
    memcpy(link->host, target->host.bytes, target->host.count);
    link->host[target->host.count] = '\0';
    link->port = target->port;
    link->secure = target->secure;
    link->state = CLIENT_LINK_OPEN;
    link->fault = CLIENT_LINK_NO_FAULT;
    link->sent_bytes = link->waiting_bytes = 0;
    link->ends = false;
    link->opened++;
}

static client_link_state_t state_of(void *context, client_link_fault_t *fault)
{
    fake_link_t *link = context;
    *fault = link->fault;
    if (link->state == CLIENT_LINK_OPEN && link->ends && link->waiting_bytes == 0) return CLIENT_LINK_ENDED;
    return link->state;
}

/* A little at a time. */
static size_t send_bytes(void *context, const char *bytes, size_t count)
{
    fake_link_t *link = context;
    size_t part = count < 100 ? count : 100;
    assert_true(link->sent_bytes + part < sizeof link->sent);
    memcpy(link->sent + link->sent_bytes, bytes, part);
    link->sent_bytes += part;
    link->sent[link->sent_bytes] = '\0';
    return part;
}

static size_t receive_bytes(void *context, char *bytes, size_t count)
{
    fake_link_t *link = context;
    size_t part = count < link->waiting_bytes ? count : link->waiting_bytes;
    memcpy(bytes, link->waiting, part);
    memmove(link->waiting, link->waiting + part, link->waiting_bytes - part);
    link->waiting_bytes -= part;
    return part;
}

static void close_link(void *context)
{
    fake_link_t *link = context;
    link->state = CLIENT_LINK_CLOSED;
    link->waiting_bytes = 0;
}

client_link_t fake_link(fake_link_t *link)
{
    return (client_link_t){ link, open_link, state_of, send_bytes, receive_bytes, close_link };
}

void fake_link_answer(fake_link_t *link, const char *text, bool ends)
{
    size_t count = strlen(text);
    assert_int_equal(link->state, CLIENT_LINK_OPEN);
    assert_true(link->waiting_bytes + count <= sizeof link->waiting);
    memcpy(link->waiting + link->waiting_bytes, text, count);
    link->waiting_bytes += count;
    link->ends = ends;
}
