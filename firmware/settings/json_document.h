/* settings/json_document.h - JSON that comes in: scanned strictly, then parsed by cJSON inside one arena.
 *
 * cJSON's allocation hooks are global and carry no context, so there is one arena for all documents that come
 * in, and one document at a time: whoever parses resets the arena (json_document_end) before the next one can
 * be parsed. cJSON never gets realloc (it uses that only together with the C library's malloc), and its free
 * does nothing: memory comes back by the reset alone. Nothing else of cJSON that allocates may be called
 * outside json_document_begin and json_document_end.
 *
 * Memory: JSON_ARENA_BYTES, static.
 * Context: main loop only.
 */
#ifndef SETTINGS_JSON_DOCUMENT_H
#define SETTINGS_JSON_DOCUMENT_H

#include "base/arena.h"
#include "base/json_scan.h"
#include "cJSON.h"
#include "hal/status.h"

typedef struct {
    const cJSON *root; /* in the arena, until json_document_end; NULL unless STATUS_OK */
    json_scan_t scan;  /* why not, for STATUS_INVALID */
} json_document_t;

/* Gives cJSON its memory. Called once at init, before anything is parsed. */
void json_document_init(void);

/* Scans text and parses it.
 * text      bytes of it; cJSON copies what it keeps
 * document  the result
 * returns   STATUS_OK; STATUS_INVALID (see document->scan: 400 when json_is_malformed, else 422);
 *           STATUS_NO_MEMORY (well-formed, but the arena is too small for it: 413);
 *           STATUS_BUSY (the last document has not been ended: a bug of ours) */
status_t json_document_begin(json_document_t *document, const char *text, size_t bytes);

/* Ends the document, whatever json_document_begin returned (but STATUS_BUSY). Its cJSON items are gone. */
void json_document_end(json_document_t *document);

/* The arena's use and peak, for /status. */
const arena_t *json_document_arena(void);

#endif
