/* settings/settings_rules.h - what texts and addresses in settings must look like. Internal to settings.
 *
 * Texts are NUL-terminated and valid UTF-8 (the scan saw to it).
 */
#ifndef SETTINGS_SETTINGS_RULES_H
#define SETTINGS_SETTINGS_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* No control characters (C0, DEL, C1), no line or paragraph separator, no marks that turn the direction of
 * what comes after: it is shown in one line, on a console and on a page. */
bool settings_is_line(const char *text);

/* A line that is more than white space. */
bool settings_is_name(const char *text);

/* One label of a host name: letters, digits and hyphens, none of them first or last, 63 at most (RFC 1123
 * section 2.1). */
bool settings_is_label(const char *text);

/* Labels with dots between them. The last is not all digits: that would be taken for an IPv4 address. */
bool settings_is_host(const char *text);

/* A host name, or an IPv4 or IPv6 address that one server can have. */
bool settings_is_server(const char *text);

/* An origin as a browser sends it (RFC 6454 section 6.2): http or https, host in lower case or an IP literal,
 * a port if it is not the scheme's own. */
bool settings_is_origin(const char *text);

/* An address that one interface can have: not in 0/8, 127/8, 224/4 or 240/4. */
bool settings_is_unicast(uint32_t address);

/* The first and the last address of a subnet are not a host's. prefix 1..30. */
bool settings_is_host_of(uint32_t address, unsigned prefix);

/* Whether two addresses share a subnet. */
bool settings_same_subnet(uint32_t one, uint32_t other, unsigned prefix);

#endif
