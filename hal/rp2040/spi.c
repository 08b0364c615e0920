#include "spi.h"

#include "hardware/regs/addressmap.h"
#include "hardware/regs/resets.h"
#include "hardware/regs/sio.h"
#include "hardware/regs/spi.h"
#include "rp2040.h"

#define FIFO_BYTES 8u

#define CAN_SEND (SPI_SSPSR_TNF_BITS)
#define HAS_COME (SPI_SSPSR_RNE_BITS)

void rp2040_spi_start(const hal_spi_t *chip)
{
    rp2040_unreset(chip->base == SPI0_BASE ? RESETS_RESET_SPI0_BITS : RESETS_RESET_SPI1_BITS);
    mmio_write32(SIO_BASE + SIO_GPIO_OUT_SET_OFFSET, 1u << chip->select_pin);
    mmio_write32(SIO_BASE + SIO_GPIO_OE_SET_OFFSET, 1u << chip->select_pin);
    rp2040_pin(chip->select_pin, RP2040_SIO, false);
    rp2040_pin(chip->rx_pin, RP2040_SPI, false);
    rp2040_pin(chip->sck_pin, RP2040_SPI, false);
    rp2040_pin(chip->tx_pin, RP2040_SPI, false);
    mmio_write32(chip->base + SPI_SSPCPSR_OFFSET, chip->divisor);
    mmio_write32(chip->base + SPI_SSPCR0_OFFSET, 7u << SPI_SSPCR0_DSS_LSB); /* 8 bits, mode 0 */
    mmio_write32(chip->base + SPI_SSPCR1_OFFSET, SPI_SSPCR1_SSE_BITS);
}

void hal_spi_begin(hal_spi_t *chip)
{
    mmio_write32(SIO_BASE + SIO_GPIO_OUT_CLR_OFFSET, 1u << chip->select_pin);
}

void hal_spi_end(hal_spi_t *chip)
{
    mmio_write32(SIO_BASE + SIO_GPIO_OUT_SET_OFFSET, 1u << chip->select_pin);
}

/* Each byte that goes out brings one in: no more are under way than the receiving FIFO holds, so none is lost, and
 * all have passed when this returns. */
static void pass(const hal_spi_t *chip, const uint8_t *out, uint8_t *in, size_t count)
{
    uintptr_t data = chip->base + SPI_SSPDR_OFFSET;
    uintptr_t status = chip->base + SPI_SSPSR_OFFSET;
    size_t sent = 0;
    size_t come = 0;
    while (come < count) {
        uint32_t now = mmio_read32(status);
        if ((now & CAN_SEND) != 0 && sent < count && sent - come < FIFO_BYTES) {
            mmio_write32(data, out ? out[sent] : 0u);
            sent++;
        }
        if ((now & HAS_COME) == 0) continue;
        uint8_t byte = (uint8_t)mmio_read32(data);
        if (in) in[come] = byte;
        come++;
    }
}

void hal_spi_write(hal_spi_t *chip, const uint8_t *bytes, size_t count)
{
    pass(chip, bytes, NULL, count);
}

void hal_spi_read(hal_spi_t *chip, uint8_t *bytes, size_t count)
{
    pass(chip, NULL, bytes, count);
}
