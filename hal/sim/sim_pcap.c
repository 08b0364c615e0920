#include "sim_pcap.h"

#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

int sim_pcap_open(const char *path, bool append)
{
    /* Magic number, version, time zone, accuracy, longest frame, link type: in the host's byte order. */
    uint32_t header[6] = { 0xa1b2c3d4u, 0, 0, 0, 65535, 1 };
    static const uint16_t version[2] = { 2, 4 };
    memcpy(&header[1], version, sizeof version);

    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (append ? 0 : O_TRUNC), 0644);
    if (fd < 0) return -1;
    if (lseek(fd, 0, SEEK_END) == 0 && write(fd, header, sizeof header) != (ssize_t)sizeof header) {
        close(fd);
        return -1;
    }
    return fd;
}

void sim_pcap_write(int fd, const uint8_t *bytes, size_t count)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint32_t record[4] = { (uint32_t)now.tv_sec, (uint32_t)(now.tv_nsec / 1000), (uint32_t)count,
                           (uint32_t)count };
    struct iovec parts[] = { { record, sizeof record }, { (void *)(uintptr_t)bytes, count } };
    if (writev(fd, parts, 2) < 0) return;
}
