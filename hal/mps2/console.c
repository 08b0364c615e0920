/* console.c - hal/console.h on CMSDK UART 0 (Cortex-M System Design Kit TRM, DDI 0479, section 4.3): one byte
 * of buffer in the chip, a ring in RAM, the interrupt moves bytes. */
#include <stdint.h>
#include <string.h>

#include "cortex_m.h"
#include "hal/console.h"
#include "hal/mmio.h"
#include "mps2.h"

#define UART_DATA       (MPS2_UART0 + 0x00u)
#define UART_STATE      (MPS2_UART0 + 0x04u)
#define UART_CTRL       (MPS2_UART0 + 0x08u)
#define UART_INTSTATUS  (MPS2_UART0 + 0x0cu)
#define UART_BAUDDIV    (MPS2_UART0 + 0x10u)
#define STATE_TX_FULL   0x1u
#define STATE_RX_FULL   0x2u
#define CTRL_INTERRUPTS 0xfu /* both ways enabled, interrupt when the buffer becomes free, or full */
#define INTSTATUS_TX    0x1u
#define INTSTATUS_RX    0x2u

#define BAUD 115200u

/* Start bit, 8 data bits, stop bit. */
#define BYTE_CYCLES (MPS2_SYSCLK_HZ / BAUD * 10u)

#define RING_BYTES 2048u /* a power of two; 24 lines of 80 characters at boot, before any could leave */

#define TYPED_BYTES 128u /* a power of two; a line that is pasted */

static struct {
    volatile uint32_t head; /* counts bytes put in, by the main loop */
    volatile uint32_t tail; /* counts bytes taken out, by the interrupt (or flush, with it masked) */
    char ring[RING_BYTES];
    volatile uint32_t typed_head; /* counts bytes put in, by the interrupt */
    volatile uint32_t typed_tail; /* counts bytes taken out, by the main loop */
    char typed[TYPED_BYTES];
} console;

void mps2_console_init(void)
{
    mmio_write32(UART_BAUDDIV, (MPS2_SYSCLK_HZ + BAUD / 2u) / BAUD);
    mmio_write32(UART_CTRL, CTRL_INTERRUPTS);
    cortex_m_irq_enable(MPS2_IRQ_UART0_TX);
    cortex_m_irq_enable(MPS2_IRQ_UART0_RX);
}

static void pump(void)
{
    uint32_t tail = console.tail;
    while (tail != console.head && (mmio_read32(UART_STATE) & STATE_TX_FULL) == 0) {
        mmio_write32(UART_DATA, (uint8_t)console.ring[tail++ % RING_BYTES]);
    }
    console.tail = tail;
}

void mps2_console_tx_handler(void)
{
    mmio_write32(UART_INTSTATUS, INTSTATUS_TX);
    pump();
}

void mps2_console_rx_handler(void)
{
    mmio_write32(UART_INTSTATUS, INTSTATUS_RX);
    while (mmio_read32(UART_STATE) & STATE_RX_FULL) {
        char c = (char)mmio_read32(UART_DATA);
        uint32_t head = console.typed_head;
        if (head - console.typed_tail == TYPED_BYTES) continue; /* nobody listens */
        console.typed[head % TYPED_BYTES] = c;
        console.typed_head = head + 1u;
    }
}

bool mps2_console_waiting(void)
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
    /* An idle UART gives no interrupt; this one is ours, and harmless when it is not idle. */
    cortex_m_irq_pend(MPS2_IRQ_UART0_TX);
    return bytes;
}

/* Without the interrupt, so that it also works in a fault handler. Ends when nothing has left for two byte
 * times: the ring is empty and the last byte, which the chip does not show, is on the wire; or nobody takes
 * what we send. */
void hal_console_flush(void)
{
    uint32_t primask = cortex_m_irq_save();
    uint32_t start = cortex_m_cycles();
    while (cortex_m_cycles_since(start) < 2u * BYTE_CYCLES) {
        uint32_t before = console.tail;
        pump();
        if (console.tail != before) start = cortex_m_cycles();
    }
    cortex_m_irq_restore(primask);
}
