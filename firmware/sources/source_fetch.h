/* sources/source_fetch.h - one question to a source and its answer, redirects included.
 *
 * A state machine on a link (client/client_link.h): source_fetch_poll does what can be done now. Of the answer nothing is
 * kept but the numbers that were asked for; when they are there the rest is not waited for.
 *
 * Secrets go to the origin of the configured URL alone: a redirect to another scheme, host or port is followed without.
 *
 * Memory:  source_fetch_t, the caller's.
 * Context: main loop only.
 */
#ifndef SOURCES_SOURCE_FETCH_H
#define SOURCES_SOURCE_FETCH_H

#include "client/client_link.h"
#include "client/client_response.h"
#include "client/client_url.h"
#include "client/json_pick.h"
#include "sources/source_config.h"
#include "sources/source_fault.h"

typedef struct {
    client_link_t link;
    bool busy;
    bool hurries;         /* there was more to do than one poll does */
    source_fault_t fault; /* of the last one; SOURCE_OK also when nothing has changed (304) */
    bool unchanged;       /* the answer was 304 */
    uint8_t redirects;
    const source_config_t *config; /* while busy */
    const char *known_etag;
    char url[CLIENT_URL_BYTES]; /* that is asked now */
    client_url_t parsed;        /* of it */
    uint64_t deadline_ms;
    uint16_t head_bytes, sent_bytes;
    char head[SOURCE_REQUEST_BYTES];
    client_response_t response;
    json_pick_t pick;
} source_fetch_t;

/* Begins. Only while not busy.
 * config    borrowed until it is not busy any more
 * etag      of what is known; "": nothing. Borrowed as config */
void source_fetch_begin(source_fetch_t *fetch, const source_config_t *config, const char *etag,
                        uint64_t now_ms);

/* Goes on.
 * returns   whether it is still busy; if not, fault, unchanged, pick and response say what became of it */
bool source_fetch_poll(source_fetch_t *fetch, uint64_t now_ms);

/* Gives up. */
void source_fetch_cancel(source_fetch_t *fetch);

#endif
