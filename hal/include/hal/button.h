/* hal/button.h - the button of a board that resets it to factory settings when it is held.
 *
 * Context: main loop only.
 * Time:    returns at once.
 */
#ifndef HAL_BUTTON_H
#define HAL_BUTTON_H

#include <stdbool.h>

/* Whether it is pressed now; contacts bounce, and that is the caller's matter. A board without such a button:
 * never. */
bool hal_button_pressed(void);

#endif
