/* api/openapi.h - the description of the API, as the build packs it (cmake/openapi.py). Internal to firmware/api.
 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *dictionary; /* of all blocks */
    size_t dictionary_bytes;
    const uint8_t *packed;  /* the blocks, one behind the other; base/inflate.h */
    const uint16_t *starts; /* of each block in packed, and of what would follow the last */
    uint16_t block_count;
    uint16_t block_bytes; /* of the document in each, but perhaps the last */
    uint64_t tag;         /* a digest of the document */
} openapi_t;

extern const openapi_t openapi;

#endif
