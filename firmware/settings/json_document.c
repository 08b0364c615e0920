#include "settings/json_document.h"

#include <stdalign.h>

#include "config/limits.h"

/* One, because cJSON's hooks get no context: they can only find it here. */
static struct {
    alignas(max_align_t) unsigned char memory[JSON_ARENA_BYTES];
    arena_t arena;
    bool busy;
} request;

static void *take(size_t bytes)
{
    return arena_take(&request.arena, bytes);
}

static void give_back(void *piece)
{
    (void)piece; /* all at once, by the reset */
}

void json_document_init(void)
{
    request.arena = arena(request.memory, sizeof request.memory);
    request.busy = false;
    cJSON_InitHooks(&(cJSON_Hooks){ .malloc_fn = take, .free_fn = give_back });
}

status_t json_document_begin(json_document_t *document, const char *text, size_t bytes)
{
    document->root = NULL;
    if (request.busy) return STATUS_BUSY;
    request.busy = true;
    document->scan = json_scan(text, bytes);
    if (document->scan.verdict != JSON_ACCEPTED) return STATUS_INVALID;
    document->root = cJSON_ParseWithLength(text, bytes);
    /* The scan lets nothing through that cJSON cannot parse: what fails is memory. */
    return document->root ? STATUS_OK : STATUS_NO_MEMORY;
}

void json_document_end(json_document_t *document)
{
    document->root = NULL;
    arena_reset(&request.arena);
    request.busy = false;
}

const arena_t *json_document_arena(void)
{
    return &request.arena;
}
