/* security/scope.h - what a token may do. Each scope holds those below it.
 *
 * Context: anywhere.
 */
#ifndef SECURITY_SCOPE_H
#define SECURITY_SCOPE_H

#include "base/text.h"

typedef enum {
    SCOPE_NONE = 0, /* of a route: everybody may, also without a token */
    SCOPE_READ,     /* see values and state */
    SCOPE_OPERATE,  /* and make the device act: actuators, harmless actions */
    SCOPE_ADMIN,    /* and change what it is: settings, tokens, reset */
} scope_t;

/* "read", "operate" or "admin"; a constant. scope is not SCOPE_NONE. */
const char *scope_name(scope_t scope);

/* returns   SCOPE_NONE when it is none of the names */
scope_t scope_from_name(text_view_t name);

#endif
