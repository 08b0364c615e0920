#include "flash_chip.h"

#include <stddef.h>

#include "cortex_m.h"
#include "hardware/regs/addressmap.h"
#include "hardware/regs/io_qspi.h"
#include "hardware/regs/ssi.h"
#include "rp2040.h"

/* Out of the linker script's block that is executable and lies in RAM. long_call: no branch reaches it from flash. */
#define IN_RAM __attribute__((section(".ramcode"), noinline, long_call))

#define BLOCK_ERASE_BYTES 65536u /* what the ROM would do at once, were the range so long */
#define BLOCK_ERASE       0xd8u

#define READ_UNIQUE_ID  0x4bu
#define UNIQUE_ID_DUMMY 4u
#define UNIQUE_ID_BYTES 8u

#define SELECT     (IO_QSPI_BASE + IO_QSPI_GPIO_QSPI_SS_CTRL_OFFSET)
#define SELECT_LSB IO_QSPI_GPIO_QSPI_SS_CTRL_OUTOVER_LSB
#define DRIVE_LOW  IO_QSPI_GPIO_QSPI_SS_CTRL_OUTOVER_VALUE_LOW
#define DRIVE_HIGH IO_QSPI_GPIO_QSPI_SS_CTRL_OUTOVER_VALUE_HIGH

/* The boot ROM's directory (section 2.8.3): 16-bit addresses at these places, and the codes of its functions. */
#define ROM_FUNCTION_TABLE 0x14u
#define ROM_LOOKUP         0x18u
#define ROM_CODE(a, b)     ((uint32_t)(a) | (uint32_t)(b) << 8)

typedef void *(*rom_lookup_t)(const uint16_t *table, uint32_t code);

static struct {
    void (*connect)(void);
    void (*exit_xip)(void);
    void (*erase)(uint32_t offset, size_t count, uint32_t block_bytes, uint8_t block_command);
    void (*program)(uint32_t offset, const uint8_t *data, size_t count);
    void (*flush_cache)(void);
    void (*enter_xip)(
        void); /* the copy of the second boot stage: it makes flash readable again as it did at boot */
} rom;

/* In the executable block. Written before that becomes read-only. */
__attribute__((section(".ramcode.boot2"))) static uint32_t boot2_copy[FLASH_PAGE_BYTES / 4];

extern const uint32_t rp2040_boot2[FLASH_PAGE_BYTES / 4];
extern const uint16_t __boot_rom[];
extern uint8_t __ram_code_start[], __ram_code_size_log2[]; /* from the linker script */

static uintptr_t rom_function(char a, char b)
{
    rom_lookup_t lookup = (rom_lookup_t)(uintptr_t)__boot_rom[ROM_LOOKUP / 2u];
    const uint16_t *table = (const uint16_t *)(uintptr_t)__boot_rom[ROM_FUNCTION_TABLE / 2u];
    return (uintptr_t)lookup(table, ROM_CODE(a, b));
}

void rp2040_flash_init(void)
{
    for (size_t i = 0; i < FLASH_PAGE_BYTES / 4; i++) boot2_copy[i] = rp2040_boot2[i];
    rom.connect = (void (*)(void))rom_function('I', 'F');
    rom.exit_xip = (void (*)(void))rom_function('E', 'X');
    rom.erase = (void (*)(uint32_t, size_t, uint32_t, uint8_t))rom_function('R', 'E');
    rom.program = (void (*)(uint32_t, const uint8_t *, size_t))rom_function('R', 'P');
    rom.flush_cache = (void (*)(void))rom_function('F', 'C');
    rom.enter_xip = (void (*)(void))((uintptr_t)boot2_copy | 1u);
    cortex_m_protect_code_in_ram((uintptr_t)__ram_code_start, (uint32_t)(uintptr_t)__ram_code_size_log2);
}

static IN_RAM void change(uint32_t offset, const uint8_t *page)
{
    rom.connect();
    rom.exit_xip();
    if (page) {
        rom.program(offset, page, FLASH_PAGE_BYTES);
    } else {
        rom.erase(offset, FLASH_SECTOR_BYTES, BLOCK_ERASE_BYTES, BLOCK_ERASE);
    }
    rom.flush_cache();
    rom.enter_xip();
}

void flash_chip_erase(uint32_t offset)
{
    uint32_t primask = cortex_m_irq_save();
    change(offset, NULL);
    cortex_m_irq_restore(primask);
}

void flash_chip_program(uint32_t offset, const uint8_t *page)
{
    uint32_t primask = cortex_m_irq_save();
    change(offset, page);
    cortex_m_irq_restore(primask);
}

static IN_RAM void select(uint32_t level)
{
    mmio_write32(SELECT, level << SELECT_LSB);
    (void)mmio_read32(SELECT);
}

static IN_RAM uint8_t exchange(uint8_t byte)
{
    mmio_write32(XIP_SSI_BASE + SSI_DR0_OFFSET, byte);
    while ((mmio_read32(XIP_SSI_BASE + SSI_SR_OFFSET) & SSI_SR_RFNE_BITS) == 0) {}
    return (uint8_t)mmio_read32(XIP_SSI_BASE + SSI_DR0_OFFSET);
}

static IN_RAM void ask_unique_id(uint8_t *id)
{
    rom.connect();
    rom.exit_xip();
    select(DRIVE_LOW);
    (void)exchange(READ_UNIQUE_ID);
    for (unsigned i = 0; i < UNIQUE_ID_DUMMY; i++) (void)exchange(0);
    for (unsigned i = 0; i < UNIQUE_ID_BYTES; i++) id[i] = exchange(0);
    select(DRIVE_HIGH);
    rom.flush_cache();
    rom.enter_xip();
}

void rp2040_flash_unique_id(uint8_t id[8])
{
    uint32_t primask = cortex_m_irq_save();
    ask_unique_id(id);
    cortex_m_irq_restore(primask);
}
