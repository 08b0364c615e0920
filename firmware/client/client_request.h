/* client/client_request.h - the head of a request that the device sends: GET, HTTP/1.1, one a connection.
 *
 * Context: anywhere.
 */
#ifndef CLIENT_CLIENT_REQUEST_H
#define CLIENT_CLIENT_REQUEST_H

#include "client/client_url.h"

/* A field of the user's. */
typedef struct {
    const char *name;  /* client_is_field_name */
    const char *value; /* client_is_field_value */
} client_field_t;

typedef struct {
    const client_url_t *url;
    const char *token; /* Authorization: Bearer; "" or NULL: none */
    const client_field_t *fields;
    unsigned field_count;
    const char *etag; /* If-None-Match, with its quotes; "" or NULL: none */
} client_request_t;

/* Writes the whole head. The connection is to be closed behind the answer, which is to come as it is: no content
 * codings. */
void client_request_write(text_writer_t *out, const client_request_t *request);

/* A token of RFC 9110 section 5.6.2 that is none of the fields that are written here, or that frame the message. */
bool client_is_field_name(text_view_t name);

/* Visible ASCII and blanks, none at its ends: nothing that could begin another line. */
bool client_is_field_value(text_view_t value);

#endif
