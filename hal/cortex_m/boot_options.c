#include "boot_options.h"

#include <string.h>

#define MAGIC 0x314f424au /* "JBO1" */

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

static bool is_sound(const boot_options_t *from)
{
    return from->magic == MAGIC && from->crc32 == checksum(from) && from->log_level <= 3 &&
           from->ipv4_static <= 1 && from->localhost_is_us <= 1 && from->insecure_tokens <= 1;
}

void cortex_m_take_boot_options(board_t *board)
{
    boot_options_t *from = &__boot_options;
    if (!is_sound(from)) return;
    board_options_t *to = &board->options;
    if (from->localhost_is_us == 1) board->localhost_is_us = true;
    to->log_level = from->log_level;
    to->ipv4_static = from->ipv4_static == 1;
    to->insecure_tokens = from->insecure_tokens == 1;
    memcpy(to->ipv4_address, from->ipv4_address, 4);
    memcpy(to->ipv4_netmask, from->ipv4_netmask, 4);
    memcpy(to->ipv4_gateway, from->ipv4_gateway, 4);
    to->seed = take_seed(from);
    from->crc32 = checksum(from);
}
