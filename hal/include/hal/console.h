/* hal/console.h - the text console (UART, or the simulator's standard error and input).
 *
 * Context: main loop, and fault handlers after hal_console_flush has been called once.
 * Time:    write queues and returns at once; flush waits until the queue is empty.
 */
#ifndef HAL_CONSOLE_H
#define HAL_CONSOLE_H

#include <stddef.h>

/* Queues text for output. Bytes that do not fit are dropped as a whole call, never half a line.
 * text      the caller's, copied before return; not NUL-terminated
 * returns   the number of bytes queued: bytes, or 0 when the queue had no room */
size_t hal_console_write(const char *text, size_t bytes);

/* Takes what was typed. Bytes that came while nobody took them for long are lost.
 * text      the caller's
 * returns   how many bytes there were, at most capacity; 0 on a board that cannot hear */
size_t hal_console_read(char *text, size_t capacity);

/* Waits until all queued bytes have left. For use before a reset only: it blocks (about 90 us a byte at
 * 115200 baud). */
void hal_console_flush(void);

#endif
