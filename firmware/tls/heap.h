/* tls/heap.h - a fixed piece of memory from which mbedTLS allocates, and nobody else.
 *
 * First fit over blocks that lie side by side, neighbours merged when they are freed: at the few dozen blocks that live
 * at a time a search takes less than a hash of one. A request that does not fit gets NULL, which mbedTLS takes for what
 * it is: that connection ends.
 *
 * Each block costs two words beyond its bytes, and sizes are rounded up to 8 bytes.
 *
 * Memory: the caller's. Context: main loop only.
 */
#ifndef TLS_HEAP_H
#define TLS_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *bytes;
    uint32_t size;
    uint32_t used, peak; /* bytes in use with what each block costs, now and ever at once */
    uint32_t blocks;     /* in use */
    uint32_t failures;   /* requests that did not fit */
    uint32_t fail_at;    /* for tests: the how-manieth request from now on is refused; 0: none */
} heap_t;

/* memory    aligned to 8 bytes, at least 64 of them and less than 2 GiB; borrowed for the life of the heap */
void heap_init(heap_t *heap, void *memory, size_t bytes);

/* Zeroed memory, aligned to 8 bytes.
 * returns   NULL when count * bytes is 0 or too much, or there is no room in one piece */
void *heap_allocate(heap_t *heap, size_t count, size_t bytes);

/* memory    from heap_allocate, or NULL */
void heap_free(heap_t *heap, void *memory);

/* Whether every block is what it should be, for tests. */
bool heap_is_sound(const heap_t *heap);

#endif
