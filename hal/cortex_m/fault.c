/* fault.c - the end of a life and the beginning of the next: fault record, panic, reset and its cause.
 *
 * The record lies in RAM that no start-up clears (`.noinit`). SYSRESETREQ keeps RAM; a power-on leaves it
 * random, hence magic and checksum.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "cortex_m.h"
#include "hal/console.h"
#include "hal/mmio.h"
#include "hal/system.h"

#define AIRCR             0xe000ed0cu
#define AIRCR_RESET       0x05fa0004u
#define RECORD_MAGIC      0x4a464c54u
#define RECORD_TEXT_BYTES 48u

typedef enum { END_RESET = 1, END_FAULT, END_PANIC } end_t;

typedef struct {
    uint32_t magic;
    uint32_t end; /* end_t */
    uint32_t pc, lr, psr, sp;
    cortex_m_fault_status_t status;
    char text[RECORD_TEXT_BYTES]; /* of a panic */
    uint32_t checksum;
} record_t;

__attribute__((section(".noinit"))) static record_t record;

static struct {
    bool valid;
    record_t record;
} last;

/* From the linker script. */
extern uint32_t __stack_limit[], __stack_floor[], __stack_top[];

void cortex_m_fault_record(const uint32_t *frame);

/* FNV-1a over all words but the checksum: any flipped bit shows. */
static uint32_t checksum(const record_t *r)
{
    const uint8_t *p = (const uint8_t *)r;
    uint32_t sum = 0x811c9dc5u;
    for (size_t i = 0; i < offsetof(record_t, checksum); i++) sum = (sum ^ p[i]) * 0x01000193u;
    return sum;
}

__attribute__((weak)) void cortex_m_reset_system(void)
{
    mmio_write32(AIRCR, AIRCR_RESET);
}

__attribute__((weak)) bool cortex_m_watchdog_barked(void)
{
    return false;
}

static _Noreturn void seal_and_reset(void)
{
    record.magic = RECORD_MAGIC;
    record.checksum = checksum(&record);
    __asm volatile("dsb" ::: "memory");
    cortex_m_reset_system();
    __asm volatile("dsb" ::: "memory");
    for (;;) {}
}

/* The stack pointer may be anywhere when a fault comes, also inside the guard. Only then is it moved to the
 * top: what is overwritten there will never be returned to, but a sound frame is still to be read. */
__attribute__((naked)) void cortex_m_fault_entry(void)
{
    __asm volatile("cpsid i\n"
                   "mov r0, sp\n"
                   "ldr r1, =__stack_floor + 512\n"
                   "cmp r0, r1\n"
                   "bhs 1f\n"
                   "ldr r1, =__stack_top\n"
                   "mov sp, r1\n"
                   "1: ldr r1, =cortex_m_fault_record\n"
                   "bx r1\n"
                   ".ltorg\n");
}

__attribute__((used, noreturn)) void cortex_m_fault_record(const uint32_t *frame)
{
    uintptr_t sp = (uintptr_t)frame;
    bool sound = sp >= (uintptr_t)__stack_floor && sp + 32u <= (uintptr_t)__stack_top;
    memset(&record, 0, sizeof record);
    record.end = END_FAULT;
    record.lr = sound ? frame[5] : CORTEX_M_UNKNOWN;
    record.pc = sound ? frame[6] : CORTEX_M_UNKNOWN;
    record.psr = sound ? frame[7] : CORTEX_M_UNKNOWN;
    record.sp = (uint32_t)sp;
    cortex_m_fault_status(&record.status);
    seal_and_reset();
}

_Noreturn void hal_system_panic(const char *what)
{
    (void)cortex_m_irq_save();
    memset(&record, 0, sizeof record);
    record.end = END_PANIC;
    record.pc = (uint32_t)(uintptr_t)__builtin_return_address(0);
    record.sp = (uint32_t)(uintptr_t)__builtin_frame_address(0);
    __asm volatile("mrs %0, xpsr" : "=r"(record.psr));
    for (size_t i = 0; i < sizeof record.text - 1 && what[i]; i++) record.text[i] = what[i];
    seal_and_reset();
}

void cortex_m_unexpected_irq(void)
{
    hal_system_panic("unexpected interrupt");
}

_Noreturn void hal_system_reset(void)
{
    hal_console_flush();
    (void)cortex_m_irq_save();
    memset(&record, 0, sizeof record);
    record.end = END_RESET;
    seal_and_reset();
}

void cortex_m_reset_record_load(void)
{
    last.valid = record.magic == RECORD_MAGIC && record.checksum == checksum(&record);
    if (last.valid) last.record = record;
    record.magic = 0;
}

reset_cause_t hal_system_reset_cause(void)
{
    if (!last.valid) return cortex_m_watchdog_barked() ? RESET_WATCHDOG : RESET_POWER_ON;
    return last.record.end == END_RESET ? RESET_SOFTWARE : RESET_FAULT;
}

static void write_text(const char *text)
{
    (void)hal_console_write(text, strlen(text));
}

static void write_field(const char *name, uint32_t value)
{
    static const char digits[] = "0123456789abcdef";
    char text[11] = " 0x";
    for (size_t i = 0; i < 8; i++) text[3 + i] = digits[value >> (28 - 4 * i) & 15u];
    write_text(name);
    (void)hal_console_write(text, sizeof text);
}

void cortex_m_report_fault(void)
{
    const record_t *r = &last.record;
    if (hal_system_reset_cause() != RESET_FAULT) return;
    if (r->end == END_PANIC) {
        write_text("panic: ");
        write_text(r->text);
    } else {
        bool overflow = r->status.address >= (uint32_t)(uintptr_t)__stack_limit &&
                        r->status.address < (uint32_t)(uintptr_t)__stack_floor;
        write_text(overflow ? "fault: stack overflow, cfsr" : "fault: cfsr");
    }
    if (r->end == END_FAULT) {
        write_field("", r->status.cfsr);
        write_field(", hfsr", r->status.hfsr);
        write_field(", address", r->status.address);
        write_field(", lr", r->lr);
    }
    write_field(", pc", r->pc);
    write_field(", psr", r->psr);
    write_field(", sp", r->sp);
    write_text("\n");
}
