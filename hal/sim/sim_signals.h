/* sim_signals.h - being asked to end. */
#ifndef SIM_SIGNALS_H
#define SIM_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* From here on SIGINT, SIGTERM and SIGHUP are held back, but for within a wait by the mask below, and noted
 * there. A reader of the console that went away does not end us. */
void sim_signals_catch(void);

/* For ppoll: lets the three through. */
void sim_signals_mask(sigset_t *mask);

bool sim_signals_asked_to_end(void);

#endif
