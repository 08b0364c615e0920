/* http/http_account.h - what is noted of each answer: its status in the counters, and whether its request may have done
 * more than read (http_server_t.acted).
 *
 * Internal to firmware/http. Context: main loop only.
 */
#ifndef HTTP_ACCOUNT_H
#define HTTP_ACCOUNT_H

#include "http/http_conn.h"

/* Once for each answer, when its first bytes are ready. */
void http_account(http_exchange_t *ex);

#endif
