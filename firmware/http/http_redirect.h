/* http/http_redirect.h - sending a client that came without TLS to the same resource with it.
 *
 * Internal to firmware/http. Context: main loop only.
 */
#ifndef HTTP_REDIRECT_H
#define HTTP_REDIRECT_H

#include "http/http_exchange.h"

/* Whether a request, whose authority is this device, is to be made by HTTPS. */
bool http_redirect_wanted(const http_exchange_t *ex);

/* Answers 308 (RFC 9110 section 15.4.9: the method and the body stay), without a body. */
void http_redirect_respond(http_exchange_t *ex);

#endif
