/* http/http_gate.h - whether a request may go on to its handler, decided from its head alone.
 *
 *   1. 421       the authority is not this device
 *   2. 308       it is to be asked by HTTPS
 *   3. 501 404 405   there is no such method, resource, or method of the resource
 *   4. 401 403 429 503   the server's authorize says no
 *   5. 415       the content is not of a type that the handler could read
 *
 * What a later check would say is not told to a client that an earlier one refuses. Paths of the route table are
 * public; what their parameters name is known to handlers only, which nobody reaches without access.
 *
 * Internal to firmware/http. Context: main loop only.
 */
#ifndef HTTP_GATE_H
#define HTTP_GATE_H

#include "http/http_conn.h"
#include "http/http_head.h"

/* Finds the route, and whether the page that asks may read the answer. Sets the fields of the answer that belong
 * to a refusal: Allow, WWW-Authenticate, Retry-After.
 * ex        its head is complete and sound
 * returns   status 0, or the first refusal */
http_verdict_t http_gate(http_exchange_t *ex);

/* The fourth check alone, for the moment when the body is there: a token that was good for the head may be revoked
 * since, and a body can take long on purpose. */
http_verdict_t http_gate_access(http_exchange_t *ex);

/* Answers a request that is refused or sent elsewhere: error_status and error of the exchange say how. */
void http_gate_respond(http_exchange_t *ex);

#endif
