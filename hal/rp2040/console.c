/* console.c - hal/console.h on UART 0, a PL011 (section 4.2): FIFOs of 32 bytes in the chip, a ring in RAM, the interrupt
 * moves bytes. */
#include <stdint.h>
#include <string.h>

#include "cortex_m.h"
#include "hal/console.h"
#include "hardware/regs/addressmap.h"
#include "hardware/regs/intctrl.h"
#include "hardware/regs/resets.h"
#include "hardware/regs/uart.h"
#include "rp2040.h"

#define UART(name) (UART0_BASE + UART_UART##name##_OFFSET)

#define TX_PIN 0u
#define RX_PIN 1u

#define BAUD 115200u

/* In 64ths of a bit's sixteenth. */
#define DIVISOR ((8u * RP2040_PERI_HZ / BAUD + 1u) / 2u)

#define LISTEN (UART_UARTIMSC_RXIM_BITS | UART_UARTIMSC_RTIM_BITS)

/* Start bit, 8 data bits, stop bit. */
#define BYTE_CYCLES (RP2040_SYSCLK_HZ / BAUD * 10u)

#define RING_BYTES 2048u /* a power of two; 24 lines of 80 characters at boot, before any could leave */

#define TYPED_BYTES 128u /* a power of two; a line that is pasted */

static struct {
    volatile uint32_t head; /* counts bytes put in, by the main loop */
    volatile uint32_t tail; /* counts bytes taken out, with the interrupt masked */
    char ring[RING_BYTES];
    volatile uint32_t typed_head; /* counts bytes put in, by the interrupt */
    volatile uint32_t typed_tail; /* counts bytes taken out, by the main loop */
    char typed[TYPED_BYTES];
} console;

void rp2040_console_init(void)
{
    rp2040_unreset(RESETS_RESET_UART0_BITS);
    rp2040_pin(TX_PIN, RP2040_UART, false);
    rp2040_pin(RX_PIN, RP2040_UART, true);
    mmio_write32(UART(IBRD), DIVISOR / 64u);
    mmio_write32(UART(FBRD), DIVISOR % 64u);
    mmio_write32(UART(LCR_H), 3u << UART_UARTLCR_H_WLEN_LSB | UART_UARTLCR_H_FEN_BITS);
    mmio_write32(UART(CR), UART_UARTCR_UARTEN_BITS | UART_UARTCR_TXE_BITS | UART_UARTCR_RXE_BITS);
    mmio_write32(UART(IMSC), LISTEN);
    cortex_m_irq_enable(UART0_IRQ);
}

/* The transmitter's interrupt comes when the FIFO has become emptier, so it is asked for only behind bytes that are in
 * there. */
static void pump(void)
{
    uint32_t tail = console.tail;
    while (tail != console.head && (mmio_read32(UART(FR)) & UART_UARTFR_TXFF_BITS) == 0) {
        mmio_write32(UART(DR), (uint8_t)console.ring[tail++ % RING_BYTES]);
    }
    console.tail = tail;
    mmio_write32(UART(IMSC), tail == console.head ? LISTEN : LISTEN | UART_UARTIMSC_TXIM_BITS);
}

static void listen(void)
{
    while ((mmio_read32(UART(FR)) & UART_UARTFR_RXFE_BITS) == 0) {
        char c = (char)mmio_read32(UART(DR));
        uint32_t head = console.typed_head;
        if (head - console.typed_tail == TYPED_BYTES) continue; /* nobody takes it */
        console.typed[head % TYPED_BYTES] = c;
        console.typed_head = head + 1u;
    }
}

void rp2040_console_handler(void)
{
    mmio_write32(UART(ICR), UART_UARTICR_TXIC_BITS | UART_UARTICR_RXIC_BITS | UART_UARTICR_RTIC_BITS);
    listen();
    pump();
}

bool rp2040_console_waiting(void)
{
    return console.typed_head != console.typed_tail;
}

size_t hal_console_read(char *text, size_t capacity)
{
    size_t count = 0;
    uint32_t tail = console.typed_tail;
    while (count < capacity && tail != console.typed_head)
        text[count++] = console.typed[tail++ % TYPED_BYTES];
    console.typed_tail = tail;
    return count;
}

size_t hal_console_write(const char *text, size_t bytes)
{
    uint32_t head = console.head;
    if (bytes > RING_BYTES - (head - console.tail)) return 0;
    size_t at = head % RING_BYTES;
    size_t first = bytes < RING_BYTES - at ? bytes : RING_BYTES - at;
    memcpy(&console.ring[at], text, first);
    memcpy(console.ring, text + first, bytes - first);
    console.head = head + (uint32_t)bytes;
    uint32_t primask = cortex_m_irq_save();
    pump();
    cortex_m_irq_restore(primask);
    return bytes;
}

/* Without the interrupt, so that it also works in a fault handler. Ends when the last bit has left, or when nothing
 * has for as long as the FIFO could take. */
void hal_console_flush(void)
{
    uint32_t primask = cortex_m_irq_save();
    uint32_t start = cortex_m_cycles();
    while (cortex_m_cycles_since(start) < 34u * BYTE_CYCLES) {
        uint32_t before = console.tail;
        pump();
        if (console.tail != before) start = cortex_m_cycles();
        if (console.tail == console.head && (mmio_read32(UART(FR)) & UART_UARTFR_BUSY_BITS) == 0) break;
    }
    cortex_m_irq_restore(primask);
}
