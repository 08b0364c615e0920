/* sim_control.h - the control socket: sim_command.h over AF_UNIX stream connections. */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include <sys/un.h>

#include "sim_command.h"
#include "sim_poll.h"

#define SIM_CONTROL_CLIENTS_MAX 4u /* more wait until one of them leaves */

typedef struct {
    int fd; /* -1: free */
    int index;
    char line[SIM_COMMAND_BYTES];
    size_t count;
} sim_control_client_t;

typedef struct {
    sim_command_t on;
    int listener; /* -1: no control socket */
    int index;
    struct sockaddr_un address;
    sim_control_client_t clients[SIM_CONTROL_CLIENTS_MAX];
} sim_control_t;

/* path      NULL: none
 * returns   false after a message on standard error */
bool sim_control_open(sim_control_t *control, const char *path, const sim_command_t *on);
void sim_control_prepare(sim_control_t *control, sim_poll_t *set);
void sim_control_deliver(sim_control_t *control, const sim_poll_t *set);
void sim_control_close(sim_control_t *control);

#endif
