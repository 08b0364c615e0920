#include "store/documents.h"

#include <string.h>

#include "base/log.h"
#include "base/wipe.h"

void documents_init(documents_t *documents, store_t *store)
{
    documents->store = store;
    documents->count = 0;
}

status_t documents_register(documents_t *documents, document_t *document)
{
    if (documents->count == DOCUMENTS_MAX) return STATUS_NO_MEMORY;
    if (!store_name_is_valid(document->name)) return STATUS_INVALID;
    for (size_t i = 0; i < documents->count; i++) {
        if (strcmp(documents->items[i]->name, document->name) == 0) return STATUS_INVALID;
    }
    document->dirty = false;
    document->failures = 0;
    documents->items[documents->count++] = document;
    return STATUS_OK;
}

status_t documents_load(documents_t *documents, const document_t *document, text_view_t *text)
{
    *text = (text_view_t){ documents->buffer, 0 };
    size_t bytes;
    status_t status =
        store_read(documents->store, document->name, documents->buffer, sizeof documents->buffer, &bytes);
    if (status == STATUS_OK) text->count = bytes;
    return status;
}

void documents_changed(documents_t *documents, document_t *document, uint64_t now_ms)
{
    (void)documents;
    if (document->dirty) return;
    document->dirty = true;
    document->failures = 0;
    document->due_ms = now_ms + DOCUMENTS_COALESCE_MS;
}

static status_t write_document(documents_t *documents, const document_t *document)
{
    json_writer_t json = json_writer(documents->buffer, sizeof documents->buffer);
    document->write(document->context, &json);
    size_t bytes = (size_t)(json.out.at - documents->buffer);
    status_t status = STATUS_NO_MEMORY;
    if (json_overflowed(&json)) {
        log_error("store", "document %s does not fit", document->name);
    } else {
        status = store_write(documents->store, document->name, documents->buffer, bytes);
    }
    wipe(documents->buffer, bytes); /* secrets do not stay in a buffer that all share */
    return status;
}

/* Twice as long each time, but not for ever. */
static uint64_t retry_ms(unsigned failures)
{
    uint64_t wait_ms = (uint64_t)DOCUMENTS_COALESCE_MS << (failures < 16u ? failures : 16u);
    return wait_ms < DOCUMENTS_RETRY_MS_MAX ? wait_ms : DOCUMENTS_RETRY_MS_MAX;
}

static status_t try_document(documents_t *documents, document_t *document, uint64_t now_ms)
{
    status_t status = write_document(documents, document);
    document->dirty = status != STATUS_OK;
    if (document->dirty) {
        if (document->failures < UINT8_MAX) document->failures++;
        document->due_ms = now_ms + retry_ms(document->failures);
    }
    return status;
}

status_t documents_save(documents_t *documents, document_t *document)
{
    if (!documents->store->usable) return STATUS_UNSUPPORTED;
    status_t status = write_document(documents, document);
    document->dirty = false;
    document->failures = 0;
    return status == STATUS_OK ? store_sync(documents->store) : status;
}

uint64_t documents_poll(documents_t *documents, uint64_t now_ms)
{
    uint64_t next_ms = store_poll(documents->store, now_ms);
    if (!documents->store->usable) return next_ms;
    bool written = false;
    for (size_t i = 0; i < documents->count; i++) {
        document_t *document = documents->items[i];
        if (!document->dirty) continue;
        if (!written && document->due_ms <= now_ms) {
            (void)try_document(documents, document, now_ms);
            written = true;
            next_ms = now_ms; /* the memory has work now */
        }
        if (document->dirty && document->due_ms < next_ms) next_ms = document->due_ms;
    }
    return next_ms;
}

status_t documents_flush(documents_t *documents, uint64_t now_ms)
{
    status_t first = STATUS_OK;
    for (size_t i = 0; i < documents->count; i++) {
        if (!documents->items[i]->dirty) continue;
        status_t status = try_document(documents, documents->items[i], now_ms);
        if (first == STATUS_OK) first = status;
    }
    status_t status = store_sync(documents->store);
    return first == STATUS_OK ? status : first;
}

size_t documents_pending(const documents_t *documents)
{
    size_t count = store_busy(documents->store) ? 1 : 0;
    for (size_t i = 0; i < documents->count; i++) count += documents->items[i]->dirty;
    return count;
}

status_t documents_erase(documents_t *documents)
{
    for (size_t i = 0; i < documents->count; i++) documents->items[i]->dirty = false;
    wipe(documents->buffer, sizeof documents->buffer);
    return store_format(documents->store);
}
