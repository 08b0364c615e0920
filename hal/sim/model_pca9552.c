#include "model_pca9552.h"

#include <string.h>

enum { INPUT0, INPUT1, PSC0, PWM0, PSC1, PWM1, LS0 };
enum { SELECT_ON, SELECT_OFF, SELECT_PWM0, SELECT_PWM1 };

#define AUTO_INCREMENT 0x10u
#define NUMBER         0x0fu

static void power_on(void *model)
{
    static const uint8_t registers[MODEL_PCA9552_REGISTERS] = {
        0, 0, 0xff, 0x80, 0xff, 0x80, 0x55, 0x55, 0x55, 0x55,
    };
    model_pca9552_t *chip = model;
    chip->pointer = 0;
    memcpy(chip->registers, registers, sizeof chip->registers);
}

static unsigned selection(const model_pca9552_t *chip, unsigned led)
{
    return (unsigned)chip->registers[LS0 + led / 4u] >> (led % 4u * 2u) & 3u;
}

/* An LED pulls its pin up unless the output pulls it down. A blinking one is seen in its dark half. */
static uint8_t pins(const model_pca9552_t *chip, unsigned first)
{
    unsigned levels = 0;
    for (unsigned i = 0; i < 8; i++) {
        bool held = (chip->held_high >> (first + i) & 1u) != 0;
        if (held || selection(chip, first + i) != SELECT_ON) levels |= 1u << i;
    }
    return (uint8_t)levels;
}

/* To where the next byte goes or comes from. */
static void advance(model_pca9552_t *chip)
{
    if ((chip->pointer & AUTO_INCREMENT) == 0) return;
    unsigned next = (chip->pointer & NUMBER) + 1u;
    chip->pointer = (uint8_t)(AUTO_INCREMENT | (next < MODEL_PCA9552_REGISTERS ? next : 0));
}

static void write_bytes(void *model, const uint8_t bytes[], size_t count)
{
    model_pca9552_t *chip = model;
    chip->pointer = bytes[0];
    for (size_t i = 1; i < count; i++) {
        unsigned number = chip->pointer & NUMBER;
        if (number > INPUT1 && number < MODEL_PCA9552_REGISTERS) chip->registers[number] = bytes[i];
        advance(chip);
    }
}

static void read_bytes(void *model, uint8_t bytes[], size_t count)
{
    model_pca9552_t *chip = model;
    for (size_t i = 0; i < count; i++) {
        unsigned number = chip->pointer & NUMBER;
        if (number >= MODEL_PCA9552_REGISTERS)
            bytes[i] = 0xff;
        else
            bytes[i] = number <= INPUT1 ? pins(chip, number * 8u) : chip->registers[number];
        advance(chip);
    }
}

const char *model_pca9552_led(const void *model, unsigned led)
{
    static const char *const names[] = { "on", "off", "pwm0", "pwm1" };
    const model_pca9552_t *chip = model;
    if ((chip->held_high >> led & 1u) != 0) return names[SELECT_OFF];
    return names[selection(chip, led)];
}

const sim_model_ops_t model_pca9552_ops = { power_on, write_bytes, read_bytes, NULL, NULL };
