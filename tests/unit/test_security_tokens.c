/* Tokens: made once, recognized, revoked, kept as a document that is believed as a whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cJSON.h"
#include "hal/entropy.h"
#include "mbedtls/sha256.h"
#include "security/base32.h"
#include "security/random.h"
#include "security/tokens.h"

/* ---- A device that saves its tokens, or fails to --------------------------------------------------------- */

typedef struct {
    random_t random;
    tokens_t tokens;
    status_t save;
    unsigned saves;
    char document[TOKENS_DOCUMENT_BYTES_MAX + 1];
} device_t;

static status_t save(void *context, const tokens_t *tokens)
{
    device_t *device = context;
    device->saves++;
    if (device->save != STATUS_OK) return device->save;
    json_writer_t json = json_writer(device->document, TOKENS_DOCUMENT_BYTES_MAX);
    tokens_write(tokens, &json);
    assert_false(json_overflowed(&json));
    *json.out.at = '\0';
    return STATUS_OK;
}

static void start(device_t *device)
{
    const random_sources_t sources = { .read_entropy = hal_entropy_read };
    memset(device, 0, sizeof *device);
    assert_int_equal(random_init(&device->random, &sources), STATUS_OK);
    tokens_init(&device->tokens, &device->random, save, device);
    assert_int_equal(tokens_load(&device->tokens, STATUS_NOT_FOUND, NULL), TOKENS_NONE);
}

typedef struct {
    char text[TOKEN_SECRET_BYTES];
} secret_t;

static const token_t *make(device_t *device, const char *name, scope_t scope, secret_t *secret)
{
    const token_t *token = NULL;
    assert_int_equal(
        tokens_create(&device->tokens, text_view(name), scope, 1790000000123, secret->text, &token),
        STATUS_OK);
    return token;
}

static tokens_state_t load(device_t *device, const char *document)
{
    cJSON *parsed = cJSON_Parse(document);
    tokens_state_t state = tokens_load(&device->tokens, STATUS_OK, parsed);
    cJSON_Delete(parsed);
    return state;
}

static unsigned count(const tokens_t *tokens)
{
    unsigned n = 0;
    for (const token_t *token = NULL; (token = tokens_next(tokens, token));) n++;
    return n;
}

/* ---- Making ------------------------------------------------------------------------------------------------ */

static void base32_writes_crockfords_alphabet(void **state)
{
    (void)state;
    static const uint8_t all[20] = { 0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf,
                                     0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75, 0xbe, 0x77, 0xdf };
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    char out[32];
    base32_encode(all, sizeof all, out);
    assert_memory_equal(out, alphabet, sizeof out);
    for (unsigned c = 0; c < 256; c++) {
        char normal = base32_normalize((char)c);
        char lower = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        char expected = lower == 'o' ? '0' : lower == 'i' || lower == 'l' ? '1' : lower;
        assert_int_equal(normal, c && strchr(alphabet, expected) ? expected : '\0');
    }
}

static void a_secret_has_the_form_that_is_promised_and_only_its_hash_is_kept(void **state)
{
    (void)state;
    device_t device;
    secret_t secret;
    uint8_t hash[32];
    start(&device);
    const token_t *token = make(&device, "me", SCOPE_ADMIN, &secret);
    assert_int_equal(strlen(secret.text), 36);
    assert_memory_equal(secret.text, "jbt_", 4);
    assert_int_equal(strspn(secret.text + 4, "0123456789abcdefghjkmnpqrstvwxyz"), 32);
    assert_int_equal(mbedtls_sha256((const uint8_t *)secret.text, 36, hash, 0), 0);
    assert_memory_equal(token->hash, hash, sizeof hash);
    assert_null(strstr(device.document, secret.text));
    assert_null(strstr(device.document, secret.text + 4));
    const char *table = (const char *)&device.tokens;
    for (size_t i = 0; i + 32 <= sizeof device.tokens; i++)
        assert_memory_not_equal(table + i, secret.text + 4, 32);
}

static void secrets_and_ids_differ(void **state)
{
    (void)state;
    device_t device;
    secret_t secrets[TOKENS_MAX];
    start(&device);
    for (unsigned i = 0; i < TOKENS_MAX; i++) {
        (void)make(&device, "same name", SCOPE_ADMIN, &secrets[i]);
        for (unsigned j = 0; j < i; j++) {
            assert_string_not_equal(secrets[i].text, secrets[j].text);
            assert_string_not_equal(device.tokens.slots[i].id, device.tokens.slots[j].id);
        }
    }
}

static void a_full_table_takes_no_more(void **state)
{
    (void)state;
    device_t device;
    secret_t secret;
    const token_t *token = NULL;
    start(&device);
    for (unsigned i = 0; i < TOKENS_MAX; i++) (void)make(&device, "n", SCOPE_ADMIN, &secret);
    assert_int_equal(tokens_create(&device.tokens, text_view("n"), SCOPE_READ, 0, secret.text, &token),
                     STATUS_NO_MEMORY);
    assert_null(token);
    assert_string_equal(secret.text, "");
    assert_int_equal(tokens_revoke(&device.tokens, text_view(device.tokens.slots[3].id)), STATUS_OK);
    (void)make(&device, "n", SCOPE_READ, &secret);
    assert_int_equal(count(&device.tokens), TOKENS_MAX);
}

/* Spelled byte by byte: as a literal such a text would mislead whoever reads it here, too. */
static void names_do_not_turn_the_direction_of_what_follows(void **state)
{
    static const char turned[][4] = {
        { '\xe2', '\x80', '\xae' }, { '\xe2', '\x81', '\xa9' }, { '\xe2', '\x80', '\x8f' }, { '\xd8', '\x9c' }
    };
    (void)state;
    for (size_t i = 0; i < sizeof turned / sizeof turned[0]; i++)
        assert_false(tokens_name_is_valid(text_view(turned[i])));
}

static void names_are_short_text(void **state)
{
    (void)state;
    static const char *const good[] = { "a",           "kitchen panel",
                                        "caf\xc3\xa9", "\xf0\x9f\x98\x80",
                                        "\"\\/",       "12345678901234567890123456789012" };
    static const char *const bad[] = { "",         "123456789012345678901234567890123",
                                       "a\nb",     "a\x7f",
                                       "\xff",     "a\xc3",
                                       "\xc2\x80", "\xed\xa0\x80",
                                       "\xc0\x80", "\xe2\x80\xa8" };
    for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(tokens_name_is_valid(text_view(good[i])));
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        device_t device;
        secret_t secret;
        const token_t *token = NULL;
        start(&device);
        assert_false(tokens_name_is_valid(text_view(bad[i])));
        assert_int_equal(
            tokens_create(&device.tokens, text_view(bad[i]), SCOPE_ADMIN, 0, secret.text, &token),
            STATUS_INVALID);
        assert_int_equal(device.saves, 0);
    }
    assert_false(tokens_name_is_valid((text_view_t){ "a\0b", 3 }));
}

static void the_first_token_is_an_owners(void **state)
{
    (void)state;
    device_t device;
    secret_t secret;
    const token_t *token = NULL;
    start(&device);
    static const scope_t none[] = { SCOPE_NONE, SCOPE_READ, SCOPE_OPERATE };
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(tokens_create(&device.tokens, text_view("n"), none[i], 0, secret.text, &token),
                         STATUS_INVALID);
    assert_int_equal(device.tokens.state, TOKENS_NONE);
    (void)make(&device, "n", SCOPE_ADMIN, &secret);
    assert_int_equal(device.tokens.state, TOKENS_LOADED);
    assert_int_equal(tokens_create(&device.tokens, text_view("n"), SCOPE_NONE, 0, secret.text, &token),
                     STATUS_INVALID);
}

static void without_random_bytes_no_token_is_made(void **state)
{
    (void)state;
    device_t device;
    secret_t secret;
    const token_t *token = NULL;
    start(&device);
    const random_sources_t nothing = { 0 };
    assert_int_equal(random_init(&device.random, &nothing), STATUS_UNSUPPORTED);
    assert_int_equal(tokens_create(&device.tokens, text_view("n"), SCOPE_ADMIN, 0, secret.text, &token),
                     STATUS_UNSUPPORTED);
    assert_null(token);
    assert_string_equal(secret.text, "");
    assert_int_equal(count(&device.tokens), 0);
    assert_int_equal(device.saves, 0);
}

/* ---- What cannot be saved has not happened ------------------------------------------------------------------ */

static void a_token_that_cannot_be_saved_does_not_exist(void **state)
{
    (void)state;
    device_t device;
    secret_t secret;
    const token_t *token = NULL;
    start(&device);
    device.save = STATUS_NACK;
    assert_int_equal(tokens_create(&device.tokens, text_view("n"), SCOPE_ADMIN, 0, secret.text, &token),
                     STATUS_NACK);
    assert_null(token);
    assert_string_equal(secret.text, "");
    assert_int_equal(device.tokens.state, TOKENS_NONE);
    assert_int_equal(count(&device.tokens), 0);
}

static void a_revocation_that_cannot_be_saved_has_not_happened(void **state)
{
    (void)state;
    device_t device;
    secret_t owner, panel;
    start(&device);
    (void)make(&device, "owner", SCOPE_ADMIN, &owner);
    const token_t *token = make(&device, "panel", SCOPE_OPERATE, &panel);
    device.save = STATUS_BUS;
    assert_int_equal(tokens_revoke(&device.tokens, text_view(token->id)), STATUS_BUS);
    assert_ptr_equal(tokens_verify(&device.tokens, text_view(panel.text), 5), token);
}

/* ---- Recognizing -------------------------------------------------------------------------------------------- */

static void each_secret_is_its_own_token(void **state)
{
    (void)state;
    device_t device;
    secret_t secrets[TOKENS_MAX];
    start(&device);
    for (unsigned i = 0; i < TOKENS_MAX; i++)
        (void)make(&device, "n", i % 2 ? SCOPE_READ : SCOPE_ADMIN, &secrets[i]);
    for (unsigned i = 0; i < TOKENS_MAX; i++) {
        const token_t *token = tokens_verify(&device.tokens, text_view(secrets[i].text), 1000 + i);
        assert_ptr_equal(token, &device.tokens.slots[i]);
        assert_int_equal(token->last_used_ms, 1000 + i);
    }
}

static void nothing_else_is_a_token(void **state)
{
    (void)state;
    device_t device;
    secret_t secret;
    start(&device);
    (void)make(&device, "n", SCOPE_ADMIN, &secret);
    tokens_t *tokens = &device.tokens;
    assert_null(tokens_verify(tokens, text_view(""), 1));
    for (size_t length = 1; length < 36; length++)
        assert_null(tokens_verify(tokens, (text_view_t){ secret.text, length }, 1));
    assert_null(tokens_verify(tokens, (text_view_t){ secret.text, 37 }, 1)); /* with the NUL */
    for (unsigned i = 0; i < 36; i++) {
        secret_t wrong = secret;
        wrong.text[i] ^= 1;
        assert_null(tokens_verify(tokens, text_view(wrong.text), 1));
    }
    static char longest[TOKEN_PRESENTED_BYTES_MAX + 1];
    memset(longest, 'x', sizeof longest);
    memcpy(longest, secret.text, 36);
    for (size_t length = 37; length <= sizeof longest; length++)
        assert_null(tokens_verify(tokens, (text_view_t){ longest, length }, 1));
    assert_int_equal(tokens->slots[0].last_used_ms, 0);
}

/* A free slot is all zeros; a secret with such a hash is not known, so one is put in its place. */
static void a_free_slot_matches_nothing(void **state)
{
    (void)state;
    device_t device;
    secret_t owner, panel;
    start(&device);
    (void)make(&device, "owner", SCOPE_ADMIN, &owner);
    const token_t *token = make(&device, "panel", SCOPE_ADMIN, &panel);
    token_t *slot = &device.tokens.slots[token - device.tokens.slots];
    memset(slot->id, 0, sizeof slot->id);
    assert_null(tokens_verify(&device.tokens, text_view(panel.text), 1));
}

/* The functions that see secrets compare them by mbedTLS's constant-time function and by no other. */
static void secrets_are_compared_in_constant_time(void **state)
{
    (void)state;
    static const char *const files[] = { "tokens.c", "claim.c", "random.c" };
    static const char *const leaky[] = { " memcmp(", "!memcmp(", "(memcmp(", "strcmp(", "strncmp(" };
    for (unsigned i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[512];
        static char text[65536];
        (void)snprintf(path, sizeof path, "%s/../../firmware/security/%s", VECTORS_DIR, files[i]);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        size_t bytes = fread(text, 1, sizeof text - 1, file);
        (void)fclose(file);
        text[bytes] = '\0';
        assert_non_null(strstr(text, "mbedtls_ct_memcmp("));
        for (unsigned j = 0; j < sizeof leaky / sizeof leaky[0]; j++) assert_null(strstr(text, leaky[j]));
    }
}

/* ---- Revoking ----------------------------------------------------------------------------------------------- */

static void a_revoked_token_is_gone_from_table_and_document(void **state)
{
    (void)state;
    device_t device;
    secret_t owner, panel;
    start(&device);
    (void)make(&device, "owner", SCOPE_ADMIN, &owner);
    const token_t *token = make(&device, "panel", SCOPE_OPERATE, &panel);
    char id[TOKEN_ID_BYTES];
    memcpy(id, token->id, sizeof id);
    assert_non_null(strstr(device.document, id));
    assert_int_equal(tokens_revoke(&device.tokens, text_view(id)), STATUS_OK);
    assert_null(strstr(device.document, id));
    assert_null(tokens_verify(&device.tokens, text_view(panel.text), 1));
    assert_non_null(tokens_verify(&device.tokens, text_view(owner.text), 1));
    assert_int_equal(tokens_revoke(&device.tokens, text_view(id)), STATUS_NOT_FOUND);
    assert_int_equal(tokens_revoke(&device.tokens, text_view("")), STATUS_NOT_FOUND);
}

static void the_last_owner_cannot_be_revoked(void **state)
{
    (void)state;
    device_t device;
    secret_t secret;
    start(&device);
    const token_t *first = make(&device, "a", SCOPE_ADMIN, &secret);
    (void)make(&device, "b", SCOPE_OPERATE, &secret);
    assert_int_equal(tokens_revoke(&device.tokens, text_view(first->id)), STATUS_BUSY);
    const token_t *second = make(&device, "c", SCOPE_ADMIN, &secret);
    assert_int_equal(tokens_revoke(&device.tokens, text_view(first->id)), STATUS_OK);
    assert_int_equal(tokens_revoke(&device.tokens, text_view(second->id)), STATUS_BUSY);
    assert_non_null(tokens_verify(&device.tokens, text_view(secret.text), 1));
}

/* ---- The document ------------------------------------------------------------------------------------------- */

static void fill(device_t *device, secret_t secrets[], unsigned n, const char *name)
{
    start(device);
    for (unsigned i = 0; i < n; i++) (void)make(device, name, (scope_t)(SCOPE_ADMIN - i % 3), &secrets[i]);
}

static void the_document_brings_every_token_back(void **state)
{
    (void)state;
    device_t device, next;
    secret_t secrets[TOKENS_MAX];
    static const char quotes[] = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\";
    fill(&device, secrets, TOKENS_MAX, quotes); /* the longest document there is */
    start(&next);
    assert_int_equal(load(&next, device.document), TOKENS_LOADED);
    for (unsigned i = 0; i < TOKENS_MAX; i++) {
        const token_t *token = tokens_verify(&next.tokens, text_view(secrets[i].text), 1);
        assert_non_null(token);
        assert_int_equal(token->scope, SCOPE_ADMIN - i % 3);
        assert_string_equal(token->name, quotes);
        assert_int_equal(token->created_utc_ms, 1790000000123);
        assert_non_null(tokens_find(&next.tokens, text_view(device.tokens.slots[i].id)));
    }
}

static void a_time_that_is_not_known_or_impossible_stays_unknown(void **state)
{
    (void)state;
    static const int64_t times[] = { TOKEN_TIME_UNKNOWN, -5, INT64_MIN, TOKEN_TIME_LIMIT_MS, INT64_MAX };
    for (unsigned i = 0; i < sizeof times / sizeof times[0]; i++) {
        device_t device, next;
        secret_t secret;
        const token_t *token;
        start(&device);
        assert_int_equal(
            tokens_create(&device.tokens, text_view("n"), SCOPE_ADMIN, times[i], secret.text, &token),
            STATUS_OK);
        start(&next);
        assert_int_equal(load(&next, device.document), TOKENS_LOADED);
        assert_int_equal(next.tokens.slots[0].created_utc_ms, TOKEN_TIME_UNKNOWN);
    }
}

static void assert_knows_nobody(device_t *device, const secret_t *secret)
{
    secret_t fresh;
    const token_t *token = NULL;
    assert_int_equal(device->tokens.state, TOKENS_DAMAGED);
    assert_int_equal(count(&device->tokens), 0);
    assert_null(tokens_verify(&device->tokens, text_view(secret->text), 1));
    assert_int_equal(tokens_create(&device->tokens, text_view("n"), SCOPE_ADMIN, 0, fresh.text, &token),
                     STATUS_BUSY);
    assert_int_equal(device->saves, 0);
}

/* Every byte of it, with every bit: the document is refused, or says the same (an escape, a number's spelling). */
static void no_flipped_bit_changes_who_may(void **state)
{
    (void)state;
    device_t device, next;
    secret_t secrets[3];
    fill(&device, secrets, 3, "a name");
    unsigned refused = 0;
    for (size_t i = 0; i < strlen(device.document); i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            char document[sizeof device.document];
            memcpy(document, device.document, sizeof document);
            document[i] = (char)(document[i] ^ 1 << bit);
            start(&next);
            if (load(&next, document) == TOKENS_DAMAGED) {
                refused++;
                assert_knows_nobody(&next, &secrets[0]);
            } else {
                assert_int_equal(next.tokens.state, TOKENS_LOADED);
                assert_memory_equal(next.tokens.slots, device.tokens.slots, sizeof next.tokens.slots);
            }
        }
    }
    assert_true(refused > strlen(device.document) * 8 * 9 / 10);
}

static void no_torn_document_is_believed(void **state)
{
    (void)state;
    device_t device, next;
    secret_t secrets[3];
    fill(&device, secrets, 3, "a name");
    for (size_t length = 0; length < strlen(device.document); length++) {
        char document[sizeof device.document] = { 0 };
        memcpy(document, device.document, length);
        start(&next);
        assert_int_equal(load(&next, document), TOKENS_DAMAGED);
        assert_knows_nobody(&next, &secrets[0]);
    }
}

static void documents_of_other_kinds_are_refused(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "null",
        "[]",
        "{}",
        "0",
        "\"\"",
        "{\"version\":1,\"tokens\":[]}",
        "{\"version\":1,\"tokens\":[],\"check\":\"\"}",
        "{\"version\":1,\"tokens\":{},\"check\":null}",
        "{\"version\":1,\"tokens\":[null,1,\"\",[],{}],\"check\":\"00\"}",
        /* nobody in it, with the right sum: the SHA-256 of nothing */
        ("{\"version\":1,\"tokens\":[],\"check\":"
         "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}"),
    };
    static const secret_t some = { "jbt_00000000000000000000000000000000" };
    for (unsigned i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        device_t device;
        start(&device);
        assert_int_equal(load(&device, documents[i]), TOKENS_DAMAGED);
        assert_knows_nobody(&device, &some);
    }
}

/* A document as somebody might have it changed: one text for another, in all places. */
static void replace(char *document, size_t bytes, const char *old, const char *new)
{
    char *copy = calloc(1, bytes);
    assert_non_null(copy);
    size_t at = 0;
    for (const char *from = document; *from;) {
        bool hit = strncmp(from, old, strlen(old)) == 0;
        const char *piece = hit ? new : from;
        size_t length = hit ? strlen(new) : 1;
        assert_true(at + length < bytes);
        memcpy(copy + at, piece, length);
        at += length;
        from += hit ? strlen(old) : 1;
    }
    memcpy(document, copy, bytes);
    free(copy);
}

static void a_document_with_one_member_wrong_is_refused_whole(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        { "\"version\":1", "\"version\":2" },
        { "\"version\":1", "\"version\":\"1\"" },
        { "\"version\":1,", "" },
        { "\"version\":1,", "\"version\":1,\"more\":0," },
        { "\"tokens\"", "\"Tokens\"" },
        { "\"scope\":\"read\"", "\"scope\":\"admin\"" },
        { "\"scope\":\"read\"", "\"scope\":\"\"" },
        { "\"scope\":\"read\"", "\"scope\":3" },
        { "\"scope\":\"read\"", "\"scope\":\"Read\"" },
        { "\"scope\":\"read\"", "\"scope\":\"read\",\"note\":\"\"" },
        { "a name", "" },
        { "a name", "a longer name than thirty-two bytes" },
        { "a name", "a\\u0000name" },
        { "1790000000123", "null" },
        { "1790000000123", "1790000000123.5" },
        { "1790000000123", "-1" },
        { "1790000000123", "1e300" },
        { "1790000000123", "\"1790000000123\"" },
        { "\"sha256\":\"", "\"sha256\":\"0" },
        { "\"sha256\"", "\"sha512\"" },
        { "\"id\":\"", "\"id\":\"0" },
        { "\"id\"", "\"ID\"" },
        { "\"check\":\"", "\"check\":\"0" },
        { "\"check\"", "\"Check\"" },
    };
    device_t device, next;
    secret_t secrets[3];
    fill(&device, secrets, 3, "a name");
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char document[sizeof device.document];
        memcpy(document, device.document, sizeof document);
        replace(document, sizeof document, changes[i][0], changes[i][1]);
        assert_string_not_equal(document, device.document);
        start(&next);
        assert_int_equal(load(&next, document), TOKENS_DAMAGED);
        assert_knows_nobody(&next, &secrets[0]);
    }
}

static void two_tokens_of_one_id_are_refused(void **state)
{
    (void)state;
    device_t device, next;
    secret_t secrets[2];
    fill(&device, secrets, 2, "n");
    /* Written with its right sum by a device with a fault of its own. */
    memcpy(device.tokens.slots[1].id, device.tokens.slots[0].id, TOKEN_ID_BYTES);
    assert_int_equal(save(&device, &device.tokens), STATUS_OK);
    start(&next);
    assert_int_equal(load(&next, device.document), TOKENS_DAMAGED);
}

static void a_store_that_cannot_be_read_is_no_empty_store(void **state)
{
    (void)state;
    static const status_t reads[] = { STATUS_NACK, STATUS_TIMEOUT, STATUS_BAD_DATA, STATUS_NO_MEMORY,
                                      STATUS_BUSY };
    static const secret_t some = { "jbt_00000000000000000000000000000000" };
    for (unsigned i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        device_t device;
        start(&device);
        assert_int_equal(tokens_load(&device.tokens, reads[i], NULL), TOKENS_DAMAGED);
        assert_knows_nobody(&device, &some);
    }
}

static void a_writer_without_room_says_so(void **state)
{
    (void)state;
    device_t device;
    secret_t secrets[3];
    char small[100];
    fill(&device, secrets, 3, "n");
    json_writer_t json = json_writer(small, sizeof small);
    tokens_write(&device.tokens, &json);
    assert_true(json_overflowed(&json));
}

static void scopes_have_names(void **state)
{
    (void)state;
    for (scope_t scope = SCOPE_READ; scope <= SCOPE_ADMIN; scope++)
        assert_int_equal(scope_from_name(text_view(scope_name(scope))), scope);
    assert_int_equal(scope_from_name(text_view("")), SCOPE_NONE);
    assert_int_equal(scope_from_name(text_view("ADMIN")), SCOPE_NONE);
    assert_int_equal(scope_from_name(text_view("admin ")), SCOPE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base32_writes_crockfords_alphabet),
        cmocka_unit_test(a_secret_has_the_form_that_is_promised_and_only_its_hash_is_kept),
        cmocka_unit_test(secrets_and_ids_differ),
        cmocka_unit_test(a_full_table_takes_no_more),
        cmocka_unit_test(names_are_short_text),
        cmocka_unit_test(names_do_not_turn_the_direction_of_what_follows),
        cmocka_unit_test(the_first_token_is_an_owners),
        cmocka_unit_test(without_random_bytes_no_token_is_made),
        cmocka_unit_test(a_token_that_cannot_be_saved_does_not_exist),
        cmocka_unit_test(a_revocation_that_cannot_be_saved_has_not_happened),
        cmocka_unit_test(each_secret_is_its_own_token),
        cmocka_unit_test(nothing_else_is_a_token),
        cmocka_unit_test(a_free_slot_matches_nothing),
        cmocka_unit_test(secrets_are_compared_in_constant_time),
        cmocka_unit_test(a_revoked_token_is_gone_from_table_and_document),
        cmocka_unit_test(the_last_owner_cannot_be_revoked),
        cmocka_unit_test(the_document_brings_every_token_back),
        cmocka_unit_test(a_time_that_is_not_known_or_impossible_stays_unknown),
        cmocka_unit_test(no_flipped_bit_changes_who_may),
        cmocka_unit_test(no_torn_document_is_believed),
        cmocka_unit_test(documents_of_other_kinds_are_refused),
        cmocka_unit_test(a_document_with_one_member_wrong_is_refused_whole),
        cmocka_unit_test(two_tokens_of_one_id_are_refused),
        cmocka_unit_test(a_store_that_cannot_be_read_is_no_empty_store),
        cmocka_unit_test(a_writer_without_room_says_so),
        cmocka_unit_test(scopes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
