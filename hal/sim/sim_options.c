#include "sim_options.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char sim_options_help[] =
    "usage: jembatan [OPTION]...\n"
    "  --net slirp                    user networking, needs no rights (default)\n"
    "  --net tap[:IFNAME]             a TAP interface of this machine, jembatan0 by default\n"
    "  --net unix:LOCAL,REMOTE        frames as datagrams between two AF_UNIX sockets\n"
    "  --forward HOSTIP:PORT:PORT     with slirp: a TCP port of this machine to one of the device\n"
    "  --ip ADDRESS/PREFIX[,GATEWAY]  static IPv4 address instead of DHCP\n"
    "  --set SENSOR=VALUE             what a simulated sensor measures, in its unit\n"
    "  --without DEVICE               this chip is not populated\n"
    "  --control PATH                 AF_UNIX stream socket that changes and breaks chips while it runs\n"
    "  --pcap FILE                    record all frames\n"
    "  --state DIR                    where non-volatile things live\n"
    "  --log-level LEVEL              error, warning, info (default) or debug\n"
    "  --insecure-tokens              take tokens by plain HTTP, too\n"
    "  --outbound                     let its connections reach other hosts; this one is 10.0.2.2 (slirp)\n"
    "  --help                         this text\n";

/* A whole number from 1 to most that ends at the string's end. */
static bool parse_count(const char *text, unsigned long least, unsigned long most, unsigned long *value)
{
    if (*text < '0' || *text > '9') return false;
    char *end;
    *value = strtoul(text, &end, 10);
    return *end == '\0' && *value >= least && *value <= most;
}

/* Cuts text at the first separator; NULL when there is none or nothing stands in front of it or behind. */
static char *cut(char *text, char separator)
{
    char *at = strchr(text, separator);
    if (!at || at == text || at[1] == '\0') return NULL;
    *at = '\0';
    return at + 1;
}

static bool take_net(sim_options_t *options, char *value)
{
    if (strcmp(value, "slirp") == 0) {
        options->net = SIM_NET_SLIRP;
        return true;
    }
    char *rest = cut(value, ':');
    if (strcmp(value, "tap") == 0 && (!rest || *rest)) {
        options->net = SIM_NET_TAP;
        options->tap_name = rest ? rest : "jembatan0";
        return true;
    }
    if (!rest) return false;
    options->net = SIM_NET_UNIX;
    options->unix_local = rest;
    options->unix_remote = cut(rest, ',');
    return strcmp(value, "unix") == 0 && options->unix_remote;
}

static bool take_forward(sim_options_t *options, char *value)
{
    if (options->forward_count == SIM_FORWARDS_MAX) return false;
    sim_forward_t *forward = &options->forwards[options->forward_count];
    char *host_port = cut(value, ':');
    char *guest_port = host_port ? cut(host_port, ':') : NULL;
    unsigned long host, guest;
    if (!guest_port || inet_pton(AF_INET, value, &forward->host_address) != 1 ||
        !parse_count(host_port, 1, 65535, &host) || !parse_count(guest_port, 1, 65535, &guest)) {
        return false;
    }
    forward->host_port = (uint16_t)host;
    forward->guest_port = (uint16_t)guest;
    options->forward_count++;
    return true;
}

static bool take_set(sim_options_t *options, char *value)
{
    if (options->set_count == SIM_SETS_MAX) return false;
    char *number = cut(value, '=');
    if (!number) return false;
    options->sets[options->set_count++] = (sim_set_t){ value, number };
    return true;
}

static bool take_without(sim_options_t *options, char *value)
{
    if (options->without_count == SIM_WITHOUT_MAX) return false;
    options->without[options->without_count++] = value;
    return true;
}

static bool take_ip(sim_options_t *options, char *value)
{
    char *gateway = strchr(value, ',') ? cut(value, ',') : NULL;
    if (strchr(value, ',')) return false;
    char *prefix = cut(value, '/');
    unsigned long bits;
    if (!prefix || !parse_count(prefix, 1, 32, &bits) ||
        inet_pton(AF_INET, value, &options->ipv4_address) != 1 ||
        (gateway && inet_pton(AF_INET, gateway, &options->ipv4_gateway) != 1)) {
        return false;
    }
    options->ipv4_netmask.s_addr = htonl((uint32_t)(0xffffffffu << (32u - bits)));
    options->ipv4_static = true;
    return true;
}

static bool take_log_level(sim_options_t *options, char *value)
{
    static const char *const names[] = { "error", "warning", "info", "debug" };
    for (uint8_t i = 0; i < 4; i++) {
        if (strcmp(value, names[i]) != 0) continue;
        options->log_level = i;
        return true;
    }
    return false;
}

static bool take_control(sim_options_t *options, char *value)
{
    options->control = value;
    return true;
}

static bool take_pcap(sim_options_t *options, char *value)
{
    options->pcap = value;
    return true;
}

static bool take_state(sim_options_t *options, char *value)
{
    options->state = value;
    return true;
}

static const struct {
    const char *name;
    bool (*take)(sim_options_t *options, char *value);
} table[] = {
    { "--net", take_net },   { "--forward", take_forward }, { "--ip", take_ip },
    { "--set", take_set },   { "--without", take_without }, { "--control", take_control },
    { "--pcap", take_pcap }, { "--state", take_state },     { "--log-level", take_log_level },
};

/* "<option> <value>: <what>" */
static bool fail(char *error, const char *name, const char *value, const char *what)
{
    (void)snprintf(error, SIM_ERROR_BYTES, "%.40s%s%.60s: %.50s", name, *value ? " " : "", value, what);
    return false;
}

static bool take(sim_options_t *options, const char *name, char *value, char *error)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(name, table[i].name) != 0) continue;
        if (!value || *value == '\0') return fail(error, name, "", "a value is missing");
        char shown[61]; /* taking it cuts it up */
        (void)snprintf(shown, sizeof shown, "%s", value);
        return table[i].take(options, value) || fail(error, name, shown, "malformed, or one too many");
    }
    return fail(error, name, "", "no such option");
}

/* Options without a value. */
static bool take_flag(sim_options_t *options, const char *name)
{
    if (strcmp(name, "--help") == 0)
        options->help = true;
    else if (strcmp(name, "--insecure-tokens") == 0)
        options->insecure_tokens = true;
    else if (strcmp(name, "--outbound") == 0)
        options->outbound = true;
    else
        return false;
    return true;
}

bool sim_options_parse(sim_options_t *options, int argc, char *argv[], char *error)
{
    *options = (sim_options_t){ .net = SIM_NET_SLIRP, .log_level = 2 };
    for (int i = 0; i < argc; i++) {
        if (take_flag(options, argv[i])) continue;
        if (!take(options, argv[i], i + 1 < argc ? argv[i + 1] : NULL, error)) return false;
        i++;
    }
    if (options->forward_count > 0 && options->net != SIM_NET_SLIRP) {
        return fail(error, "--forward", "", "goes with --net slirp only");
    }
    return true;
}
