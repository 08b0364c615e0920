/* api/problem.h - problem details (RFC 9457) that say more than a status.
 *
 * Internal to firmware/api. Context: inside a handler, before any other answer.
 */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H

#include "http/http_exchange.h"
#include "settings/json_document.h"
#include "settings/schema_errors.h"

/* A document that is well-formed but wrong: every wrong member by its JSON pointer.
 * errors    may borrow from the document, which must not have ended */
void api_problem_members(http_exchange_t *ex, unsigned status, const char *detail,
                         const schema_errors_t *errors);

/* A document that could not be read: what json_document_begin returned. 400 where it is malformed, with the byte
 * offset at which it stops being JSON; 413 where it is too large. */
void api_problem_json(http_exchange_t *ex, status_t status, const json_scan_t *scan);

#endif
