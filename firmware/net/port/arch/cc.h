/* arch/cc.h - what lwIP has to know of compiler and platform: gcc or clang, any board.
 */
#ifndef NET_PORT_ARCH_CC_H
#define NET_PORT_ARCH_CC_H

#include <stdint.h>

#define BYTE_ORDER __BYTE_ORDER__

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define lwip_htons(x) ((uint16_t)__builtin_bswap16((uint16_t)(x)))
#define lwip_htonl(x) ((uint32_t)__builtin_bswap32((uint32_t)(x)))
#endif

/* net/checksum.c */
uint16_t net_checksum(const void *data, int bytes);
#define LWIP_CHKSUM net_checksum

uint32_t net_random_u32(void);
#define LWIP_RAND() net_random_u32()

/* Of net/sntp.c; lwIP's sntp.c includes no file of ours that could say so. */
void net_sntp_stamp(int32_t *seconds, uint32_t *fraction);
void net_sntp_take(int32_t seconds, uint32_t fraction);

/* lwIP's own printf output needs libc's printf and is never on (LWIP_DEBUG); defining these keeps its stdio
 * defaults out. */
#define LWIP_PLATFORM_DIAG(x)                                                                                \
    do {                                                                                                     \
    } while (0)

/* As hal/system.h declares it, which lwIP's own sources do not get to see. */
_Noreturn void hal_system_panic(const char *what); /* NOLINT(readability-redundant-declaration) */
#define LWIP_PLATFORM_ASSERT(what) hal_system_panic(what)

#endif
