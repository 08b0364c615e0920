/* sim_entropy.c - hal/entropy.h by the kernel's generator. */
#include <errno.h>
#include <sys/random.h>

#include "hal/entropy.h"

status_t hal_entropy_read(uint8_t *out, size_t bytes)
{
    while (bytes > 0) {
        ssize_t count = getrandom(out, bytes, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return STATUS_UNSUPPORTED;
        out += count;
        bytes -= (size_t)count;
    }
    return STATUS_OK;
}
