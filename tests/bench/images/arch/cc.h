/* arch/cc.h - what lwIP has to know of compiler and platform, for the images of the bench. As the product's.
 */
#ifndef BENCH_ARCH_CC_H
#define BENCH_ARCH_CC_H

#include <stdint.h>

#define BYTE_ORDER __BYTE_ORDER__

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define lwip_htons(x) ((uint16_t)__builtin_bswap16((uint16_t)(x)))
#define lwip_htonl(x) ((uint32_t)__builtin_bswap32((uint32_t)(x)))
#endif

uint32_t bench_random_u32(void);
#define LWIP_RAND() bench_random_u32()

/* Never on; defining them keeps libc's printf out. */
#define LWIP_PLATFORM_DIAG(x)                                                                                \
    do {                                                                                                     \
    } while (0)
#define LWIP_PLATFORM_ASSERT(what)                                                                           \
    do {                                                                                                     \
    } while (0)

#endif
