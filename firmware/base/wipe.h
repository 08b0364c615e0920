/* base/wipe.h - forgetting secrets.
 *
 * Context: anywhere.
 */
#ifndef BASE_WIPE_H
#define BASE_WIPE_H

#include <stddef.h>

/* Zeros, which the compiler may not leave out although nobody reads them. */
static inline void wipe(void *memory, size_t bytes)
{
    volatile unsigned char *at = memory;
    for (size_t i = 0; i < bytes; i++) at[i] = 0;
}

#endif
