/* A link to a server that the test is: it connects at once, and says what it is told to. */
#ifndef FAKE_LINK_H
#define FAKE_LINK_H

#include "client/client_link.h"
#include "config/limits.h"

typedef struct {
    client_link_state_t state;
    client_link_fault_t fault;
    char host[CLIENT_HOST_BYTES];
    uint16_t port;
    bool secure;
    unsigned opened;
    char sent[2048]; /* by the client on this connection, with NUL */
    size_t sent_bytes;
    char waiting[4096]; /* for the client */
    size_t waiting_bytes;
    bool ends; /* behind what waits */
} fake_link_t;

client_link_t fake_link(fake_link_t *link);

/* ends      and closes the connection */
void fake_link_answer(fake_link_t *link, const char *text, bool ends);

#endif
