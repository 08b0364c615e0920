/* heap_guard.c - there is no heap. The link wraps the allocator's names to these, and nobody defines _sbrk:
 * a library that allocates behind our back does not link, or ends in a panic that names it. */
#include <stddef.h>

#include "hal/system.h"

void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *block, size_t bytes);
void __wrap_free(void *block);

void *__wrap_malloc(size_t bytes)
{
    (void)bytes;
    hal_system_panic("malloc");
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    (void)count;
    (void)bytes;
    hal_system_panic("calloc");
}

void *__wrap_realloc(void *block, size_t bytes)
{
    (void)block;
    (void)bytes;
    hal_system_panic("realloc");
}

void __wrap_free(void *block)
{
    if (block) hal_system_panic("free");
}
