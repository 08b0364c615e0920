/* security/claim.h - how a device gets its first owner.
 *
 * A device that never had an owner makes a setup code at start and shows it where only those beside it can look:
 * on the console. Who knows the code gets the first token with SCOPE_ADMIN, once.
 *
 * The code has 40 random bits and CLAIM_TRIES_MAX wrong tries a start: the chance to guess it is one in 2^37, and
 * each further attempt needs somebody to restart the device. It follows that anybody on the network can use up the
 * tries and so delay the owner, who restarts the device; but not take it.
 *
 * Context: main loop only.
 */
#ifndef SECURITY_CLAIM_H
#define SECURITY_CLAIM_H

#include "security/tokens.h"

#define CLAIM_CODE_BYTES 10u /* "K7QM-3ZXD" and NUL */

typedef enum {
    CLAIM_UNCLAIMED,  /* waits for its owner */
    CLAIM_CLAIMED,    /* has one */
    CLAIM_LOCKED,     /* too many wrong codes: needs a restart */
    CLAIM_NO_ENTROPY, /* unclaimed, and no code or token can be made (security/random.h) */
    CLAIM_DAMAGED,    /* the owners are not known (security/tokens.h): needs a reset to factory settings */
} claim_state_t;

typedef struct {
    claim_state_t state;
    uint8_t tries; /* wrong ones */
    char code[CLAIM_CODE_BYTES];
    tokens_t *tokens;
} claim_t;

/* Finds out whether there is an owner and makes a code if not. After tokens_load.
 * tokens    borrowed */
void claim_init(claim_t *claim, tokens_t *tokens);

/* The code to show, once, on the console and nowhere else; NULL when nobody needs one (any more). */
const char *claim_code(const claim_t *claim);

/* Tries a code.
 * code      hostile text: lower or upper case, spaces and hyphens anywhere; o counts as 0, i and l as 1. What does
 *           not have 8 digits then is no try.
 * name, created_utc_ms, secret, created   of the token, as for tokens_create
 * returns   STATUS_OK: claimed; STATUS_INVALID: wrong code or impossible name (claim->state says whether it was
 *           the last try); STATUS_BUSY: not CLAIM_UNCLAIMED, see claim->state; STATUS_UNSUPPORTED:
 *           CLAIM_NO_ENTROPY; else the token could not be saved, and nothing changed: try again */
status_t claim_try(claim_t *claim, text_view_t code, text_view_t name, int64_t created_utc_ms,
                   char secret[TOKEN_SECRET_BYTES], const token_t **created);

#endif
