#include "sim_mac.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/entropy.h"
#include "sim.h"

#define TEXT_BYTES 17u

/* "JEMB" behind a locally administered prefix. */
static const uint8_t fixed_mac[6] = { 0x02, 0x00, 0x4a, 0x45, 0x4d, 0x42 };

/* A byte of two hexadecimal digits, or -1. */
static int hex_byte(const char *text)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    int value = 0;
    for (int i = 0; i < 2; i++) {
        const char *at = text[i] ? strchr(digits, text[i]) : NULL;
        if (!at) return -1;
        value = value * 16 + (int)((at - digits) & 15);
    }
    return value;
}

static bool parse(const char *text, uint8_t mac[6])
{
    for (int i = 0; i < 6; i++, text += 3) {
        int value = hex_byte(text);
        if (value < 0 || (i < 5 && text[2] != ':')) return false;
        mac[i] = (uint8_t)value;
    }
    return (mac[0] & 1u) == 0;
}

/* Written beside it and renamed, so that a power cut leaves no half address. */
static bool create(const char *path, uint8_t mac[6])
{
    char fresh[PATH_MAX + 8];
    (void)snprintf(fresh, sizeof fresh, "%s.new", path);
    if (hal_entropy_read(mac, 6) != STATUS_OK) return sim_complain("no randomness for a MAC address");
    mac[0] = (uint8_t)((mac[0] & 0xfcu) | 0x02u);
    char text[TEXT_BYTES + 2];
    (void)snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x\n", mac[0], mac[1], mac[2], mac[3],
                   mac[4], mac[5]);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return sim_complain("%s: %s", fresh, strerror(errno));
    bool written = write(fd, text, TEXT_BYTES + 1) == (ssize_t)(TEXT_BYTES + 1) && fsync(fd) == 0;
    if (close(fd) != 0 || !written || rename(fresh, path) != 0) {
        return sim_complain("%s: %s", path, strerror(errno));
    }
    return true;
}

bool sim_mac_load(const char *state, uint8_t mac[6])
{
    memcpy(mac, fixed_mac, sizeof fixed_mac);
    if (!state) return true;
    if (mkdir(state, 0755) != 0 && errno != EEXIST)
        return sim_complain("--state %s: %s", state, strerror(errno));
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/mac", state) >= (int)sizeof path) {
        return sim_complain("--state: the path is too long");
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT ? create(path, mac) : sim_complain("%s: %s", path, strerror(errno));
    }
    char text[TEXT_BYTES + 1] = { 0 };
    ssize_t count = read(fd, text, TEXT_BYTES);
    close(fd);
    if (count != (ssize_t)TEXT_BYTES || !parse(text, mac)) {
        return sim_complain("%s does not hold a MAC address", path);
    }
    return true;
}
