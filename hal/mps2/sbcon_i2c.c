#include "sbcon_i2c.h"

#include <stdbool.h>

#include "cortex_m.h"
#include "hal/mmio.h"
#include "mps2.h"

#define SBCON_READ  0x0u
#define SBCON_SET   0x0u
#define SBCON_CLEAR 0x4u
#define SCL         1u
#define SDA         2u

/* Fast mode, UM10204 table 10: SCL low for 1.3 us and high for 0.6 us at least, 2.5 us in all at least. Every chip that
 * boards of this family carry has it. What the processor does between two edges counts, so it is never faster. */
#define LOW_CYCLES     (MPS2_SYSCLK_HZ / 1000u * 1330u / 1000000u)
#define HIGH_CYCLES    (MPS2_SYSCLK_HZ / 1000u * 1200u / 1000000u)
#define TIMEOUT_CYCLES (MPS2_SYSCLK_HZ / 1000000u * HAL_I2C_TIMEOUT_US)

/* Pulses that free a chip which was interrupted in the middle of a byte, UM10204 section 3.1.16. */
#define CLEAR_PULSES 9u

typedef struct {
    uintptr_t base;
    uint32_t edge;     /* cortex_m_cycles at the last edge of SCL */
    uint32_t patience; /* cycles of clock stretching that are left */
    status_t status;   /* the first thing that went wrong; from then on nothing more is done */
} wire_t;

static void release(const wire_t *w, uint32_t pins)
{
    mmio_write32(w->base + SBCON_SET, pins);
}
static void pull(const wire_t *w, uint32_t pins)
{
    mmio_write32(w->base + SBCON_CLEAR, pins);
}
static bool high(const wire_t *w, uint32_t pin)
{
    return (mmio_read32(w->base + SBCON_READ) & pin) != 0;
}

/* Counted from the last edge, so that what the processor did since then is part of it. */
static inline void hold(wire_t *w, uint32_t cycles)
{
    while (cortex_m_cycles_since(w->edge) < cycles) {}
    w->edge = cortex_m_cycles();
}

static void fail(wire_t *w, status_t status)
{
    if (w->status == STATUS_OK) w->status = status;
}

/* A chip may hold SCL low to gain time: within what it has for the whole transfer, so that one that takes a
 * little at every bit cannot keep the loop either. */
static void wait_for_scl(wire_t *w)
{
    uint32_t start = cortex_m_cycles();
    uint32_t waited = 0;
    while (!high(w, SCL)) {
        waited = cortex_m_cycles_since(start);
        if (waited < w->patience) continue;
        fail(w, STATUS_TIMEOUT);
        return;
    }
    w->patience -= waited;
    w->edge = cortex_m_cycles();
}

static inline void raise_scl(wire_t *w)
{
    release(w, SCL);
    w->edge = cortex_m_cycles();
    if (!high(w, SCL)) wait_for_scl(w);
}

/* SCL low on entry and on exit. returns the level that was on the wire */
static inline bool bit(wire_t *w, bool value)
{
    mmio_write32(w->base + (value ? SBCON_SET : SBCON_CLEAR), SDA);
    hold(w, LOW_CYCLES);
    raise_scl(w);
    hold(w, HIGH_CYCLES);
    bool level = high(w, SDA);
    pull(w, SCL);
    return level;
}

static void stop(wire_t *w)
{
    pull(w, SDA);
    hold(w, LOW_CYCLES);
    release(w, SCL);
    hold(w, HIGH_CYCLES);
    release(w, SDA);
    hold(w, LOW_CYCLES); /* the bus is free for so long before the next START */
}

/* Both lines must be high before a START. SDA low means that a chip believes it is still sending. */
static void claim(wire_t *w)
{
    release(w, SCL | SDA);
    raise_scl(w);
    if (w->status != STATUS_OK || high(w, SDA)) return;
    pull(w, SCL);
    for (unsigned i = 0; i < CLEAR_PULSES && !bit(w, true); i++) {}
    stop(w);
    if (!high(w, SDA)) fail(w, STATUS_BUS);
}

/* START, or a repeated one: SCL low on exit. */
static void start(wire_t *w)
{
    release(w, SDA);
    hold(w, LOW_CYCLES);
    raise_scl(w);
    hold(w, HIGH_CYCLES);
    if (w->status == STATUS_OK && !high(w, SDA)) fail(w, STATUS_BUS);
    pull(w, SDA);
    hold(w, HIGH_CYCLES);
    pull(w, SCL);
}

static void send(wire_t *w, uint8_t byte)
{
    for (unsigned mask = 0x80; mask != 0 && w->status == STATUS_OK; mask >>= 1) {
        bool one = (byte & mask) != 0;
        if (bit(w, one) != one) fail(w, STATUS_BUS);
    }
    if (w->status == STATUS_OK && bit(w, true)) fail(w, STATUS_NACK);
}

static uint8_t receive(wire_t *w, bool last)
{
    unsigned byte = 0;
    for (unsigned i = 0; i < 8 && w->status == STATUS_OK; i++) byte = byte << 1 | (unsigned)bit(w, true);
    if (w->status == STATUS_OK) (void)bit(w, last);
    return (uint8_t)byte;
}

status_t hal_i2c_transfer(hal_i2c_t *bus, uint8_t addr, const uint8_t *tx, size_t tx_bytes, uint8_t *rx,
                          size_t rx_bytes)
{
    if (addr > 0x7fu || (tx_bytes == 0 && rx_bytes == 0)) return STATUS_INVALID;
    wire_t w = {
        .base = bus->base, .edge = cortex_m_cycles(), .patience = TIMEOUT_CYCLES, .status = STATUS_OK
    };
    claim(&w);
    if (w.status != STATUS_OK) return w.status;
    if (tx_bytes > 0) {
        start(&w);
        send(&w, (uint8_t)((unsigned)addr << 1));
        for (size_t i = 0; i < tx_bytes && w.status == STATUS_OK; i++) send(&w, tx[i]);
    }
    if (rx_bytes > 0 && w.status == STATUS_OK) {
        start(&w);
        send(&w, (uint8_t)((unsigned)addr << 1 | 1u));
        for (size_t i = 0; i < rx_bytes && w.status == STATUS_OK; i++) rx[i] = receive(&w, i + 1 == rx_bytes);
    }
    stop(&w);
    return w.status;
}
