// chips.mjs - the chips on I2C, by their registers; the same as hal/sim/model_*.c, and as QEMU has them.
class Chip {
  constructor() {
    this.pointer = 0;
  }

  start() {
    this.first = true;
  }

  write(byte) {
    if (this.first) this.pointer = byte;
    else this.put(byte);
    this.first = false;
  }
}

export class Tmp105 extends Chip {
  constructor() {
    super();
    this.configuration = 0;
    this.temperature = 0; // milli-degrees
  }

  start() {
    super.start();
    this.at = 0;
  }

  put(byte) {
    if ((this.pointer & 3) === 1) this.configuration = byte;
  }

  read() {
    const unused = 7 - (this.configuration >> 5 & 3);
    const value = Math.trunc(this.temperature * 256 / 1000) >> unused << unused;
    const registers = [[value >> 8, value], [this.configuration], [0x4b, 0], [0x50, 0]];
    return (registers[this.pointer & 3][this.at++] ?? 0xff) & 0xff;
  }
}

export class Emc1414 extends Chip {
  constructor() {
    super();
    this.configuration = 0;
    this.temperature0 = this.temperature1 = this.temperature2 = this.temperature3 = 0;
  }

  put(byte) {
    if (this.pointer === 0x03 || this.pointer === 0x09) this.configuration = byte;
  }

  eighths(channel) {
    const offset = this.configuration & 0x04 ? 64000 : 0;
    return Math.max(0, Math.trunc((this[`temperature${channel}`] + offset) / 125));
  }

  read() {
    const high = { 0x00: 0, 0x01: 1, 0x23: 2, 0x2a: 3 };
    const low = { 0x29: 0, 0x10: 1, 0x24: 2, 0x2b: 3 };
    if (this.pointer in high) return this.eighths(high[this.pointer]) >> 3 & 0xff;
    if (this.pointer in low) return (this.eighths(low[this.pointer]) & 7) << 5;
    return { 0x03: this.configuration, 0x09: this.configuration, 0xfd: 0x25, 0xfe: 0x5d, 0xff: 0x04 }[this.pointer] ?? 0;
  }
}

const STEPS_PER_GAUSS = [[1100, 980], [1100, 980], [855, 760], [670, 600], [450, 400], [400, 355], [330, 295], [230, 205]];

export class Lsm303dlhcMag extends Chip {
  constructor() {
    super();
    this.registers = [0x10, 0x20, 0x03];
    this["mag-x"] = this["mag-y"] = this["mag-z"] = 0; // nanotesla
    this.temperature = 0; // milli-degrees
  }

  put(byte) {
    if (this.pointer <= 2) this.registers[this.pointer] = byte;
  }

  field(at) {
    if ((this.registers[2] & 3) > 1) return 0;
    const axis = ["x", "z", "y"][at >> 1];
    const gain = STEPS_PER_GAUSS[this.registers[1] >> 5][axis === "z" ? 1 : 0];
    const raw = Math.trunc(this[`mag-${axis}`] * gain / 100000);
    const bits = raw < -2048 || raw > 2047 ? -4096 : raw;
    return (at % 2 ? bits : bits >> 8) & 0xff;
  }

  // Left-aligned, as the data sheet has it; QEMU's is not.
  warmth(at) {
    if (!(this.registers[0] & 0x80)) return 0;
    const bits = Math.trunc(this.temperature / 125) << 4;
    return (at ? bits : bits >> 8) & 0xff;
  }

  value() {
    const at = this.pointer;
    if (at <= 2) return this.registers[at];
    if (at <= 8) return this.field(at - 3);
    if (at === 9) return 0x01;
    if (at <= 0x0c) return "H43".charCodeAt(at - 0x0a);
    return at === 0x31 || at === 0x32 ? this.warmth(at - 0x31) : 0;
  }

  read() {
    const value = this.value();
    this.pointer = { 8: 3, 0x0c: 0 }[this.pointer] ?? this.pointer + 1;
    return value;
  }
}

const SELECTED = ["on", "off", "pwm0", "pwm1"];

export class Pca9552 extends Chip {
  constructor() {
    super();
    this.registers = [0, 0, 0xff, 0x80, 0xff, 0x80, 0x55, 0x55, 0x55, 0x55];
    for (let led = 0; led < 16; led++) {
      Object.defineProperty(this, `led${led}`, {
        get: () => SELECTED[this.selection(led)],
        set: (name) => this.drive(led, SELECTED.indexOf(name)),
      });
    }
  }

  selection(led) {
    return this.registers[6 + (led >> 2)] >> led % 4 * 2 & 3;
  }

  drive(led, selection) {
    const at = 6 + (led >> 2);
    const shift = led % 4 * 2;
    this.registers[at] = this.registers[at] & ~(3 << shift) | selection << shift;
  }

  advance() {
    if (this.pointer & 0x10) this.pointer = 0x10 | ((this.pointer & 0x0f) + 1) % this.registers.length;
  }

  put(byte) {
    const at = this.pointer & 0x0f;
    if (at > 1 && at < this.registers.length) this.registers[at] = byte;
    this.advance();
  }

  // An LED pulls its pin up unless the output pulls it down.
  pins(first) {
    let levels = 0;
    for (let i = 0; i < 8; i++) if (this.selection(first + i) !== 0) levels |= 1 << i;
    return levels;
  }

  read() {
    const at = this.pointer & 0x0f;
    const value = at <= 1 ? this.pins(8 * at) : this.registers[at] ?? 0xff;
    this.advance();
    return value;
  }
}

export const KINDS = { tmp105: Tmp105, emc1414: Emc1414, lsm303dlhc_mag: Lsm303dlhcMag, pca9552: Pca9552 };

// Chips on a bus of rp2040js. chips: by address
export function attach(bus, chips) {
  let chip = null;
  bus.onStart = () => bus.completeStart();
  bus.onConnect = (address) => {
    chip = chips.get(address) ?? null;
    chip?.start();
    bus.completeConnect(chip !== null);
  };
  bus.onWriteByte = (byte) => {
    chip.write(byte);
    bus.completeWrite(true);
  };
  bus.onReadByte = () => bus.completeRead(chip.read());
  bus.onStop = () => bus.completeStop();
}
