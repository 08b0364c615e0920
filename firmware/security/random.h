/* security/random.h - random bytes for secrets: AES-256 CTR_DRBG of NIST SP 800-90A, or none at all.
 *
 * The generator is seeded once, at start, from the first of these that works:
 *   1. the platform's generator (hal/entropy.h), read twice, refused when stuck;
 *   2. the seed: a secret in non-volatile memory, condensed by SHA-256 together with the seed that the board was
 *      provisioned with for this start and with everything known that differs between devices and starts. The
 *      provisioned seed alone will do for a first start.
 * In the second case a new seed is drawn, written and read back before any other byte leaves the generator. So no
 * two starts share a state, whatever else is equal; a power cut before that leaves a seed that nobody has used;
 * and who reads the memory later learns nothing about what this start has made. When the new seed cannot be
 * written, or neither source is there, there are no random bytes: weak secrets are worse than none.
 *
 * Context: main loop only.
 * Time:    about 7,000 instructions for 32 random bytes, 45,000 and what the sources take for random_init.
 * Stack:   1.1 KiB on a Cortex-M3, for seeding.
 */
#ifndef SECURITY_RANDOM_H
#define SECURITY_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mbedtls/ctr_drbg.h"

#include "hal/status.h"

/* Bytes of the seeds of the second source: 256 bits. */
#define RANDOM_SEED_BYTES 32u

typedef struct {
    /* As hal_entropy_read. NULL: the board has no generator. */
    status_t (*read_entropy)(uint8_t *out, size_t bytes);

    /* The seed in non-volatile memory, RANDOM_SEED_BYTES of it. Both NULL: the board has none.
     * read      STATUS_OK; anything else counts as "there is none"
     * write     STATUS_OK only when the seed is on the medium: no later power cut may bring back the old one */
    status_t (*read_seed)(void *context, uint8_t *seed);
    status_t (*write_seed)(void *context, const uint8_t *seed);
    void *context;

    /* RANDOM_SEED_BYTES from whoever started or flashed the device; NULL: none. Wiped by random_init: with it and
     * an old copy of the seed, all that this start has made could be computed again. */
    uint8_t *provisioned;

    /* Not secret and counted for nothing: MAC address, uptime, reset cause, wall clock. */
    const uint8_t *mix;
    size_t mix_bytes;
} random_sources_t;

typedef enum {
    RANDOM_NO_SOURCE,
    RANDOM_GENERATOR, /* the platform's */
    RANDOM_SEED,
} random_source_t;

typedef struct random {
    random_source_t source; /* RANDOM_NO_SOURCE: not ready; for /status */
    status_t (*read_entropy)(uint8_t *out, size_t bytes);
    uint8_t pool[32];
    mbedtls_ctr_drbg_context drbg;
} random_t;

/* Seeds the generator. Called once; random stays where it is (the generator keeps its address).
 * sources   only for this call, but for read_entropy
 * returns   STATUS_OK; STATUS_UNSUPPORTED: no source, or only constant bytes from it; STATUS_BAD_DATA: the new
 *           seed reads back otherwise than it was written; else what write_seed returned. All but STATUS_OK leave
 *           the generator not ready, until the next start. */
status_t random_init(random_t *random, const random_sources_t *sources);

/* Whether there will be random bytes. */
static inline bool random_ready(const random_t *random)
{
    return random->source != RANDOM_NO_SOURCE;
}

/* Fills out.
 * returns   STATUS_OK; STATUS_UNSUPPORTED: not ready, or the platform's generator has died since (not ready from
 *           now on). out is then all zero and must not be used. */
status_t random_bytes(random_t *random, uint8_t *out, size_t bytes);

/* Mixes in what has been learned since (times of events, for one), and new entropy where there is a generator.
 * Never makes the state worse.
 * mix       any bytes, need not be secret
 * returns   as random_bytes */
status_t random_reseed(random_t *random, const uint8_t *mix, size_t mix_bytes);

#endif
