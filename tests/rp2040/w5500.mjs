// w5500.mjs - the W5500 as far as a plain Ethernet controller goes (data sheet v1.1.0): SPI frames of variable length,
// common registers, socket 0 in MACRAW mode.
const MR = 0x00;
const SIR = 0x17;
const SIMR = 0x18;
const PHYCFGR = 0x2e;
const VERSIONR = 0x39;

const SN_MR = 0x00;
const SN_CR = 0x01;
const SN_IR = 0x02;
const SN_SR = 0x03;
const SN_RXBUF_SIZE = 0x1e;
const SN_TXBUF_SIZE = 0x1f;
const SN_TX_FSR = 0x20;
const SN_TX_RD = 0x22;
const SN_TX_WR = 0x24;
const SN_RX_RSR = 0x26;
const SN_RX_RD = 0x28;
const SN_RX_WR = 0x2a;
const SN_IMR = 0x2c;

const OPEN = 0x01;
const CLOSE = 0x10;
const SEND = 0x20;
const RECV = 0x40;
const RECEIVED = 0x04;
const SENDOK = 0x10;
const MACRAW = 0x42;

const MEMORY = 16384;

export class W5500 {
  // transmit(frame), interrupt(low)
  constructor(transmit, interrupt) {
    this.transmit = transmit;
    this.interrupt = interrupt;
    this.received = new Uint8Array(MEMORY);
    this.toSend = new Uint8Array(MEMORY);
    this.lost = 0;
    this.reset();
  }

  reset() {
    this.common = new Uint8Array(0x40);
    this.common[PHYCFGR] = 0xbf; // a link of 100 Mbit/s, both ways
    this.common[VERSIONR] = 0x04;
    this.sockets = Array.from({ length: 8 }, () => {
      const socket = new Uint8Array(0x30);
      socket[SN_RXBUF_SIZE] = socket[SN_TXBUF_SIZE] = 2;
      return socket;
    });
    this.receivedFrom = this.receivedTo = 0;
    this.sentTo = 0;
    this.head = null;
    this.update();
  }

  word(at, value) {
    const [socket] = this.sockets;
    if (value !== undefined) {
      socket[at] = value >> 8 & 0xff;
      socket[at + 1] = value & 0xff;
    }
    return socket[at] << 8 | socket[at + 1];
  }

  // ---- SPI --------------------------------------------------------------------------------------------------

  select(selected) {
    this.head = selected ? [] : null;
  }

  exchange(byte) {
    if (!this.head) return 0xff;
    if (this.head.length < 3) {
      this.head.push(byte);
      if (this.head.length === 3) this.at = this.head[0] << 8 | this.head[1];
      return this.head.length;
    }
    const [, , control] = this.head;
    const block = control >> 3;
    const at = this.at;
    this.at = this.at + 1 & 0xffff;
    if (control & 4) {
      this.write(block, at, byte);
      return 0;
    }
    return this.read(block, at);
  }

  read(block, at) {
    if (block === 0) return this.common[at] ?? 0;
    const socket = this.sockets[block >> 2];
    if (block === 2) return this.toSend[at % MEMORY];
    if (block === 3) return this.received[at % MEMORY];
    if ((block & 3) !== 1) return 0;
    if (block === 1) {
      this.word(SN_TX_FSR, MEMORY - (this.word(SN_TX_WR) - this.word(SN_TX_RD) & 0xffff));
      this.word(SN_RX_RSR, this.receivedTo - this.receivedFrom & 0xffff);
    }
    return socket[at] ?? 0;
  }

  write(block, at, byte) {
    if (block === 0) {
      if (at === MR && byte & 0x80) return this.reset();
      if (at !== VERSIONR && at !== SIR) this.common[at] = byte;
      return this.update();
    }
    const socket = this.sockets[block >> 2];
    if (block === 2) this.toSend[at % MEMORY] = byte;
    if ((block & 3) !== 1) return undefined;
    if (at === SN_IR) socket[at] &= ~byte;
    else if (at === SN_CR) this.command(byte);
    else if (at !== SN_SR) socket[at] = byte;
    return this.update();
  }

  command(code) {
    const [socket] = this.sockets;
    if (code === OPEN && (socket[SN_MR] & 0xf) === 4) {
      if (socket[SN_RXBUF_SIZE] !== 16 || socket[SN_TXBUF_SIZE] !== 16) throw new Error("W5500: 16 KiB are expected");
      socket[SN_SR] = MACRAW;
      this.receivedFrom = this.receivedTo = 0;
      for (const at of [SN_TX_RD, SN_TX_WR, SN_RX_RD, SN_RX_WR]) this.word(at, 0);
    }
    if (code === CLOSE) socket[SN_SR] = 0;
    if (code === RECV) this.receivedFrom = this.word(SN_RX_RD);
    if (code === SEND) this.send();
  }

  send() {
    const [socket] = this.sockets;
    if (socket[SN_SR] !== MACRAW) throw new Error("W5500: SEND without an open socket");
    if (socket[SN_IR] & SENDOK) throw new Error("W5500: SEND before the last one was acknowledged");
    const from = this.word(SN_TX_RD);
    const count = this.word(SN_TX_WR) - from & 0xffff;
    if (count < 60 || count > 1514) throw new Error(`W5500: a frame of ${count} bytes`);
    const frame = Buffer.alloc(count);
    for (let i = 0; i < count; i++) frame[i] = this.toSend[(from + i) % MEMORY];
    this.word(SN_TX_RD, this.word(SN_TX_WR));
    socket[SN_IR] |= SENDOK;
    this.transmit(frame);
  }

  // ---- The wire ----------------------------------------------------------------------------------------------

  receive(frame) {
    const [socket] = this.sockets;
    const used = this.receivedTo - this.receivedFrom & 0xffff;
    if (socket[SN_SR] !== MACRAW || used + frame.length + 2 > MEMORY) {
      this.lost++;
      return;
    }
    const put = (byte) => {
      this.received[this.receivedTo % MEMORY] = byte;
      this.receivedTo = this.receivedTo + 1 & 0xffff;
    };
    put(frame.length + 2 >> 8);
    put(frame.length + 2 & 0xff);
    for (const byte of frame) put(byte);
    this.word(SN_RX_WR, this.receivedTo);
    socket[SN_IR] |= RECEIVED;
    this.update();
  }

  update() {
    this.common[SIR] = 0;
    this.sockets.forEach((socket, n) => {
      if (socket[SN_IR] & socket[SN_IMR]) this.common[SIR] |= 1 << n;
    });
    this.interrupt((this.common[SIR] & this.common[SIMR]) !== 0);
  }
}
