#include "app.h"
#include "board.h"
#include "hal/clock.h"
#include "hal/system.h"

int main(void)
{
    app_init(board_init());
    for (;;) hal_system_idle(app_poll(hal_clock_ms()));
}
