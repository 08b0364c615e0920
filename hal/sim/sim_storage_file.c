#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim.h"
#include "sim_storage.h"

/* What is in memory from address on goes into the file. */
static status_t put(const sim_storage_t *storage, uint32_t address, size_t bytes)
{
    while (storage->fd >= 0 && bytes > 0) {
        ssize_t count = pwrite(storage->fd, storage->image + address, bytes, (off_t)address);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return STATUS_BUS;
        address += (uint32_t)count;
        bytes -= (size_t)count;
    }
    return STATUS_OK;
}

static status_t complain(const char *path, const char *why, status_t status)
{
    (void)sim_complain("%s: %s", path, why);
    return status;
}

static status_t load(sim_storage_t *storage, const char *path)
{
    struct stat facts;
    if (flock(storage->fd, LOCK_EX | LOCK_NB) != 0) {
        return complain(path, "another simulator uses it", STATUS_BUSY);
    }
    if (fstat(storage->fd, &facts) != 0) return complain(path, strerror(errno), STATUS_UNSUPPORTED);
    if (facts.st_size == 0) {
        return put(storage, 0, SIM_STORAGE_BYTES) == STATUS_OK
                   ? STATUS_OK
                   : complain(path, "cannot be written", STATUS_UNSUPPORTED);
    }
    if (facts.st_size != (off_t)SIM_STORAGE_BYTES ||
        pread(storage->fd, storage->image, SIM_STORAGE_BYTES, 0) != (ssize_t)SIM_STORAGE_BYTES) {
        return complain(path, "does not have the size of the memory", STATUS_UNSUPPORTED);
    }
    return STATUS_OK;
}

status_t sim_storage_open(sim_storage_t *storage, const char *state)
{
    memset(storage->image, 0xff, sizeof storage->image);
    storage->fd = -1;
    storage->open = true;
    if (!state) return STATUS_OK;
    storage->open = false;
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/storage.bin", state) >= (int)sizeof path) {
        return complain("--state", "the path is too long", STATUS_UNSUPPORTED);
    }
    if (mkdir(state, 0755) != 0 && errno != EEXIST)
        return complain(state, strerror(errno), STATUS_UNSUPPORTED);
    /* Holds secrets. */
    storage->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (storage->fd < 0) return complain(path, strerror(errno), STATUS_UNSUPPORTED);
    status_t status = load(storage, path);
    if (status == STATUS_OK) {
        storage->open = true;
    } else {
        close(storage->fd);
    }
    return status;
}

void sim_storage_close(sim_storage_t *storage)
{
    if (storage->open && storage->fd >= 0) close(storage->fd);
    storage->open = false;
}

static bool inside(const sim_storage_t *storage, uint32_t address, size_t bytes)
{
    return storage->open && address <= SIM_STORAGE_BYTES && bytes <= SIM_STORAGE_BYTES - address;
}

status_t sim_storage_read(const sim_storage_t *storage, uint32_t address, uint8_t *out, size_t bytes)
{
    if (!inside(storage, address, bytes)) return STATUS_INVALID;
    memcpy(out, storage->image + address, bytes);
    return STATUS_OK;
}

status_t sim_storage_program(sim_storage_t *storage, uint32_t address, const uint8_t *data, size_t bytes)
{
    if (!inside(storage, address, bytes) || address % SIM_STORAGE_PAGE_BYTES ||
        bytes % SIM_STORAGE_PAGE_BYTES) {
        return STATUS_INVALID;
    }
    for (size_t i = 0; i < bytes; i++) storage->image[address + i] &= data[i];
    return put(storage, address, bytes);
}

status_t sim_storage_erase(sim_storage_t *storage, uint32_t address)
{
    if (!inside(storage, address, SIM_STORAGE_BLOCK_BYTES) || address % SIM_STORAGE_BLOCK_BYTES) {
        return STATUS_INVALID;
    }
    memset(storage->image + address, 0xff, SIM_STORAGE_BLOCK_BYTES);
    return put(storage, address, SIM_STORAGE_BLOCK_BYTES);
}
