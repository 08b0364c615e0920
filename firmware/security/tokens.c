#include "security/tokens.h"

#include <string.h>

#include "mbedtls/constant_time.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/sha256.h"

#include "base/utf8.h"
#include "security/base32.h"
#include "security/random.h"

#define PREFIX       "jbt_"
#define SECRET_BYTES 20u /* 160 bits */

_Static_assert(sizeof PREFIX - 1u + SECRET_BYTES / 5u * 8u + 1u == TOKEN_SECRET_BYTES, "prefix, digits, NUL");
_Static_assert(TOKEN_SECRET_BYTES <= TOKEN_PRESENTED_BYTES_MAX, "our own secrets must be looked at");

static bool is_free(const token_t *token)
{
    return token->id[0] == '\0';
}

void tokens_init(tokens_t *tokens, random_t *random, tokens_save_t save, void *context)
{
    memset(tokens, 0, sizeof *tokens);
    tokens->random = random;
    tokens->save = save;
    tokens->context = context;
}

const token_t *tokens_next(const tokens_t *tokens, const token_t *token)
{
    const token_t *end = tokens->slots + TOKENS_MAX;
    for (token = token ? token + 1 : tokens->slots; token < end; token++)
        if (!is_free(token)) return token;
    return NULL;
}

const token_t *tokens_find(const tokens_t *tokens, text_view_t id)
{
    for (const token_t *token = NULL; (token = tokens_next(tokens, token));)
        if (text_equal(id, text_view(token->id))) return token;
    return NULL;
}

bool tokens_name_is_valid(text_view_t name)
{
    return name.count >= 1 && name.count <= TOKEN_NAME_BYTES && utf8_is_line(name);
}

/* ---- Making one ----------------------------------------------------------------------------------------- */

static status_t draw_id(const tokens_t *tokens, char id[TOKEN_ID_BYTES])
{
    do {
        uint8_t bits[4];
        status_t status = random_bytes(tokens->random, bits, sizeof bits);
        if (status != STATUS_OK) return status;
        text_writer_t out = text_writer(id, TOKEN_ID_BYTES);
        for (size_t i = 0; i < sizeof bits; i++) text_hex(&out, bits[i], 2);
        text_char(&out, '\0');
    } while (tokens_find(tokens, text_view(id)));
    return STATUS_OK;
}

static status_t draw_secret(random_t *random, char secret[TOKEN_SECRET_BYTES], uint8_t hash[TOKEN_HASH_BYTES])
{
    uint8_t bits[SECRET_BYTES];
    status_t status = random_bytes(random, bits, sizeof bits);
    if (status == STATUS_OK) {
        memcpy(secret, PREFIX, sizeof PREFIX - 1u);
        base32_encode(bits, sizeof bits, secret + sizeof PREFIX - 1u);
        secret[TOKEN_SECRET_BYTES - 1u] = '\0';
        if (mbedtls_sha256((const uint8_t *)secret, TOKEN_SECRET_BYTES - 1u, hash, 0) != 0)
            status = STATUS_UNSUPPORTED;
    }
    mbedtls_platform_zeroize(bits, sizeof bits);
    return status;
}

static token_t *free_slot(tokens_t *tokens)
{
    for (token_t *slot = tokens->slots; slot < tokens->slots + TOKENS_MAX; slot++)
        if (is_free(slot)) return slot;
    return NULL;
}

status_t tokens_create(tokens_t *tokens, text_view_t name, scope_t scope, int64_t created_utc_ms,
                       char secret[TOKEN_SECRET_BYTES], const token_t **created)
{
    memset(secret, 0, TOKEN_SECRET_BYTES);
    if (tokens->state == TOKENS_DAMAGED) return STATUS_BUSY;
    if (!tokens_name_is_valid(name) || scope < SCOPE_READ || scope > SCOPE_ADMIN) return STATUS_INVALID;
    if (tokens->state == TOKENS_NONE && scope != SCOPE_ADMIN) return STATUS_INVALID;
    token_t *slot = free_slot(tokens);
    if (!slot) return STATUS_NO_MEMORY;

    bool known = created_utc_ms >= 0 && created_utc_ms < TOKEN_TIME_LIMIT_MS;
    token_t made = { .scope = scope, .created_utc_ms = known ? created_utc_ms : TOKEN_TIME_UNKNOWN };
    memcpy(made.name, name.bytes, name.count);
    status_t status = draw_id(tokens, made.id);
    if (status == STATUS_OK) status = draw_secret(tokens->random, secret, made.hash);
    if (status == STATUS_OK) {
        *slot = made;
        status = tokens->save(tokens->context, tokens);
    }
    if (status != STATUS_OK) {
        memset(slot, 0, sizeof *slot);
        mbedtls_platform_zeroize(secret, TOKEN_SECRET_BYTES);
        return status;
    }
    tokens->state = TOKENS_LOADED;
    *created = slot;
    return STATUS_OK;
}

/* ---- Revoking one --------------------------------------------------------------------------------------- */

static unsigned count_admins(const tokens_t *tokens)
{
    unsigned count = 0;
    for (const token_t *token = NULL; (token = tokens_next(tokens, token));)
        count += token->scope == SCOPE_ADMIN;
    return count;
}

status_t tokens_revoke(tokens_t *tokens, text_view_t id)
{
    const token_t *found = tokens_find(tokens, id);
    if (!found) return STATUS_NOT_FOUND;
    if (found->scope == SCOPE_ADMIN && count_admins(tokens) == 1) return STATUS_BUSY;
    token_t *slot = &tokens->slots[found - tokens->slots];
    const token_t before = *slot;
    memset(slot, 0, sizeof *slot);
    status_t status = tokens->save(tokens->context, tokens);
    if (status != STATUS_OK) *slot = before;
    return status;
}

/* ---- Recognizing one ------------------------------------------------------------------------------------ */

/* All ones when the slot is taken and has this hash, else 0. */
static unsigned match_mask(const token_t *slot, const uint8_t hash[TOKEN_HASH_BYTES])
{
    unsigned differs =
        (unsigned)mbedtls_ct_memcmp(slot->hash, hash, TOKEN_HASH_BYTES) | (unsigned)is_free(slot);
    return ((differs | (0u - differs)) >> 31) - 1u;
}

const token_t *tokens_verify(tokens_t *tokens, text_view_t secret, uint64_t now_ms)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    if (secret.count == 0 || secret.count > TOKEN_PRESENTED_BYTES_MAX) return NULL;
    if (mbedtls_sha256((const uint8_t *)secret.bytes, secret.count, hash, 0) != 0) return NULL;
    unsigned index = TOKENS_MAX;
    for (unsigned i = 0; i < TOKENS_MAX; i++) {
        unsigned mask = match_mask(&tokens->slots[i], hash);
        index = (index & ~mask) | (i & mask);
    }
    mbedtls_platform_zeroize(hash, sizeof hash);
    if (index == TOKENS_MAX) return NULL;
    tokens->slots[index].last_used_ms = now_ms > 0 ? now_ms : 1;
    return &tokens->slots[index];
}
