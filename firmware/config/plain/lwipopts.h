/* lwipopts.h - how lwIP 2.2.1 is built for the plain profile: TCP over IPv4, an address by DHCP or a given one.
 *
 * As config/lwipopts.h, which has the reasons, without what only names, time, IPv6 and TLS need.
 */
#ifndef CONFIG_PLAIN_LWIPOPTS_H
#define CONFIG_PLAIN_LWIPOPTS_H

#include "config/limits.h"

/* ---- System: one context, polled by net_poll -------------------------------------------------------- */

#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0
#define LWIP_SINGLE_NETIF    1

/* ---- Memory ----------------------------------------------------------------------------------------- */

#define MEM_LIBC_MALLOC 0
#define MEMP_MEM_MALLOC 0
#define MEM_ALIGNMENT   __SIZEOF_POINTER__

/* For each connection, open or closing, all that it may queue; 2 KiB for ARP, DHCP, ICMP and bare ACKs. */
#define NET_SENDERS                (HTTP_CONNECTIONS_MAX + HTTP_CLOSINGS_MAX)
#define NET_SEGMENT_OVERHEAD_BYTES 128
#define MEM_SIZE                   (NET_SENDERS * (TCP_SND_BUF + 5 * NET_SEGMENT_OVERHEAD_BYTES) + 2048)

#define PBUF_POOL_BUFSIZE        512
#define NET_PBUFS_PER_FRAME      3
#define NET_PBUFS_PER_CONNECTION NET_PBUFS_PER_FRAME
#define PBUF_POOL_SIZE           (HTTP_CONNECTIONS_MAX * NET_PBUFS_PER_CONNECTION + NET_PBUFS_PER_FRAME)
#define PBUF_POOL_FREE_OOSEQ     1
#define MEMP_NUM_PBUF            (HTTP_REFUSALS_MAX + HTTP_CLOSINGS_MAX)

/* lwIP itself brings it into order: clearing it first would be most of what a start takes. */
#define LWIP_DECLARE_MEMORY_ALIGNED(name, size)                                                              \
    __attribute__((section(".noinit"))) u8_t name[LWIP_MEM_ALIGN_BUFFER(size)]

#define LWIP_STATS 0

/* ---- Ethernet, ARP and IPv4 -------------------------------------------------------------------------- */

#define ETH_PAD_SIZE               2 /* = HAL_ETH_PAD_BYTES */
#define ETHARP_SUPPORT_VLAN        0
#define LWIP_NETIF_HOSTNAME        1 /* sent with DHCP */
#define DHCP_OPTIONS_LEN           112U
#define LWIP_NETIF_STATUS_CALLBACK 1

#define LWIP_IPV4                1
#define LWIP_IPV6                0
#define IP_REASSEMBLY            0 /* TCP does not come in fragments, DHCP does not need to */
#define IP_FRAG                  0
#define LWIP_RAW                 0
#define LWIP_IGMP                0
#define LWIP_DNS                 0
#define LWIP_DHCP                1
#define LWIP_DHCP_DOES_ACD_CHECK 0
#define LWIP_AUTOIP              0
#define LWIP_ACD                 0
#define MEMP_NUM_UDP_PCB         1 /* DHCP */

/* What reads an IPv6 address behind IP_IS_V6, which is never true here, has to compile. */
struct net_no_ipv6 {
    unsigned addr[4];
};
#define ip_2_ip6(address) ((const struct net_no_ipv6 *)(const void *)(address))

/* ---- TCP -------------------------------------------------------------------------------------------- */

#define TCP_MSS          1460
#define TCP_WND          (2 * TCP_MSS)
#define TCP_SND_BUF      (2 * TCP_MSS)
#define TCP_SND_QUEUELEN 6

#define MEMP_NUM_TCP_PCB        (HTTP_CONNECTIONS_MAX + NET_TCP_SPARE_PCBS)
#define MEMP_NUM_TCP_PCB_LISTEN 1
#define MEMP_NUM_TCP_SEG                                                                                     \
    (NET_SENDERS * (TCP_SND_QUEUELEN + 1) + HTTP_CONNECTIONS_MAX * TCP_OOSEQ_MAX_PBUFS + NET_TCP_SPARE_PCBS)

#define TCP_LISTEN_BACKLOG 1
#define NET_TCP_BACKLOG    8
#define NET_TLS_BACKLOG    0

#define TCP_QUEUE_OOSEQ     0
#define TCP_OOSEQ_MAX_BYTES TCP_WND
#define TCP_OOSEQ_MAX_PBUFS NET_PBUFS_PER_CONNECTION

#define TCP_MSL 5000

#define LWIP_HOOK_FILENAME "net/port/lwip_hooks.h"
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port)                                      \
    net_tcp_isn(local_ip, local_port, remote_ip, remote_port)

#define LWIP_NOASSERT

_Static_assert(PBUF_POOL_BUFSIZE % 8 == 0, "hal_eth_receive wants whole words");
_Static_assert(MEM_SIZE % 8 == 0, "or the heap is larger than its size says");
_Static_assert(PBUF_POOL_BUFSIZE *NET_PBUFS_PER_FRAME >= 1514 + ETH_PAD_SIZE, "a frame fits its chain");
_Static_assert(TCP_SND_BUF >= HTTP_OUTPUT_BYTES, "an output buffer goes out in one piece");

#endif
