/* entropy.c - hal/entropy.h from the ring oscillator's random bit (section 2.17.5): it is sampled by a core that runs from
 * the crystal, so the jitter between the two decides.
 *
 * The data sheet promises no quality. So each bit that is given out is the parity of several, both health tests watch
 * the raw bits, the first 1024 of which are spent on them alone, and an alarm is for the life of the device.
 */
#include "hal/entropy.h"

#include <stdbool.h>

#include "hardware/regs/addressmap.h"
#include "hardware/regs/rosc.h"
#include "rosc_health.h"
#include "rp2040.h"

/* 64 bytes of 8 * 8 raw bits at about 20 cycles each are 0.6 ms. */
#define RAW_BITS 8u

static rosc_health_t health;
static bool begun;

static bool raw_bit(void)
{
    return (mmio_read32(ROSC_BASE + ROSC_RANDOMBIT_OFFSET) & ROSC_RANDOMBIT_BITS) != 0;
}

static uint8_t random_byte(void)
{
    uint8_t byte = 0;
    for (unsigned i = 0; i < 8; i++) {
        unsigned parity = 0;
        for (unsigned k = 0; k < RAW_BITS; k++) {
            bool bit = raw_bit();
            parity ^= bit;
            (void)rosc_health_take(&health, bit);
        }
        byte = (uint8_t)(byte << 1 | parity);
    }
    return byte;
}

status_t hal_entropy_read(uint8_t *out, size_t bytes)
{
    for (unsigned i = 0; !begun && i < ROSC_WINDOW; i++) (void)rosc_health_take(&health, raw_bit());
    begun = true;
    for (size_t i = 0; i < bytes && !health.alarmed; i++) out[i] = random_byte();
    return health.alarmed ? STATUS_UNSUPPORTED : STATUS_OK;
}
