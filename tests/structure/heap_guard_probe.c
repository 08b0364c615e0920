/* heap_guard_probe.c - breaks the rule on purpose: uses the heap, idles once, uses the heap again.
 *
 * HEAP_PROBE in the environment names the call that must end the program; "none" shows that it lives without
 * one. Not an argument: board_init reads the command line as the simulator's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "hal/system.h"

/* Through volatile pointers: a compiler may take an unused allocation away. */
static void *(*volatile call_malloc)(size_t) = malloc;
static void *(*volatile call_calloc)(size_t, size_t) = calloc;
static void *(*volatile call_realloc)(void *, size_t) = realloc;
static void (*volatile call_free)(void *) = free;

int main(void)
{
    const char *what = getenv("HEAP_PROBE");
    if (!what) return 2;
    void *block = call_malloc(10);
    void *other = call_malloc(10);
    if (!block || !other) return 1;
    call_free(other);

    (void)board_init();
    hal_system_idle(0);
    printf("idled\n");
    fflush(stdout);

    if (strcmp(what, "malloc") == 0) block = call_malloc(20);
    if (strcmp(what, "calloc") == 0) block = call_calloc(2, 20);
    if (strcmp(what, "realloc") == 0) block = call_realloc(block, 40);
    if (strcmp(what, "free") == 0) call_free(block);
    printf("still here\n");
    return 0;
}
