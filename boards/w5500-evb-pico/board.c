/* board.c - WIZnet W5500-EVB-Pico: what hangs where. */
#include <string.h>

#include "hal/drivers/emc1414.h"
#include "hal/drivers/lsm303dlhc.h"
#include "hal/drivers/tmp105.h"
#include "hal/drivers/w5500.h"
#include "hal/rp2040/cpu_temp.h"
#include "hal/rp2040/i2c.h"
#include "hal/rp2040/rp2040.h"
#include "hal/rp2040/spi.h"
#include "w5500_evb_pico.h"

#define BOOT_OPTIONS_MAGIC 0x314f424au /* "JBO1" */

#define SPI0 0x4003c000u
#define I2C0 0x40044000u

#define W5500_RESET_PIN     20u
#define W5500_INTERRUPT_PIN 21u

/* At the end of RAM, written by an emulator or a debugger before start. Random on a board that nobody prepared. */
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

/* 133 MHz / 4: the chip is guaranteed to 33.3 MHz. */
static hal_spi_t w5500_spi = {
    .base = SPI0, .rx_pin = 16, .select_pin = 17, .sck_pin = 18, .tx_pin = 19, .divisor = 4
};
static w5500_t ethernet = { .spi = &w5500_spi };

/* The board's own are cpu_temp and the LED; the other chips are what may be plugged on I2C 0. */
hal_i2c_t w5500_evb_pico_i2c = { .base = I2C0, .sda_pin = 4, .scl_pin = 5 };

static tmp105_t temp0 = { .bus = &w5500_evb_pico_i2c, .addr = 0x48 };
static emc1414_t emc0 = { .bus = &w5500_evb_pico_i2c, .addr = 0x4c };
static lsm303dlhc_t mag0 = { .bus = &w5500_evb_pico_i2c, .addr = 0x1e, .temperature_shift = 4 };
static cpu_temp_t cpu_temp = { .supply_mv = 3300 };

static const sensor_device_t sensors[] = {
    { "temp0", &tmp105_ops, &temp0 },
    { "emc0", &emc1414_ops, &emc0 },
    { "mag0", &lsm303dlhc_ops, &mag0 },
    { "cpu_temp", &cpu_temp_ops, &cpu_temp },
};

static board_t board = {
    .name = "w5500-evb-pico",
    .model = "WIZnet W5500-EVB-Pico",
    .mcu = "RP2040, Cortex-M0+, 133 MHz",
    .sensors = sensors,
    .sensor_count = sizeof sensors / sizeof sensors[0],
    .options = { .log_level = 2 },
};

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
    rp2040_init();
    rp2040_eth_use(&ethernet, W5500_RESET_PIN, W5500_INTERRUPT_PIN);
    take_boot_options(&__boot_options);
    return &board;
}
