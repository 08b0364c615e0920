#include "model_w5500.h"

#include <string.h>

enum { BLOCK_COMMON = 0, BLOCK_SOCKET = 1, BLOCK_TX = 2, BLOCK_RX = 3 };
enum { MODE = 0x00, ADDRESS_END = 0x0f, SIMR = 0x18, PHYCFGR = 0x2e, VERSIONR = 0x39 };
enum { S_MODE = 0, S_COMMAND = 1, S_INTERRUPT = 2, S_STATUS = 3, S_RXBUF = 0x1e, S_TXBUF = 0x1f };
enum { S_TX_FREE = 0x20, S_TX_WR = 0x24, S_RX_SIZE = 0x26, S_RX_RD = 0x28, S_MASK = 0x2c };
enum { OPEN = 0x01, CLOSE = 0x10, SEND = 0x20, RECV = 0x40, RECEIVED = 0x04, SENDOK = 0x10, MACRAW = 0x42 };

static void misuse(model_w5500_t *chip, const char *what)
{
    if (!chip->misuse) chip->misuse = what;
}

static void put16(model_w5500_t *chip, unsigned at, uint16_t value)
{
    chip->sockets[0][at] = (uint8_t)(value >> 8);
    chip->sockets[0][at + 1] = (uint8_t)value;
}

static uint16_t get16(const model_w5500_t *chip, unsigned at)
{
    return (uint16_t)(chip->sockets[0][at] << 8 | chip->sockets[0][at + 1]);
}

static void reset(model_w5500_t *chip)
{
    memset(chip->common, 0, sizeof chip->common);
    memset(chip->sockets, 0, sizeof chip->sockets);
    for (unsigned n = 0; n < 8; n++) chip->sockets[n][S_RXBUF] = chip->sockets[n][S_TXBUF] = 2;
    chip->rx_to = chip->rx_from;
}

void model_w5500_init(model_w5500_t *chip)
{
    memset(chip, 0, sizeof *chip);
    chip->version = 0x04;
    chip->link = true;
    reset(chip);
}

void model_w5500_begin_at(model_w5500_t *chip, uint16_t position)
{
    chip->rx_from = chip->rx_to = chip->tx_from = position;
}

/* ---- Registers ------------------------------------------------------------------------------------------- */

static unsigned total_kib(const model_w5500_t *chip, unsigned at)
{
    unsigned kib = 0;
    for (unsigned n = 0; n < 8; n++) kib += chip->sockets[n][at];
    return kib;
}

static void open_socket(model_w5500_t *chip)
{
    if ((chip->sockets[0][S_MODE] & 0x0fu) != 4) misuse(chip, "OPEN in another mode than MACRAW");
    if (total_kib(chip, S_RXBUF) > 16 || total_kib(chip, S_TXBUF) > 16)
        misuse(chip, "more memory than there is");
    if (chip->sockets[0][S_RXBUF] != 16 || chip->sockets[0][S_TXBUF] != 16)
        misuse(chip, "memory is left unused");
    chip->sockets[0][S_STATUS] = MACRAW;
    chip->rx_to = chip->rx_from;
    put16(chip, S_RX_RD, chip->rx_from);
    put16(chip, S_TX_WR, chip->tx_from);
    chip->opened_count++;
}

static void send(model_w5500_t *chip)
{
    size_t bytes = (uint16_t)(get16(chip, S_TX_WR) - chip->tx_from);
    if (chip->sockets[0][S_STATUS] != MACRAW) misuse(chip, "SEND without an open socket");
    if ((chip->sockets[0][S_INTERRUPT] & SENDOK) != 0)
        misuse(chip, "SEND before the last one was acknowledged");
    if (bytes < 60 || bytes > 1514) misuse(chip, "no frame has such a length");
    if (bytes + chip->tx_backlog > MODEL_W5500_MEMORY_BYTES)
        misuse(chip, "what is still to be sent was overwritten");
    for (size_t i = 0; i < bytes && i < sizeof chip->sent; i++)
        chip->sent[i] = chip->tx[(chip->tx_from + i) % MODEL_W5500_MEMORY_BYTES];
    chip->sent_bytes = bytes;
    chip->sent_count++;
    chip->tx_from = get16(chip, S_TX_WR);
    if (!chip->send_hangs) chip->sockets[0][S_INTERRUPT] |= SENDOK;
}

static void command(model_w5500_t *chip, uint8_t code)
{
    if (chip->commands_hang) {
        chip->sockets[0][S_COMMAND] = code;
        return;
    }
    if (code == OPEN) open_socket(chip);
    if (code == CLOSE) chip->sockets[0][S_STATUS] = 0;
    if (code == SEND) send(chip);
    if (code != RECV) return;
    uint16_t taken = (uint16_t)(get16(chip, S_RX_RD) - chip->rx_from);
    if (taken > (uint16_t)(chip->rx_to - chip->rx_from)) misuse(chip, "more was taken than there is");
    chip->rx_from = get16(chip, S_RX_RD);
}

static void write_socket(model_w5500_t *chip, unsigned n, uint16_t at, uint8_t byte)
{
    uint8_t *socket = chip->sockets[n];
    if (at == S_COMMAND && n == 0) {
        command(chip, byte);
    } else if (at == S_INTERRUPT) {
        socket[at] &= (uint8_t)~byte;
    } else if (at < sizeof chip->sockets[0] && at != S_STATUS) {
        socket[at] = byte;
    }
}

static void write_byte(model_w5500_t *chip, unsigned block, uint16_t at, uint8_t byte)
{
    if (block == BLOCK_COMMON && at == MODE && (byte & 0x80u) != 0) {
        reset(chip);
        if (chip->reset_hangs) chip->common[MODE] = 0x80;
    } else if (block == BLOCK_COMMON && at < sizeof chip->common) {
        chip->common[at] = byte;
    } else if (block == BLOCK_TX) {
        chip->tx[at % MODEL_W5500_MEMORY_BYTES] = byte;
    } else if (block % 4 == BLOCK_SOCKET) {
        write_socket(chip, block / 4, at, byte);
    }
}

/* As when the chip counted a frame between the two bytes of one reading: its second byte is newer. */
static uint8_t counter_byte(model_w5500_t *chip, uint16_t at, uint16_t value)
{
    bool first = at % 2u == 0;
    if (first) return (uint8_t)(value >> 8);
    if (!chip->counters_race || chip->raced) return (uint8_t)value;
    chip->raced = true;
    return (uint8_t)~value;
}

static uint8_t read_byte(model_w5500_t *chip, unsigned block, uint16_t at)
{
    if (block == BLOCK_COMMON) {
        if (at == VERSIONR) return chip->version;
        if (at == PHYCFGR) return chip->link ? 0xbf : 0xbe;
        return at < sizeof chip->common ? chip->common[at] : 0;
    }
    if (block == BLOCK_TX) return chip->tx[at % MODEL_W5500_MEMORY_BYTES];
    if (block == BLOCK_RX) return chip->rx[at % MODEL_W5500_MEMORY_BYTES];
    if (block % 4 != BLOCK_SOCKET || at >= sizeof chip->sockets[0]) return 0;
    if (block == BLOCK_SOCKET && (at & ~1u) == S_TX_FREE)
        return counter_byte(chip, at, (uint16_t)(MODEL_W5500_MEMORY_BYTES - chip->tx_backlog));
    if (block == BLOCK_SOCKET && (at & ~1u) == S_RX_SIZE)
        return counter_byte(chip, at, (uint16_t)(chip->rx_to - chip->rx_from));
    return chip->sockets[block / 4][at];
}

/* ---- The bus --------------------------------------------------------------------------------------------- */

void hal_spi_begin(hal_spi_t *chip)
{
    if (chip->selected) misuse(chip, "a transaction within another");
    chip->selected = true;
    chip->raced = chip->raced && chip->counters_race;
    chip->head_bytes = 0;
}

void hal_spi_write(hal_spi_t *chip, const uint8_t *bytes, size_t count)
{
    if (!chip->selected) misuse(chip, "bytes to a chip that is not selected");
    for (size_t i = 0; i < count; i++) {
        if (chip->head_bytes < 3) {
            chip->head[chip->head_bytes++] = bytes[i];
            chip->at = (uint16_t)(chip->head[0] << 8 | chip->head[1]);
            continue;
        }
        if ((chip->head[2] & 4u) == 0) misuse(chip, "data is written in a read");
        write_byte(chip, chip->head[2] >> 3, chip->at++, bytes[i]);
    }
}

void hal_spi_read(hal_spi_t *chip, uint8_t *bytes, size_t count)
{
    if (!chip->selected || chip->head_bytes < 3 || (chip->head[2] & 4u) != 0)
        misuse(chip, "no read was begun");
    for (size_t i = 0; i < count; i++) bytes[i] = read_byte(chip, chip->head[2] >> 3, chip->at++);
}

void hal_spi_end(hal_spi_t *chip)
{
    if (chip->head_bytes < 3) misuse(chip, "a transaction without an address");
    chip->selected = false;
}

/* ---- The wire -------------------------------------------------------------------------------------------- */

void model_w5500_garbage(model_w5500_t *chip, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) chip->rx[chip->rx_to++ % MODEL_W5500_MEMORY_BYTES] = bytes[i];
    chip->sockets[0][S_INTERRUPT] |= RECEIVED;
}

void model_w5500_receive(model_w5500_t *chip, const uint8_t *bytes, size_t count)
{
    size_t used = (uint16_t)(chip->rx_to - chip->rx_from);
    if (chip->sockets[0][S_STATUS] != MACRAW || used + count + 2 > MODEL_W5500_MEMORY_BYTES) {
        chip->lost++;
        return;
    }
    const uint8_t length[] = { (uint8_t)((count + 2) >> 8), (uint8_t)(count + 2) };
    model_w5500_garbage(chip, length, sizeof length);
    model_w5500_garbage(chip, bytes, count);
}

bool model_w5500_irq(const model_w5500_t *chip)
{
    bool socket = (chip->sockets[0][S_INTERRUPT] & chip->sockets[0][S_MASK]) != 0;
    return socket && (chip->common[SIMR] & 1u) != 0;
}
