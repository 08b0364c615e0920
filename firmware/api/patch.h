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

/* Refuses a document that is no object, and members of it that are not among names. */
void api_only_members(const cJSON *document, const char *const names[], size_t count,
                      schema_errors_t *errors);

/* A string member of a document; NULL when it is absent or something else. */
const char *api_string_member(const cJSON *document, const char *name);

/* Checks If-Match (412, 428) and merges the request's body into candidate (400, 413, 422).
 * tag, mask  of the resource as it is, and what of it counts (http_if_match)
 * candidate  a copy of the settings
 * returns    true: candidate is to be taken over, nothing has been answered; false: the problem has been */
bool api_patch(http_exchange_t *ex, uint64_t tag, uint64_t mask, const schema_t *schema,
               schema_decimals_t decimals, void *candidate);

#endif
