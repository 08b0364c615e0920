/* http/http_bodies.h - the few buffers in which bodies are collected, shared by all connections of a server.
 *
 * Internal to firmware/http. Context: main loop only.
 */
#ifndef HTTP_BODIES_H
#define HTTP_BODIES_H

#include "http/http_conn.h"

/* Takes a buffer for the body of the connection's request.
 * returns   false when there is none left for it: conn->body_slot is still -1 */
bool http_bodies_take(http_conn_t *conn);

/* Gives back what http_bodies_take gave, if it did. */
void http_bodies_release(http_conn_t *conn);

#endif
