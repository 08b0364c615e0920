/* api/events.h - streams of events, as far as other endpoints open them. Internal to firmware/api.
 *
 * Context: inside a handler.
 */
#ifndef API_EVENTS_H
#define API_EVENTS_H

#include "api/api.h"

/* Answers with the values of one sensor as they are taken: unnamed events whose data is the bare number.
 * sensor    its index */
void api_value_stream(http_exchange_t *ex, api_t *api, size_t sensor);

#endif
