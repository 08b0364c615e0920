/* net/checksum.h - the Internet checksum's sum, for lwIP.
 *
 * Context: anywhere.
 */
#ifndef NET_CHECKSUM_H
#define NET_CHECKSUM_H

#include <stdint.h>

/* The ones' complement sum of 16-bit words (RFC 1071), in the byte order of memory, not inverted.
 * data      any address
 * bytes     0 and more; an odd last byte counts as if a zero followed it */
uint16_t net_checksum(const void *data, int bytes);

#endif
