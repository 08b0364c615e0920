/* base/time_format.h - calendar times as text, without libc's time zones.
 *
 * Times are milliseconds since 1970-01-01T00:00:00Z, years 1970 to 9999.
 * Context: anywhere.
 */
#ifndef BASE_TIME_FORMAT_H
#define BASE_TIME_FORMAT_H

#include "base/text.h"

/* RFC 3339 section 5.6 with milliseconds: 2026-11-22T12:59:59.120Z (24 bytes). */
void text_rfc3339(text_writer_t *out, int64_t utc_ms);

/* IMF-fixdate of RFC 9110 section 5.6.7: Sun, 22 Nov 2026 12:59:59 GMT (29 bytes). */
void text_imf_fixdate(text_writer_t *out, int64_t utc_ms);

#endif
