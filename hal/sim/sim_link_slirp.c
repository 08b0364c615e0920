/* sim_link_slirp.c - a network made by libslirp: a router 10.0.2.2 with DHCP (10.0.2.15) and router
 * advertisements (fec0::/64), closed to the outside but for the forwarded ports. */
#include <errno.h>
#include <libslirp.h>
#include <string.h>

#include "hal/clock.h"
#include "hal/system.h"
#include "sim.h"
#include "sim_eth.h"

/* Slirp is not asked for more while this many frames wait: it would rather drop them than hold them. */
#define ROOM_MIN (SIM_RING_FRAMES / 2u)

static ssize_t receive_frame(const void *frame, size_t bytes, void *opaque)
{
    sim_eth_received(opaque, frame, bytes);
    return (ssize_t)bytes;
}

static void guest_error(const char *message, void *opaque)
{
    (void)opaque;
    (void)sim_complain("slirp: %s", message);
}

static int64_t clock_ns(void *opaque)
{
    (void)opaque;
    return (int64_t)hal_clock_ms() * 1000000;
}

static void *timer_new(SlirpTimerCb call, void *argument, void *opaque)
{
    sim_eth_t *eth = opaque;
    for (size_t i = 0; i < SIM_SLIRP_TIMERS_MAX; i++) {
        sim_slirp_timer_t *timer = &eth->slirp.timers[i];
        if (timer->call) continue;
        *timer = (sim_slirp_timer_t){ call, argument, INT64_MAX };
        return timer;
    }
    hal_system_panic("slirp wants more timers than SIM_SLIRP_TIMERS_MAX");
}

static void timer_free(void *timer, void *opaque)
{
    (void)opaque;
    ((sim_slirp_timer_t *)timer)->call = NULL;
}

static void timer_mod(void *timer, int64_t expires_ms, void *opaque)
{
    (void)opaque;
    ((sim_slirp_timer_t *)timer)->expires_ms = expires_ms;
}

static void ignore_fd(int fd, void *opaque)
{
    (void)fd;
    (void)opaque;
}

static void ignore_notify(void *opaque)
{
    (void)opaque;
}

static struct in6_addr fec0(uint8_t host)
{
    struct in6_addr address = { .s6_addr = { 0xfe, 0xc0 } };
    address.s6_addr[15] = host;
    return address;
}

static struct in_addr net10(uint8_t host)
{
    return (struct in_addr){ htonl(0x0a000200u | host) };
}

static bool forward(sim_eth_t *eth, const sim_options_t *options, const sim_forward_t *port)
{
    struct in_addr guest = options->ipv4_static ? options->ipv4_address : net10(15);
    if (slirp_add_hostfwd(eth->slirp.slirp, 0, port->host_address, port->host_port, guest,
                          port->guest_port) == 0) {
        return true;
    }
    return sim_complain("--forward: port %u: %s", port->host_port, strerror(errno));
}

static bool open_slirp(sim_eth_t *eth, const sim_options_t *options)
{
    static const SlirpCb callbacks = {
        .send_packet = receive_frame,
        .guest_error = guest_error,
        .clock_get_ns = clock_ns,
        .timer_new = timer_new,
        .timer_free = timer_free,
        .timer_mod = timer_mod,
        .register_poll_fd = ignore_fd,
        .unregister_poll_fd = ignore_fd,
        .notify = ignore_notify,
    };
    const SlirpConfig config = {
        .version = SLIRP_CONFIG_VERSION_MIN,
        .restricted = !options->outbound,
        .in_enabled = true,
        .vnetwork = net10(0),
        .vnetmask = { htonl(0xffffff00u) },
        .vhost = net10(2),
        .vnameserver = net10(3),
        .vdhcp_start = net10(15),
        .in6_enabled = true,
        .vprefix_addr6 = fec0(0),
        .vprefix_len = 64,
        .vhost6 = fec0(2),
        .vnameserver6 = fec0(3),
        .disable_host_loopback = !options->outbound,
    };
    eth->slirp.slirp = slirp_new(&config, &callbacks, eth);
    if (!eth->slirp.slirp) return sim_complain("slirp does not start");
    for (size_t i = 0; i < options->forward_count; i++) {
        if (!forward(eth, options, &options->forwards[i])) return false;
    }
    return true;
}

static int add_poll(int fd, int events, void *opaque)
{
    static const short map[][2] = {
        { SLIRP_POLL_IN, POLLIN },   { SLIRP_POLL_OUT, POLLOUT }, { SLIRP_POLL_PRI, POLLPRI },
        { SLIRP_POLL_ERR, POLLERR }, { SLIRP_POLL_HUP, POLLHUP },
    };
    short wanted = 0;
    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++) {
        if (events & map[i][0]) wanted = (short)(wanted | map[i][1]);
    }
    return sim_poll_add(((sim_eth_t *)opaque)->slirp.filling, fd, wanted);
}

static int get_events(int index, void *opaque)
{
    short found = sim_poll_events(((const sim_eth_t *)opaque)->slirp.polled, index);
    int events = 0;
    if (found & POLLIN) events |= SLIRP_POLL_IN;
    if (found & POLLOUT) events |= SLIRP_POLL_OUT;
    if (found & POLLPRI) events |= SLIRP_POLL_PRI;
    if (found & POLLERR) events |= SLIRP_POLL_ERR;
    if (found & POLLHUP) events |= SLIRP_POLL_HUP;
    return events;
}

static void prepare_slirp(sim_eth_t *eth, sim_poll_t *set)
{
    sim_slirp_t *slirp = &eth->slirp;
    for (size_t i = 0; i < SIM_SLIRP_TIMERS_MAX; i++) {
        if (slirp->timers[i].call) sim_poll_until(set, (uint64_t)slirp->timers[i].expires_ms);
    }
    slirp->filled = sim_ring_room(&eth->ring) >= ROOM_MIN;
    if (!slirp->filled) return;
    slirp->filling = set;
    uint32_t timeout_ms = UINT32_MAX;
    slirp_pollfds_fill(slirp->slirp, &timeout_ms, add_poll, eth);
    if (timeout_ms != UINT32_MAX) sim_poll_until(set, hal_clock_ms() + timeout_ms);
}

static void deliver_slirp(sim_eth_t *eth, const sim_poll_t *set)
{
    sim_slirp_t *slirp = &eth->slirp;
    int64_t now_ms = (int64_t)hal_clock_ms();
    for (size_t i = 0; i < SIM_SLIRP_TIMERS_MAX; i++) {
        sim_slirp_timer_t *timer = &slirp->timers[i];
        if (!timer->call || timer->expires_ms > now_ms) continue;
        timer->expires_ms = INT64_MAX; /* the call may start it again */
        timer->call(timer->argument);
    }
    if (!slirp->filled) return;
    slirp->polled = set;
    slirp_pollfds_poll(slirp->slirp, 0, get_events, eth);
}

static status_t send_slirp(sim_eth_t *eth, const uint8_t *frame, size_t bytes)
{
    slirp_input(eth->slirp.slirp, frame, (int)bytes);
    return STATUS_OK;
}

static void close_slirp(sim_eth_t *eth)
{
    slirp_cleanup(eth->slirp.slirp);
}

const sim_link_ops_t sim_link_slirp = { open_slirp, prepare_slirp, deliver_slirp, send_slirp, close_slirp };
