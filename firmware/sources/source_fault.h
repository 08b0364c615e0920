/* sources/source_fault.h - why a source gave nothing: a short code for programs, a sentence for people.
 *
 * Context: anywhere.
 */
#ifndef SOURCES_SOURCE_FAULT_H
#define SOURCES_SOURCE_FAULT_H

#include "client/client_link.h"
#include "client/client_response.h"
#include "client/json_pick.h"

typedef enum {
    SOURCE_OK,
    SOURCE_NO_NETWORK,
    SOURCE_NO_NAME,
    SOURCE_REFUSED,
    SOURCE_RESET,
    SOURCE_NO_MEMORY,
    SOURCE_NO_TLS,
    SOURCE_NO_CLOCK,
    SOURCE_NO_ANCHOR,
    SOURCE_UNTRUSTED,
    SOURCE_WRONG_NAME,
    SOURCE_NOT_VALID,
    SOURCE_UNSUPPORTED,
    SOURCE_TIMEOUT,
    SOURCE_NOT_HTTP,
    SOURCE_CODING,
    SOURCE_TRUNCATED,
    SOURCE_STATUS,
    SOURCE_REDIRECT_LOOP,
    SOURCE_REDIRECT_BAD,
    SOURCE_REDIRECT_INSECURE,
    SOURCE_TOO_LARGE,
    SOURCE_NOT_JSON,
    SOURCE_TOO_DEEP,
    SOURCE_NO_VALUE, /* of a map's values some, or all: those sensors are in error, the others are not */
    SOURCE_FAULTS
} source_fault_t;

source_fault_t source_fault_of_link(client_link_fault_t fault);
source_fault_t source_fault_of_response(client_fault_t fault);

/* Constants: "timeout"; "no complete answer came within timeout_ms". */
const char *source_fault_code(source_fault_t fault);
const char *source_fault_text(source_fault_t fault);

#endif
