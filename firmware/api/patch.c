#include "api/patch.h"

#include "api/handlers.h"
#include "api/problem.h"

bool api_read_document(http_exchange_t *ex, json_document_t *document)
{
    text_view_t body = http_body(ex);
    status_t status = json_document_begin(document, body.bytes, body.count);
    if (status == STATUS_OK) return true;
    api_problem_json(ex, status, &document->scan);
    if (status != STATUS_BUSY) json_document_end(document);
    return false;
}

const char *api_string_member(const cJSON *document, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(document, name));
}

void api_only_members(const cJSON *document, const char *const names[], size_t count, schema_errors_t *errors)
{
    const cJSON *member;
    if (!cJSON_IsObject(document)) {
        schema_cross_error(errors, "", "must be an object");
        return;
    }
    cJSON_ArrayForEach(member, document)
    {
        size_t i = 0;
        while (i < count && strcmp(member->string, names[i]) != 0) i++;
        if (i < count) continue;
        schema_errors_add(errors,
                          (schema_error_t){ { "", 0 }, member->string, "there is no such member", -1 });
    }
}

bool api_patch(http_exchange_t *ex, uint64_t tag, uint64_t mask, const schema_t *schema,
               schema_decimals_t decimals, void *candidate)
{
    http_precondition_t precondition = http_if_match(ex, tag, mask);
    if (precondition == HTTP_PRECONDITION_NONE) {
        api_write_problem(ex, 428,
                          "send the ETag of what you have read as If-Match, so that no change is lost");
        return false;
    }
    if (precondition == HTTP_PRECONDITION_FAILED) {
        api_write_problem(ex, 412, "somebody else has changed it: read it again");
        return false;
    }
    json_document_t document;
    if (!api_read_document(ex, &document)) return false;
    schema_errors_t errors = schema_errors();
    bool merged = schema_merge_patch(schema, decimals, document.root, candidate, &errors);
    if (!merged) api_problem_members(ex, 422, "nothing was changed", &errors);
    json_document_end(&document);
    return merged;
}
