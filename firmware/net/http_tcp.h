/* net/http_tcp.h - TCP connections carrying http_conn: slots, admission, deadlines.
 *
 * Bytes that http_conn does not take yet stay in their pbufs and are not acknowledged to the window: that is the
 * back-pressure. Bytes it wants to send are copied into lwIP's heap; what finds no room there stays with
 * http_conn and is tried again when something was acknowledged, or after half a second.
 *
 * To http_conn a byte is taken once lwIP has it. What lwIP has is watched here: until the peer has acknowledged it,
 * the connection has an owner with a deadline, as a slot, as a refusal, or, once it was closed, as a closing.
 *
 * Context: main loop only; the callbacks run inside lwIP, which runs inside net_poll.
 */
#ifndef NET_HTTP_TCP_H
#define NET_HTTP_TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "config/limits.h"
#include "hal/status.h"
#include "http/http_conn.h"
#include "lwip/tcp.h"
#include "tls/tls_conn.h"

typedef struct http_tcp http_tcp_t;
typedef struct http_tls_ops http_tls_ops_t; /* http_tls.h */

typedef enum {
    HTTP_TLS_WAITING,   /* for its turn; holds no memory of TLS */
    HTTP_TLS_HANDSHAKE, /* under way: at most one */
    HTTP_TLS_OPEN,      /* HTTP is spoken */
    HTTP_TLS_ENDED,     /* close_notify was sent; what comes is dropped */
    HTTP_TLS_FAILED,    /* an alert was sent, if any; what comes is dropped, for a while */
} http_tls_phase_t;

/* The TLS of a slot, see http_tls.h. */
typedef struct {
    http_tls_phase_t phase;
    uint64_t deadline_ms; /* but of HTTP */
    uint64_t began_ms;    /* the handshake, moved on by the time that we took for it ourselves */
    uint64_t worked_ms;   /* the last step that did something; 0: the peer's turn */
    uint32_t dropped_bytes;
    tls_conn_t conn;
    uint16_t plain_start, plain_end; /* decrypted bytes that http_conn did not take yet */
    uint8_t plain[HTTPS_PLAIN_BYTES];
} http_tls_t;

typedef struct {
    http_tcp_t *owner;
    http_tls_t *tls;      /* NULL: a plain connection */
    struct tcp_pcb *pcb;  /* NULL: the slot is free */
    size_t taken;         /* bytes of pending that were taken in this turn */
    struct pbuf *pending; /* received, not yet taken by conn; NULL: nothing */
    bool peer_closed;     /* FIN came; it is delivered behind pending */
    bool told_closed;     /* ... and has been */
    bool tx_closed;       /* our FIN is queued */
    uint32_t unacked_end; /* sequence number behind the bytes that unacked_since_ms is about */
    uint64_t
        unacked_since_ms; /* when the peer began to owe their acknowledgement; UINT64_MAX: it owes none */
    http_conn_t conn;
} http_tcp_slot_t;

/* A connection that is told 503. */
typedef struct {
    http_tcp_t *owner;
    struct tcp_pcb *pcb; /* NULL: free */
    bool answered;
    uint64_t deadline_ms;
} http_tcp_refusal_t;

/* A connection that was closed and may still have bytes to send. */
typedef struct {
    struct tcp_pcb *pcb; /* to be trusted only while lwIP lists it with this as its argument */
    uint64_t deadline_ms;
} http_tcp_closing_t;

struct http_tcp {
    http_server_t *server;
    tls_server_t *tls_server;      /* NULL: plain */
    const http_tls_ops_t *tls_ops; /* only when its slots have TLS */
    http_tcp_slot_t *slots;
    unsigned slot_count;
    struct tcp_pcb *listener;
    uint64_t now_ms;
    uint64_t deadline_ms; /* nothing has to happen before; the true one may be later */
    uint32_t accepted, refused, evicted;
    uint8_t slots_used, slots_peak;
    uint8_t refusals_used, refusals_peak;
    http_tcp_refusal_t refusals[HTTP_REFUSALS_MAX];
    http_tcp_closing_t closings[HTTP_CLOSINGS_MAX];
};

/* Makes it ready; nobody listens yet.
 * tcp       the caller's, zeroed but for slots, slot_count, tls_server and tls_ops; alive as long as the firmware. With
 *           TLS each slot has its tls */
void http_tcp_open(http_tcp_t *tcp, http_server_t *server);

/* Listens on all addresses, unless it does.
 * returns   STATUS_OK, STATUS_NO_MEMORY, STATUS_INVALID (the port cannot be bound) */
status_t http_tcp_listen(http_tcp_t *tcp, uint16_t port);

/* Listens no longer, and ends all connections. */
void http_tcp_stop(http_tcp_t *tcp);

/* To be called before lwIP runs: the time that callbacks will see. */
static inline void http_tcp_set_time(http_tcp_t *tcp, uint64_t now_ms)
{
    tcp->now_ms = now_ms;
}

/* Acts on deadlines that have passed. Costs one comparison when none has.
 * returns   when to call again */
uint64_t http_tcp_poll(http_tcp_t *tcp);

/* What streams show has changed: those that wait send it. */
void http_tcp_wake(http_tcp_t *tcp);

/* Resets the connection that holds most received but untaken memory, if it holds more than its share. For when
 * frames are lost for lack of buffers. */
void http_tcp_shed(http_tcp_t *tcp);

#endif
