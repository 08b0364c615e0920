/* board.c - Arm MPS2+ (AN385): what hangs where. */
#include "board.h"

#include <string.h>

#include "hal/drivers/at24c.h"
#include "hal/drivers/emc1414.h"
#include "hal/drivers/lsm303dlhc.h"
#include "hal/drivers/pca9552.h"
#include "hal/drivers/tmp105.h"
#include "hal/mmio.h"
#include "hal/mps2/leds.h"
#include "hal/mps2/mps2.h"
#include "hal/mps2/storage.h"

#define LAN9118_ID_REV     0x50u
#define BOOT_OPTIONS_MAGIC 0x314f424au /* "JBO1" */

/* In PSRAM, written by the emulator's loader or a debugger before start. Random on a board that nobody
 * prepared. */
typedef struct {
    uint32_t magic;
    uint8_t log_level;       /* 0..3 */
    uint8_t ipv4_static;     /* 0, 1 */
    uint8_t localhost_is_us; /* 0, 1 */
    uint8_t insecure_tokens; /* 0, 1 */
    uint8_t ipv4_address[4];
    uint8_t ipv4_netmask[4];
    uint8_t ipv4_gateway[4];
    uint8_t seed[BOARD_SEED_BYTES]; /* all zero: none */
    uint8_t zero[8];
    uint32_t crc32; /* IEEE 802.3, of all bytes before it */
} boot_options_t;

_Static_assert(sizeof(boot_options_t) == 64, "layout is documented in README.md");

extern boot_options_t __boot_options; /* from the linker script */

static hal_i2c_t shield1 = { .base = MPS2_I2C_SHIELD1 };

static tmp105_t temp0 = { .bus = &shield1, .addr = 0x48 };
static emc1414_t emc0 = { .bus = &shield1, .addr = 0x4c };
static lsm303dlhc_t mag0 = { .bus = &shield1, .addr = 0x1e };

/* AT24C256. A piece of 16 bytes is 0.5 ms on a bus of 400 kHz; 96 pages are a document of 4 KiB with its
 * directory. */
#define EEPROM_BYTES 32768u
static uint8_t eeprom_image[EEPROM_BYTES], eeprom_known[AT24C_KNOWN_BYTES(EEPROM_BYTES)];
static at24c_write_t eeprom_queue[96];
static at24c_t eeprom = { .bus = &shield1,
                          .addr = 0x50,
                          .chunk_bytes = 16,
                          .queue_size = sizeof eeprom_queue / sizeof eeprom_queue[0],
                          .bytes = EEPROM_BYTES,
                          .block_bytes = 512,
                          .image = eeprom_image,
                          .known = eeprom_known,
                          .queue = eeprom_queue };

static const sensor_device_t sensors[] = {
    { "temp0", &tmp105_ops, &temp0 },
    { "emc0", &emc1414_ops, &emc0 },
    { "mag0", &lsm303dlhc_ops, &mag0 },
};

static pca9552_t leds = { .bus = &shield1, .addr = 0x60 };
static mps2_leds_t board_leds = { .base = MPS2_FPGAIO };

static const actuator_output_t led_outputs[] = {
    { "led0", "LED 0", 0 },
    { "led1", "LED 1", 1 },
    { "led2", "LED 2", 2 },
    { "led3", "LED 3", 3 },
};

static const actuator_output_t board_led_outputs[] = {
    { "board_led0", "Board LED 0", 0 },
    { "board_led1", "Board LED 1", 1 },
};

static const actuator_device_t actuators[] = {
    { "leds", &pca9552_ops, &leds, led_outputs, sizeof led_outputs / sizeof led_outputs[0] },
    { "board_leds", &mps2_leds_ops, &board_leds, board_led_outputs,
      sizeof board_led_outputs / sizeof board_led_outputs[0] },
};

static board_t board = {
    .name = "mps2-an385",
    .model = "Arm MPS2+ (AN385)",
    .mcu = "Cortex-M3, 25 MHz",
    .sensors = sensors,
    .sensor_count = sizeof sensors / sizeof sensors[0],
    .actuators = actuators,
    .actuator_count = sizeof actuators / sizeof actuators[0],
    .identify_id = "board_led0",
    .options = { .log_level = 2 },
};

/* Arm solders a LAN9220 on the board; the emulation of it has a LAN9118. No register says it more plainly. */
static bool emulated(void)
{
    return mmio_read32(MPS2_ETHERNET + LAN9118_ID_REV) >> 16 == 0x0118u;
}

static uint32_t crc32(const uint8_t *bytes, size_t count)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1u ? 0xedb88320u : 0u);
    }
    return ~crc;
}

static uint32_t checksum(const boot_options_t *block)
{
    return crc32((const uint8_t *)block, offsetof(boot_options_t, crc32));
}

/* A seed serves one start: after a reset that leaves the memory as it is, it must not be there again. The block
 * lives outside of what C knows, so the compiler may not leave the wiping out. */
static uint8_t *take_seed(volatile boot_options_t *from)
{
    static uint8_t seed[BOARD_SEED_BYTES];
    uint8_t any = 0;
    for (size_t i = 0; i < sizeof seed; i++) {
        any |= seed[i] = from->seed[i];
        from->seed[i] = 0;
    }
    return any ? seed : NULL;
}

static void take_boot_options(boot_options_t *from)
{
    if (from->magic != BOOT_OPTIONS_MAGIC) return;
    if (from->crc32 != checksum(from)) return;
    if (from->log_level > 3 || from->ipv4_static > 1) return;
    if (from->localhost_is_us > 1 || from->insecure_tokens > 1) return;
    board_options_t *to = &board.options;
    if (from->localhost_is_us == 1) board.localhost_is_us = true;
    to->log_level = from->log_level;
    to->ipv4_static = from->ipv4_static == 1;
    to->insecure_tokens = from->insecure_tokens == 1;
    memcpy(to->ipv4_address, from->ipv4_address, 4);
    memcpy(to->ipv4_netmask, from->ipv4_netmask, 4);
    memcpy(to->ipv4_gateway, from->ipv4_gateway, 4);
    to->seed = take_seed(from);
    from->crc32 = checksum(from);
}

const board_t *board_init(void)
{
    mps2_init();
    board.localhost_is_us = emulated();
    mag0.temperature_shift = emulated() ? 0 : 4;
    leds.check_pins = !emulated();
    mps2_storage_use(&eeprom);
    take_boot_options(&__boot_options);
    return &board;
}
