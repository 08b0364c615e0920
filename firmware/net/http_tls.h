/* net/http_tls.h - TLS between a TCP slot and its http_conn. Private to net.
 *
 * A newcomer waits, without any memory of TLS, until no other handshake is under way; then its handshake is worked on,
 * a step in a turn of the loop, so that everybody else is served between two of them. What the peer sends meanwhile
 * stays in its pbufs.
 *
 * A connection that fails gives its memory back at once. Its slot stays for a moment, dropping what comes, because a
 * reset would overtake the alert that says why (as RFC 9112 section 9.6 does for answers).
 *
 * Slots reach all of it through the table, so that an image that never names the table has no TLS in it.
 *
 * Context: main loop only.
 */
#ifndef NET_HTTP_TLS_H
#define NET_HTTP_TLS_H

#include "net/http_tcp.h"

struct http_tls_ops {
    /* Takes a fresh connection: it waits. */
    void (*open)(http_tcp_slot_t *slot);

    /* Gives back all memory of TLS. */
    void (*close)(http_tcp_slot_t *slot);

    /* Tells the peer that nothing more comes, then as close: what still comes is not for us.
     * returns   whether that is done; else to be called again when TCP has room */
    bool (*end)(http_tcp_slot_t *slot);

    /* As those of http_tcp_slot.c, but for a connection that has ended, whose input is not looked at any more. They do
     * nothing before HTTP is spoken.
     * returns   whether something moved */
    bool (*move_output)(http_tcp_slot_t *slot);
    bool (*move_input)(http_tcp_slot_t *slot);

    /* The handshake that is under way, or the one that is to begin. NULL: nothing can be done. */
    http_tcp_slot_t *(*next)(http_tcp_t *tcp);

    /* Works on the handshake of next by one step. The slot wants a turn then.
     * returns   whether there may be another step at once */
    bool (*step)(http_tcp_slot_t *slot);
};

extern const http_tls_ops_t http_tls_ops;

/* Whether HTTP has not begun, or will not: its deadline is that of http_tls_t then. */
static inline bool http_tls_rules(const http_tcp_slot_t *slot)
{
    return slot->tls->phase <= HTTP_TLS_HANDSHAKE || slot->tls->phase == HTTP_TLS_FAILED;
}

/* Whether a newcomer may have its place although http_conn does not say so: its handshake has used up what it is
 * given while others wait. Only while http_tls_rules or HTTP is idle. */
static inline bool http_tls_is_idle(const http_tcp_slot_t *slot)
{
    const http_tls_t *tls = slot->tls;
    if (tls->phase == HTTP_TLS_HANDSHAKE)
        return slot->owner->now_ms >= tls->began_ms + TLS_HANDSHAKE_CONTENDED_MS;
    return tls->phase != HTTP_TLS_FAILED && tls->plain_start == tls->plain_end;
}

#endif
