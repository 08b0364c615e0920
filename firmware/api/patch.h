/* api/patch.h - documents that come in, and the merging of patches into settings.
 *
 * Internal to firmware/api. Context: inside a handler.
 */
#ifndef API_PATCH_H
#define API_PATCH_H

#include "http/http_exchange.h"
#include "settings/json_document.h"
#include "settings/schema.h"

/* Parses the request's body. When false comes back the problem has been answered and the document has ended; else
 * the caller ends it. */
bool api_read_document(http_exchange_t *ex, json_document_t *document);

/* Checks If-Match (412, 428) and merges the request's body into candidate (400, 413, 422).
 * tag        of the resource as it is
 * candidate  a copy of the settings
 * returns    true: candidate is to be taken over, nothing has been answered; false: the problem has been */
bool api_patch(http_exchange_t *ex, uint64_t tag, const schema_t *schema, schema_decimals_t decimals,
               void *candidate);

#endif
