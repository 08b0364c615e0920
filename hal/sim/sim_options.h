/* sim_options.h - the simulator's command line. sim_options_help has the list. */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_FORWARDS_MAX 8u
#define SIM_SETS_MAX     32u
#define SIM_WITHOUT_MAX  8u
#define SIM_ERROR_BYTES  160u

typedef enum { SIM_NET_SLIRP, SIM_NET_TAP, SIM_NET_UNIX } sim_net_t;

typedef struct {
    struct in_addr host_address;
    uint16_t host_port;
    uint16_t guest_port;
} sim_forward_t;

typedef struct {
    const char *sensor_id;
    const char *value;
} sim_set_t;

/* Strings are parts of argv. */
typedef struct {
    sim_net_t net;
    const char *tap_name;
    const char *unix_local, *unix_remote;
    sim_forward_t forwards[SIM_FORWARDS_MAX];
    size_t forward_count;
    sim_set_t sets[SIM_SETS_MAX];
    size_t set_count;
    const char *without[SIM_WITHOUT_MAX];
    size_t without_count;
    const char *control, *pcap, *state; /* NULL: none */
    uint8_t log_level;                  /* as in board_options_t */
    bool ipv4_static;
    struct in_addr ipv4_address, ipv4_netmask, ipv4_gateway;
    bool outbound;        /* slirp: connections of the device's reach other hosts, and this one as 10.0.2.2 */
    bool insecure_tokens; /* as in board_options_t */
    bool help;
} sim_options_t;

extern const char sim_options_help[];

/* argv      without the program's name, argc of them; its strings are cut up and must outlive options
 * error     SIM_ERROR_BYTES; one line without newline, written when false comes back
 * returns   false for unknown, malformed or too many options */
bool sim_options_parse(sim_options_t *options, int argc, char *argv[], char *error);

#endif
