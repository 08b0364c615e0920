/* sim_retained.h - hal/retained.h on the simulator: memory that is handed to the process that a reset starts. */
#ifndef SIM_RETAINED_H
#define SIM_RETAINED_H

/* Before the process is replaced: puts the memory where the next one finds it. When that fails it is lost, as power
 * might be. */
void sim_retained_save(void);

/* At start: takes over what a process before this one left, if there was one. */
void sim_retained_restore(void);

#endif
