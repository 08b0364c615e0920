/* tokens_document.c - the table as JSON and back:
 *
 *   {"version":1,"tokens":[{"id":"5f3a9c01","name":"kitchen panel","scope":"operate",
 *    "created_utc_ms":1790000000000,"sha256":"<64 digits>"}],"check":"<64 digits>"}
 *
 * check is the SHA-256 of all that stands before it in this order and spelling. It guards against decay, not
 * against people: who can write the memory owns the device anyway.
 */
#include <string.h>

#include "cJSON.h"
#include "mbedtls/sha256.h"

#include "security/tokens.h"

#define VERSION 1u

_Static_assert(TOKEN_TIME_LIMIT_MS < 1ll << 53, "cJSON's doubles hold it exactly");

/* ---- The check sum ------------------------------------------------------------------------------------- */

static int check_token(mbedtls_sha256_context *hash, const token_t *token)
{
    uint8_t fixed[1 + 8] = { (uint8_t)token->scope };
    for (unsigned i = 0; i < 8; i++) fixed[1 + i] = (uint8_t)((uint64_t)token->created_utc_ms >> 8 * i);
    return mbedtls_sha256_update(hash, (const uint8_t *)token->id, sizeof token->id) |
           mbedtls_sha256_update(hash, (const uint8_t *)token->name, sizeof token->name) |
           mbedtls_sha256_update(hash, fixed, sizeof fixed) |
           mbedtls_sha256_update(hash, token->hash, sizeof token->hash);
}

static bool check_sum(const tokens_t *tokens, uint8_t sum[TOKEN_HASH_BYTES])
{
    mbedtls_sha256_context hash;
    mbedtls_sha256_init(&hash);
    int failed = mbedtls_sha256_starts(&hash, 0);
    for (const token_t *token = NULL; (token = tokens_next(tokens, token));)
        failed |= check_token(&hash, token);
    failed |= mbedtls_sha256_finish(&hash, sum);
    mbedtls_sha256_free(&hash);
    return failed == 0;
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

static void write_hex(json_writer_t *json, const char *key, const uint8_t hash[TOKEN_HASH_BYTES])
{
    json_key(json, key);
    json_raw_string_begin(json);
    for (size_t i = 0; i < TOKEN_HASH_BYTES; i++) text_hex(&json->out, hash[i], 2);
    json_raw_string_end(json);
}

void tokens_write(const tokens_t *tokens, json_writer_t *json)
{
    uint8_t sum[TOKEN_HASH_BYTES] = { 0 };
    json_object_begin(json);
    json_key(json, "version");
    json_u32(json, VERSION);
    json_key(json, "tokens");
    json_array_begin(json);
    for (const token_t *token = NULL; (token = tokens_next(tokens, token));) {
        json_object_begin(json);
        json_key(json, "id");
        json_string(json, token->id);
        json_key(json, "name");
        json_string(json, token->name);
        json_key(json, "scope");
        json_string(json, scope_name(token->scope));
        json_key(json, "created_utc_ms");
        if (token->created_utc_ms < 0)
            json_null(json);
        else
            json_u64(json, (uint64_t)token->created_utc_ms);
        write_hex(json, "sha256", token->hash);
        json_object_end(json);
    }
    json_array_end(json);
    /* A table that cannot be checked must not be saved: what fails here would be refused at the next start. */
    if (!check_sum(tokens, sum)) json->out.overflow = true;
    write_hex(json, "check", sum);
    json_object_end(json);
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

static const char *string_of(const cJSON *object, const char *key)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return value ? value : "";
}

/* Lower-case digits only: there is one spelling. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hash(const cJSON *object, const char *key, uint8_t hash[TOKEN_HASH_BYTES])
{
    const char *digits = string_of(object, key);
    if (strlen(digits) != (size_t)TOKEN_HASH_BYTES * 2u) return false;
    for (size_t i = 0; i < TOKEN_HASH_BYTES; i++) {
        int high = hex_digit(digits[2 * i]), low = hex_digit(digits[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        hash[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool read_id(const tokens_t *tokens, const cJSON *object, char id[TOKEN_ID_BYTES])
{
    const char *text = string_of(object, "id");
    if (strlen(text) != TOKEN_ID_BYTES - 1u || tokens_find(tokens, text_view(text))) return false;
    for (size_t i = 0; i < TOKEN_ID_BYTES - 1u; i++)
        if (hex_digit(text[i]) < 0) return false;
    memcpy(id, text, TOKEN_ID_BYTES);
    return true;
}

static bool read_created(const cJSON *object, int64_t *utc_ms)
{
    const cJSON *created = cJSON_GetObjectItemCaseSensitive(object, "created_utc_ms");
    *utc_ms = TOKEN_TIME_UNKNOWN;
    if (cJSON_IsNull(created)) return true;
    if (!cJSON_IsNumber(created) ||
        !(created->valuedouble >= 0 && created->valuedouble < (double)TOKEN_TIME_LIMIT_MS))
        return false;
    *utc_ms = (int64_t)created->valuedouble;
    return (double)*utc_ms == created->valuedouble;
}

static bool read_token(const tokens_t *tokens, const cJSON *object, token_t *token)
{
    *token = (token_t){ 0 };
    if (!cJSON_IsObject(object) || cJSON_GetArraySize(object) != 5) return false;
    const char *name = string_of(object, "name");
    token->scope = scope_from_name(text_view(string_of(object, "scope")));
    if (token->scope == SCOPE_NONE || !tokens_name_is_valid(text_view(name))) return false;
    memcpy(token->name, name, strlen(name));
    return read_id(tokens, object, token->id) && read_created(object, &token->created_utc_ms) &&
           read_hash(object, "sha256", token->hash);
}

static bool read_document(tokens_t *tokens, const cJSON *document)
{
    if (!cJSON_IsObject(document) || cJSON_GetArraySize(document) != 3) return false;
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(document, "version");
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(document, "tokens");
    if (!cJSON_IsNumber(version) || version->valuedouble != VERSION) return false;
    if (!cJSON_IsArray(array) || cJSON_GetArraySize(array) > (int)TOKENS_MAX) return false;
    token_t *slot = tokens->slots;
    unsigned admins = 0;
    const cJSON *object;
    cJSON_ArrayForEach(object, array)
    {
        token_t token;
        if (!read_token(tokens, object, &token)) return false;
        *slot++ = token;
        admins += token.scope == SCOPE_ADMIN;
    }
    uint8_t stored[TOKEN_HASH_BYTES], computed[TOKEN_HASH_BYTES];
    return admins > 0 && read_hash(document, "check", stored) && check_sum(tokens, computed) &&
           memcmp(stored, computed, sizeof stored) == 0;
}

tokens_state_t tokens_load(tokens_t *tokens, status_t read, const cJSON *document)
{
    memset(tokens->slots, 0, sizeof tokens->slots);
    if (read == STATUS_NOT_FOUND)
        tokens->state = TOKENS_NONE;
    else if (read == STATUS_OK && document && read_document(tokens, document))
        tokens->state = TOKENS_LOADED;
    else
        tokens->state = TOKENS_DAMAGED;
    if (tokens->state == TOKENS_DAMAGED) memset(tokens->slots, 0, sizeof tokens->slots);
    return tokens->state;
}
