/* lwipopts.h - how lwIP 2.2.1 is built here, and why.
 *
 * All memory is lwIP's own: fixed pools and one static heap; libc's malloc is never called. Counts follow from
 * limits.h. What is not named here has lwIP's default (lwip/opt.h).
 */
#ifndef CONFIG_LWIPOPTS_H
#define CONFIG_LWIPOPTS_H

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

/* Structures with pointers live in the pools, so a pointer's size is what they must be aligned to. */
#define MEM_ALIGNMENT __SIZEOF_POINTER__

/* The heap carries what is sent: for each connection, open or closing, all that TCP_SND_BUF lets it queue, with the
 * headers and the bookkeeping of its segments and its FIN, and besides 4 KiB for ARP, DHCP, ND, ICMP and bare ACKs:
 * peers that take nothing cannot use it up. Were it used up all the same, bytes stay in http_conn and are tried
 * again. The mDNS responder keeps its host and services here for good, and builds one message at a time; an answer
 * to one asker may wait for ARP meanwhile. */
#define NET_SENDERS                (NET_CONNECTIONS + 2 * HTTP_CLOSINGS_MAX + 1) /* two ports, and our own */
#define NET_SEGMENT_OVERHEAD_BYTES 128
#define NET_MDNS_HEAP_BYTES        (NET_SERVICES_MAX * 440 + 640 + 2 * (MDNS_OUTPUT_PACKET_SIZE + 96))
#define MEM_SIZE                   (NET_SENDERS * (TCP_SND_BUF + 5 * NET_SEGMENT_OVERHEAD_BYTES) + 4096 + NET_MDNS_HEAP_BYTES)

/* Frames are received into chains of small buffers: a usual request takes one, a full frame three, so that a
 * short segment waiting for its turn does not hold the memory of a full one. */
#define PBUF_POOL_BUFSIZE        512
#define NET_PBUFS_PER_FRAME      3
#define NET_PBUFS_PER_CONNECTION NET_PBUFS_PER_FRAME
#define NET_OUT_PBUFS                                                                                        \
    (TCP_WND / TCP_MSS * NET_PBUFS_PER_FRAME) /* long answers come to the one that we open */
#define NET_PBUFS_FOR_REASSEMBLY 6
#define NET_PBUFS_FOR_MDNS       (MDNS_MAX_STORED_PKTS * NET_PBUFS_PER_FRAME)
#define PBUF_POOL_SIZE                                                                                       \
    (NET_CONNECTIONS * NET_PBUFS_PER_CONNECTION + NET_OUT_PBUFS + NET_PBUFS_FOR_REASSEMBLY +                 \
     NET_PBUFS_FOR_MDNS + NET_PBUFS_PER_FRAME)
#define PBUF_POOL_FREE_OOSEQ 1

/* References to constant memory: the refusals' text, nothing else. */
#define MEMP_NUM_PBUF (HTTP_REFUSALS_MAX + HTTP_CLOSINGS_MAX)

/* What is in use and how much ever was is part of /status; packet counters nobody reads would only cost. */
#define LWIP_STATS     1
#define MEM_STATS      1
#define MEMP_STATS     1
#define LINK_STATS     0
#define ETHARP_STATS   0
#define IP_STATS       0
#define IPFRAG_STATS   0
#define ICMP_STATS     0
#define UDP_STATS      0
#define TCP_STATS      0
#define IP6_STATS      0
#define ICMP6_STATS    0
#define IP6_FRAG_STATS 0
#define MLD6_STATS     0
#define ND6_STATS      0

/* ---- Ethernet and ARP ------------------------------------------------------------------------------- */

#define ETH_PAD_SIZE        2 /* = HAL_ETH_PAD_BYTES: the IP header lands on a word */
#define ETHARP_SUPPORT_VLAN 0
#define LWIP_NETIF_HOSTNAME 1 /* sent with DHCP, so that routers list us by name */

/* Bytes of the options of a DHCP message: the host name's 63 and its head, and room for all others. lwIP's 68 are too
 * few for more than 35: it cuts the name, or panics at every start where its assertions are compiled in. */
#define DHCP_OPTIONS_LEN 112U

#define LWIP_NETIF_STATUS_CALLBACK     1
#define LWIP_NETIF_EXT_STATUS_CALLBACK 1 /* by which mDNS hears of links and addresses */
#define LWIP_NUM_NETIF_CLIENT_DATA     1 /* mDNS's */

/* ---- IPv4 ------------------------------------------------------------------------------------------- */

#define LWIP_IPV4          1
#define IP_REASSEMBLY      1 /* RFC 1122 section 3.3.2 asks a host for it */
#define IP_REASS_MAX_PBUFS NET_PBUFS_FOR_REASSEMBLY
#define MEMP_NUM_REASSDATA 2
/* Seconds until fragments whose datagram does not become whole are dropped, also of IPv6, where lwIP has the 60 s that
 * RFC 8200 section 4.5 allows at most. Nothing here is meant to come in fragments: TCP does not, and DHCP does not need
 * to. Those of a LAN are there within milliseconds. */
#define IP_REASS_MAXAGE  15
#define IP_FRAG          0 /* nothing here sends more than a frame */
#define LWIP_RAW         0
#define MEMP_NUM_UDP_PCB 4 /* DHCP, mDNS, SNTP, DNS */

#define LWIP_IGMP           1 /* mDNS */
#define MEMP_NUM_IGMP_GROUP 2 /* all systems, mDNS */

#define LWIP_DHCP 1
/* lwIP would probe each leased address for 5 to 7 s before its first use; the server has checked it already
 * (RFC 2131 section 3.1), and a device that is away for that long after each boot is the worse evil. */
#define LWIP_DHCP_DOES_ACD_CHECK  0
#define LWIP_DHCP_GET_NTP_SRV     1 /* option 42 */
#define LWIP_DHCP_MAX_NTP_SERVERS 1
/* After two DISCOVERs without an answer (6 s) an address of 169.254/16 is taken, with conflict detection (RFC
 * 3927); DHCP goes on. netif_eth.c closes two gaps that 2.2.1 has between the two. */
#define LWIP_AUTOIP                 1
#define LWIP_DHCP_AUTOIP_COOP       1
#define LWIP_DHCP_AUTOIP_COOP_TRIES 2

/* ---- IPv6 ------------------------------------------------------------------------------------------- */

#define LWIP_IPV6               1
#define LWIP_IPV6_AUTOCONFIG    1 /* SLAAC, RFC 4862 */
#define LWIP_IPV6_NUM_ADDRESSES 3 /* link-local and two prefixes */
#define LWIP_IPV6_MLD           1
#define MEMP_NUM_MLD6_GROUP     5 /* a solicited-node group for each address, mDNS, one to spare */
#define LWIP_IPV6_FRAG          0
#define LWIP_IPV6_REASS         1
#define IPV6_REASS_MAXAGE       IP_REASS_MAXAGE
/* Where pointers are 8 bytes, reassembly's notes do not fit into the fragment header they overwrite. */
#define IPV6_FRAG_COPYHEADER      (__SIZEOF_POINTER__ > 4)
#define LWIP_IPV6_DHCP6           0
#define MEMP_NUM_ND6_QUEUE        4
#define LWIP_ND6_NUM_ROUTERS      2
#define LWIP_ND6_NUM_PREFIXES     3
#define LWIP_ND6_ALLOW_RA_UPDATES 1

/* ---- TCP -------------------------------------------------------------------------------------------- */

#define TCP_MSS 1460
/* Two segments each way: what we send is one output buffer (HTTP_OUTPUT_BYTES), what comes in is small. */
#define TCP_WND     (2 * TCP_MSS)
#define TCP_SND_BUF (2 * TCP_MSS)
/* Segments: two of a long answer, or some short ones of requests that came one behind the other. */
#define TCP_SND_QUEUELEN 6

#define MEMP_NUM_TCP_PCB        (NET_CONNECTIONS + 1 + NET_TCP_SPARE_PCBS)
#define MEMP_NUM_TCP_PCB_LISTEN 2
/* The one that we open comes from another port after each start: a peer may still remember the last. */
#define LWIP_RANDOMIZE_INITIAL_LOCAL_PORTS 1
/* For each connection, open or closing, a full queue and its FIN; for each open one what came out of order; for each
 * spare block a SYN or a FIN. */
#define MEMP_NUM_TCP_SEG                                                                                     \
    (NET_SENDERS * (TCP_SND_QUEUELEN + 1) + (NET_CONNECTIONS + 1) * TCP_OOSEQ_MAX_PBUFS + NET_TCP_SPARE_PCBS)

/* Half-open connections: a browser opens 6 at once, and each SYN that finds no place costs it a second. A flood of
 * SYNs still leaves blocks to those that are served or closing. */
#define TCP_LISTEN_BACKLOG 1
#define NET_TCP_BACKLOG    8
#define NET_TLS_BACKLOG    HTTPS_CONNECTIONS_MAX /* more could not be served anyhow */

/* Out-of-order segments are kept, but no more than the peer could have sent in order. */
#define TCP_QUEUE_OOSEQ     1
#define TCP_OOSEQ_MAX_BYTES TCP_WND
#define TCP_OOSEQ_MAX_PBUFS NET_PBUFS_PER_CONNECTION

/* Half of TIME_WAIT. A segment does not live for lwIP's 60 s on a LAN, and a block that waits for it is one that
 * a closed connection still holds. */
#define TCP_MSL 5000

/* Sequence numbers that cannot be guessed, RFC 6528 (net_random.c). */
#define LWIP_HOOK_FILENAME "net/port/lwip_hooks.h"
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port)                                      \
    net_tcp_isn(local_ip, local_port, remote_ip, remote_port)

/* ---- Names and time --------------------------------------------------------------------------------- */

#define LWIP_MDNS_RESPONDER 1
#define LWIP_MDNS_SEARCH    0
#define MDNS_MAX_SERVICES   NET_SERVICES_MAX
/* Truncated questions, and the known answers that follow them, which wait for half a second for each other. */
#define MDNS_MAX_STORED_PKTS 3
/* One frame: an answer that does not fit is none. */
#define MDNS_OUTPUT_PACKET_SIZE 1448
/* mDNS: probing, and five timers a family, of which lwIP starts some twice; one a stored question. SNTP: two. */
#define MEMP_NUM_SYS_TIMEOUT (LWIP_NUM_SYS_TIMEOUT_INTERNAL + 1 + 2 * 10 + MDNS_MAX_STORED_PKTS + 2)

/* The names of a time server and of outside sources. Ports and numbers of questions are random (net_random.c). */
#define LWIP_DNS            1
#define DNS_TABLE_SIZE      3
#define DNS_MAX_SERVERS     2
#define DNS_MAX_NAME_LENGTH CLIENT_HOST_BYTES

/* net/sntp.c resolves names, looks at answers before lwIP does, and has the clock. Its time stamps are random numbers
 * that only the server that was asked can know (RFC 9109 says why), the moments belonging to them stay here. */
#define SNTP_SERVER_DNS                     0
#define SNTP_GET_SERVERS_FROM_DHCP          0
#define SNTP_CHECK_RESPONSE                 2
#define SNTP_COMP_ROUNDTRIP                 0
#define SNTP_STARTUP_DELAY                  0
#define SNTP_RECV_TIMEOUT                   NET_TIME_ANSWER_MS
#define SNTP_RETRY_TIMEOUT                  NET_TIME_RETRY_MS
#define SNTP_RETRY_TIMEOUT_MAX              NET_TIME_INTERVAL_MS
#define SNTP_UPDATE_DELAY                   NET_TIME_INTERVAL_MS
#define SNTP_GET_SYSTEM_TIME_NTP(sec, frac) net_sntp_stamp(&(sec), &(frac))
#define SNTP_SET_SYSTEM_TIME_NTP(sec, frac) net_sntp_take(sec, frac)

/* ---- Checks of lwIP itself -------------------------------------------------------------------------- */

/* Its assertions are for finding bugs: on in debug and sanitizer builds, with guards around each element, which
 * the address sanitizer cannot see. In a product they would cost 13 KiB and turn an unlucky packet into a
 * reset. */
#if defined(__SANITIZE_ADDRESS__)
#define NET_LWIP_CHECKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NET_LWIP_CHECKS 1
#endif
#endif
#if !defined(NET_LWIP_CHECKS) && !defined(NDEBUG)
#define NET_LWIP_CHECKS 1
#endif

#ifdef NET_LWIP_CHECKS
/* No guards in the heap (MEM_OVERFLOW_CHECK): with them mem_trim of 2.2.1 counts 32 bytes too few each time it splits
 * a segment for a small window, and the heap seems to leak. Its structure is checked all the same. */
#define MEMP_OVERFLOW_CHECK 1
#define MEMP_SANITY_CHECK   1
#define MEM_SANITY_CHECK    1
#else
#define LWIP_NOASSERT
#endif

/* ---- What depends on what --------------------------------------------------------------------------- */

_Static_assert(PBUF_POOL_BUFSIZE % 8 == 0, "hal_eth_receive wants whole words");
_Static_assert(MEM_SIZE % 8 == 0, "or the heap is larger than its size says");
_Static_assert(PBUF_POOL_BUFSIZE *NET_PBUFS_PER_FRAME >= 1514 + ETH_PAD_SIZE, "a frame fits its chain");
_Static_assert(TCP_SND_BUF >= HTTP_OUTPUT_BYTES, "an output buffer goes out in one piece");
_Static_assert(NET_TCP_BACKLOG + NET_TLS_BACKLOG + HTTP_REFUSALS_MAX < NET_TCP_SPARE_PCBS,
               "half-open ones leave room to close");

#endif
