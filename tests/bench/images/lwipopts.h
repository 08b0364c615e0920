/* lwipopts.h - lwIP 2.2.1 for the images that the product is measured against: as lean as it gets on a LAN.
 *
 * What matters for the figures, all in favour of these images: IPv4 only, no assertions, no statistics, whole frames in
 * one buffer each, pools large enough that nothing ever waits, answers sent from where they lie. Checksums are
 * computed by lwIP's own C code, in both directions.
 */
#ifndef BENCH_LWIPOPTS_H
#define BENCH_LWIPOPTS_H

#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0
#define LWIP_SINGLE_NETIF    1

#define LWIP_NOASSERT
#define LWIP_STATS 0

/* BENCH_CONNECTIONS: how many are measured at the same time, by CMakeLists.txt. Those in TIME_WAIT give way. */
#define MEM_LIBC_MALLOC   0
#define MEMP_MEM_MALLOC   0
#define MEM_ALIGNMENT     __SIZEOF_POINTER__
#define MEM_SIZE          (4096 + BENCH_CONNECTIONS * 512) /* heads of segments, and httpd's state of a connection */
#define MEMP_NUM_TCP_PCB  (BENCH_CONNECTIONS + 2)
#define MEMP_NUM_TCP_SEG  (BENCH_CONNECTIONS * 2)
#define MEMP_NUM_PBUF     (BENCH_CONNECTIONS * 2)
#define PBUF_POOL_SIZE    8
#define PBUF_POOL_BUFSIZE 1520 /* a frame and its padding, in whole words */

#define ETH_PAD_SIZE 2 /* = HAL_ETH_PAD_BYTES */

#define LWIP_IPV4     1
#define LWIP_IPV6     0
#define IP_REASSEMBLY 0
#define IP_FRAG       0
#define LWIP_RAW      0
#define LWIP_UDP      0
#define LWIP_DHCP     0
#define LWIP_ICMP     1

#define TCP_MSS          1460
#define TCP_WND          (2 * TCP_MSS)
#define TCP_SND_BUF      (2 * TCP_MSS)
#define TCP_SND_QUEUELEN 8
#define TCP_QUEUE_OOSEQ  0

/* lwIP's httpd: one file, whose head is part of it. */
#define LWIP_HTTPD_SUPPORT_11_KEEPALIVE 1
#define LWIP_HTTPD_SUPPORT_REQUESTLIST  0 /* requests come in one piece */
#define LWIP_HTTPD_SUPPORT_V09          0
#define LWIP_HTTPD_CGI                  0
#define LWIP_HTTPD_SSI                  0
#define HTTPD_FSDATA_FILE               "bench_files.h"

#endif
