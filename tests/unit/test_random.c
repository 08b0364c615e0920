/* Random bytes: the generator against published and independently computed numbers, and where its seed comes
 * from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hal/entropy.h"
#include "mbedtls/sha256.h"
#include "security/random.h"

/* ---- A board's sources ----------------------------------------------------------------------------------- */

/* Non-volatile memory of one seed, which can be told to fail. */
typedef struct {
    uint8_t seed[RANDOM_SEED_BYTES];
    status_t read, write;
    bool forgets; /* says OK and keeps the old one */
    unsigned writes;
} memory_t;

static status_t read_seed(void *context, uint8_t *seed)
{
    memory_t *memory = context;
    memcpy(seed, memory->seed, RANDOM_SEED_BYTES);
    return memory->read;
}

static status_t write_seed(void *context, const uint8_t *seed)
{
    memory_t *memory = context;
    memory->writes++;
    if (memory->write != STATUS_OK) return memory->write;
    if (!memory->forgets) memcpy(memory->seed, seed, RANDOM_SEED_BYTES);
    memory->read = STATUS_OK;
    return STATUS_OK;
}

static const uint8_t mix[] = "\x02\x00\x00\x00\x00\x01power_on";

static random_sources_t from_memory(memory_t *memory)
{
    return (random_sources_t){ .read_seed = read_seed,
                               .write_seed = write_seed,
                               .context = memory,
                               .mix = mix,
                               .mix_bytes = sizeof mix - 1 };
}

static memory_t seeded(void)
{
    memory_t memory = { .read = STATUS_OK };
    for (unsigned i = 0; i < RANDOM_SEED_BYTES; i++) memory.seed[i] = (uint8_t)i;
    return memory;
}

static uint8_t *provisioned(void)
{
    static uint8_t seed[RANDOM_SEED_BYTES];
    for (unsigned i = 0; i < sizeof seed; i++) seed[i] = (uint8_t)(100 + i);
    return seed;
}

/* A generator that counts, and can die. */
typedef status_t (*generator_t)(uint8_t *out, size_t bytes);

static uint8_t counter;
static status_t generator_status;

static status_t counting(uint8_t *out, size_t bytes)
{
    while (bytes--) *out++ = counter++;
    return generator_status;
}

static status_t stuck(uint8_t *out, size_t bytes)
{
    memset(out, 0x5a, bytes);
    return STATUS_OK;
}

static status_t repeating(uint8_t *out, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) out[i] = (uint8_t)(i % 16);
    return STATUS_OK;
}

static status_t alternating(uint8_t *out, size_t bytes)
{
    memset(out, counter++ % 2 ? 0xff : 0x00, bytes);
    return STATUS_OK;
}

static status_t absent(uint8_t *out, size_t bytes)
{
    memset(out, 0x77, bytes);
    return STATUS_UNSUPPORTED;
}

static void assert_not_ready(random_t *random)
{
    static const uint8_t zeros[16];
    uint8_t out[16];
    memset(out, 0xaa, sizeof out);
    assert_false(random_ready(random));
    assert_int_equal(random_bytes(random, out, sizeof out), STATUS_UNSUPPORTED);
    assert_memory_equal(out, zeros, sizeof out);
    assert_int_equal(random_reseed(random, mix, sizeof mix), STATUS_UNSUPPORTED);
}

/* ---- The algorithms, as they are configured -------------------------------------------------------------- */

static void sha256_gives_the_digest_of_fips_180(void **state)
{
    (void)state;
    static const uint8_t abc[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                     0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                     0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
    uint8_t out[32];
    assert_int_equal(mbedtls_sha256((const uint8_t *)"abc", 3, out, 0), 0);
    assert_memory_equal(out, abc, sizeof out);
}

static int fixed_entropy(void *context, unsigned char *out, size_t bytes)
{
    memcpy(out, context, bytes);
    return 0;
}

/* NIST CAVP, CTR_DRBG, AES-256 use df, no prediction resistance, no reseed, COUNT = 0: entropy and nonce. */
static void ctr_drbg_gives_the_bytes_of_nists_vector(void **state)
{
    (void)state;
    uint8_t entropy[48] = { 0x36, 0x40, 0x19, 0x40, 0xfa, 0x8b, 0x1f, 0xba, 0x91, 0xa1, 0x66, 0x1f,
                            0x21, 0x1d, 0x78, 0xa0, 0xb9, 0x38, 0x9a, 0x74, 0xe5, 0xbc, 0xcf, 0xec,
                            0xe8, 0xd7, 0x66, 0xaf, 0x1a, 0x6d, 0x3b, 0x14, 0x49, 0x6f, 0x25, 0xb0,
                            0xf1, 0x30, 0x1b, 0x4f, 0x50, 0x1b, 0xe3, 0x03, 0x80, 0xa1, 0x37, 0xeb };
    static const uint8_t expected[64] = {
        0x58, 0x62, 0xeb, 0x38, 0xbd, 0x55, 0x8d, 0xd9, 0x78, 0xa6, 0x96, 0xe6, 0xdf, 0x16, 0x47, 0x82,
        0xdd, 0xd8, 0x87, 0xe7, 0xe9, 0xa6, 0xc9, 0xf3, 0xf1, 0xfb, 0xaf, 0xb7, 0x89, 0x41, 0xb5, 0x35,
        0xa6, 0x49, 0x12, 0xdf, 0xd2, 0x24, 0xc6, 0xdc, 0x74, 0x54, 0xe5, 0x25, 0x0b, 0x3d, 0x97, 0x16,
        0x5e, 0x16, 0x26, 0x0c, 0x2f, 0xaf, 0x1c, 0xc7, 0x73, 0x5c, 0xb7, 0x5f, 0xb4, 0xf0, 0x7e, 0x1d,
    };
    uint8_t out[64];
    mbedtls_ctr_drbg_context drbg;
    mbedtls_ctr_drbg_init(&drbg);
    assert_int_equal(mbedtls_ctr_drbg_seed(&drbg, fixed_entropy, entropy, NULL, 0), 0);
    assert_int_equal(mbedtls_ctr_drbg_random(&drbg, out, sizeof out), 0);
    assert_int_equal(mbedtls_ctr_drbg_random(&drbg, out, sizeof out), 0);
    assert_memory_equal(out, expected, sizeof out);
    mbedtls_ctr_drbg_free(&drbg);
}

/* The numbers of the next two come from an implementation of its own, written from SP 800-90A and random.c's
 * description. They change when anything in the way from the sources to the bytes does. */
static void known_seeds_give_known_bytes(void **state)
{
    (void)state;
    static const uint8_t new_seed[32] = { 0x30, 0x84, 0x4c, 0x4d, 0xe4, 0x00, 0x66, 0xfa, 0xaa, 0x87, 0xa4,
                                          0x72, 0x36, 0xe1, 0x4b, 0xbd, 0xbf, 0x46, 0xb4, 0x3c, 0xe9, 0xf7,
                                          0xef, 0x7a, 0x42, 0x85, 0x9b, 0x54, 0xfc, 0xfd, 0xcf, 0xc0 };
    static const uint8_t first[20] = { 0x24, 0xbb, 0x76, 0x30, 0x66, 0x1c, 0x23, 0x2e, 0x09, 0xfb,
                                       0x20, 0xfc, 0x6c, 0xf0, 0xe0, 0x31, 0xd0, 0x82, 0xaf, 0xac };
    static const uint8_t reseeded[20] = { 0x4c, 0xc3, 0xd7, 0x3f, 0xde, 0x43, 0x18, 0x50, 0xd4, 0x3a,
                                          0xa1, 0xb6, 0x11, 0xc4, 0x05, 0x41, 0xb5, 0x96, 0xbc, 0x36 };
    uint8_t out[20];
    random_t random;
    memory_t memory = seeded();
    random_sources_t sources = from_memory(&memory);
    sources.provisioned = provisioned();
    assert_int_equal(random_init(&random, &sources), STATUS_OK);
    assert_int_equal(random.source, RANDOM_SEED);
    assert_memory_equal(memory.seed, new_seed, sizeof new_seed);
    assert_int_equal(random_bytes(&random, out, sizeof out), STATUS_OK);
    assert_memory_equal(out, first, sizeof out);
    assert_int_equal(random_reseed(&random, (const uint8_t *)"later", 5), STATUS_OK);
    assert_int_equal(random_bytes(&random, out, sizeof out), STATUS_OK);
    assert_memory_equal(out, reseeded, sizeof out);
}

static void a_known_generator_gives_known_bytes(void **state)
{
    (void)state;
    static const uint8_t first[20] = { 0x55, 0xdc, 0x9b, 0x09, 0xfd, 0xd8, 0x4f, 0x70, 0xe3, 0x98,
                                       0xb2, 0xc1, 0x00, 0x79, 0x61, 0xae, 0xfc, 0x2a, 0xa6, 0x70 };
    uint8_t out[20];
    random_t random;
    counter = 0;
    random_sources_t sources = { .read_entropy = counting, .mix = mix, .mix_bytes = sizeof mix - 1 };
    assert_int_equal(random_init(&random, &sources), STATUS_OK);
    assert_int_equal(random.source, RANDOM_GENERATOR);
    assert_int_equal(random_bytes(&random, out, sizeof out), STATUS_OK);
    assert_memory_equal(out, first, sizeof out);
}

/* ---- Two starts -------------------------------------------------------------------------------------------- */

static void two_starts_with_the_same_hardware_share_nothing(void **state)
{
    (void)state;
    uint8_t outs[8][32], seeds[8][32];
    memory_t memory = seeded();
    for (unsigned start = 0; start < 8; start++) {
        random_t random;
        random_sources_t sources = from_memory(&memory);
        sources.provisioned = provisioned();
        assert_int_equal(random_init(&random, &sources), STATUS_OK);
        assert_int_equal(random_bytes(&random, outs[start], 32), STATUS_OK);
        memcpy(seeds[start], memory.seed, 32);
        for (unsigned i = 0; i < start; i++) {
            assert_memory_not_equal(outs[i], outs[start], 32);
            assert_memory_not_equal(seeds[i], seeds[start], 32);
        }
        assert_memory_not_equal(outs[start], seeds[start], 32);
    }
    assert_int_equal(memory.writes, 8);
}

/* Each source alone makes a difference when the others are equal. */
static void every_source_counts(void **state)
{
    (void)state;
    uint8_t outs[4][32];
    for (unsigned which = 0; which < 4; which++) {
        random_t random;
        memory_t memory = seeded();
        random_sources_t sources = from_memory(&memory);
        sources.provisioned = provisioned();
        if (which == 1) memory.seed[31] ^= 1;
        if (which == 2) sources.provisioned[31] ^= 1;
        if (which == 3) sources.mix_bytes--;
        assert_int_equal(random_init(&random, &sources), STATUS_OK);
        assert_int_equal(random_bytes(&random, outs[which], 32), STATUS_OK);
        for (unsigned i = 0; i < which; i++) assert_memory_not_equal(outs[i], outs[which], 32);
    }
}

static void the_seed_is_replaced_before_it_is_used(void **state)
{
    (void)state;
    random_t random;
    memory_t memory = seeded(), before = memory;
    random_sources_t sources = from_memory(&memory);
    assert_int_equal(random_init(&random, &sources), STATUS_OK);
    assert_int_equal(memory.writes, 1);
    assert_memory_not_equal(memory.seed, before.seed, sizeof before.seed);
}

static void the_provisioned_seed_is_wiped(void **state)
{
    (void)state;
    static const uint8_t zeros[RANDOM_SEED_BYTES];
    random_t random;
    uint8_t *seed = provisioned();
    memory_t memory = seeded();
    random_sources_t sources = from_memory(&memory);
    sources.provisioned = seed;
    assert_int_equal(random_init(&random, &sources), STATUS_OK);
    assert_memory_equal(seed, zeros, sizeof zeros);
}

static void a_first_start_needs_only_the_provisioned_seed(void **state)
{
    (void)state;
    uint8_t out[2][32];
    random_t random;
    memory_t memory = { .read = STATUS_NOT_FOUND };
    random_sources_t sources = from_memory(&memory);
    sources.provisioned = provisioned();
    assert_int_equal(random_init(&random, &sources), STATUS_OK);
    assert_int_equal(random_bytes(&random, out[0], 32), STATUS_OK);
    sources.provisioned = NULL; /* from then on it has its own */
    assert_int_equal(random_init(&random, &sources), STATUS_OK);
    assert_int_equal(random_bytes(&random, out[1], 32), STATUS_OK);
    assert_memory_not_equal(out[0], out[1], 32);
}

/* ---- No source, no secrets --------------------------------------------------------------------------------- */

static void without_any_source_there_are_no_bytes(void **state)
{
    (void)state;
    random_t random;
    random_sources_t nothing = { .read_entropy = absent, .mix = mix, .mix_bytes = sizeof mix };
    assert_int_equal(random_init(&random, &nothing), STATUS_UNSUPPORTED);
    assert_not_ready(&random);

    memory_t memory = { .read = STATUS_NOT_FOUND };
    random_sources_t empty = from_memory(&memory);
    assert_int_equal(random_init(&random, &empty), STATUS_UNSUPPORTED);
    assert_not_ready(&random);
    assert_int_equal(memory.writes, 0);
}

static void constant_seeds_are_no_seeds(void **state)
{
    (void)state;
    static const uint8_t values[] = { 0x00, 0xff, 0xa5 };
    for (unsigned i = 0; i < sizeof values; i++) {
        random_t random;
        uint8_t constant[RANDOM_SEED_BYTES];
        memset(constant, values[i], sizeof constant);
        memory_t memory = { .read = STATUS_OK };
        memcpy(memory.seed, constant, sizeof constant);
        random_sources_t sources = from_memory(&memory);
        sources.provisioned = constant;
        assert_int_equal(random_init(&random, &sources), STATUS_UNSUPPORTED);
        assert_not_ready(&random);
        assert_int_equal(memory.writes, 0);
    }
}

static void a_seed_that_cannot_be_replaced_is_not_used(void **state)
{
    (void)state;
    random_t random;
    memory_t memory = seeded();
    memory.write = STATUS_NACK;
    random_sources_t sources = from_memory(&memory);
    sources.provisioned = provisioned();
    assert_int_equal(random_init(&random, &sources), STATUS_NACK);
    assert_not_ready(&random);
}

static void a_memory_that_forgets_is_found_out(void **state)
{
    (void)state;
    random_t random;
    memory_t memory = seeded();
    memory.forgets = true;
    random_sources_t sources = from_memory(&memory);
    assert_int_equal(random_init(&random, &sources), STATUS_BAD_DATA);
    assert_not_ready(&random);
}

/* In an emulator the provisioned seed is the same after a reset of the machine. */
static void a_provisioned_seed_without_memory_is_not_used(void **state)
{
    (void)state;
    random_t random;
    random_sources_t sources = { .provisioned = provisioned() };
    assert_int_equal(random_init(&random, &sources), STATUS_UNSUPPORTED);
    assert_not_ready(&random);
}

/* ---- The platform's generator ------------------------------------------------------------------------------ */

static void a_stuck_generator_gives_way_to_the_seed(void **state)
{
    (void)state;
    static const generator_t bad[] = { stuck, repeating, alternating, absent };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        random_t random;
        memory_t memory = seeded();
        random_sources_t sources = from_memory(&memory);
        sources.read_entropy = bad[i];
        assert_int_equal(random_init(&random, &sources), STATUS_OK);
        assert_int_equal(random.source, RANDOM_SEED);
        random_sources_t alone = { .read_entropy = bad[i] };
        assert_int_equal(random_init(&random, &alone), STATUS_UNSUPPORTED);
        assert_not_ready(&random);
    }
}

static void a_generator_leaves_the_memory_alone(void **state)
{
    (void)state;
    random_t random;
    memory_t memory = seeded();
    memory.write = STATUS_NACK;
    random_sources_t sources = from_memory(&memory);
    sources.read_entropy = counting;
    generator_status = STATUS_OK;
    assert_int_equal(random_init(&random, &sources), STATUS_OK);
    assert_int_equal(memory.writes, 0);
}

static void a_generator_that_dies_later_ends_it(void **state)
{
    (void)state;
    random_t random;
    random_sources_t sources = { .read_entropy = counting };
    generator_status = STATUS_OK;
    assert_int_equal(random_init(&random, &sources), STATUS_OK);
    generator_status = STATUS_TIMEOUT;
    assert_int_equal(random_reseed(&random, NULL, 0), STATUS_UNSUPPORTED);
    assert_not_ready(&random);
    generator_status = STATUS_OK;
    assert_not_ready(&random);
}

static bool broken;

static status_t breaking(uint8_t *out, size_t bytes)
{
    return broken ? stuck(out, bytes) : counting(out, bytes);
}

static void a_generator_that_gets_stuck_later_ends_it(void **state)
{
    (void)state;
    random_t random;
    random_sources_t sources = { .read_entropy = breaking };
    broken = false;
    assert_int_equal(random_init(&random, &sources), STATUS_OK);
    broken = true;
    assert_int_equal(random_reseed(&random, NULL, 0), STATUS_UNSUPPORTED);
    assert_not_ready(&random);
}

static void both_sources_last_beyond_the_automatic_reseed(void **state)
{
    (void)state;
    for (unsigned which = 0; which < 2; which++) {
        random_t random;
        memory_t memory = seeded();
        random_sources_t sources = from_memory(&memory);
        if (which) sources.read_entropy = hal_entropy_read;
        assert_int_equal(random_init(&random, &sources), STATUS_OK);
        mbedtls_ctr_drbg_set_reseed_interval(&random.drbg, 3);
        uint8_t last[16] = { 0 }, out[16];
        for (unsigned i = 0; i < 10; i++) {
            assert_int_equal(random_bytes(&random, out, sizeof out), STATUS_OK);
            assert_memory_not_equal(out, last, sizeof out);
            memcpy(last, out, sizeof last);
        }
    }
}

static void any_number_of_bytes_comes(void **state)
{
    (void)state;
    static uint8_t out[2500], zeros[32];
    random_t random;
    random_sources_t sources = { .read_entropy = hal_entropy_read };
    assert_int_equal(random_init(&random, &sources), STATUS_OK);
    assert_int_equal(random_bytes(&random, out, 0), STATUS_OK);
    assert_int_equal(random_bytes(&random, out, sizeof out), STATUS_OK);
    for (size_t i = 0; i + 32 <= sizeof out; i += 32) assert_memory_not_equal(out + i, zeros, 32);
    assert_memory_not_equal(out, out + 1024, 32);
    assert_memory_not_equal(out + 1024, out + 2048, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_digest_of_fips_180),
        cmocka_unit_test(ctr_drbg_gives_the_bytes_of_nists_vector),
        cmocka_unit_test(known_seeds_give_known_bytes),
        cmocka_unit_test(a_known_generator_gives_known_bytes),
        cmocka_unit_test(two_starts_with_the_same_hardware_share_nothing),
        cmocka_unit_test(every_source_counts),
        cmocka_unit_test(the_seed_is_replaced_before_it_is_used),
        cmocka_unit_test(the_provisioned_seed_is_wiped),
        cmocka_unit_test(a_first_start_needs_only_the_provisioned_seed),
        cmocka_unit_test(without_any_source_there_are_no_bytes),
        cmocka_unit_test(constant_seeds_are_no_seeds),
        cmocka_unit_test(a_seed_that_cannot_be_replaced_is_not_used),
        cmocka_unit_test(a_memory_that_forgets_is_found_out),
        cmocka_unit_test(a_provisioned_seed_without_memory_is_not_used),
        cmocka_unit_test(a_stuck_generator_gives_way_to_the_seed),
        cmocka_unit_test(a_generator_leaves_the_memory_alone),
        cmocka_unit_test(a_generator_that_dies_later_ends_it),
        cmocka_unit_test(a_generator_that_gets_stuck_later_ends_it),
        cmocka_unit_test(both_sources_last_beyond_the_automatic_reseed),
        cmocka_unit_test(any_number_of_bytes_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
