#include "model_lan9118.h"

#include <string.h>

#include "hal/mmio.h"

#define CHIPS_MAX     2u
#define RX_DATA_WORDS (sizeof((model_lan9118_t *)0)->rx_data / sizeof(uint32_t))

static model_lan9118_t *chips[CHIPS_MAX];

static void misuse(model_lan9118_t *chip, const char *what)
{
    if (!chip->misuse) chip->misuse = what;
}

static void soft_reset(model_lan9118_t *chip)
{
    chip->polls = 0;
    chip->int_sts = chip->int_en = chip->rx_cfg = chip->tx_cfg = chip->irq_cfg = 0;
    chip->fifo_int = 0x48000000u;
    chip->hw_cfg = 0x00050000u;
    chip->mac_cr = 0x00040000u;
    chip->rx_status_count = chip->rx_data_head = chip->rx_data_tail = 0;
    chip->tx_status_count = chip->tx_phase = 0;
    memcpy(&chip->mac_address[0], chip->eeprom, 4);
    chip->mac_address[1] = (uint32_t)chip->eeprom[4] | (uint32_t)chip->eeprom[5] << 8 | 0xabcd0000u;
}

void model_lan9118_attach(model_lan9118_t *chip, uintptr_t base)
{
    static const uint8_t address[6] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };
    memset(chip, 0, sizeof *chip);
    chip->base = base;
    chip->id_rev = 0x01180001u;
    chip->byte_test = 0x87654321u;
    memcpy(chip->eeprom, address, 6);
    chip->phy_ability = 0x01e1;
    chip->link = true;
    chip->tx_room = 4608;
    soft_reset(chip);
    for (size_t i = 0; i < CHIPS_MAX; i++) {
        if (chips[i]) continue;
        chips[i] = chip;
        return;
    }
}

void model_lan9118_detach(void)
{
    memset(chips, 0, sizeof chips);
}

bool model_lan9118_irq(const model_lan9118_t *chip)
{
    bool active = (chip->int_sts & chip->int_en) != 0 && (chip->irq_cfg & 0x100u) != 0;
    bool active_high = (chip->irq_cfg & 0x11u) == 0x11u;
    return active == active_high;
}

void model_lan9118_set_link(model_lan9118_t *chip, bool up)
{
    if (!up) chip->link_lost = true;
    chip->link = up;
}

static bool passes_filter(const model_lan9118_t *chip, const uint8_t *bytes)
{
    static const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    if (chip->mac_cr & 0x00040000u) return true;
    if (memcmp(bytes, all, 6) == 0) return (chip->mac_cr & 0x800u) == 0;
    if (bytes[0] & 1u) return (chip->mac_cr & 0x00080000u) != 0;
    return memcmp(bytes, chip->eeprom, 6) == 0;
}

void model_lan9118_receive(model_lan9118_t *chip, const uint8_t *bytes, size_t count, uint32_t status_bits)
{
    if ((chip->mac_cr & 4u) == 0 || !passes_filter(chip, bytes)) return;
    size_t offset = chip->rx_cfg >> 8 & 0x1fu;
    uint8_t fifo[MODEL_BYTES_MAX];
    size_t words = (offset + count + 4u + 3u) / 4u;
    memset(fifo, 0xee, sizeof fifo); /* padding and FCS: neither may be taken for data */
    memcpy(fifo + offset, bytes, count);
    for (size_t i = 0; i < words; i++) {
        memcpy(&chip->rx_data[chip->rx_data_tail++ % RX_DATA_WORDS], fifo + 4u * i, 4);
    }
    chip->rx_status[chip->rx_status_count++] = (uint32_t)(count + 4u) << 16 | status_bits;
    if (chip->rx_status_count > (chip->fifo_int & 0xffu)) chip->int_sts |= 8u;
    chip->rx_words_left = (uint32_t)(chip->rx_data_tail - chip->rx_data_head);
}

static uint32_t pop_rx_data(model_lan9118_t *chip)
{
    if (chip->rx_data_head == chip->rx_data_tail) {
        misuse(chip, "RX data FIFO read while empty");
        return 0;
    }
    uint32_t word = chip->rx_data[chip->rx_data_head++ % RX_DATA_WORDS];
    chip->rx_words_left = (uint32_t)(chip->rx_data_tail - chip->rx_data_head);
    return word;
}

static uint32_t pop_rx_status(model_lan9118_t *chip)
{
    if (chip->rx_status_count == 0) {
        misuse(chip, "RX status FIFO read while empty");
        return 0;
    }
    uint32_t status = chip->rx_status[0];
    chip->rx_status_count--;
    memmove(chip->rx_status, chip->rx_status + 1, chip->rx_status_count * sizeof status);
    return status;
}

static uint32_t pop_tx_status(model_lan9118_t *chip)
{
    if (chip->tx_status_count == 0) {
        misuse(chip, "TX status FIFO read while empty");
        return 0;
    }
    chip->tx_status_count--;
    if (chip->tx_status_errors == 0) return 0;
    chip->tx_status_errors--;
    return 0x8000u;
}

static void end_segment(model_lan9118_t *chip)
{
    bool first = (chip->tx_command[0] & 0x2000u) != 0;
    bool last = (chip->tx_command[0] & 0x1000u) != 0;
    uint32_t bytes = chip->tx_command[0] & 0x7ffu;
    if (!first && !last && bytes < 4) misuse(chip, "a middle buffer is shorter than 4 bytes");
    if (chip->tx_space > 2036u) misuse(chip, "the frame is too fragmented for the MIL FIFO");
    chip->sent_segments++;
    chip->tx_phase = 0;
    if (!last) return;
    chip->tx_open = false;
    if ((chip->tx_first_command_b & 0x7ffu) != chip->tx.count) misuse(chip, "command B has another length");
    if (chip->tx.count < 60) misuse(chip, "a frame shorter than 60 bytes");
    if (chip->sent_count < MODEL_FRAMES_MAX) chip->sent[chip->sent_count++] = chip->tx;
    if (chip->tx_status_count == 128) {
        if ((chip->tx_cfg & 4u) == 0) misuse(chip, "the TX status FIFO ran over");
        return;
    }
    chip->tx_status_count++;
    if (chip->tx_fails) chip->tx_status_errors++;
}

static void begin_segment(model_lan9118_t *chip, uint32_t command_b)
{
    uint32_t command_a = chip->tx_command[0];
    bool first = (command_a & 0x2000u) != 0;
    if (first == chip->tx_open) misuse(chip, "first-segment bit where it does not belong");
    if (first) {
        chip->tx_open = true;
        chip->tx_first_command_b = command_b;
        chip->tx.count = chip->sent_segments = 0;
        chip->tx_space = 0;
    }
    if (command_b != chip->tx_first_command_b) misuse(chip, "command B differs between buffers of a frame");
    if ((command_a & 0x7ffu) == 0) misuse(chip, "an empty buffer");
    chip->tx_left = command_a & 0x7ffu;
    chip->tx_offset = command_a >> 16 & 0x1fu;
    chip->tx_space += (chip->tx_left + chip->tx_offset + 3u) & ~3u;
    chip->tx_phase = 2;
}

static void push_tx_data(model_lan9118_t *chip, uint32_t value)
{
    chip->tx_words++;
    if ((chip->tx_cfg & 2u) == 0) misuse(chip, "TX data while the transmitter is off");
    if (chip->tx_phase == 0) {
        chip->tx_command[0] = value;
        chip->tx_phase = 1;
        return;
    }
    if (chip->tx_phase == 1) {
        begin_segment(chip, value);
        return;
    }
    for (unsigned i = 0; i < 4 && chip->tx_left > 0; i++) {
        if (chip->tx_offset > 0) {
            chip->tx_offset--;
            continue;
        }
        if (chip->tx.count < MODEL_BYTES_MAX) chip->tx.bytes[chip->tx.count++] = (uint8_t)(value >> (8u * i));
        chip->tx_left--;
    }
    if (chip->tx_left == 0) end_segment(chip);
}

static uint32_t phy_read(model_lan9118_t *chip, uint32_t reg)
{
    bool up = chip->link && !chip->link_lost;
    switch (reg) {
    case 0: return chip->phy_control;
    case 1: chip->link_lost = !chip->link; return up ? 0x782du : 0x7809u;
    case 4: return chip->phy_advertise;
    case 5: return chip->phy_ability;
    default: misuse(chip, "a PHY register that the driver has no business with"); return 0;
    }
}

static void mii_access(model_lan9118_t *chip, uint32_t value)
{
    uint32_t reg = value >> 6 & 0x1fu;
    if ((value >> 11 & 0x1fu) != 1u) misuse(chip, "the internal PHY has address 1");
    if ((value & 2u) == 0) {
        chip->mii_data = phy_read(chip, reg);
    } else if (reg == 0) {
        chip->phy_control = (uint16_t)chip->mii_data;
    } else if (reg == 4) {
        chip->phy_advertise = (uint16_t)chip->mii_data;
    } else {
        misuse(chip, "a write to a PHY register that is not the driver's");
    }
    chip->mii_acc = value & ~1u;
}

static void mac_access(model_lan9118_t *chip, uint32_t command)
{
    bool read = (command & 0x40000000u) != 0;
    uint32_t *reg = NULL;
    switch (command & 0xffu) {
    case 1: reg = &chip->mac_cr; break;
    case 2: reg = &chip->mac_address[1]; break;
    case 3: reg = &chip->mac_address[0]; break;
    case 6: reg = &chip->mii_acc; break;
    case 7: reg = &chip->mii_data; break;
    default: misuse(chip, "an unknown MAC register"); return;
    }
    if (read) {
        chip->mac_data = *reg | (reg == &chip->mii_acc && chip->phy_hangs ? 1u : 0u);
    } else if (reg == &chip->mii_acc) {
        mii_access(chip, chip->mac_data);
    } else {
        *reg = chip->mac_data;
    }
}

static model_lan9118_t *chip_at(uintptr_t address)
{
    for (size_t i = 0; i < CHIPS_MAX; i++) {
        if (chips[i] && address >= chips[i]->base && address < chips[i]->base + 0x100u) return chips[i];
    }
    return NULL;
}

/* True while something that takes time still lasts. */
static bool busy(model_lan9118_t *chip, bool for_ever)
{
    return for_ever || chip->polls++ < chip->slow_polls;
}

uint32_t sim_mmio_read32(uintptr_t address)
{
    model_lan9118_t *chip = chip_at(address);
    if (!chip) return 0xffffffffu; /* nobody drives the bus */
    uint32_t reg = (uint32_t)(address - chip->base);
    if (reg < 0x20u) return pop_rx_data(chip);
    switch (reg) {
    case 0x40: return pop_rx_status(chip);
    case 0x48: return pop_tx_status(chip);
    case 0x50: return chip->id_rev;
    case 0x58: return chip->int_sts;
    case 0x64: return chip->byte_test;
    case 0x74:
        return chip->hw_cfg | (busy(chip, chip->reset_hangs) ? 1u : 0u) | (chip->reset_fails ? 2u : 0u);
    case 0x7c: return (uint32_t)chip->rx_status_count << 16 | (chip->rx_words_left * 4u & 0xffffu);
    case 0x80: return chip->tx_status_count << 16 | chip->tx_room;
    case 0x84: return busy(chip, chip->never_ready) ? 0u : 1u;
    case 0xa0: {
        uint32_t lost = chip->rx_drop;
        chip->rx_drop = 0;
        return lost;
    }
    case 0xa4: return chip->mac_hangs ? 0x80000000u : 0u;
    case 0xa8: return chip->mac_data;
    case 0xb0: return busy(chip, chip->eeprom_hangs) ? 0x80000000u : 0x100u;
    default: misuse(chip, "read of a register that the driver has no business with"); return 0;
    }
}

void sim_mmio_write32(uintptr_t address, uint32_t value)
{
    model_lan9118_t *chip = chip_at(address);
    if (!chip) return;
    uint32_t reg = (uint32_t)(address - chip->base);
    if (reg >= 0x20u && reg < 0x40u) {
        push_tx_data(chip, value);
        return;
    }
    switch (reg) {
    case 0x54: chip->irq_cfg = value; break;
    case 0x58: chip->int_sts &= ~value; break;
    case 0x5c: chip->int_en = value; break;
    case 0x68: chip->fifo_int = value; break;
    case 0x6c: chip->rx_cfg = value; break;
    case 0x70: chip->tx_cfg = value; break;
    case 0x74:
        if (value & 1u) {
            soft_reset(chip);
        } else {
            chip->hw_cfg = value;
        }
        break;
    case 0x88: break; /* LEDs */
    case 0xa4:
        if (value & 0x80000000u && !chip->mac_hangs) mac_access(chip, value);
        break;
    case 0xa8: chip->mac_data = value; break;
    default: misuse(chip, "write to a register that the driver has no business with"); break;
    }
}
