#include "lan9118.h"

#include <string.h>

#include "hal/mmio.h"
#include "lan9118_regs.h"

#define FRAME_BYTES_MIN 60u /* without FCS, IEEE 802.3 */
#define HEADER_BYTES    14u
#define FCS_BYTES       4u

/* What a frame may occupy in the 2 KiB buffer between FIFO and wire, section 3.12.6. */
#define TX_WORDS_MAX (2036u / 4u)

/* How many transmit statuses may gather before a send collects them. The FIFO holds 128. */
#define TX_STATUS_BATCH 16u

static inline uint32_t get(const lan9118_t *nic, uint32_t reg)
{
    return mmio_read32(nic->base + reg);
}

static inline void put(const lan9118_t *nic, uint32_t reg, uint32_t value)
{
    mmio_write32(nic->base + reg, value);
}

static status_t wait_for(const lan9118_t *nic, uint32_t reg, uint32_t mask, uint32_t wanted, uint32_t polls)
{
    while (polls-- > 0) {
        if ((get(nic, reg) & mask) == wanted) return STATUS_OK;
    }
    return STATUS_TIMEOUT;
}

static status_t mac_read(const lan9118_t *nic, uint32_t reg, uint32_t *value)
{
    put(nic, MAC_CSR_CMD, MAC_CSR_BUSY | MAC_CSR_READ | reg);
    status_t st = wait_for(nic, MAC_CSR_CMD, MAC_CSR_BUSY, 0, LAN9118_MAC_POLLS_MAX);
    if (st == STATUS_OK) *value = get(nic, MAC_CSR_DATA);
    return st;
}

static status_t mac_write(const lan9118_t *nic, uint32_t reg, uint32_t value)
{
    put(nic, MAC_CSR_DATA, value);
    put(nic, MAC_CSR_CMD, MAC_CSR_BUSY | reg);
    return wait_for(nic, MAC_CSR_CMD, MAC_CSR_BUSY, 0, LAN9118_MAC_POLLS_MAX);
}

static status_t phy_access(const lan9118_t *nic, uint32_t command)
{
    status_t st = mac_write(nic, MAC_MII_ACC, MII_PHY | command | MII_BUSY);
    for (uint32_t polls = LAN9118_MAC_POLLS_MAX; st == STATUS_OK && polls > 0; polls--) {
        uint32_t acc = 0;
        st = mac_read(nic, MAC_MII_ACC, &acc);
        if (st == STATUS_OK && (acc & MII_BUSY) == 0) return STATUS_OK;
    }
    return STATUS_TIMEOUT;
}

static status_t phy_read(const lan9118_t *nic, uint32_t reg, uint32_t *value)
{
    status_t st = phy_access(nic, reg << 6);
    return st == STATUS_OK ? mac_read(nic, MAC_MII_DATA, value) : st;
}

static status_t phy_write(const lan9118_t *nic, uint32_t reg, uint32_t value)
{
    status_t st = mac_write(nic, MAC_MII_DATA, value);
    return st == STATUS_OK ? phy_access(nic, reg << 6 | MII_WRITE) : st;
}

static bool known_chip(uint32_t id_rev)
{
    static const uint16_t ids[] = { 0x0115, 0x0116, 0x0117, 0x0118, 0x9210, 0x9211, 0x9220, 0x9221 };
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        if (id_rev >> 16 == ids[i]) return true;
    }
    return false;
}

static status_t reset_chip(const lan9118_t *nic)
{
    if (wait_for(nic, BYTE_TEST, UINT32_MAX, BYTE_TEST_VALUE, LAN9118_POLLS_MAX) != STATUS_OK)
        return STATUS_BAD_DATA;
    status_t st = wait_for(nic, PMT_CTRL, PMT_READY, PMT_READY, LAN9118_POLLS_MAX);
    if (st != STATUS_OK) return st;
    if (!known_chip(get(nic, ID_REV))) return STATUS_BAD_DATA;
    put(nic, HW_CFG, HW_CFG_RESET);
    st = wait_for(nic, HW_CFG, HW_CFG_RESET, 0, LAN9118_POLLS_MAX);
    if (st != STATUS_OK) return st;
    if (get(nic, HW_CFG) & HW_CFG_RESET_FAIL) return STATUS_TIMEOUT;
    return wait_for(nic, E2P_CMD, E2P_BUSY, 0, LAN9118_POLLS_MAX);
}

static status_t read_address(const lan9118_t *nic, uint8_t mac[6])
{
    uint32_t low = 0;
    uint32_t high = 0;
    status_t st = mac_read(nic, MAC_ADDRL, &low);
    if (st == STATUS_OK) st = mac_read(nic, MAC_ADDRH, &high);
    if (st != STATUS_OK) return st;
    high &= 0xffffu;
    /* An empty EEPROM leaves all ones, which is a group address. */
    if ((low & 1u) || (low | high) == 0) return STATUS_BAD_DATA;
    for (uint32_t i = 0; i < 4; i++) mac[i] = (uint8_t)(low >> (8 * i));
    mac[4] = (uint8_t)high;
    mac[5] = (uint8_t)(high >> 8);
    return STATUS_OK;
}

status_t lan9118_open(lan9118_t *nic, uintptr_t base, uint8_t mac[6])
{
    memset(nic, 0, sizeof *nic);
    nic->base = base;
    status_t st = reset_chip(nic);
    if (st != STATUS_OK) return st;
    put(nic, HW_CFG, HW_CFG_FIFOS);
    put(nic, GPIO_CFG, GPIO_LEDS);
    put(nic, INT_EN, 0);
    put(nic, INT_STS, UINT32_MAX);
    put(nic, IRQ_CFG, IRQ_CFG_ON);
    put(nic, FIFO_INT, 0);
    put(nic, RX_CFG, RX_CFG_OFFSET);
    put(nic, TX_CFG, TX_CFG_ON);
    uint8_t address[6];
    st = read_address(nic, address);
    if (st == STATUS_OK) st = phy_write(nic, PHY_ADVERTISE, PHY_ADVERTISE_ALL);
    if (st == STATUS_OK) st = phy_write(nic, PHY_CONTROL, PHY_CONTROL_NEGOTIATE);
    nic->mac_cr = MAC_CR_FULL_DUPLEX | MAC_CR_ALL_MULTI | MAC_CR_RX_TX;
    if (st == STATUS_OK) st = mac_write(nic, MAC_CR, nic->mac_cr);
    if (st != STATUS_OK) return st;
    put(nic, INT_EN, INT_RSFL);
    (void)lan9118_link_up(nic);
    memcpy(mac, address, sizeof address);
    return STATUS_OK;
}

/* The best mode that both ends offer decides, in the order of IEEE 802.3 annex 28B.3. A partner that does
 * not negotiate is half duplex. */
static bool negotiated_full_duplex(uint32_t common)
{
    if (common & PHY_ABILITY_100_FULL) return true;
    return (common & PHY_ABILITY_100_HALF) == 0 && (common & PHY_ABILITY_10_FULL) != 0;
}

bool lan9118_link_up(lan9118_t *nic)
{
    uint32_t status = 0;
    /* The link bit latches a loss until it is read: the second reading is the present. */
    bool up = phy_read(nic, PHY_STATUS, &status) == STATUS_OK &&
              ((status & PHY_STATUS_LINK) != 0 || phy_read(nic, PHY_STATUS, &status) == STATUS_OK) &&
              (status & PHY_STATUS_LINK) != 0;
    if (up && !nic->link) {
        uint32_t ours = 0;
        uint32_t theirs = 0;
        if (phy_read(nic, PHY_ADVERTISE, &ours) == STATUS_OK &&
            phy_read(nic, PHY_PARTNER, &theirs) == STATUS_OK) {
            uint32_t duplex = negotiated_full_duplex(ours & theirs) ? MAC_CR_FULL_DUPLEX : 0u;
            uint32_t mac_cr = (nic->mac_cr & ~MAC_CR_FULL_DUPLEX) | duplex;
            if (mac_cr != nic->mac_cr && mac_write(nic, MAC_CR, mac_cr) == STATUS_OK) nic->mac_cr = mac_cr;
        }
    }
    nic->link = up;
    return up;
}

bool lan9118_rx_waiting(const lan9118_t *nic)
{
    return nic->rx_bytes != 0 || (get(nic, RX_FIFO_INF) & RX_STATUSES) != 0;
}

void lan9118_rx_acknowledge(const lan9118_t *nic)
{
    put(nic, INT_STS, INT_RSFL);
}

/* Words in the data FIFO for a frame of so many bytes: padding, frame and FCS, rounded up. */
static inline uint32_t rx_fifo_words(uint32_t bytes)
{
    return (HAL_ETH_PAD_BYTES + bytes + FCS_BYTES + 3u) / 4u;
}

/* By reading, not by the chip's fast-forward (RX_DP_CTRL): that one must be polled, is not allowed for fewer
 * than four words, and emulators get it wrong. */
static void drop_words(const lan9118_t *nic, uint32_t words)
{
    while (words-- > 0) (void)get(nic, RX_DATA);
}

size_t lan9118_pending(lan9118_t *nic)
{
    if (nic->rx_bytes != 0) return nic->rx_bytes;
    /* After this many bad frames in a row the caller gets its turn; lan9118_rx_waiting stays true. */
    for (unsigned bad = 0; bad < 8u; bad++) {
        if ((get(nic, RX_FIFO_INF) & RX_STATUSES) == 0) return 0;
        uint32_t status = get(nic, RX_STATUS);
        uint32_t wire_bytes = status >> 16 & 0x3fffu;
        uint32_t bytes = wire_bytes - FCS_BYTES;
        if ((status & RX_STATUS_ERROR) == 0 &&
            bytes - HEADER_BYTES <= HAL_ETH_FRAME_BYTES_MAX - HEADER_BYTES) {
            nic->rx_bytes = bytes;
            return bytes;
        }
        nic->stats.rx_dropped++;
        drop_words(nic, (HAL_ETH_PAD_BYTES + wire_bytes + 3u) / 4u);
    }
    return 0;
}

static void pop_words(uintptr_t port, uint8_t *to, uint32_t words)
{
    if (((uintptr_t)to & 3u) == 0) {
        mmio_read_fifo(port, (uint32_t *)(void *)to, words);
        return;
    }
    for (; words > 0; words--, to += 4) {
        uint32_t word = mmio_read32(port);
        memcpy(to, &word, 4);
    }
}

void lan9118_receive(lan9118_t *nic, const hal_eth_span_t spans[], size_t span_count)
{
    if (nic->rx_bytes == 0) return;
    uint32_t in_fifo = rx_fifo_words(nic->rx_bytes);
    uint32_t wanted = (HAL_ETH_PAD_BYTES + nic->rx_bytes + 3u) / 4u;
    uint32_t left = wanted;
    for (size_t i = 0; i < span_count && left > 0; i++) {
        size_t room = (spans[i].count + 3u) / 4u;
        uint32_t words = room < left ? (uint32_t)room : left;
        pop_words(nic->base + RX_DATA, spans[i].bytes, words);
        left -= words;
    }
    drop_words(nic, in_fifo - wanted + left);
    nic->rx_bytes = 0;
    nic->stats.rx_frames++;
}

void lan9118_discard(lan9118_t *nic)
{
    if (nic->rx_bytes == 0) return;
    drop_words(nic, rx_fifo_words(nic->rx_bytes));
    nic->rx_bytes = 0;
    nic->stats.rx_dropped++;
}

/* Bytes as the low-order end of a word whose first `offset` bytes are not used. */
static inline uint32_t gather_bytes(const uint8_t *from, size_t bytes, uint32_t offset)
{
    uint32_t word = 0;
    for (size_t i = 0; i < bytes; i++) word |= (uint32_t)from[i] << (8u * (offset + (uint32_t)i));
    return word;
}

static inline uint32_t alignment(const uint8_t *bytes)
{
    return (uint32_t)((uintptr_t)bytes & 3u);
}

/* One buffer of a frame: its command pair, then its bytes by whole aligned words of memory. The chip skips
 * the offset at the start; nothing outside the slice is read. */
static void push_segment(const lan9118_t *nic, const hal_eth_slice_t *slice, uint32_t flags, uint32_t tag)
{
    const uint8_t *from = slice->bytes;
    size_t left = slice->count;
    uint32_t offset = alignment(from);
    put(nic, TX_DATA, offset << TX_OFFSET_SHIFT | flags | (uint32_t)left);
    put(nic, TX_DATA, tag);
    if (offset != 0) {
        size_t head = 4u - offset < left ? 4u - offset : left;
        put(nic, TX_DATA, gather_bytes(from, head, offset));
        from += head;
        left -= head;
    }
    mmio_write_fifo(nic->base + TX_DATA, (const uint32_t *)(const void *)from, left / 4u);
    if (left & 3u) put(nic, TX_DATA, gather_bytes(from + (left & ~(size_t)3u), left & 3u, 0));
}

/* The whole frame as one buffer, byte by byte: for the rare frame that is cut into pieces which the chip
 * does not take. */
static void push_packed(const lan9118_t *nic, const hal_eth_slice_t slices[], size_t slice_count,
                        uint32_t bytes)
{
    uint32_t total = bytes < FRAME_BYTES_MIN ? FRAME_BYTES_MIN : bytes;
    put(nic, TX_DATA, TX_FIRST_SEGMENT | TX_LAST_SEGMENT | total);
    put(nic, TX_DATA, total);
    uint32_t word = 0;
    uint32_t filled = 0;
    for (size_t i = 0; i < slice_count; i++) {
        for (size_t k = 0; k < slices[i].count; k++) {
            word |= (uint32_t)slices[i].bytes[k] << (8u * (filled++ & 3u));
            if (filled & 3u) continue;
            put(nic, TX_DATA, word);
            word = 0;
        }
    }
    if (filled & 3u) put(nic, TX_DATA, word);
    for (filled = (filled + 3u) & ~3u; filled < total; filled += 4) put(nic, TX_DATA, 0);
}

static void push_segments(const lan9118_t *nic, const hal_eth_slice_t slices[], uint32_t bytes)
{
    static const uint32_t zeros[FRAME_BYTES_MIN / 4u];
    uint32_t padding = bytes < FRAME_BYTES_MIN ? FRAME_BYTES_MIN - bytes : 0;
    uint32_t tag = bytes + padding;
    uint32_t flags = TX_FIRST_SEGMENT;
    uint32_t left = bytes;
    for (size_t i = 0; left > 0; i++) {
        if (slices[i].count == 0) continue;
        left -= (uint32_t)slices[i].count;
        if (left == 0 && padding == 0) flags |= TX_LAST_SEGMENT;
        push_segment(nic, &slices[i], flags, tag);
        flags = 0;
    }
    if (padding == 0) return;
    hal_eth_slice_t tail = { (const uint8_t *)zeros, padding };
    push_segment(nic, &tail, TX_LAST_SEGMENT, tag);
}

typedef struct {
    uint32_t words;  /* in the FIFO, commands not counted */
    uint32_t pieces; /* slices that are not empty */
    uint32_t bytes;
    bool packed; /* a buffer between the first and the last is shorter than the chip takes, 3.12.2 */
} tx_plan_t;

static tx_plan_t plan(const hal_eth_slice_t slices[], size_t slice_count)
{
    tx_plan_t p = { 0 };
    size_t previous = 0;
    for (size_t i = 0; i < slice_count; i++) {
        size_t count = slices[i].count;
        if (count == 0) continue;
        /* Known to lie between others only when the next one comes, hence the look back. */
        if (p.pieces >= 2 && previous < 4) p.packed = true;
        previous = count;
        p.pieces++;
        p.words += (alignment(slices[i].bytes) + (uint32_t)count + 3u) / 4u;
        p.bytes += (uint32_t)count;
    }
    if (p.bytes < FRAME_BYTES_MIN) {
        if (p.pieces >= 2 && previous < 4) p.packed = true;
        p.words += (FRAME_BYTES_MIN - p.bytes + 3u) / 4u;
        p.pieces++;
    }
    if (p.words > TX_WORDS_MAX) p.packed = true;
    return p;
}

static void collect_tx_statuses(lan9118_t *nic, uint32_t count)
{
    while (count-- > 0) {
        if (get(nic, TX_STATUS) & TX_STATUS_ERROR) nic->stats.tx_dropped++;
    }
}

status_t lan9118_send(lan9118_t *nic, const hal_eth_slice_t slices[], size_t slice_count, size_t bytes)
{
    if (!nic->link) return STATUS_NO_LINK;
    if (bytes == 0 || bytes > HAL_ETH_FRAME_BYTES_MAX) return STATUS_INVALID;
    tx_plan_t p = plan(slices, slice_count);
    if (p.bytes != bytes) return STATUS_INVALID;
    uint32_t level = get(nic, TX_FIFO_INF);
    /* Two commands a buffer; the packed form never needs more than the plan but for its rounding. */
    if ((level & 0xffffu) < 4u * (p.words + 2u * p.pieces)) {
        nic->stats.tx_dropped++;
        return STATUS_BUSY;
    }
    if (p.packed) {
        push_packed(nic, slices, slice_count, p.bytes);
    } else {
        push_segments(nic, slices, p.bytes);
    }
    nic->stats.tx_frames++;
    uint32_t statuses = level >> 16 & 0xffu;
    if (statuses >= TX_STATUS_BATCH) collect_tx_statuses(nic, statuses);
    return STATUS_OK;
}

void lan9118_read_stats(lan9118_t *nic, hal_eth_stats_t *out)
{
    collect_tx_statuses(nic, get(nic, TX_FIFO_INF) >> 16 & 0xffu);
    nic->stats.rx_dropped += get(nic, RX_DROP); /* reading clears it */
    *out = nic->stats;
}
