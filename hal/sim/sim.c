#include "sim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hal/console.h"
#include "sim_retained.h"
#include "sim_signals.h"

static sim_t the_sim;

sim_t *sim_instance(void)
{
    return &the_sim;
}

bool sim_heap_is_closed(void)
{
    return the_sim.running;
}

bool sim_complain(const char *format, ...)
{
    char line[512];
    int prefix = snprintf(line, sizeof line, "jembatan: ");
    size_t room = sizeof line - (size_t)prefix - 1u;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line + prefix, room, format, arguments);
    va_end(arguments);
    size_t bytes = (size_t)prefix + (length < 0 ? 0 : (size_t)length < room ? (size_t)length : room - 1u);
    line[bytes++] = '\n';
    (void)hal_console_write(line, bytes);
    return false;
}

/* From the kernel and not from main, whose signature is the same on every board. */
static bool read_command_line(sim_t *sim)
{
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return sim_complain("/proc/self/cmdline: %s", strerror(errno));
    size_t used = 0;
    ssize_t count;
    while ((count = read(fd, sim->command_line + used, sizeof sim->command_line - used)) > 0) {
        used += (size_t)count;
    }
    close(fd);
    if (used == sizeof sim->command_line) return sim_complain("the command line is too long");
    memcpy(sim->parsed, sim->command_line, used);
    size_t argument = 0;
    for (size_t at = 0; at < used; at += strlen(sim->command_line + at) + 1u) {
        if (argument == SIM_ARGUMENTS_MAX) return sim_complain("too many options");
        sim->arguments[argument] = sim->command_line + at;
        sim->parsed_arguments[argument++] = sim->parsed + at;
    }
    return argument > 0 || sim_complain("no command line");
}

void sim_show_outputs(const sim_output_t *outputs, size_t count)
{
    the_sim.outputs = (sim_outputs_t){ outputs, count };
}

const sim_options_t *sim_start_from_command_line(hal_i2c_t *bus)
{
    sim_t *sim = &the_sim;
    char error[SIM_ERROR_BYTES];
    if (!read_command_line(sim)) exit(SIM_BAD_OPTION);
    int count = 0;
    while (sim->parsed_arguments[count + 1]) count++;
    if (!sim_options_parse(&sim->options, count, sim->parsed_arguments + 1, error)) {
        (void)sim_complain("%s; --help lists the options", error);
        exit(SIM_BAD_OPTION);
    }
    if (sim->options.help) {
        (void)fputs(sim_options_help, stdout);
        exit(0);
    }
    sim_signals_catch();
    sim->catches_signals = true;
    sim_start_t started = sim_start(&sim->options, bus);
    if (started != SIM_STARTED) exit((int)started);
    return &sim->options;
}

static bool apply_options(const sim_options_t *options, hal_i2c_t *bus)
{
    for (size_t i = 0; i < options->without_count; i++) {
        sim_chip_t *chip = sim_i2c_find_device(bus, options->without[i]);
        if (!chip) return sim_complain("--without %s: no such device", options->without[i]);
        chip->absent = true;
    }
    for (size_t i = 0; i < options->set_count; i++) {
        const sim_set_t *set = &options->sets[i];
        const char *why = sim_command_set(bus, set->sensor_id, set->value);
        if (why) return sim_complain("--set %s=%s: %s", set->sensor_id, set->value, why);
    }
    return true;
}

/* The cause goes from process to process in the environment, and no further. */
#define RESET_CAUSE_VARIABLE "JEMBATAN_RESET"

static reset_cause_t take_reset_cause(void)
{
    const char *cause = getenv(RESET_CAUSE_VARIABLE);
    bool software = cause && strcmp(cause, "software") == 0;
    unsetenv(RESET_CAUSE_VARIABLE);
    return software ? RESET_SOFTWARE : RESET_POWER_ON;
}

sim_start_t sim_start(const sim_options_t *options, hal_i2c_t *bus)
{
    sim_t *sim = &the_sim;
    sim->reset_cause = take_reset_cause();
    sim_retained_restore();
    sim_i2c_power_on(bus);
    if (!apply_options(options, bus)) return SIM_BAD_OPTION;
    if (!sim_eth_open(&sim->eth, options, sim->reset_cause == RESET_SOFTWARE)) return SIM_CANNOT;
    const sim_command_t on = { bus, &sim->eth.link_up, &sim->outputs, &sim->button_down };
    if (sim_control_open(&sim->control, options->control, &on)) return SIM_STARTED;
    sim_eth_close(&sim->eth);
    return SIM_CANNOT;
}

void sim_stop(void)
{
    sim_control_close(&the_sim.control);
    sim_eth_close(&the_sim.eth);
}

_Noreturn void hal_system_reset(void)
{
    sim_t *sim = &the_sim;
    if (!sim->arguments[0]) hal_system_panic("reset of a simulator that has no command line");
    sim_stop();
    setenv(RESET_CAUSE_VARIABLE, "software", 1);
    sim_retained_save();
    execv("/proc/self/exe", sim->arguments);
    hal_system_panic("the simulator's own program cannot be started again");
}
