#include "security/random.h"

#include <string.h>

#include "mbedtls/constant_time.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/sha256.h"

#define HASH_BYTES 32u

/* ---- Is it a seed at all? ------------------------------------------------------------------------------ */

/* Erased memory reads as all ones, unconnected and unwritten memory as zeros, a stuck generator as anything
 * that repeats. A true seed of 32 bytes does so once in 2^248. */
static bool is_constant(const uint8_t *bytes, size_t count)
{
    uint8_t differs = 0;
    for (size_t i = 1; i < count; i++) differs |= bytes[i] ^ bytes[0];
    return differs == 0;
}

static bool read_seed(const random_sources_t *sources, uint8_t seed[RANDOM_SEED_BYTES])
{
    return sources->read_seed && sources->read_seed(sources->context, seed) == STATUS_OK &&
           !is_constant(seed, RANDOM_SEED_BYTES);
}

static bool generator_works(const random_sources_t *sources)
{
    uint8_t first[16], second[16];
    bool works = sources->read_entropy && sources->read_entropy(first, sizeof first) == STATUS_OK &&
                 sources->read_entropy(second, sizeof second) == STATUS_OK &&
                 !is_constant(first, sizeof first) && mbedtls_ct_memcmp(first, second, sizeof first) != 0;
    mbedtls_platform_zeroize(first, sizeof first);
    mbedtls_platform_zeroize(second, sizeof second);
    return works;
}

/* ---- The pool: all that is known, condensed ------------------------------------------------------------ */

/* Each part with its length before it, so that no two lists of parts give the same bytes. */
static int add_part(mbedtls_sha256_context *hash, const uint8_t *bytes, size_t count)
{
    uint8_t length[4] = { (uint8_t)(count >> 24), (uint8_t)(count >> 16), (uint8_t)(count >> 8),
                          (uint8_t)count };
    int failed = mbedtls_sha256_update(hash, length, sizeof length);
    if (count > 0) failed |= mbedtls_sha256_update(hash, bytes, count);
    return failed;
}

/* pool = SHA-256(name, part, part, ...) */
typedef struct {
    const uint8_t *bytes;
    size_t count;
} part_t;

static int condense(const char *name, const part_t parts[], size_t part_count, uint8_t out[HASH_BYTES])
{
    mbedtls_sha256_context hash;
    mbedtls_sha256_init(&hash);
    int failed = mbedtls_sha256_starts(&hash, 0);
    failed |= add_part(&hash, (const uint8_t *)name, strlen(name));
    for (size_t i = 0; i < part_count; i++) failed |= add_part(&hash, parts[i].bytes, parts[i].count);
    failed |= mbedtls_sha256_finish(&hash, out);
    mbedtls_sha256_free(&hash);
    return failed;
}

/* Draws bytes from the pool and steps it forward, so that what was drawn cannot be found again. */
static int draw_from_pool(random_t *random, uint8_t *out, size_t bytes)
{
    uint8_t block[HASH_BYTES];
    const part_t pool = { random->pool, sizeof random->pool };
    int failed = 0;
    for (size_t done = 0; done < bytes && !failed;) {
        size_t count = bytes - done < sizeof block ? bytes - done : sizeof block;
        failed |= condense("jembatan draw", &pool, 1, block);
        failed |= condense("jembatan step", &pool, 1, random->pool);
        memcpy(out + done, block, count);
        done += count;
    }
    mbedtls_platform_zeroize(block, sizeof block);
    return failed;
}

/* What CTR_DRBG calls when it wants to be (re)seeded. */
static int entropy_for_drbg(void *context, unsigned char *out, size_t bytes)
{
    random_t *random = context;
    if (!random->read_entropy) return draw_from_pool(random, out, bytes);
    return random->read_entropy(out, bytes) == STATUS_OK && !is_constant(out, bytes) ? 0 : -1;
}

/* ---- Start --------------------------------------------------------------------------------------------- */

static status_t give_up(random_t *random, status_t why)
{
    mbedtls_ctr_drbg_free(&random->drbg);
    mbedtls_platform_zeroize(random->pool, sizeof random->pool);
    random->source = RANDOM_NO_SOURCE;
    return why;
}

/* Before any other byte is drawn: see the header. */
static status_t replace_seed(random_t *random, const random_sources_t *sources)
{
    uint8_t seed[RANDOM_SEED_BYTES], check[RANDOM_SEED_BYTES];
    if (!sources->read_seed || !sources->write_seed) return STATUS_UNSUPPORTED;
    status_t status = STATUS_UNSUPPORTED;
    if (mbedtls_ctr_drbg_random(&random->drbg, seed, sizeof seed) == 0)
        status = sources->write_seed(sources->context, seed);
    if (status == STATUS_OK && (sources->read_seed(sources->context, check) != STATUS_OK ||
                                mbedtls_ct_memcmp(seed, check, sizeof seed) != 0)) {
        status = STATUS_BAD_DATA;
    }
    mbedtls_platform_zeroize(seed, sizeof seed);
    mbedtls_platform_zeroize(check, sizeof check);
    return status;
}

/* Fills the pool. Returns whether it holds a secret. */
static bool fill_pool(random_t *random, const random_sources_t *sources)
{
    uint8_t seed[RANDOM_SEED_BYTES];
    bool has_seed = read_seed(sources, seed);
    bool has_provisioned = sources->provisioned && !is_constant(sources->provisioned, RANDOM_SEED_BYTES);
    const part_t parts[] = {
        { seed, has_seed ? sizeof seed : 0 },
        { sources->provisioned, has_provisioned ? RANDOM_SEED_BYTES : 0 },
        { sources->mix, sources->mix_bytes },
    };
    int failed = condense("jembatan pool", parts, sizeof parts / sizeof parts[0], random->pool);
    mbedtls_platform_zeroize(seed, sizeof seed);
    if (sources->provisioned) mbedtls_platform_zeroize(sources->provisioned, RANDOM_SEED_BYTES);
    return !failed && (has_seed || has_provisioned);
}

status_t random_init(random_t *random, const random_sources_t *sources)
{
    memset(random, 0, sizeof *random);
    mbedtls_ctr_drbg_init(&random->drbg);
    bool pool_is_secret = fill_pool(random, sources);
    if (generator_works(sources)) random->read_entropy = sources->read_entropy;
    if (!random->read_entropy && !pool_is_secret) return give_up(random, STATUS_UNSUPPORTED);

    /* With a generator, the pool is its personalization string; without one it is drawn from anyway. */
    const size_t personal = random->read_entropy ? sizeof random->pool : 0;
    if (mbedtls_ctr_drbg_seed(&random->drbg, entropy_for_drbg, random, random->pool, personal) != 0)
        return give_up(random, STATUS_UNSUPPORTED);
    if (!random->read_entropy) {
        status_t status = replace_seed(random, sources);
        if (status != STATUS_OK) return give_up(random, status);
    }
    random->source = random->read_entropy ? RANDOM_GENERATOR : RANDOM_SEED;
    return STATUS_OK;
}

/* ---- Use ----------------------------------------------------------------------------------------------- */

status_t random_bytes(random_t *random, uint8_t *out, size_t bytes)
{
    memset(out, 0, bytes);
    if (!random_ready(random)) return STATUS_UNSUPPORTED;
    for (size_t done = 0; done < bytes;) {
        size_t count = bytes - done;
        if (count > MBEDTLS_CTR_DRBG_MAX_REQUEST) count = MBEDTLS_CTR_DRBG_MAX_REQUEST;
        if (mbedtls_ctr_drbg_random(&random->drbg, out + done, count) != 0) {
            mbedtls_platform_zeroize(out, bytes);
            return give_up(random, STATUS_UNSUPPORTED);
        }
        done += count;
    }
    return STATUS_OK;
}

status_t random_reseed(random_t *random, const uint8_t *mix, size_t mix_bytes)
{
    if (!random_ready(random)) return STATUS_UNSUPPORTED;
    uint8_t condensed[HASH_BYTES];
    const part_t part = { mix, mix_bytes };
    if (condense("jembatan reseed", &part, 1, condensed) != 0 ||
        mbedtls_ctr_drbg_reseed(&random->drbg, condensed, sizeof condensed) != 0) {
        return give_up(random, STATUS_UNSUPPORTED);
    }
    return STATUS_OK;
}
