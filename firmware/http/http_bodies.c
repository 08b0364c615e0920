#include "http/http_bodies.h"

/* Anybody may send a body where nobody is asked for a token: the other buffers are for those who have one. */
bool http_bodies_take(http_conn_t *conn)
{
    http_server_t *server = conn->exchange.server;
    bool anybody = server->authorize && conn->exchange.match.route->scope == 0;
    unsigned usable = anybody ? HTTP_BODIES_ANYBODY_MAX : HTTP_BODIES_MAX;
    uint8_t taken = 0;
    for (unsigned i = 0; i < HTTP_BODIES_MAX; i++) {
        if (server->bodies.taken[i]) {
            taken++;
        } else if (conn->body_slot < 0 && i < usable) {
            server->bodies.taken[i] = true;
            conn->body_slot = (int8_t)i;
            taken++;
        }
    }
    if (taken > server->bodies.peak) server->bodies.peak = taken;
    return conn->body_slot >= 0;
}

void http_bodies_release(http_conn_t *conn)
{
    if (conn->body_slot >= 0) conn->exchange.server->bodies.taken[conn->body_slot] = false;
    conn->body_slot = -1;
}
