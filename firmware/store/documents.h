/* store/documents.h - when documents are written.
 *
 * Who owns something that lasts registers how it is written as JSON, and says when it has changed. What changes
 * several times within DOCUMENTS_COALESCE_MS is written once. What cannot be written is tried again, ever more
 * seldom.
 *
 * Context: main loop only.
 * Memory:  one buffer of STORE_DOCUMENT_BYTES_MAX for all of them.
 */
#ifndef STORE_DOCUMENTS_H
#define STORE_DOCUMENTS_H

#include "base/json_writer.h"
#include "store/store.h"

/* Writes the whole document as it is now. */
typedef void (*document_write_t)(const void *context, json_writer_t *json);

typedef struct document {
    const char *name; /* see store.h */
    document_write_t write;
    const void *context;

    /* Of documents.c; zero at start. */
    bool dirty;
    uint8_t failures; /* in a row */
    uint64_t due_ms;  /* when it is to be written; only while dirty */
} document_t;

typedef struct {
    store_t *store;
    document_t *items[DOCUMENTS_MAX];
    size_t count;
    char buffer[STORE_DOCUMENT_BYTES_MAX];
} documents_t;

/* store     opened, alive as long as documents */
void documents_init(documents_t *documents, store_t *store);

/* Adds a document.
 * document  the owner's, alive as long as documents; name, write and context are set
 * returns   STATUS_OK; STATUS_NO_MEMORY (DOCUMENTS_MAX), STATUS_INVALID (name, or there is one of this name): bugs
 *           of ours */
status_t documents_register(documents_t *documents, document_t *document);

/* Reads a document as it was last written.
 * text      in the buffer that all share: until the next call of anything here
 * returns   as store_read; text is empty unless STATUS_OK */
status_t documents_load(documents_t *documents, const document_t *document, text_view_t *text);

/* Says that a document has changed: it is written DOCUMENTS_COALESCE_MS after the first change that was not
 * written yet. */
void documents_changed(documents_t *documents, document_t *document, uint64_t now_ms);

/* Writes a document at once, and waits until it lasts: for those who must know before they go on.
 * returns   as store_write and store_sync, STATUS_NO_MEMORY also for one that is longer than
 *           STORE_DOCUMENT_BYTES_MAX. Unless STATUS_OK the document is not tried again */
status_t documents_save(documents_t *documents, document_t *document);

/* Writes the documents that are due, one a call, and lets the memory do a bounded piece of its work.
 * returns   when it wants to be called next */
uint64_t documents_poll(documents_t *documents, uint64_t now_ms);

/* Writes all documents that have changed, and waits until all lasts: before a reset.
 * returns   STATUS_OK; else the first that went wrong: those documents are still to be written */
status_t documents_flush(documents_t *documents, uint64_t now_ms);

/* How many documents have changed and may still be lost by a power cut, for /status. What the memory has taken and is
 * still writing counts as one. */
size_t documents_pending(const documents_t *documents);

/* Forgets all changes, and erases what was ever written (store_format). The next that lasts is what changes
 * after it.
 * returns   as store_format */
status_t documents_erase(documents_t *documents);

#endif
