/* net/net.h - the device's place on the network: Ethernet, IPv4, IPv6, and HTTP over TCP.
 *
 * Addresses come from DHCP with a link-local address (RFC 3927) when nobody answers, or are given; IPv6 by
 * router advertisements (RFC 4862). There is one network, because lwIP is one.
 *
 * Context: main loop only.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wall_clock.h"
#include "hal/status.h"
#include "http/http_server.h"
#include "tls/tls_server.h"

#define NET_IPV4_TEXT_BYTES    16u /* 255.255.255.255 and NUL */
#define NET_IPV6_TEXT_BYTES    40u /* eight groups of four digits and NUL */
#define NET_IPV6_ADDRESSES_MAX 3u

/* An item of a service's TXT record (RFC 6763 section 6). Together with '=' at most 63 bytes; the rest is cut. */
typedef struct {
    const char *key;
    const char *value; /* may change while it lives: net_announce */
} net_txt_t;

/* A service by which the device is found: <host name>.<type>._tcp.local. */
typedef struct {
    const char *type;     /* "_http" */
    const net_txt_t *txt; /* all of them at most 255 bytes, lengths included */
    size_t txt_count;
} net_service_t;

typedef struct {
    uint8_t mac[6];          /* from hal_eth_open */
    const char *host_name;   /* sent with DHCP; alive as long as the firmware */
    bool ipv4_static;        /* false: DHCP */
    uint8_t ipv4_address[4]; /* the three below only when ipv4_static */
    uint8_t ipv4_netmask[4];
    uint8_t ipv4_gateway[4]; /* 0.0.0.0: none */
    uint16_t http_port;      /* 0: nobody listens without TLS */
    uint16_t https_port;
    tls_server_t *tls; /* NULL: no HTTPS; alive as long as the firmware */
    bool has_secret;   /* false: sequence numbers can be guessed, and the log says so */
    uint8_t secret[8]; /* random bytes for them, used for nothing else; only when has_secret */

    const net_service_t *services; /* at most NET_SERVICES_MAX, alive as long as the firmware */
    size_t service_count;          /* 0: nothing is announced, not even the host name */
    uint16_t service_port;         /* of all of them */
    wall_clock_t *clock;           /* borrowed, set by time servers; NULL: none is asked */
    const char *time_server;       /* IP address or host name; "" or NULL: the one that DHCP names */
} net_config_t;

/* Brings the network up on the open hal_eth and listens. Called once. Addresses come later, as does the link.
 * config    copied, but for host_name
 * server    borrowed for the life of the firmware
 * returns   STATUS_OK, STATUS_NO_MEMORY (lwipopts.h and limits.h do not fit), STATUS_INVALID (http_port cannot be bound) */
status_t net_init(const net_config_t *config, http_server_t *server);

/* Takes another place on the network: IPv4 address, host name, time server, http_port and services of config, the rest of
 * it is not looked at. Nothing happens when they are as before; connections to an address or a port that goes end. After
 * net_init.
 * config    as for net_init */
void net_configure(const net_config_t *config);

/* What streams show has changed (http_respond_stream): those that wait send it at once.
 * now_ms    hal_clock_ms() */
void net_wake_streams(uint64_t now_ms);

/* Values in TXT records have changed: tells everybody. */
void net_announce(void);

/* Tells everybody that the services go, before a restart. */
void net_farewell(void);

/* The host name in effect: the one of the configuration, or one made of it because somebody else on the link has that
 * (RFC 6762 section 9). Changes in net_poll and net_configure only. */
const char *net_host_name(void);

/* Another number whenever net_host_name may be another name. */
uint32_t net_host_name_version(void);

/* Takes at most NET_FRAMES_PER_POLL frames in and does what is due.
 * now_ms       hal_clock_ms()
 * frames_came  set to whether there were any
 * returns   when it wants to be called again if no frame comes; now_ms when there is more to do at once.
 *           UINT64_MAX when net_init did not succeed */
uint64_t net_poll(uint64_t now_ms, bool *frames_came);

typedef enum { NET_IPV4_NONE, NET_IPV4_DHCP, NET_IPV4_STATIC, NET_IPV4_LINK_LOCAL } net_ipv4_mode_t;

typedef struct {
    uint8_t mac[6];
    bool link_up;
    net_ipv4_mode_t ipv4_mode;      /* where the present address comes from */
    char ipv4[NET_IPV4_TEXT_BYTES]; /* the three are "" while there is no address */
    char ipv4_netmask[NET_IPV4_TEXT_BYTES];
    char ipv4_gateway[NET_IPV4_TEXT_BYTES];
    size_t ipv6_count;                                      /* addresses that are checked and valid */
    char ipv6[NET_IPV6_ADDRESSES_MAX][NET_IPV6_TEXT_BYTES]; /* RFC 5952, without zone */
    uint32_t rx_frames;                                     /* counters since start */
    uint32_t tx_frames;
    uint32_t rx_dropped; /* lost in the interface or for lack of buffers */
    uint32_t tx_dropped;
    uint32_t connections_accepted;
    uint32_t connections_refused; /* told 503 or reset because all slots were busy */
    uint32_t connections_evicted; /* idle or lingering ones that gave way to a newcomer */
    char time_server
        [SETTINGS_HOST_BYTES]; /* that is asked: its address, or its name while that is not known; "": none */
    uint32_t time_refused;     /* datagrams to the time client that were no answers */
} net_status_t;

void net_read_status(net_status_t *out);

/* One bounded store of the network: a pool of lwIP, its heap, the HTTP slots. */
typedef struct {
    char name[20]; /* [a-z0-9_]+ */
    uint32_t used; /* elements, for "heap" bytes */
    uint32_t peak; /* most that were ever in use */
    uint32_t size;
    uint32_t exhausted; /* how often there was none left */
    bool in_bytes;      /* else in elements */
} net_pool_t;

size_t net_pool_count(void);

/* index     below net_pool_count() */
void net_read_pool(size_t index, net_pool_t *out);

#endif
