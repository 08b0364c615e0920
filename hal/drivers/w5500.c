#include "hal/drivers/w5500.h"

#include <string.h>

/* Blocks of the address space (bits 7:3 of the control byte). */
#define COMMON  0x00u
#define SOCKET0 0x01u
#define TX0     0x02u
#define RX0     0x03u
#define SOCKETS 8u
#define WRITE   0x04u /* bit 2 of the control byte */

/* Common registers. */
#define MR          0x0000u
#define MR_RST      0x80u
#define SHAR        0x0009u
#define SIMR        0x0018u
#define PHYCFGR     0x002eu
#define PHYCFGR_LNK 0x01u
#define VERSIONR    0x0039u
#define VERSION     0x04u

/* Socket registers. */
#define SN_MR         0x0000u
#define SN_MR_MACRAW  0x04u
#define SN_CR         0x0001u
#define SN_CR_OPEN    0x01u
#define SN_CR_CLOSE   0x10u
#define SN_CR_SEND    0x20u
#define SN_CR_RECV    0x40u
#define SN_IR         0x0002u
#define SN_IR_RECV    0x04u
#define SN_IR_SENDOK  0x10u
#define SN_SR         0x0003u
#define SN_SR_MACRAW  0x42u
#define SN_RXBUF_SIZE 0x001eu
#define SN_TXBUF_SIZE 0x001fu
#define SN_TX_FSR     0x0020u
#define SN_TX_WR      0x0024u
#define SN_RX_RSR     0x0026u
#define SN_RX_RD      0x0028u
#define SN_IMR        0x002cu

#define ALL_OF_IT_KIB 16u

#define HEADER_BYTES    14u
#define LENGTH_BYTES    2u
#define FRAME_BYTES_MIN 60u /* what goes on the wire, without FCS */

/* Looks at a register that the chip changes by itself. A command is taken within some cycles of its 25 MHz, a frame
 * of the longest kind is sent within 0.13 ms; each look takes 1 us at least. */
#define PATIENCE 500u

/* Frames for others that are dropped before the loop gets its turn. */
#define SKIPPED_AT_ONCE 8u

/* ---- The bus --------------------------------------------------------------------------------------------- */

static void address(const w5500_t *nic, uint8_t block, uint16_t at, uint8_t direction)
{
    const uint8_t head[] = { (uint8_t)(at >> 8), (uint8_t)at, (uint8_t)(block << 3 | direction) };
    hal_spi_begin(nic->spi);
    hal_spi_write(nic->spi, head, sizeof head);
}

static void write_bytes(const w5500_t *nic, uint8_t block, uint16_t at, const uint8_t *bytes, size_t count)
{
    address(nic, block, at, WRITE);
    hal_spi_write(nic->spi, bytes, count);
    hal_spi_end(nic->spi);
}

static void read_bytes(const w5500_t *nic, uint8_t block, uint16_t at, uint8_t *bytes, size_t count)
{
    address(nic, block, at, 0);
    hal_spi_read(nic->spi, bytes, count);
    hal_spi_end(nic->spi);
}

static void write8(const w5500_t *nic, uint8_t block, uint16_t at, uint8_t value)
{
    write_bytes(nic, block, at, &value, 1);
}

static uint8_t read8(const w5500_t *nic, uint8_t block, uint16_t at)
{
    uint8_t value;
    read_bytes(nic, block, at, &value, 1);
    return value;
}

static void write16(const w5500_t *nic, uint16_t at, uint16_t value)
{
    const uint8_t bytes[] = { (uint8_t)(value >> 8), (uint8_t)value };
    write_bytes(nic, SOCKET0, at, bytes, sizeof bytes);
}

static uint16_t read16(const w5500_t *nic, uint16_t at)
{
    uint8_t bytes[2];
    read_bytes(nic, SOCKET0, at, bytes, sizeof bytes);
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* The chip may change a counter between its two bytes: twice the same is what it is (section 4.2, Sn_TX_FSR). */
static uint16_t read_counter(const w5500_t *nic, uint16_t at)
{
    uint16_t value = read16(nic, at);
    for (unsigned i = 0; i < PATIENCE; i++) {
        uint16_t again = read16(nic, at);
        if (again == value) break;
        value = again;
    }
    return value;
}

/* ---- Start ----------------------------------------------------------------------------------------------- */

static status_t command(const w5500_t *nic, uint8_t code)
{
    write8(nic, SOCKET0, SN_CR, code);
    for (unsigned i = 0; i < PATIENCE; i++) {
        if (read8(nic, SOCKET0, SN_CR) == 0) return STATUS_OK;
    }
    return STATUS_TIMEOUT;
}

static status_t reset(const w5500_t *nic)
{
    write8(nic, COMMON, MR, MR_RST);
    for (unsigned i = 0; i < PATIENCE; i++) {
        if ((read8(nic, COMMON, MR) & MR_RST) == 0) return STATUS_OK;
    }
    return STATUS_TIMEOUT;
}

static status_t open_socket(w5500_t *nic)
{
    write8(nic, SOCKET0, SN_MR, SN_MR_MACRAW);
    status_t status = command(nic, SN_CR_OPEN);
    if (status != STATUS_OK) return status;
    nic->frame = nic->unread = 0;
    nic->sending = false;
    nic->read_at = read16(nic, SN_RX_RD);
    return read8(nic, SOCKET0, SN_SR) == SN_SR_MACRAW ? STATUS_OK : STATUS_TIMEOUT;
}

status_t w5500_open(w5500_t *nic, const uint8_t mac[6])
{
    memcpy(nic->mac, mac, sizeof nic->mac);
    memset(&nic->stats, 0, sizeof nic->stats);
    /* On a bus where nobody is, reads give one value for ever: the version is asked first. */
    if (read8(nic, COMMON, VERSIONR) != VERSION) return STATUS_BAD_DATA;
    status_t status = reset(nic);
    if (status != STATUS_OK) return status;
    write_bytes(nic, COMMON, SHAR, nic->mac, sizeof nic->mac);
    for (uint8_t n = 0; n < SOCKETS; n++) {
        const uint8_t kib[] = { n == 0 ? ALL_OF_IT_KIB : 0, n == 0 ? ALL_OF_IT_KIB : 0 };
        write_bytes(nic, (uint8_t)(SOCKET0 + 4u * n), SN_RXBUF_SIZE, kib, sizeof kib);
    }
    write8(nic, SOCKET0, SN_IMR, SN_IR_RECV);
    write8(nic, COMMON, SIMR, 1u);
    status = open_socket(nic);
    nic->open = status == STATUS_OK;
    return status;
}

bool w5500_link_up(w5500_t *nic)
{
    nic->link = (read8(nic, COMMON, PHYCFGR) & PHYCFGR_LNK) != 0;
    return nic->link;
}

/* ---- Frames that came ------------------------------------------------------------------------------------ */

bool w5500_knows_more(const w5500_t *nic)
{
    return nic->unread > 0;
}

/* A frame that comes behind the look pulls the line down again. */
static void look(w5500_t *nic)
{
    write8(nic, SOCKET0, SN_IR, SN_IR_RECV);
    nic->unread = read_counter(nic, SN_RX_RSR);
}

/* Gives the memory of the oldest frame back to the chip. */
static void advance(w5500_t *nic)
{
    uint16_t bytes = (uint16_t)(nic->frame + LENGTH_BYTES);
    nic->read_at = (uint16_t)(nic->read_at + bytes);
    nic->unread = (uint16_t)(nic->unread - bytes);
    nic->frame = 0;
    write16(nic, SN_RX_RD, nic->read_at);
    (void)command(nic, SN_CR_RECV);
}

/* The memory holds what no frame can be: which byte begins the next one, nobody knows any more. */
static void begin_anew(w5500_t *nic)
{
    nic->stats.rx_dropped++;
    (void)command(nic, SN_CR_CLOSE);
    (void)open_socket(nic);
}

static bool for_us(const w5500_t *nic, const uint8_t destination[6])
{
    return (destination[0] & 1u) != 0 || memcmp(destination, nic->mac, sizeof nic->mac) == 0;
}

size_t w5500_pending(w5500_t *nic)
{
    for (unsigned skipped = 0; nic->frame == 0 && skipped < SKIPPED_AT_ONCE; skipped++) {
        uint8_t head[LENGTH_BYTES + 6];
        if (nic->unread == 0) look(nic);
        if (nic->unread == 0) return 0;
        read_bytes(nic, RX0, nic->read_at, head, sizeof head);
        unsigned whole = (unsigned)head[0] << 8 | head[1];
        if (whole < LENGTH_BYTES + HEADER_BYTES || whole > nic->unread) {
            begin_anew(nic);
            return 0;
        }
        nic->frame = (uint16_t)(whole - LENGTH_BYTES);
        if (nic->frame > HAL_ETH_FRAME_BYTES_MAX) {
            nic->stats.rx_dropped++;
            advance(nic);
        } else if (!for_us(nic, head + LENGTH_BYTES)) {
            advance(nic);
        }
    }
    return nic->frame;
}

void w5500_receive(w5500_t *nic, const hal_eth_span_t spans[], size_t span_count)
{
    size_t left = nic->frame;
    size_t gap = HAL_ETH_PAD_BYTES;
    address(nic, RX0, (uint16_t)(nic->read_at + LENGTH_BYTES), 0);
    for (size_t i = 0; i < span_count && left > 0; i++) {
        size_t room = spans[i].count - gap;
        size_t count = left < room ? left : room;
        hal_spi_read(nic->spi, spans[i].bytes + gap, count);
        left -= count;
        gap = 0;
    }
    hal_spi_end(nic->spi);
    nic->stats.rx_frames++;
    advance(nic);
}

void w5500_discard(w5500_t *nic)
{
    if (nic->frame == 0) return;
    nic->stats.rx_dropped++;
    advance(nic);
}

/* ---- Frames that go -------------------------------------------------------------------------------------- */

/* The chip sends one frame at a time: the next SEND may come when this one's end was noted. */
static bool sent(w5500_t *nic)
{
    for (unsigned i = 0; nic->sending && i < PATIENCE; i++) {
        if ((read8(nic, SOCKET0, SN_IR) & SN_IR_SENDOK) == 0) continue;
        write8(nic, SOCKET0, SN_IR, SN_IR_SENDOK);
        nic->sending = false;
    }
    return !nic->sending;
}

status_t w5500_send(w5500_t *nic, const hal_eth_slice_t slices[], size_t slice_count, size_t bytes)
{
    static const uint8_t zeros[FRAME_BYTES_MIN];
    if (bytes < HEADER_BYTES || bytes > HAL_ETH_FRAME_BYTES_MAX) return STATUS_INVALID;
    if (!nic->link) return STATUS_NO_LINK;
    size_t padded = bytes < FRAME_BYTES_MIN ? FRAME_BYTES_MIN : bytes;
    if (!sent(nic) || read_counter(nic, SN_TX_FSR) < padded) {
        nic->stats.tx_dropped++;
        return STATUS_BUSY;
    }
    uint16_t at = read16(nic, SN_TX_WR);
    address(nic, TX0, at, WRITE);
    for (size_t i = 0; i < slice_count; i++) hal_spi_write(nic->spi, slices[i].bytes, slices[i].count);
    hal_spi_write(nic->spi, zeros, padded - bytes);
    hal_spi_end(nic->spi);
    write16(nic, SN_TX_WR, (uint16_t)(at + padded));
    if (command(nic, SN_CR_SEND) != STATUS_OK) {
        nic->stats.tx_dropped++;
        return STATUS_BUSY;
    }
    nic->sending = true;
    nic->stats.tx_frames++;
    return STATUS_OK;
}
