/* mmio_port.h - hal/mmio.h on a microcontroller: one volatile access, and for a FIFO eight at a time. Those are in assembler
 * because C has no word for them: 4 instructions for 8 words instead of 18 (docs/decisions/0013). An interrupt in the
 * middle of them does not repeat an access: the core goes on where it was (Armv7-M ARM, B1.5.10, ICI bits).
 */
#ifndef MMIO_PORT_H
#define MMIO_PORT_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t mmio_read32(uintptr_t address)
{
    return *(const volatile uint32_t *)address;
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

static inline void mmio_read_fifo(uintptr_t address, uint32_t *to, size_t words)
{
#ifdef __ARM_FEATURE_UNALIGNED /* Armv7-M: has the ICI bits, too; Armv6-M begins again */
    size_t eights = words / 8u;
    if (eights > 0) {
        __asm volatile("1:  ldmia %[port], {r3-r6, r8-r10, r12} \n"
                       "    stmia %[to]!, {r3-r6, r8-r10, r12}  \n"
                       "    subs  %[eights], #1                 \n"
                       "    bne   1b                            \n"
                       : [to] "+r"(to), [eights] "+r"(eights)
                       : [port] "r"(address)
                       : "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r12", "cc", "memory");
    }
    words %= 8u;
#endif
    while (words-- > 0) *to++ = mmio_read32(address);
}

static inline void mmio_write_fifo(uintptr_t address, const uint32_t *from, size_t words)
{
#ifdef __ARM_FEATURE_UNALIGNED
    size_t eights = words / 8u;
    if (eights > 0) {
        __asm volatile("1:  ldmia %[from]!, {r3-r6, r8-r10, r12} \n"
                       "    stmia %[port], {r3-r6, r8-r10, r12}  \n"
                       "    subs  %[eights], #1                  \n"
                       "    bne   1b                             \n"
                       : [from] "+r"(from), [eights] "+r"(eights)
                       : [port] "r"(address)
                       : "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r12", "cc", "memory");
    }
    words %= 8u;
#endif
    while (words-- > 0) mmio_write32(address, *from++);
}

#endif
