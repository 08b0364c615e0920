#include "i2c.h"

#include "cortex_m.h"
#include "hardware/regs/addressmap.h"
#include "hardware/regs/i2c.h"
#include "hardware/regs/resets.h"
#include "hardware/regs/sio.h"
#include "rp2040.h"

#define REG(bus, name) ((bus)->base + I2C_IC_##name##_OFFSET)

#define FIFO_WORDS 16u

/* 5 us low and 5 us high; the block adds a few cycles of its own, so it is never more than 100 kHz. */
#define HALF_PERIOD_CYCLES (RP2040_SYSCLK_HZ / 200000u)
#define TIMEOUT_CYCLES     (RP2040_SYSCLK_HZ / 1000000u * HAL_I2C_TIMEOUT_US)
#define BYTE_CYCLES        (HALF_PERIOD_CYCLES * 2u * 10u)

/* SDA is kept for 300 ns behind a falling edge (UM10204, table 10, note 3). */
#define HOLD_CYCLES (RP2040_SYSCLK_HZ / 1000000u * 3u / 10u)

/* Pulses that free a chip which was interrupted in the middle of a byte, UM10204 section 3.1.16. */
#define CLEAR_PULSES 9u

#define NOBODY (I2C_IC_TX_ABRT_SOURCE_ABRT_7B_ADDR_NOACK_BITS | I2C_IC_TX_ABRT_SOURCE_ABRT_TXDATA_NOACK_BITS)

static void start_block(hal_i2c_t *bus)
{
    rp2040_unreset(bus->base == I2C0_BASE ? RESETS_RESET_I2C0_BITS : RESETS_RESET_I2C1_BITS);
    mmio_write32(REG(bus, ENABLE), 0);
    mmio_write32(REG(bus, CON), I2C_IC_CON_MASTER_MODE_BITS | I2C_IC_CON_IC_SLAVE_DISABLE_BITS |
                                    I2C_IC_CON_IC_RESTART_EN_BITS | I2C_IC_CON_TX_EMPTY_CTRL_BITS |
                                    I2C_IC_CON_SPEED_VALUE_STANDARD << I2C_IC_CON_SPEED_LSB);
    mmio_write32(REG(bus, SS_SCL_HCNT), HALF_PERIOD_CYCLES);
    mmio_write32(REG(bus, SS_SCL_LCNT), HALF_PERIOD_CYCLES);
    mmio_write32(REG(bus, SDA_HOLD), HOLD_CYCLES);
    rp2040_pin(bus->sda_pin, RP2040_I2C, true);
    rp2040_pin(bus->scl_pin, RP2040_I2C, true);
    bus->started = true;
}

/* ---- A bus that somebody holds --------------------------------------------------------------------------- */

static void half_period(void)
{
    uint32_t start = cortex_m_cycles();
    while (cortex_m_cycles_since(start) < HALF_PERIOD_CYCLES) {}
}

/* Pulses of SCL by hand, open drain: the output is low for good, and enabled or not. */
static void clear_bus(const hal_i2c_t *bus)
{
    uint32_t scl = 1u << bus->scl_pin;
    mmio_write32(SIO_BASE + SIO_GPIO_OE_CLR_OFFSET, scl);
    mmio_write32(SIO_BASE + SIO_GPIO_OUT_CLR_OFFSET, scl);
    rp2040_pin(bus->scl_pin, RP2040_SIO, true);
    for (unsigned i = 0; i < CLEAR_PULSES && !rp2040_pin_high(bus->sda_pin); i++) {
        mmio_write32(SIO_BASE + SIO_GPIO_OE_SET_OFFSET, scl);
        half_period();
        mmio_write32(SIO_BASE + SIO_GPIO_OE_CLR_OFFSET, scl);
        half_period();
    }
    rp2040_pin(bus->scl_pin, RP2040_I2C, true);
}

static status_t claim(const hal_i2c_t *bus)
{
    uint32_t start = cortex_m_cycles();
    while (!rp2040_pin_high(bus->scl_pin)) {
        if (cortex_m_cycles_since(start) > TIMEOUT_CYCLES) return STATUS_TIMEOUT;
    }
    if (!rp2040_pin_high(bus->sda_pin)) clear_bus(bus);
    return rp2040_pin_high(bus->sda_pin) ? STATUS_OK : STATUS_BUS;
}

/* ---- A transfer ------------------------------------------------------------------------------------------ */

typedef struct {
    const uint8_t *tx;
    uint8_t *rx;
    size_t tx_bytes, rx_bytes;
    size_t asked; /* words given to the block: first those of tx, then one for each byte of rx */
    size_t come;  /* bytes of rx that are there */
} transfer_t;

static uint32_t word(const transfer_t *t, size_t n)
{
    uint32_t stop = n + 1 == t->tx_bytes + t->rx_bytes ? I2C_IC_DATA_CMD_STOP_BITS : 0u;
    if (n < t->tx_bytes) return stop | t->tx[n];
    uint32_t restart = n == t->tx_bytes && n > 0 ? I2C_IC_DATA_CMD_RESTART_BITS : 0u;
    return stop | restart | I2C_IC_DATA_CMD_CMD_BITS;
}

/* Bytes that were asked for and are not taken yet: no more than have room in the FIFO. */
static size_t under_way(const transfer_t *t)
{
    return t->asked > t->tx_bytes ? t->asked - t->tx_bytes - t->come : 0;
}

/* One word at a time: between two, an abort may have come. */
static void move(const hal_i2c_t *bus, transfer_t *t)
{
    size_t words = t->tx_bytes + t->rx_bytes;
    if (t->asked < words && under_way(t) < FIFO_WORDS &&
        (mmio_read32(REG(bus, STATUS)) & I2C_IC_STATUS_TFNF_BITS) != 0) {
        mmio_write32(REG(bus, DATA_CMD), word(t, t->asked++));
    }
    while (t->come < t->rx_bytes && (mmio_read32(REG(bus, STATUS)) & I2C_IC_STATUS_RFNE_BITS) != 0) {
        t->rx[t->come++] = (uint8_t)mmio_read32(REG(bus, DATA_CMD));
    }
}

static status_t why_aborted(const hal_i2c_t *bus)
{
    uint32_t source = mmio_read32(REG(bus, TX_ABRT_SOURCE));
    (void)mmio_read32(REG(bus, CLR_TX_ABRT));
    return (source & NOBODY) != 0 ? STATUS_NACK : STATUS_BUS;
}

/* Until STOP was seen: the block also ends a transfer with it that it has given up. */
static status_t run(const hal_i2c_t *bus, transfer_t *t)
{
    uint32_t patience = TIMEOUT_CYCLES + BYTE_CYCLES * (uint32_t)(t->tx_bytes + t->rx_bytes + 2u);
    uint32_t start = cortex_m_cycles();
    status_t status = STATUS_OK;
    for (;;) {
        uint32_t raw = mmio_read32(REG(bus, RAW_INTR_STAT));
        if (raw & I2C_IC_RAW_INTR_STAT_TX_ABRT_BITS) {
            status = why_aborted(bus);
        } else if (status == STATUS_OK) {
            move(bus, t);
        }
        bool ended = (raw & I2C_IC_RAW_INTR_STAT_STOP_DET_BITS) != 0;
        if (ended && (status != STATUS_OK || t->come == t->rx_bytes)) return status;
        if (cortex_m_cycles_since(start) > patience) return status == STATUS_OK ? STATUS_TIMEOUT : status;
    }
}

status_t hal_i2c_transfer(hal_i2c_t *bus, uint8_t addr, const uint8_t *tx, size_t tx_bytes, uint8_t *rx,
                          size_t rx_bytes)
{
    if (addr > 0x7fu || (tx_bytes == 0 && rx_bytes == 0)) return STATUS_INVALID;
    if (!bus->started) start_block(bus);
    status_t status = claim(bus);
    if (status != STATUS_OK) return status;
    mmio_write32(REG(bus, ENABLE), 0);
    mmio_write32(REG(bus, TAR), addr);
    mmio_write32(REG(bus, ENABLE), 1u);
    (void)mmio_read32(REG(bus, CLR_INTR));
    transfer_t transfer = { .tx = tx, .rx = rx, .tx_bytes = tx_bytes, .rx_bytes = rx_bytes };
    status = run(bus, &transfer);
    mmio_write32(REG(bus, ENABLE), 0); /* gives up what is not finished, too */
    return status;
}
