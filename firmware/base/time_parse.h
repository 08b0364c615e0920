/* base/time_parse.h - calendar times out of text, without libc's time zones.
 *
 * Context: anywhere.
 */
#ifndef BASE_TIME_PARSE_H
#define BASE_TIME_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* RFC 3339 section 5.6, date-time: 2026-11-22T12:59:59.120Z, 2026-11-22t18:29:59+05:30. Of a fraction of a second the
 * milliseconds count. A leap second is the moment after 59.999.
 * utc_ms    milliseconds since 1970-01-01T00:00:00Z; written only when true comes back
 * returns   false for anything else, days that do not exist, and moments before 1970 */
bool time_parse_rfc3339(text_view_t text, int64_t *utc_ms);

#endif
