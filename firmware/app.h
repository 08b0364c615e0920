/* app.h - the composition root: the only place that wires the layers together.
 *
 * Context: main loop only.
 */
#ifndef APP_H
#define APP_H

#include <stdint.h>

#include "board.h"

/* Wires sensors, HTTP, API and network, and starts them. A device that cannot be put together (a board table
 * that does not fit limits.h, an Ethernet chip that does not answer) ends in hal_system_panic: there is nobody
 * to tell but the console.
 * board     alive as long as the firmware */
void app_init(const board_t *board);

/* One turn of the loop: takes what came in, samples what is due, keeps deadlines. Returns when it wants to be
 * called next if no interrupt comes before. Takes at most a few milliseconds. */
uint64_t app_poll(uint64_t now_ms);

#endif
