/* libFuzzer target: the strict scan of JSON against a second opinion, and cJSON behind it.
 *
 * Dictionary: json.dict
 * What the scan accepts is JSON, and cJSON parses it unless the arena is full. What it refuses as malformed is
 * none, but for names that occur twice, of which the second opinion knows nothing. */
#include <stdint.h>
#include <stdlib.h>

#include "settings/json_document.h"
#include "tests/support/json_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready = false;
    if (!ready) json_document_init();
    ready = true;
    json_document_t document;
    status_t status = json_document_begin(&document, (const char *)data, size);
    json_scan_t scan = document.scan;
    bool is_json = oracle_is_json(data, size);
    if (scan.offset > size) abort();
    if (json_is_malformed(scan.verdict) && scan.verdict != JSON_DUPLICATE_NAME && is_json) abort();
    if (scan.verdict == JSON_ACCEPTED) {
        if (!is_json || scan.offset != size) abort();
        if (status != (arena_exhausted(json_document_arena()) ? STATUS_NO_MEMORY : STATUS_OK)) abort();
    } else if (status != STATUS_INVALID || json_document_arena()->used != 0) {
        abort();
    }
    json_document_end(&document);
    return 0;
}
