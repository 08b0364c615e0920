/* lan9118_regs.h - the registers and bits of the LAN9118 that its driver uses. For lan9118.c only.
 *
 * Data sheet: Microchip DS00002266; sections are its own. PHY registers 0 to 5 are those of IEEE 802.3,
 * clause 22.2.4.
 */
#ifndef LAN9118_REGS_H
#define LAN9118_REGS_H

#include "hal/eth.h"

/* Registers, section 5.3. The two FIFO ports repeat over 32 bytes each. */
#define RX_DATA      0x00u
#define TX_DATA      0x20u
#define RX_STATUS    0x40u
#define TX_STATUS    0x48u
#define ID_REV       0x50u
#define IRQ_CFG      0x54u
#define INT_STS      0x58u
#define INT_EN       0x5cu
#define BYTE_TEST    0x64u
#define FIFO_INT     0x68u
#define RX_CFG       0x6cu
#define TX_CFG       0x70u
#define HW_CFG       0x74u
#define RX_FIFO_INF  0x7cu
#define TX_FIFO_INF  0x80u
#define PMT_CTRL     0x84u
#define GPIO_CFG     0x88u
#define RX_DROP      0xa0u
#define MAC_CSR_CMD  0xa4u
#define MAC_CSR_DATA 0xa8u
#define E2P_CMD      0xb0u

#define BYTE_TEST_VALUE   0x87654321u
#define PMT_READY         0x00000001u
#define HW_CFG_RESET      0x00000001u
#define HW_CFG_RESET_FAIL 0x00000002u
#define HW_CFG_FIFOS      0x00150000u /* store and forward; 4608 bytes of TX data, 10560 of RX data */
#define E2P_BUSY          0x80000000u
#define IRQ_CFG_ON        0x00000111u /* enabled, active high, push-pull, no minimum pause */
#define INT_RSFL          0x00000008u
#define GPIO_LEDS         0x70070000u
#define RX_CFG_OFFSET     (HAL_ETH_PAD_BYTES << 8)
#define TX_CFG_ON         0x00000006u /* transmit, and go on when nobody collects the statuses */
#define RX_STATUSES       0x00ff0000u /* of RX_FIFO_INF: frames waiting */
#define RX_STATUS_ERROR   0x00008000u
#define TX_STATUS_ERROR   0x00008000u
#define TX_FIRST_SEGMENT  0x00002000u
#define TX_LAST_SEGMENT   0x00001000u
#define TX_OFFSET_SHIFT   16
#define MAC_CSR_BUSY      0x80000000u
#define MAC_CSR_READ      0x40000000u

/* MAC registers behind MAC_CSR_CMD, section 5.4 */
#define MAC_CR             1u
#define MAC_ADDRH          2u
#define MAC_ADDRL          3u
#define MAC_MII_ACC        6u
#define MAC_MII_DATA       7u
#define MAC_CR_FULL_DUPLEX 0x00100000u
#define MAC_CR_ALL_MULTI   0x00080000u
#define MAC_CR_RX_TX       0x0000000cu
#define MII_PHY            (1u << 11) /* the internal PHY has address 1 */
#define MII_WRITE          2u
#define MII_BUSY           1u

/* PHY registers, IEEE 802.3 clause 22 */
#define PHY_CONTROL           0u
#define PHY_STATUS            1u
#define PHY_ADVERTISE         4u
#define PHY_PARTNER           5u
#define PHY_CONTROL_NEGOTIATE 0x1200u
#define PHY_STATUS_LINK       0x0004u
#define PHY_ADVERTISE_ALL     0x01e1u
#define PHY_ABILITY_100_FULL  0x0100u
#define PHY_ABILITY_100_HALF  0x0080u
#define PHY_ABILITY_10_FULL   0x0040u

#endif
