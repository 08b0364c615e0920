/* store/store_health.h - how the store is, for /status. */
#ifndef STORE_STORE_HEALTH_H
#define STORE_STORE_HEALTH_H

#include <stdint.h>

typedef enum {
    STORE_GOOD,
    STORE_NONE,     /* the board has no memory: nothing lasts */
    STORE_SILENT,   /* the memory does not answer: nothing lasts, nothing is lost */
    STORE_REPLACED, /* one area is damaged and kept as it was; the other one is in use, begun anew */
    STORE_UNUSABLE, /* no area can be used; both are kept as they were: nothing lasts until store_format */
} store_state_t;

typedef struct {
    store_state_t state;
    uint16_t damaged;        /* documents that could not be believed at start */
    uint32_t writes;         /* documents written since start */
    uint32_t write_failures; /* writes since start that failed */
    uint32_t used_bytes;     /* of the area in use, in blocks that are taken, as of start or the last write */
    uint32_t size_bytes;     /* of the area in use */
} store_health_t;

/* "good", "none", "silent", "replaced", "unusable" */
const char *store_state_name(store_state_t state);

#endif
