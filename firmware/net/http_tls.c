#include "net/http_tls.h"

#include "base/log.h"
#include "base/wipe.h"
#include "lwip/tcp.h"
#include "net/http_tcp_slot.h"

/* ---- Between TLS and TCP ------------------------------------------------------------------------------ */

static size_t send_bytes(void *context, const uint8_t *bytes, size_t count)
{
    return http_tcp_slot_write(context, bytes, count);
}

static size_t receive_bytes(void *context, uint8_t *bytes, size_t count)
{
    http_tcp_slot_t *slot = context;
    if (!slot->pending) return 0;
    u16_t n = pbuf_copy_partial(slot->pending, bytes, (u16_t)LWIP_MIN(count, 0xffffu), 0);
    slot->pending = pbuf_free_header(slot->pending, n);
    slot->taken += n;
    return n;
}

static bool has_ended(void *context)
{
    const http_tcp_slot_t *slot = context;
    return slot->peer_closed && !slot->pending;
}

/* ---- Phases ------------------------------------------------------------------------------------------- */

static void open_slot(http_tcp_slot_t *slot)
{
    http_tls_t *tls = slot->tls;
    tls->phase = HTTP_TLS_WAITING;
    tls->deadline_ms = slot->owner->now_ms + TLS_WAIT_DEADLINE_MS;
    tls->plain_start = tls->plain_end = 0;
    tls->dropped_bytes = 0;
}

static void close_slot(http_tcp_slot_t *slot)
{
    tls_conn_close(&slot->tls->conn);
    slot->tls->phase = HTTP_TLS_ENDED;
    wipe(slot->tls->plain, sizeof slot->tls->plain);
}

static bool end(http_tcp_slot_t *slot)
{
    if (slot->tls->phase == HTTP_TLS_FAILED) return true;
    if (slot->tls->phase == HTTP_TLS_OPEN && tls_conn_end(&slot->tls->conn) == TLS_WAIT) return false;
    close_slot(slot);
    return true;
}

static void fail(http_tcp_slot_t *slot)
{
    close_slot(slot);
    slot->tls->phase = HTTP_TLS_FAILED;
    slot->tls->deadline_ms = slot->owner->now_ms + HTTP_LINGER_DEADLINE_MS;
}

/* ---- Handshakes ----------------------------------------------------------------------------------------- */

/* Who has said nothing yet is not worth memory. */
static bool wants_turn(const http_tcp_slot_t *slot)
{
    return slot->pcb && slot->tls->phase == HTTP_TLS_WAITING && slot->pending;
}

static http_tcp_slot_t *next(http_tcp_t *tcp)
{
    http_tcp_slot_t *first = NULL;
    if (tcp->slots_used == 0) return NULL;
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        http_tcp_slot_t *slot = &tcp->slots[i];
        if (slot->pcb && slot->tls->phase == HTTP_TLS_HANDSHAKE) return slot;
        if (!wants_turn(slot)) continue;
        if (!first || slot->tls->deadline_ms < first->tls->deadline_ms) first = slot;
    }
    return first;
}

static bool others_wait(const http_tcp_t *tcp)
{
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        if (wants_turn(&tcp->slots[i])) return true;
    }
    return false;
}

static bool begin(http_tcp_slot_t *slot)
{
    const tls_io_t io = { slot, send_bytes, receive_bytes, has_ended };
    http_tls_t *tls = slot->tls;
    if (tls_conn_open(&tls->conn, slot->owner->tls_server, &io) != STATUS_OK) {
        log_warning("net", "TLS: a connection finds no memory");
        return false;
    }
    tls->phase = HTTP_TLS_HANDSHAKE;
    tls->began_ms = slot->owner->now_ms;
    tls->worked_ms = 0;
    return true;
}

/* A peer that takes its time is given less of it when others wait for theirs. What we take ourselves, which on a small
 * core is most of a handshake, is not counted. */
static void set_deadline(http_tcp_slot_t *slot)
{
    http_tls_t *tls = slot->tls;
    uint32_t allowed_ms = others_wait(slot->owner) ? TLS_HANDSHAKE_CONTENDED_MS : TLS_HANDSHAKE_DEADLINE_MS;
    tls->deadline_ms = tls->began_ms + allowed_ms;
    if (tls->deadline_ms < slot->owner->deadline_ms) slot->owner->deadline_ms = tls->deadline_ms;
}

static void begin_http(http_tcp_slot_t *slot)
{
    slot->tls->phase = HTTP_TLS_OPEN;
    slot->tls->deadline_ms = UINT64_MAX;
    http_tcp_slot_begin_http(slot);
}

static bool step(http_tcp_slot_t *slot)
{
    http_tls_t *tls = slot->tls;
    uint64_t now_ms = slot->owner->now_ms;
    if (tls->phase == HTTP_TLS_WAITING && !begin(slot)) {
        fail(slot);
        return true;
    }
    if (tls->worked_ms > 0) tls->began_ms += now_ms - tls->worked_ms;
    bool moved;
    tls_result_t result = tls_conn_handshake(&tls->conn, &moved);
    tls->worked_ms = moved ? now_ms : 0;
    if (result == TLS_WAIT)
        set_deadline(slot);
    else if (result == TLS_DONE)
        begin_http(slot);
    else
        fail(slot);
    return moved || result != TLS_WAIT;
}

/* ---- Records ---------------------------------------------------------------------------------------------- */

static bool move_output(http_tcp_slot_t *slot)
{
    bool moved = false;
    const uint8_t *bytes;
    size_t count;
    while (slot->tls->phase == HTTP_TLS_OPEN && (count = http_conn_output(&slot->conn, &bytes)) > 0) {
        tls_result_t result = tls_conn_write(&slot->tls->conn, bytes, &count);
        if (result == TLS_WAIT) break;
        if (result != TLS_DONE) {
            fail(slot);
            break;
        }
        http_conn_ack(&slot->conn, count, slot->owner->now_ms);
        moved = true;
    }
    return moved;
}

/* Nobody will look at it. */
static bool drop_input(http_tcp_slot_t *slot)
{
    if (!slot->pending) return false;
    slot->tls->dropped_bytes += slot->pending->tot_len;
    slot->taken += slot->pending->tot_len;
    pbuf_free(slot->pending);
    slot->pending = NULL;
    /* As http_conn does it behind an answer: a peer that does not stop is reset. */
    if (slot->tls->dropped_bytes > HTTP_LINGER_BYTES_MAX) slot->tls->deadline_ms = slot->owner->now_ms;
    return true;
}

/* returns   whether there is something for http_conn, or something has changed */
static bool decrypt(http_tcp_slot_t *slot)
{
    http_tls_t *tls = slot->tls;
    size_t count = sizeof tls->plain;
    tls_result_t result = tls_conn_read(&tls->conn, tls->plain, &count);
    if (result == TLS_WAIT) return false;
    tls->plain_start = 0;
    tls->plain_end = (uint16_t)count;
    if (result == TLS_CLOSED) {
        slot->told_closed = true;
        http_conn_peer_closed(&slot->conn);
    } else if (result == TLS_FAILED) {
        fail(slot);
    }
    return true;
}

static bool move_input(http_tcp_slot_t *slot)
{
    http_tls_t *tls = slot->tls;
    if (tls->phase <= HTTP_TLS_HANDSHAKE) return false;
    if (tls->phase == HTTP_TLS_FAILED || slot->told_closed) return drop_input(slot);
    if (tls->plain_start == tls->plain_end) return decrypt(slot);
    size_t used = http_conn_feed(&slot->conn, tls->plain + tls->plain_start,
                                 (size_t)(tls->plain_end - tls->plain_start), slot->owner->now_ms);
    tls->plain_start = (uint16_t)(tls->plain_start + used);
    return used > 0;
}

const http_tls_ops_t http_tls_ops = {
    .open = open_slot,
    .close = close_slot,
    .end = end,
    .move_output = move_output,
    .move_input = move_input,
    .next = next,
    .step = step,
};
