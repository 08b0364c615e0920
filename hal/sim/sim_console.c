/* sim_console.c - hal/console.h: the process's standard error, not queued. */
#include <errno.h>
#include <unistd.h>

#include "hal/console.h"

size_t hal_console_write(const char *text, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        ssize_t count = write(STDERR_FILENO, text + done, bytes - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return 0;
        done += (size_t)count;
    }
    return bytes;
}

void hal_console_flush(void)
{
    /* write hands every byte to the kernel. */
}
