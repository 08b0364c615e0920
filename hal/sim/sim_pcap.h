/* sim_pcap.h - a recording of Ethernet frames in the classic libpcap format (link type 1), microseconds.
 * Each frame is in the file as soon as it was seen. */
#ifndef SIM_PCAP_H
#define SIM_PCAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* append: keep what an earlier run recorded. returns a descriptor, -1 with errno set */
int sim_pcap_open(const char *path, bool append);

/* A frame that cannot be written is lost; the device goes on. */
void sim_pcap_write(int fd, const uint8_t *bytes, size_t count);

#endif
