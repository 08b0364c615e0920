/* sim.h - the simulator as a whole: one a process. */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>

#include "hal/system.h"
#include "sim_console.h"
#include "sim_control.h"
#include "sim_eth.h"
#include "sim_i2c.h"
#include "sim_options.h"

#define SIM_COMMAND_LINE_BYTES 16384u
#define SIM_ARGUMENTS_MAX      128u

typedef struct {
    /* As the process was started, for a reset: untouched, and a copy that parsing cuts up. */
    char command_line[SIM_COMMAND_LINE_BYTES], parsed[SIM_COMMAND_LINE_BYTES];
    char *arguments[SIM_ARGUMENTS_MAX + 1u], *parsed_arguments[SIM_ARGUMENTS_MAX + 1u];
    sim_options_t options;
    sim_outputs_t outputs;
    reset_cause_t reset_cause;
    sim_eth_t eth;
    sim_control_t control;
    sim_console_t console;
    bool button_down;
    bool catches_signals;
    bool running; /* hal_system_idle was called: from here on nobody uses the heap */
} sim_t;

sim_t *sim_instance(void);

/* For board_init, before it starts: what of the board the control socket shows.
 * outputs   count of them, alive as long as the process */
void sim_show_outputs(const sim_output_t *outputs, size_t count);

/* For board_init: takes the options from the process's command line, and starts. SIGINT, SIGTERM and SIGHUP
 * then end the process in hal_system_idle, with exit code 0 and nothing left behind. Ends the process with a
 * message when an option is wrong (exit code 2) or cannot be fulfilled (1).
 * bus       the board's, alive as long as the process
 * returns   the options */
const sim_options_t *sim_start_from_command_line(hal_i2c_t *bus);

typedef enum { SIM_STARTED, SIM_CANNOT = 1, SIM_BAD_OPTION = 2 } sim_start_t;

/* Powers the chips on, applies the options to them, opens network and control socket. A message is on standard
 * error unless SIM_STARTED comes back. */
sim_start_t sim_start(const sim_options_t *options, hal_i2c_t *bus);

/* Closes all that sim_start opened. */
void sim_stop(void);

/* A line on standard error, led by the program's name.
 * returns   false, so that a caller can fail and say why in one statement */
bool sim_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* True from the first hal_system_idle on. */
bool sim_heap_is_closed(void);

#endif
