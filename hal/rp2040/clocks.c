/* clocks.c - from the ring oscillator that the chip starts with to crystal and PLLs. Sections 2.15 to 2.18. */
#include "hardware/regs/clocks.h"
#include "hardware/regs/addressmap.h"
#include "hardware/regs/pll.h"
#include "hardware/regs/watchdog.h"
#include "hardware/regs/xosc.h"
#include "rp2040.h"

#define CRYSTAL_MHZ 12u
#define CRYSTAL_STARTUP_MS                                                                                   \
    5u /* a crystal that starts slowly; the SDK's boards have 1 ms and up to 64 times it */

/* 12 MHz * 133 = 1596 MHz, / 6 / 2 = 133 MHz. */
#define SYS_FBDIV    133u
#define SYS_POSTDIV1 6u
#define SYS_POSTDIV2 2u

/* 12 MHz * 100 = 1200 MHz, / 5 / 5 = 48 MHz. */
#define USB_FBDIV    100u
#define USB_POSTDIV1 5u
#define USB_POSTDIV2 5u

_Static_assert(CRYSTAL_MHZ *SYS_FBDIV * 1000000u / SYS_POSTDIV1 / SYS_POSTDIV2 == RP2040_SYSCLK_HZ,
               "as promised");

static void await(uintptr_t address, uint32_t bits)
{
    while ((mmio_read32(address) & bits) == 0) {}
}

static void start_crystal(void)
{
    mmio_write32(XOSC_BASE + XOSC_CTRL_OFFSET, XOSC_CTRL_FREQ_RANGE_VALUE_1_15MHZ);
    mmio_write32(XOSC_BASE + XOSC_STARTUP_OFFSET, (CRYSTAL_STARTUP_MS * CRYSTAL_MHZ * 1000u + 128u) / 256u);
    rp2040_set(XOSC_BASE + XOSC_CTRL_OFFSET, XOSC_CTRL_ENABLE_VALUE_ENABLE << XOSC_CTRL_ENABLE_LSB);
    await(XOSC_BASE + XOSC_STATUS_OFFSET, XOSC_STATUS_STABLE_BITS);
}

/* Section 2.18.2.1: the dividers follow when the VCO has locked. */
static void start_pll(uintptr_t base, uint32_t fbdiv, uint32_t postdiv1, uint32_t postdiv2)
{
    mmio_write32(base + PLL_CS_OFFSET, 1u << PLL_CS_REFDIV_LSB);
    mmio_write32(base + PLL_FBDIV_INT_OFFSET, fbdiv);
    rp2040_clear(base + PLL_PWR_OFFSET, PLL_PWR_PD_BITS | PLL_PWR_VCOPD_BITS);
    await(base + PLL_CS_OFFSET, PLL_CS_LOCK_BITS);
    mmio_write32(base + PLL_PRIM_OFFSET,
                 postdiv1 << PLL_PRIM_POSTDIV1_LSB | postdiv2 << PLL_PRIM_POSTDIV2_LSB);
    rp2040_clear(base + PLL_PWR_OFFSET, PLL_PWR_POSTDIVPD_BITS);
}

void rp2040_clocks_init(void)
{
    /* What runs from a PLL now, after a reset that left it on, gets another clock first. */
    rp2040_clear(CLOCKS_BASE + CLOCKS_CLK_SYS_CTRL_OFFSET, CLOCKS_CLK_SYS_CTRL_SRC_BITS);
    await(CLOCKS_BASE + CLOCKS_CLK_SYS_SELECTED_OFFSET, 1u << CLOCKS_CLK_SYS_CTRL_SRC_VALUE_CLK_REF);
    start_crystal();
    mmio_write32(CLOCKS_BASE + CLOCKS_CLK_REF_CTRL_OFFSET, CLOCKS_CLK_REF_CTRL_SRC_VALUE_XOSC_CLKSRC);
    await(CLOCKS_BASE + CLOCKS_CLK_REF_SELECTED_OFFSET, 1u << CLOCKS_CLK_REF_CTRL_SRC_VALUE_XOSC_CLKSRC);
    start_pll(PLL_SYS_BASE, SYS_FBDIV, SYS_POSTDIV1, SYS_POSTDIV2);
    start_pll(PLL_USB_BASE, USB_FBDIV, USB_POSTDIV1, USB_POSTDIV2);
    /* The auxiliary source (PLL_SYS is its number 0) must stand before the glitchless switch turns to it. */
    mmio_write32(CLOCKS_BASE + CLOCKS_CLK_SYS_CTRL_OFFSET, 0);
    rp2040_set(CLOCKS_BASE + CLOCKS_CLK_SYS_CTRL_OFFSET, CLOCKS_CLK_SYS_CTRL_SRC_VALUE_CLKSRC_CLK_SYS_AUX);
    await(CLOCKS_BASE + CLOCKS_CLK_SYS_SELECTED_OFFSET,
          1u << CLOCKS_CLK_SYS_CTRL_SRC_VALUE_CLKSRC_CLK_SYS_AUX);
    mmio_write32(CLOCKS_BASE + CLOCKS_CLK_PERI_CTRL_OFFSET, CLOCKS_CLK_PERI_CTRL_ENABLE_BITS);
    mmio_write32(CLOCKS_BASE + CLOCKS_CLK_ADC_CTRL_OFFSET,
                 CLOCKS_CLK_ADC_CTRL_ENABLE_BITS); /* from PLL_USB */
    mmio_write32(WATCHDOG_BASE + WATCHDOG_TICK_OFFSET, WATCHDOG_TICK_ENABLE_BITS | CRYSTAL_MHZ);
}
