/* net/mdns_message.h - names and messages of multicast DNS, as far as lwIP leaves them to us.
 *
 * Context: anywhere.
 */
#ifndef NET_MDNS_MESSAGE_H
#define NET_MDNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "config/limits.h"
#include "lwip/pbuf.h"
#include "net/net.h"

/* Whether a message can hold as many records as its header says, so that reading it ends soon. */
bool net_mdns_plausible(const struct pbuf *message);

/* Writes name-number, the name cut so that both fit a label; the bare name for 0. */
void net_mdns_numbered(char out[NET_HOST_NAME_BYTES], const char *name, unsigned number);

/* Writes a message that says of each service that its instance of this name lives no longer (RFC 6762 section 10.1). */
void net_mdns_write_farewell(text_writer_t *out, const char *name, const net_service_t *services,
                             size_t count);

#endif
