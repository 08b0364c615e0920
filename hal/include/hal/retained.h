/* hal/retained.h - memory that a reset leaves as it is.
 *
 *     static HAL_RETAINED log_t the_log;
 *
 * The variable has no initial value: after a power-on its contents are random (on emulators often zero), after
 * hal_system_reset, a fault or a watchdog's reset they are what they were, a store that was under way excepted. So
 * whoever uses it brings a check sum. A store of an aligned word is whole or has not happened.
 *
 * On the simulator it survives hal_system_reset only: the end of the process is the loss of power.
 */
#ifndef HAL_RETAINED_H
#define HAL_RETAINED_H

/* Microcontrollers: memory.ld puts the section where no start-up writes. Simulator: it is handed from process to
 * process (sim_retained.c). */
#define HAL_RETAINED __attribute__((section("_retained")))

#endif
