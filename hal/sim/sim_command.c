#include "sim_command.h"

#include <stdio.h>
#include <string.h>

#include "sim_decimal.h"

#define WORDS_MAX 3u

static const char no_such_sensor[] = "no such sensor";
static const char no_such_device[] = "no such device";

const char *sim_command_set(hal_i2c_t *bus, const char *sensor_id, const char *value)
{
    unsigned quantity;
    sim_chip_t *chip = sim_i2c_find_sensor(bus, sensor_id, &quantity);
    if (!chip) return no_such_sensor;
    const sim_quantity_t *range = &chip->quantities[quantity];
    int32_t number;
    if (!sim_decimal_parse(value, range->decimals, &number)) return "the value must be a decimal number";
    if (number < range->min || number > range->max) return "the chip cannot measure this value";
    chip->ops->set(chip->model, quantity, number);
    return NULL;
}

static const char *run_set(const sim_command_t *on, char *words[], char *data)
{
    (void)data;
    return sim_command_set(on->bus, words[1], words[2]);
}

static const char *run_get(const sim_command_t *on, char *words[], char *data)
{
    const sim_output_t *output = sim_output_find(on->outputs, words[1]);
    if (output) {
        (void)snprintf(data, SIM_ANSWER_BYTES, "%s", output->read(output->model, output->index));
        return NULL;
    }
    unsigned quantity;
    const sim_chip_t *chip = sim_i2c_find_sensor(on->bus, words[1], &quantity);
    if (!chip) return "no such sensor or actuator";
    sim_decimal_format(data, chip->ops->get(chip->model, quantity), chip->quantities[quantity].decimals);
    return NULL;
}

static const char *run_link(const sim_command_t *on, char *words[], char *data)
{
    (void)data;
    bool up = strcmp(words[1], "up") == 0;
    if (!up && strcmp(words[1], "down") != 0) return "link is up or down";
    *on->link_up = up;
    return NULL;
}

static const char *run_button(const sim_command_t *on, char *words[], char *data)
{
    (void)data;
    bool down = strcmp(words[1], "down") == 0;
    if (!down && strcmp(words[1], "up") != 0) return "a button is down or up";
    *on->button_down = down;
    return NULL;
}

static const char *run_list(const sim_command_t *on, char *words[], char *data)
{
    (void)words;
    size_t used = 0;
    for (size_t i = 0; i < on->bus->chip_count; i++) {
        const sim_chip_t *chip = &on->bus->chips[i];
        for (unsigned j = 0; j < chip->quantity_count; j++) {
            int bytes = snprintf(data + used, SIM_ANSWER_BYTES - 4u - used, "%s%s", used ? " " : "",
                                 chip->quantities[j].sensor_id);
            used += (size_t)bytes;
            if (used >= SIM_ANSWER_BYTES - 4u) return "the list is too long";
        }
    }
    return NULL;
}

static const char *run_fault(const sim_command_t *on, char *words[], char *data)
{
    static const char *const names[] = {
        [SIM_FAULT_NONE] = "heal",   [SIM_FAULT_NAK] = "nak",         [SIM_FAULT_HOLD] = "hold",
        [SIM_FAULT_STICK] = "stick", [SIM_FAULT_GARBAGE] = "garbage", [SIM_FAULT_OFF] = "off",
    };
    (void)data;
    sim_chip_t *chip = sim_i2c_find_device(on->bus, words[1]);
    if (!chip) return no_such_device;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(words[0], names[i]) == 0) sim_i2c_break(chip, (sim_fault_t)i);
    }
    return NULL;
}

static const struct {
    const char *name;
    unsigned words;
    const char *(*run)(const sim_command_t *on, char *words[], char *data); /* NULL: ok */
} commands[] = {
    { "set", 3, run_set },    { "get", 2, run_get },       { "nak", 2, run_fault },
    { "hold", 2, run_fault }, { "stick", 2, run_fault },   { "garbage", 2, run_fault },
    { "off", 2, run_fault },  { "heal", 2, run_fault },    { "link", 2, run_link },
    { "list", 1, run_list },  { "button", 2, run_button },
};

/* returns how many words there are, WORDS_MAX + 1 for more */
static unsigned split(char *line, char *words[WORDS_MAX])
{
    unsigned count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(line, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
        if (count == WORDS_MAX) return WORDS_MAX + 1u;
        words[count++] = word;
    }
    return count;
}

static const char *run(const sim_command_t *on, char *line, char *data)
{
    char *words[WORDS_MAX];
    unsigned count = split(line, words);
    if (count == 0) return "empty command";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(words[0], commands[i].name) != 0) continue;
        return count == commands[i].words ? commands[i].run(on, words, data) : "wrong number of words";
    }
    return "unknown command";
}

void sim_command_run(const sim_command_t *on, char *line, char *answer)
{
    char data[SIM_ANSWER_BYTES] = "";
    const char *why = run(on, line, data);
    (void)snprintf(answer, SIM_ANSWER_BYTES, "%s%s%.500s", why ? "error" : "ok", why || *data ? " " : "",
                   why ? why : data);
}
