#include "sim_eth.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sim.h"
#include "sim_mac.h"
#include "sim_pcap.h"

#define FRAME_BYTES_MIN 60u /* IEEE 802.3, without FCS */
#define HEADER_BYTES    14u

bool sim_eth_open(sim_eth_t *eth, const sim_options_t *options, bool append_pcap)
{
    static const sim_link_ops_t *const links[] = {
        [SIM_NET_SLIRP] = &sim_link_slirp,
        [SIM_NET_TAP] = &sim_link_tap,
        [SIM_NET_UNIX] = &sim_link_unix,
    };
    *eth = (sim_eth_t){ .link = links[options->net], .link_up = true, .pcap_fd = -1 };
    if (!sim_mac_load(options->state, eth->mac)) return false;
    if (options->pcap) {
        eth->pcap_fd = sim_pcap_open(options->pcap, append_pcap);
        if (eth->pcap_fd < 0) return sim_complain("--pcap %s: %s", options->pcap, strerror(errno));
    }
    return eth->link->open(eth, options);
}

void sim_eth_close(sim_eth_t *eth)
{
    eth->link->close(eth);
    if (eth->pcap_fd >= 0) close(eth->pcap_fd);
    eth->pcap_fd = -1;
}

void sim_eth_received(sim_eth_t *eth, const uint8_t *frame, size_t bytes)
{
    if (!eth->link_up) return;
    if (eth->pcap_fd >= 0) sim_pcap_write(eth->pcap_fd, frame, bytes);
    if (bytes > HAL_ETH_FRAME_BYTES_MAX || bytes < HEADER_BYTES || !sim_ring_put(&eth->ring, frame, bytes)) {
        eth->stats.rx_dropped++;
    }
}

status_t hal_eth_open(uint8_t mac[6])
{
    memcpy(mac, sim_instance()->eth.mac, 6);
    return STATUS_OK;
}

bool hal_eth_link_up(void)
{
    return sim_instance()->eth.link_up;
}

size_t hal_eth_pending(void)
{
    const sim_frame_t *frame = sim_ring_oldest(&sim_instance()->eth.ring);
    return frame ? frame->count : 0;
}

/* Past the frame's end nothing is written, although the contract would allow three bytes. */
void hal_eth_receive(const hal_eth_span_t spans[], size_t span_count)
{
    sim_eth_t *eth = &sim_instance()->eth;
    const sim_frame_t *frame = sim_ring_oldest(&eth->ring);
    if (!frame) return;
    size_t done = 0, padding = HAL_ETH_PAD_BYTES;
    for (size_t i = 0; i < span_count && done < frame->count; i++) {
        uint8_t *to = spans[i].bytes;
        size_t room = spans[i].count;
        size_t zeros = padding < room ? padding : room;
        memset(to, 0, zeros);
        padding -= zeros;
        size_t part = frame->count - done < room - zeros ? frame->count - done : room - zeros;
        memcpy(to + zeros, frame->bytes + done, part);
        done += part;
    }
    eth->stats.rx_frames++;
    sim_ring_take(&eth->ring);
}

void hal_eth_discard(void)
{
    sim_eth_t *eth = &sim_instance()->eth;
    if (sim_ring_oldest(&eth->ring)) sim_ring_take(&eth->ring);
}

/* returns the frame's length with padding; 0 when the slices are not a frame */
static size_t gather(uint8_t frame[HAL_ETH_FRAME_BYTES_MAX], const hal_eth_slice_t slices[],
                     size_t slice_count, size_t bytes)
{
    if (bytes < HEADER_BYTES || bytes > HAL_ETH_FRAME_BYTES_MAX) return 0;
    size_t done = 0;
    for (size_t i = 0; i < slice_count; i++) {
        if (slices[i].count > bytes - done) return 0;
        memcpy(frame + done, slices[i].bytes, slices[i].count);
        done += slices[i].count;
    }
    if (done != bytes) return 0;
    if (bytes >= FRAME_BYTES_MIN) return bytes;
    memset(frame + bytes, 0, FRAME_BYTES_MIN - bytes);
    return FRAME_BYTES_MIN;
}

status_t hal_eth_send(const hal_eth_slice_t slices[], size_t slice_count, size_t bytes)
{
    sim_eth_t *eth = &sim_instance()->eth;
    if (!eth->link_up) return STATUS_NO_LINK;
    uint8_t frame[HAL_ETH_FRAME_BYTES_MAX];
    size_t length = gather(frame, slices, slice_count, bytes);
    if (length == 0) return STATUS_INVALID;
    /* The recording shows a frame before what answers it. */
    if (eth->pcap_fd >= 0 && eth->link == &sim_link_slirp) sim_pcap_write(eth->pcap_fd, frame, length);
    status_t status = eth->link->send(eth, frame, length);
    if (status != STATUS_OK) {
        eth->stats.tx_dropped++;
        return status;
    }
    if (eth->pcap_fd >= 0 && eth->link != &sim_link_slirp) sim_pcap_write(eth->pcap_fd, frame, length);
    eth->stats.tx_frames++;
    return STATUS_OK;
}

void hal_eth_read_stats(hal_eth_stats_t *out)
{
    *out = sim_instance()->eth.stats;
}
