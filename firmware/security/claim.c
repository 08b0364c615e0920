#include "security/claim.h"

#include <string.h>

#include "mbedtls/constant_time.h"
#include "mbedtls/platform_util.h"

#include "security/base32.h"
#include "security/random.h"

#define CODE_DIGITS 8u
#define CODE_BITS   5u /* bytes of 8 bits for CODE_DIGITS digits of 5 bits */

static bool make_code(claim_t *claim)
{
    uint8_t bits[CODE_BITS];
    char digits[CODE_DIGITS];
    if (random_bytes(claim->tokens->random, bits, sizeof bits) != STATUS_OK) return false;
    base32_encode(bits, sizeof bits, digits);
    text_writer_t out = text_writer(claim->code, sizeof claim->code);
    for (size_t i = 0; i < CODE_DIGITS; i++) {
        if (i == CODE_DIGITS / 2) text_char(&out, '-');
        bool letter = digits[i] >= 'a';
        text_char(&out, letter ? (char)(digits[i] - 'a' + 'A') : digits[i]);
    }
    text_char(&out, '\0');
    mbedtls_platform_zeroize(bits, sizeof bits);
    mbedtls_platform_zeroize(digits, sizeof digits);
    return true;
}

void claim_init(claim_t *claim, tokens_t *tokens)
{
    *claim = (claim_t){ .tokens = tokens };
    if (tokens->state == TOKENS_LOADED)
        claim->state = CLAIM_CLAIMED;
    else if (tokens->state == TOKENS_DAMAGED)
        claim->state = CLAIM_DAMAGED;
    else
        claim->state = make_code(claim) ? CLAIM_UNCLAIMED : CLAIM_NO_ENTROPY;
}

const char *claim_code(const claim_t *claim)
{
    return claim->state == CLAIM_UNCLAIMED ? claim->code : NULL;
}

/* The digits of what was typed. Returns whether there are CODE_DIGITS of them. */
static bool read_digits(text_view_t typed, char digits[CODE_DIGITS])
{
    size_t count = 0;
    for (size_t i = 0; i < typed.count; i++) {
        if (typed.bytes[i] == ' ' || typed.bytes[i] == '-') continue;
        char digit = base32_normalize(typed.bytes[i]);
        if (digit == '\0' || count == CODE_DIGITS) return false;
        digits[count++] = digit;
    }
    return count == CODE_DIGITS;
}

static void end(claim_t *claim, claim_state_t state)
{
    claim->state = state;
    mbedtls_platform_zeroize(claim->code, sizeof claim->code);
}

status_t claim_try(claim_t *claim, text_view_t code, text_view_t name, int64_t created_utc_ms,
                   char secret[TOKEN_SECRET_BYTES], const token_t **created)
{
    char typed[CODE_DIGITS], right[CODE_DIGITS];
    memset(secret, 0, TOKEN_SECRET_BYTES);
    if (claim->state == CLAIM_NO_ENTROPY) return STATUS_UNSUPPORTED;
    if (claim->state != CLAIM_UNCLAIMED) return STATUS_BUSY;
    /* The name first: it must not cost a try, nor tell whether the code was right. */
    if (!tokens_name_is_valid(name) || !read_digits(code, typed)) return STATUS_INVALID;

    (void)read_digits(text_view(claim->code), right);
    bool wrong = mbedtls_ct_memcmp(typed, right, sizeof right) != 0;
    mbedtls_platform_zeroize(right, sizeof right);
    if (wrong) {
        if (++claim->tries >= CLAIM_TRIES_MAX) end(claim, CLAIM_LOCKED);
        return STATUS_INVALID;
    }
    status_t status = tokens_create(claim->tokens, name, SCOPE_ADMIN, created_utc_ms, secret, created);
    if (status == STATUS_OK) end(claim, CLAIM_CLAIMED);
    return status;
}
