/* sim_heap_guard.c - our code may use the heap until its first hal_system_idle and never again, as on a board
 * that has none. The link wraps the allocator's names to these (-Wl,--wrap=malloc ...); what shared libraries
 * allocate among themselves is not ours. */
#include <stddef.h>

#include "sim.h"

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *block, size_t bytes);
void __real_free(void *block);

void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *block, size_t bytes);
void __wrap_free(void *block);

static void check(const char *call)
{
    if (sim_heap_is_closed()) hal_system_panic(call);
}

void *__wrap_malloc(size_t bytes)
{
    check("malloc after init");
    return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    check("calloc after init");
    return __real_calloc(count, bytes);
}

void *__wrap_realloc(void *block, size_t bytes)
{
    check("realloc after init");
    return __real_realloc(block, bytes);
}

void __wrap_free(void *block)
{
    if (block) check("free after init");
    __real_free(block);
}
