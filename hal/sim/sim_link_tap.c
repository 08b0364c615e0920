/* sim_link_tap.c - frames through a TAP interface of the host, which must exist or may be made. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* After net/if.h, with which it shares names. */
#include <linux/if_tun.h>

#include "sim.h"
#include "sim_wire.h"

static bool open_tap(sim_eth_t *eth, const sim_options_t *options)
{
    struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
    size_t bytes = strlen(options->tap_name) + 1u;
    if (bytes > sizeof request.ifr_name) {
        return sim_complain("--net tap:%s: the name is too long", options->tap_name);
    }
    memcpy(request.ifr_name, options->tap_name, bytes);
    eth->wire.fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (eth->wire.fd < 0) return sim_complain("/dev/net/tun: %s", strerror(errno));
    if (ioctl(eth->wire.fd, TUNSETIFF, &request) != 0) {
        return sim_complain("--net tap:%s: %s", options->tap_name, strerror(errno));
    }
    return true;
}

/* EIO: the interface is down, as a cable that is not plugged in. */
static status_t send_tap(sim_eth_t *eth, const uint8_t *frame, size_t bytes)
{
    if (write(eth->wire.fd, frame, bytes) >= 0 || errno == EIO) return STATUS_OK;
    return STATUS_BUSY;
}

static void close_tap(sim_eth_t *eth)
{
    close(eth->wire.fd);
}

const sim_link_ops_t sim_link_tap = { open_tap, sim_wire_prepare, sim_wire_deliver, send_tap, close_tap };
