/* board.c - Arm MPS2+ (AN385): what hangs where. */
#include "mps2_an385.h"

#include <string.h>

#include "hal/drivers/emc1414.h"
#include "hal/drivers/lsm303dlhc.h"
#include "hal/drivers/tmp105.h"
#include "hal/mmio.h"
#include "hal/mps2/mps2.h"

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

hal_i2c_t mps2_an385_shield1 = { .base = MPS2_I2C_SHIELD1 };

static tmp105_t temp0 = { .bus = &mps2_an385_shield1, .addr = 0x48 };
static emc1414_t emc0 = { .bus = &mps2_an385_shield1, .addr = 0x4c };
static lsm303dlhc_t mag0 = { .bus = &mps2_an385_shield1, .addr = 0x1e };

static const sensor_device_t sensors[] = {
    { "temp0", &tmp105_ops, &temp0 },
    { "emc0", &emc1414_ops, &emc0 },
    { "mag0", &lsm303dlhc_ops, &mag0 },
};

static board_t board = {
    .name = "mps2-an385",
    .model = "Arm MPS2+ (AN385)",
    .mcu = "Cortex-M3, 25 MHz",
    .sensors = sensors,
    .sensor_count = sizeof sensors / sizeof sensors[0],
    .options = { .log_level = 2 },
};

bool mps2_an385_emulated(void)
{
    return mmio_read32(MPS2_ETHERNET + LAN9118_ID_REV) >> 16 == 0x0118u;
}

/* Half a byte at a time, by the remainders of the 16 there are: a start computes it twice. */
static uint32_t crc32(const uint8_t *bytes, size_t count)
{
    static const uint32_t remainders[] = {
        0x00000000u, 0x1db71064u, 0x3b6e20c8u, 0x26d930acu, 0x76dc4190u, 0x6b6b51f4u,
        0x4db26158u, 0x5005713cu, 0xedb88320u, 0xf00f9344u, 0xd6d6a3e8u, 0xcb61b38cu,
        0x9b64c2b0u, 0x86d3d2d4u, 0xa00ae278u, 0xbdbdf21cu,
    };
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ remainders[crc & 15u];
        crc = crc >> 4 ^ remainders[crc & 15u];
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
    board.localhost_is_us = mps2_an385_emulated();
    mag0.temperature_shift = mps2_an385_emulated() ? 0 : 4;
    take_boot_options(&__boot_options);
    return &board;
}
