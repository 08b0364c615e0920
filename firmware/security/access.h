/* security/access.h - the one decision whether a request may go on (RFC 6750, bearer tokens).
 *
 *   state of the device     reading                        changing
 *   unclaimed, locked       open                           401: claim it first
 *   no entropy              open                           503: it cannot have an owner
 *   owners damaged          open, or 503 with read_auth    503: reset to factory settings
 *   claimed                 open, or by token              by token
 *
 * A certificate that the client has shown by TLS says what its owner may do on a device that is claimed; where that is
 * not enough, or there is none, the request is judged by its token.
 *
 *   what came with the request            answer
 *   a token without TLS, claimed device   403, even where none is needed: whoever listens has it now. Unless the
 *                                         device takes tokens like that
 *   no credentials, or another scheme     401 Bearer realm
 *   a Bearer header that is malformed     400 error="invalid_request"
 *   too many wrong ones lately            429, Retry-After; the token is not looked at
 *   a token that is not (any more) ours   401 error="invalid_token"
 *   one with less than the needed scope   403 error="insufficient_scope", scope="..."
 *
 * Where no token is needed none is looked at, so a program with a stale token can still read an open device.
 *
 * Context: main loop only.
 */
#ifndef SECURITY_ACCESS_H
#define SECURITY_ACCESS_H

#include "security/claim.h"
#include "security/limiter.h"
#include "security/tokens.h"

typedef struct {
    tokens_t *tokens;
    const claim_t *claim;
    limiter_t *limiter;
    bool read_auth;       /* the setting: reading, too, needs a token */
    bool insecure_tokens; /* the setting: tokens are good without TLS, too */
} access_t;

typedef struct {
    scope_t scope;             /* what the route asks for */
    text_view_t authorization; /* the header's value; hostile text; count 0: there is none */
    const uint8_t *address;    /* LIMITER_ADDRESS_BYTES: the peer's */
    bool secure;               /* it came by TLS */
    scope_t certified;         /* what the client's certificate says; SCOPE_NONE: nothing */
    uint64_t now_ms;           /* uptime */
} access_request_t;

typedef struct {
    uint16_t status;        /* 0: it may go on; else 400, 401, 403, 429, 503 */
    uint16_t retry_after_s; /* Retry-After of a 429; 0: none */
    const char *challenge;  /* WWW-Authenticate, a constant; NULL: none */
    const char *detail;     /* one sentence for people, a constant; NULL when it may go on */
    const token_t *token;   /* by which it may go on, alive until the next change of the table; NULL: open */
} access_decision_t;

/* Whether secrets may go to a peer, and be taken from it. */
bool access_is_private(const access_t *access, bool secure);

access_decision_t access_decide(const access_t *access, const access_request_t *request);

#endif
