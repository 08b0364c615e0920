/* security/tokens.h - the tokens by which programs prove what they may do.
 *
 * A secret is "jbt_" and 160 random bits in base 32, shown once when it is made; here and in the document only
 * its SHA-256 is kept (a hash without salt and stretching is right for 160 random bits, and wrong for passwords).
 * A secret is compared with all slots, in a time that does not depend on which one matches or how nearly.
 *
 * Changes are all or nothing and last: what cannot be saved has not happened.
 *
 * The document. There are three answers to "who owns this device?": nobody yet (there has never been a document),
 * those in the document, and "unknown", when there is one that cannot be read or is not what was written (each
 * byte counts: it carries a check sum). Unknown must not become nobody, or else a damaged memory would give the
 * device to the next who asks: such a device knows no token, cannot be claimed, and waits for a reset to factory
 * settings by somebody who stands beside it.
 *
 * Context: main loop only.
 * Time:    about 10,000 instructions for tokens_verify.
 * Stack:   1.2 KiB on a Cortex-M3, for tokens_create (security/random.h).
 * Memory:  about 100 bytes a slot.
 */
#ifndef SECURITY_TOKENS_H
#define SECURITY_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "base/text.h"
#include "config/limits.h"
#include "hal/status.h"
#include "security/scope.h"

#define TOKEN_HASH_BYTES   32u
#define TOKEN_SECRET_BYTES 37u /* "jbt_", 32 characters, NUL */
#define TOKEN_ID_BYTES     9u  /* 8 hexadecimal digits, NUL */

#define TOKEN_TIME_UNKNOWN  (-1)            /* created before the device knew the time */
#define TOKEN_TIME_LIMIT_MS 253402300800000 /* the year 10000: nothing after it is a time of ours */

typedef struct cJSON cJSON;
typedef struct random random_t;
typedef struct tokens tokens_t;

typedef struct {
    char id[TOKEN_ID_BYTES];          /* random, unique; "": the slot is free */
    char name[TOKEN_NAME_BYTES + 1u]; /* one line of UTF-8 (base/utf8.h), for people; need not be unique */
    scope_t scope;
    uint8_t hash[TOKEN_HASH_BYTES];
    int64_t created_utc_ms; /* or TOKEN_TIME_UNKNOWN */
    uint64_t last_used_ms;  /* uptime; 0: not since reset */
} token_t;

/* Puts the table on the medium (tokens_write), or leaves what was there.
 * returns   STATUS_OK only when no later power cut can bring back the old one */
typedef status_t (*tokens_save_t)(void *context, const tokens_t *tokens);

typedef enum {
    TOKENS_NONE,    /* never claimed */
    TOKENS_LOADED,  /* at least one of them has SCOPE_ADMIN */
    TOKENS_DAMAGED, /* see above */
} tokens_state_t;

struct tokens {
    tokens_state_t state;
    random_t *random;
    tokens_save_t save;
    void *context;
    token_t slots[TOKENS_MAX];
};

/* An empty table, TOKENS_NONE.
 * random    borrowed; need not be ready, but then no token can be made */
void tokens_init(tokens_t *tokens, random_t *random, tokens_save_t save, void *context);

/* Takes what the store has, after tokens_init.
 * read      what came of reading the document: STATUS_OK, STATUS_NOT_FOUND (there is none, and the store itself
 *           is sound), anything else (damaged)
 * document  its parsed text, only looked at when STATUS_OK; NULL when it is no JSON
 * returns   the new state */
tokens_state_t tokens_load(tokens_t *tokens, status_t read, const cJSON *document);

/* Writes the document, at most TOKENS_DOCUMENT_BYTES_MAX of it. Holds hashes, so it is not for everybody's eyes. */
void tokens_write(const tokens_t *tokens, json_writer_t *json);

/* Makes a token and saves the table.
 * name      1..TOKEN_NAME_BYTES bytes, one line of UTF-8
 * scope     not SCOPE_NONE
 * created_utc_ms  now, or TOKEN_TIME_UNKNOWN
 * secret    the caller's, to be shown once and wiped; "" unless STATUS_OK
 * created   the new token, alive until the next change of the table; untouched unless STATUS_OK
 * returns   STATUS_OK; STATUS_INVALID (name or scope, or a first token that is not SCOPE_ADMIN);
 *           STATUS_NO_MEMORY (TOKENS_MAX are there); STATUS_UNSUPPORTED (no random bytes); STATUS_BUSY (the table
 *           is damaged); else what save returned. Unless STATUS_OK nothing has changed. */
status_t tokens_create(tokens_t *tokens, text_view_t name, scope_t scope, int64_t created_utc_ms,
                       char secret[TOKEN_SECRET_BYTES], const token_t **created);

/* Deletes a token and saves the table.
 * returns   STATUS_OK; STATUS_NOT_FOUND; STATUS_BUSY (the last one with SCOPE_ADMIN: the device would have no
 *           owner and no way to get one); else what save returned. Unless STATUS_OK nothing has changed. */
status_t tokens_revoke(tokens_t *tokens, text_view_t id);

/* Looks for the token that a secret belongs to, and notes its use.
 * secret    hostile text of any length
 * now_ms    uptime
 * returns   alive until the next change of the table; NULL when there is none */
const token_t *tokens_verify(tokens_t *tokens, text_view_t secret, uint64_t now_ms);

/* The tokens one after the other: NULL gives the first, the last gives NULL. */
const token_t *tokens_next(const tokens_t *tokens, const token_t *token);

/* returns   NULL when there is none */
const token_t *tokens_find(const tokens_t *tokens, text_view_t id);

/* Whether text will do as a token's name. */
bool tokens_name_is_valid(text_view_t name);

#endif
