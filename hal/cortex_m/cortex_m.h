/* cortex_m.h - what every family with an Armv6-M or Armv7-M core shares. For hal/<family> only.
 *
 * Armv7-M Architecture Reference Manual (DDI 0403E): B3.2 system control, B3.3 SysTick, B3.4 NVIC, B3.5 MPU.
 * Armv6-M Architecture Reference Manual (DDI 0419E): the same sections. What it lacks is in fault_v6m.c.
 *
 * A family gives: its external vectors, in a section `.vectors.irq` (the linker script puts it behind
 * cortex_m_vectors), and a linker script with the symbols listed in startup.c.
 */
#ifndef CORTEX_M_H
#define CORTEX_M_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mpu.h"

#define CORTEX_M_UNKNOWN 0xffffffffu

/* SysTick counts this many cycles before it wraps. */
#define CORTEX_M_TICK_PERIOD 0x1000000u

/* The longest time between two calls of hal_clock_ms, in cycles. hal_system_idle of a family must wake that
 * often. */
#define CORTEX_M_CLOCK_GAP_CYCLES 0xf0000000u

/* Starts SysTick as a free-running counter of core cycles: hal_clock_ms counts from here.
 * cycles_per_ms   of the core clock, 1..0x10000 */
void cortex_m_clock_init(uint32_t cycles_per_ms);

/* The counter, 24 bits, counting up. */
static inline uint32_t cortex_m_cycles(void)
{
    return (0u - *(const volatile uint32_t *)0xe000e018u) & (CORTEX_M_TICK_PERIOD - 1u);
}

/* Cycles since a reading of cortex_m_cycles less than one period ago. */
static inline uint32_t cortex_m_cycles_since(uint32_t start)
{
    return (cortex_m_cycles() - start) & (CORTEX_M_TICK_PERIOD - 1u);
}

/* Says on the console, once, what the last life left behind when it ended by a fault or a panic. Called after
 * the console works. */
void cortex_m_report_fault(void);

/* --- what a family may do in its own way, by a function of the same name --- */

/* Resets the chip, RAM excepted; without it, by SYSRESETREQ. May return before it takes effect. */
void cortex_m_reset_system(void);

/* Whether a watchdog began this life; without it, none does. Asked only when nothing was recorded. */
bool cortex_m_watchdog_barked(void);

/* Makes a part of RAM read-only and executable: routines that must not be fetched from flash.
 * base        a multiple of the size
 * size_log2   8..31 */
static inline void cortex_m_protect_code_in_ram(uintptr_t base, uint32_t size_log2)
{
    if (mpu_regions() < 4u) return;
    mpu_set_region(3, base, RASR_READ_ONLY | RASR_NORMAL | RASR_SIZE(size_log2));
    __asm volatile("dsb\n isb" ::: "memory");
}

/* --- interrupts --- */

/* Masks all interrupts; a pending one still ends cortex_m_wait.
 * returns   what cortex_m_irq_restore wants */
static inline uint32_t cortex_m_irq_save(void)
{
    uint32_t primask;
    __asm volatile("mrs %0, primask\n cpsid i" : "=r"(primask)::"memory");
    return primask;
}

static inline void cortex_m_irq_restore(uint32_t primask)
{
    __asm volatile("msr primask, %0" ::"r"(primask) : "memory");
}

/* Sleeps until an enabled interrupt is pending, masked or not. */
static inline void cortex_m_wait(void)
{
    __asm volatile("dsb\n wfi\n isb" ::: "memory");
}

static inline void nvic_write(uintptr_t bank, uint32_t irq)
{
    *(volatile uint32_t *)(bank + 4u * (irq / 32u)) = 1u << (irq % 32u);
}

static inline void cortex_m_irq_enable(uint32_t irq)
{
    nvic_write(0xe000e100u, irq);
}
static inline void cortex_m_irq_disable(uint32_t irq)
{
    nvic_write(0xe000e180u, irq);
}
static inline void cortex_m_irq_pend(uint32_t irq)
{
    nvic_write(0xe000e200u, irq);
}
static inline void cortex_m_irq_unpend(uint32_t irq)
{
    nvic_write(0xe000e280u, irq);
}

/* --- between the files of this folder --- */

/* Fills memory with a word. Both ends are multiples of 4. */
void cortex_m_fill(uintptr_t to, uintptr_t end, uint32_t word);

/* Fills the stack below the caller's frame with a pattern, for hal_system_stack. */
void cortex_m_stack_paint(void);

/* Makes code read-only, data not executable, and the lowest bytes of the stack untouchable. */
void cortex_m_protect(void);

/* What the core says of the fault that was just taken; CORTEX_M_UNKNOWN where it does not say which address. */
typedef struct {
    uint32_t cfsr, hfsr, address;
} cortex_m_fault_status_t;

void cortex_m_fault_status(cortex_m_fault_status_t *out);

/* Gives each kind of fault that the core knows its own vector. */
void cortex_m_fault_enable(void);

/* Takes over what the last life left in the part of RAM that no start-up clears. */
void cortex_m_reset_record_load(void);

/* Vectors. */
void cortex_m_reset(void);
void cortex_m_fault_entry(void);
void cortex_m_systick_handler(void);

/* The vector of an interrupt that nobody should have enabled: ends in a panic. */
void cortex_m_unexpected_irq(void);

#endif
