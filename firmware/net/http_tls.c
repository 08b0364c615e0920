#include "net/http_tls.h"

#include "base/log.h"
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

void http_tls_open(http_tcp_slot_t *slot)
{
    http_tls_t *tls = slot->tls;
    tls->phase = HTTP_TLS_WAITING;
    tls->deadline_ms = slot->owner->now_ms + TLS_WAIT_DEADLINE_MS;
    tls->plain_start = tls->plain_end = 0;
}

void http_tls_close(http_tcp_slot_t *slot)
{
    tls_conn_close(&slot->tls->conn);
    slot->tls->phase = HTTP_TLS_ENDED;
}

void http_tls_end(http_tcp_slot_t *slot)
{
    if (slot->tls->phase == HTTP_TLS_OPEN) tls_conn_end(&slot->tls->conn);
    http_tls_close(slot);
}

bool http_tls_is_open(const http_tcp_slot_t *slot)
{
    return slot->tls->phase == HTTP_TLS_OPEN;
}

bool http_tls_failed(const http_tcp_slot_t *slot)
{
    return slot->tls->phase == HTTP_TLS_FAILED;
}

uint64_t http_tls_deadline_ms(const http_tcp_slot_t *slot)
{
    return slot->tls->deadline_ms;
}

/* ---- Handshakes ----------------------------------------------------------------------------------------- */

/* The one that is under way, or else the one that has waited longest. Who has said nothing yet is not worth memory. */
static http_tcp_slot_t *whose_turn(http_tcp_t *tcp)
{
    http_tcp_slot_t *first = NULL;
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        http_tcp_slot_t *slot = &tcp->slots[i];
        if (!slot->pcb) continue;
        if (slot->tls->phase == HTTP_TLS_HANDSHAKE) return slot;
        if (slot->tls->phase != HTTP_TLS_WAITING || !slot->pending) continue;
        if (!first || slot->tls->deadline_ms < first->tls->deadline_ms) first = slot;
    }
    return first;
}

static bool others_wait(const http_tcp_t *tcp)
{
    for (unsigned i = 0; i < tcp->slot_count; i++) {
        if (tcp->slots[i].pcb && tcp->slots[i].tls->phase == HTTP_TLS_WAITING) return true;
    }
    return false;
}

static void begin(http_tcp_slot_t *slot)
{
    static const tls_io_t io = { NULL, send_bytes, receive_bytes, has_ended };
    http_tls_t *tls = slot->tls;
    tls_io_t own = io;
    own.context = slot;
    if (tls_conn_open(&tls->conn, slot->owner->tls_server, &own) != STATUS_OK) {
        log_warning("net", "TLS: a connection finds no memory");
        tls->phase = HTTP_TLS_FAILED;
        return;
    }
    tls->phase = HTTP_TLS_HANDSHAKE;
    tls->began_ms = slot->owner->now_ms;
}

/* A peer that takes its time is given less of it when others wait for theirs. */
static void set_deadline(http_tcp_slot_t *slot)
{
    uint32_t allowed_ms = others_wait(slot->owner) ? TLS_HANDSHAKE_CONTENDED_MS : TLS_HANDSHAKE_DEADLINE_MS;
    slot->tls->deadline_ms = slot->tls->began_ms + allowed_ms;
    if (slot->tls->deadline_ms < slot->owner->deadline_ms) slot->owner->deadline_ms = slot->tls->deadline_ms;
}

http_tcp_slot_t *http_tls_work(http_tcp_t *tcp)
{
    http_tcp_slot_t *slot = whose_turn(tcp);
    if (!slot) return NULL;
    http_tls_t *tls = slot->tls;
    if (tls->phase == HTTP_TLS_WAITING) begin(slot);
    if (tls->phase == HTTP_TLS_FAILED) return slot;
    bool moved;
    tls_result_t result = tls_conn_handshake(&tls->conn, &moved);
    if (result == TLS_DONE) {
        tls->phase = HTTP_TLS_OPEN;
        tls->deadline_ms = UINT64_MAX;
        http_tcp_slot_begin_http(slot);
    } else if (result == TLS_WAIT) {
        set_deadline(slot);
    } else {
        tls->phase = HTTP_TLS_FAILED;
    }
    return moved || result != TLS_WAIT ? slot : NULL;
}

/* ---- Records ---------------------------------------------------------------------------------------------- */

bool http_tls_move_output(http_tcp_slot_t *slot)
{
    bool moved = false;
    const uint8_t *bytes;
    size_t count;
    while (slot->tls->phase == HTTP_TLS_OPEN && (count = http_conn_output(&slot->conn, &bytes)) > 0) {
        tls_result_t result = tls_conn_write(&slot->tls->conn, bytes, &count);
        if (result == TLS_WAIT) break;
        if (result != TLS_DONE) {
            slot->tls->phase = HTTP_TLS_FAILED;
            break;
        }
        http_conn_ack(&slot->conn, count, slot->owner->now_ms);
        moved = true;
    }
    return moved;
}

static void tell_closed(http_tcp_slot_t *slot)
{
    slot->told_closed = true;
    http_conn_peer_closed(&slot->conn);
}

bool http_tls_move_input(http_tcp_slot_t *slot)
{
    http_tls_t *tls = slot->tls;
    if (tls->phase != HTTP_TLS_OPEN || slot->told_closed) return false;
    if (tls->plain_start == tls->plain_end) {
        size_t count = sizeof tls->plain;
        tls_result_t result = tls_conn_read(&tls->conn, tls->plain, &count);
        if (result == TLS_WAIT) return false;
        if (result == TLS_CLOSED) {
            tell_closed(slot);
            return true;
        }
        if (result == TLS_FAILED) {
            tls->phase = HTTP_TLS_FAILED;
            return false;
        }
        tls->plain_start = 0;
        tls->plain_end = (uint16_t)count;
    }
    size_t used = http_conn_feed(&slot->conn, tls->plain + tls->plain_start,
                                 (size_t)(tls->plain_end - tls->plain_start), slot->owner->now_ms);
    tls->plain_start = (uint16_t)(tls->plain_start + used);
    return used > 0;
}
