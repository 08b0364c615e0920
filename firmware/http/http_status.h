/* http/http_status.h - status lines, and the one answer that needs no connection.
 *
 * Internal to firmware/http. Context: main loop only.
 */
#ifndef HTTP_STATUS_H
#define HTTP_STATUS_H

#include "base/text.h"
#include "http/http_conn.h" /* http_refusal */

/* Writes "HTTP/1.1 404 Not Found" and CRLF (RFC 9112 section 4). A status that is not known goes without a phrase. */
void http_write_status_line(text_writer_t *out, unsigned status);

#endif
