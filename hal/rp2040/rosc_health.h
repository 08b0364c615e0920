/* rosc_health.h - whether a stream of bits looks like noise at all: the two tests that NIST SP 800-90B wants of every source
 * (sections 4.4.1 and 4.4.2), for an assumed 0.5 bits of min-entropy in each bit and a false alarm in 2^30.
 *
 * They notice a source that is stuck, or that has become lopsided; they cannot prove that it is random.
 */
#ifndef RP2040_ROSC_HEALTH_H
#define RP2040_ROSC_HEALTH_H

#include <stdbool.h>

/* 1 + 30 / 0.5: so many equal bits in a row are an alarm. */
#define ROSC_REPETITIONS 61u

/* Of 1024 bits so many that equal the first one: the quantile of 1 - 2^-30 of a binomial distribution with p = 2^-0.5. */
#define ROSC_WINDOW   1024u
#define ROSC_LOPSIDED 810u

typedef struct {
    unsigned same;     /* equal bits in a row */
    unsigned seen;     /* bits of the window */
    unsigned matching; /* of these, equal to the first one */
    bool last, first, alarmed;
} rosc_health_t;

/* Starts with all zero. returns false from the first alarm on, for good */
bool rosc_health_take(rosc_health_t *health, bool bit);

#endif
