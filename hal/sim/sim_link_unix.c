/* sim_link_unix.c - frames as datagrams between two AF_UNIX sockets: one cable of a virtual LAN. The other end
 * may come and go: without it frames are lost, as on a cable with nobody there. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim.h"
#include "sim_wire.h"

static bool take_path(struct sockaddr_un *address, const char *path)
{
    address->sun_family = AF_UNIX;
    size_t bytes = strlen(path) + 1u;
    if (bytes > sizeof address->sun_path) {
        return sim_complain("--net unix: %s is longer than a socket's path can be", path);
    }
    memcpy(address->sun_path, path, bytes);
    return true;
}

static bool open_unix(sim_eth_t *eth, const sim_options_t *options)
{
    sim_wire_t *wire = &eth->wire;
    if (!take_path(&wire->local, options->unix_local) || !take_path(&wire->remote, options->unix_remote)) {
        return false;
    }
    wire->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (wire->fd < 0) return sim_complain("socket: %s", strerror(errno));
    sim_unlink_socket(wire->local.sun_path);
    if (bind(wire->fd, (const struct sockaddr *)&wire->local, sizeof wire->local) != 0) {
        return sim_complain("--net unix: %s: %s", wire->local.sun_path, strerror(errno));
    }
    return true;
}

static status_t send_unix(sim_eth_t *eth, const uint8_t *frame, size_t bytes)
{
    const sim_wire_t *wire = &eth->wire;
    ssize_t sent = sendto(wire->fd, frame, bytes, MSG_NOSIGNAL, (const struct sockaddr *)&wire->remote,
                          sizeof wire->remote);
    return sent < 0 && (errno == EAGAIN || errno == ENOBUFS) ? STATUS_BUSY : STATUS_OK;
}

static void close_unix(sim_eth_t *eth)
{
    close(eth->wire.fd);
    (void)unlink(eth->wire.local.sun_path);
}

const sim_link_ops_t sim_link_unix = { open_unix, sim_wire_prepare, sim_wire_deliver, send_unix, close_unix };
