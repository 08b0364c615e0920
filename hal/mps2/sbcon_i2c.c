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

typedef struct {
    uintptr_t base;
    uint32_t edge;     /* cortex_m_cycles at the last edge */
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

/* Waits until so many cycles have passed since an edge; what the processor did meanwhile is part of them.
 * returns   the present */
static inline uint32_t hold(uint32_t edge, uint32_t cycles)
{
    while (cortex_m_cycles_since(edge) < cycles) {}
    return cortex_m_cycles();
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

/* Nine bits, the highest first: those that are 1 are left to whoever pulls. SCL low on entry and on exit.
 * returns   what was on the wire; after a timeout nothing of meaning */
static unsigned exchange(wire_t *w, unsigned bits)
{
    unsigned levels = 0;
    uint32_t edge = w->edge;
    for (unsigned mask = 0x100; mask != 0; mask >>= 1) {
        mmio_write32(w->base + ((bits & mask) != 0 ? SBCON_SET : SBCON_CLEAR), SDA);
        (void)hold(edge, LOW_CYCLES);
        release(w, SCL);
        edge = cortex_m_cycles();
        if (!high(w, SCL)) {
            wait_for_scl(w);
            if (w->status != STATUS_OK) return 0;
            edge = w->edge;
        }
        edge = hold(edge, HIGH_CYCLES);
        levels = levels << 1 | (mmio_read32(w->base + SBCON_READ) & SDA);
        pull(w, SCL);
    }
    w->edge = edge;
    return levels / SDA;
}

static void stop(wire_t *w)
{
    pull(w, SDA);
    w->edge = hold(w->edge, LOW_CYCLES);
    release(w, SCL);
    w->edge = hold(w->edge, HIGH_CYCLES);
    release(w, SDA);
    w->edge = hold(w->edge, LOW_CYCLES); /* the bus is free for so long before the next START */
}

/* Both lines must be high before a START. SDA low means that a chip believes it is still sending. */
static void claim(wire_t *w)
{
    release(w, SCL | SDA);
    raise_scl(w);
    if (w->status != STATUS_OK || high(w, SDA)) return;
    pull(w, SCL);
    (void)exchange(w, 0x1ff); /* nine, which is as many as it can need */
    stop(w);
    if (!high(w, SDA)) fail(w, STATUS_BUS);
}

/* START, or a repeated one: SCL low on exit. */
static void start(wire_t *w)
{
    release(w, SDA);
    w->edge = hold(w->edge, LOW_CYCLES);
    raise_scl(w);
    w->edge = hold(w->edge, HIGH_CYCLES);
    if (w->status == STATUS_OK && !high(w, SDA)) fail(w, STATUS_BUS);
    pull(w, SDA);
    w->edge = hold(w->edge, HIGH_CYCLES);
    pull(w, SCL);
}

static void send(wire_t *w, uint8_t byte)
{
    unsigned levels = exchange(w, (unsigned)byte << 1 | 1u);
    if (w->status != STATUS_OK) return;
    if (levels >> 1 != byte)
        fail(w, STATUS_BUS);
    else if (levels & 1u)
        fail(w, STATUS_NACK);
}

/* last      it is not acknowledged, by which the chip knows that nothing more is wanted */
static uint8_t receive(wire_t *w, bool last)
{
    return (uint8_t)(exchange(w, 0x1feu | last) >> 1);
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
