/* store_parts.h - between the files of this folder. */
#ifndef STORE_STORE_PARTS_H
#define STORE_STORE_PARTS_H

#include "store/store.h"

#define STORE_AREAS         2u
#define STORE_HEADER_BLOCKS 2u

/* What a file has before its text: the check sum, little-endian. */
#define STORE_SUM_BYTES 4u

/* What is written before it is a document, and what is appended to the name of one that is damaged. Neither can
 * be a document's name. */
#define STORE_NEW_NAME   "~new"
#define STORE_BAD_SUFFIX ".bad"

typedef enum {
    PHASE_ACTIVE = 1, /* the area is in use */
    PHASE_MAKING,     /* the area is being made */
    PHASE_ERASING,    /* everything is being erased */
} store_phase_t;

/* ---- store_littlefs.c: littlefs behind a fence ---- */

/* A piece of work that calls littlefs.
 * returns   0 or more, or an error of littlefs's */
typedef int (*store_work_t)(store_t *store, void *argument);

/* Points littlefs at an area. */
void store_select_area(store_t *store, uint32_t area);

/* Does a piece of work. Whatever happens in it, this returns.
 * returns   what the work returned; LFS2_ERR_CORRUPT when it went on for too long or littlefs found itself in a
 *           state that cannot be */
int store_run(store_t *store, store_work_t work, void *argument);

/* The status for an error of littlefs's. */
status_t store_status(const store_t *store, int error);

/* ---- store_files.c: documents in the mounted area ---- */

typedef struct {
    const char *name;
    const char *text; /* to write or compare */
    char *buffer;     /* to read into */
    size_t bytes;     /* of text, or of room in buffer; when it was read: of what was found */
} store_file_t;

typedef enum { FILE_MISSING, FILE_DAMAGED, FILE_DIFFERS, FILE_SAME } store_finding_t;

/* store_work_t; their argument is a store_file_t. Reading gives a store_finding_t. */
int store_file_read(store_t *store, void *argument);
int store_file_write(store_t *store, void *argument);
int store_file_remove(store_t *store, void *argument);

/* store_work_t: whether everything in the mounted area can be reached; counts damaged documents and what is
 * taken. */
int store_check(store_t *store, void *unused);

/* ---- store_areas.c: header and areas ---- */

/* Whether there is a document of this name, or was one that nobody removed. */
bool store_knows(const store_t *store, const char *name);

/* Remembers a name, or forgets it; in the header when it is not only found at start.
 * returns   STATUS_OK; STATUS_NO_MEMORY (STORE_NAMES_MAX); what the memory answered */
status_t store_remember(store_t *store, const char *name);
status_t store_forget(store_t *store, const char *name);

/* Finds or makes the area in use, and mounts it. */
status_t store_areas_open(store_t *store);
status_t store_areas_erase(store_t *store);

#endif
