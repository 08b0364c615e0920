/* net/sntp.h - the time from a server on the network: SNTP (RFC 4330, RFC 5905 section 14).
 *
 * By lwIP's client, which asks, waits, and backs off. What it leaves open is done here: where the server comes from
 * (a setting, or DHCP option 42), its name, and whether an answer is one. An answer counts when it comes from the
 * address and port that were asked, repeats the random time stamp of the question, comes soon, and says of itself
 * that it is a server's, synchronized, and of an age in which we can be. One that does not is counted and dropped:
 * lwIP goes on waiting. Who asks to be left alone (kiss of death) is, for NET_TIME_DENIED_MS.
 *
 * Nothing here is authenticated: who can read and send on this LAN can set the clock forward, and it does not go back.
 *
 * Context: main loop only.
 */
#ifndef NET_SNTP_H
#define NET_SNTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wall_clock.h"
#include "config/limits.h"
#include "lwip/netif.h"
#include "lwip/udp.h"
#include "net/net.h"

typedef enum {
    NET_SNTP_IDLE,      /* no server, or no address to ask from */
    NET_SNTP_RESOLVING, /* asks DNS for the server's address */
    NET_SNTP_ASKING,    /* lwIP's client runs */
    NET_SNTP_DENIED,    /* the server asked to be left alone */
} net_sntp_state_t;

typedef struct {
    struct netif *netif;              /* NULL: not open */
    wall_clock_t *clock;              /* borrowed */
    char server[SETTINGS_HOST_BYTES]; /* as configured, "" for DHCP's */
    ip_addr_t leased;                 /* DHCP's; any: none */
    net_sntp_state_t state;
    bool restart;      /* something has changed */
    bool denied;       /* the answer to the latest question was a kiss of death */
    uint32_t lookup;   /* number of the latest one: an answer to another is late */
    uint64_t check_ms; /* when to look again */
    uint64_t until_ms; /* of a pause */
    ip_addr_t address; /* of the server; while asking */
    uint8_t silent;    /* questions without an answer since the last one */

    udp_recv_fn receive; /* lwIP's */
    bool waiting;        /* the question below has no answer yet */
    uint32_t stamp[2];   /* of it: seconds and fraction, in host order */
    uint64_t asked_ms;
    uint32_t refused; /* datagrams that were no answers */
} net_sntp_t;

/* Called once, after the interface is open.
 * sntp      the caller's, zeroed, alive as long as the firmware; there is one, because lwIP is one
 * config    clock and time_server are looked at */
void net_sntp_open(net_sntp_t *sntp, struct netif *netif, const net_config_t *config);

/* Takes another server; asks it at once. Nothing when it is as before. */
void net_sntp_configure(net_sntp_t *sntp, const char *server);

/* Starts and stops asking as addresses come and go.
 * returns   when it wants to be called next */
uint64_t net_sntp_poll(net_sntp_t *sntp, uint64_t now_ms);

/* What is shown of the server: its address, or its name while that is looked up; "" for none. */
void net_sntp_server_text(const net_sntp_t *sntp, char *out, size_t bytes);

/* For lwIP's sntp.c, which is compiled with this in the place of udp_recv. */
void net_sntp_udp_recv(struct udp_pcb *pcb, udp_recv_fn receive, void *context);

#endif
