/* base/ip_text.h - is a text an IP address? RFC 3986 section 3.2.2 says how they are written.
 *
 * Context: anywhere.
 */
#ifndef BASE_IP_TEXT_H
#define BASE_IP_TEXT_H

#include "base/text.h"

/* Four decimal numbers up to 255, without leading zeros, which some read as octal. */
bool ip_text_is_ipv4(text_view_t text);

/* Eight groups, or fewer and one gap; an IPv4 address may stand for the last two. No brackets, no zone. */
bool ip_text_is_ipv6(text_view_t text);

#endif
