/* sim_mac.h - the simulated board's MAC address. */
#ifndef SIM_MAC_H
#define SIM_MAC_H

#include <stdbool.h>
#include <stdint.h>

/* Reads state/mac ("02:00:5e:10:00:01" and a newline); makes it, with its folder, when it is missing: random,
 * locally administered. Without a state folder (NULL) all simulators have the same address.
 * returns   false after a message on standard error */
bool sim_mac_load(const char *state, uint8_t mac[6]);

#endif
