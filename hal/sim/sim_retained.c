#include "sim_retained.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim.h"

/* A file without a name, whose number goes from process to process in the environment. */
#define RETAINED_VARIABLE "JEMBATAN_RETAINED"

/* From the linker: all of the section "_retained"; none when nothing is in there. */
extern char __start__retained[] __attribute__((weak)), __stop__retained[] __attribute__((weak));

static size_t retained_bytes(void)
{
    return (uintptr_t)__stop__retained - (uintptr_t)__start__retained;
}

void sim_retained_save(void)
{
    size_t bytes = retained_bytes(), at = 0;
    char number[16];
    int fd = bytes > 0 ? memfd_create("retained", 0) : -1;
    if (fd < 0) return;
    while (at < bytes) {
        ssize_t count = pwrite(fd, __start__retained + at, bytes - at, (off_t)at);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        at += (size_t)count;
    }
    (void)snprintf(number, sizeof number, "%d", fd);
    setenv(RETAINED_VARIABLE, number, 1);
}

void sim_retained_restore(void)
{
    const char *number = getenv(RETAINED_VARIABLE);
    if (!number) return;
    int fd = atoi(number);
    size_t bytes = retained_bytes(), at = 0;
    while (at < bytes) {
        ssize_t count = pread(fd, __start__retained + at, bytes - at, (off_t)at);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        at += (size_t)count;
    }
    close(fd);
    unsetenv(RETAINED_VARIABLE);
}
